import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import first from './en.json';
import later from './en.later.json';
import panels from './en.panels.json';
import server from './en.server.json';
import owner from './en.window.json';
import { learn, t } from './t';

const root = new URL('../../../', import.meta.url).pathname;

function sources(dir: string): string[] {
	return readdirSync(join(root, dir)).flatMap((name) => {
		const path = join(dir, name);
		if (statSync(join(root, path)).isDirectory()) return sources(path);
		return /\.(svelte|ts|html)$/.test(name) && !name.endsWith('.test.ts') ? [path] : [];
	});
}

const text = (path: string) => readFileSync(join(root, path), 'utf8');
const keysIn = (path: string) => [...text(path).matchAll(/\bt\(\s*'([\w.]+)'/g)].map((m) => m[1] ?? '');

test('no key is in two parts of the table', () => {
	const all = [first, later, server, owner, panels].flatMap((part) => Object.keys(part));
	expect(all.length).toBe(new Set(all).size);
});

test('the first view says nothing that comes later', () => {
	const early = [...sources('src/folder'), ...sources('src/lib')].filter((path) => !/lib\/send\/|lib\/format\.ts/.test(path));
	const missing = early.flatMap((path) => keysIn(path).filter((key) => !(key in first)).map((key) => `${path}: ${key}`));
	expect(missing).toEqual([]);
});

test('every key that is used exists, and every key that exists is used', () => {
	const everything = [...sources('src'), ...sources('templates')].map(text).join('\n');
	const known = { ...first, ...later, ...server, ...owner, ...panels };
	const used = [...sources('src')].flatMap(keysIn);
	expect(used.filter((key) => !(key in known))).toEqual([]);
	const go = ['render.go', 'format.go', 'words.go'].map(text).join('\n');
	const built = /^(put\.state|empty|w\.(may|kind|cmd|gone))\./;
	const unused = Object.keys(known).filter((key) => !built.test(key) && !everything.includes(`'${key}'`) && !`${everything}${go}`.includes(`"${key}"`));
	expect(unused).toEqual([]);
});

test('numbers are grouped and choose the form', () => {
	expect(t('count.files', { n: 1 })).toBe('1 file');
	expect(t('count.files', { n: 1204 })).toBe('1,204 files');
	expect(t('from', { host: '<b>{n}' })).toBe('from <b>{n}');
});

test('words can be learned', () => {
	learn(later);
	expect(t('put.title', { n: 14, all: 1320 })).toBe('Sending 14 of 1,320');
});
