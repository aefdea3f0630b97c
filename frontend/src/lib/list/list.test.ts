import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Entry, Folder } from '../net/files';
import { Listing, pictures } from './listing';
import { Finder, fold, foldersFirst, ordered } from './order';
import { Selection } from './selection';
import { slice } from './window';

const kept = new Map<string, string>();
beforeEach(() => {
	kept.clear();
	vi.stubGlobal('localStorage', { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value) });
});
afterEach(() => vi.unstubAllGlobals());

const entries: Entry[] = [
	{ n: 'a.jpg', k: 'f', s: 30, t: 2 },
	{ n: 'B', k: 'd', t: 9 },
	{ n: 'c.txt', k: 'f', s: 10, t: 5 },
	{ n: 'file 2', k: 'f', s: 10, t: 1 },
	{ n: 'file 10', k: 'f', s: 99, t: 1 },
];
const folder = (all = entries, change: Partial<Folder> = {}): Folder => ({
	path: '/s/key/',
	title: 'T',
	host: 'H',
	rights: 'rw',
	folders: 1,
	files: 4,
	bytes: 149,
	free: -1,
	identity: { kind: 'link', name: '' },
	entries: all,
	...change,
});
const one = (n: string): Entry => ({ n, k: 'f', t: 1 });
const names = (all: readonly Entry[]) => all.map((e) => e.n).join('|');

test.each([
	['name', false, 'B|Zoo|a.jpg|c.txt|file 2|file 10'],
	['name', true, 'Zoo|B|file 10|file 2|c.txt|a.jpg'],
	['time', true, 'B|Zoo|c.txt|a.jpg|file 2|file 10'],
	['time', false, 'Zoo|B|file 2|file 10|a.jpg|c.txt'],
	['size', true, 'B|Zoo|file 10|a.jpg|c.txt|file 2'],
	['size', false, 'B|Zoo|c.txt|file 2|a.jpg|file 10'],
	['kind', false, 'B|Zoo|file 2|file 10|a.jpg|c.txt'],
	['kind', true, 'B|Zoo|c.txt|a.jpg|file 2|file 10'],
] as const)('by %s, downwards %s', (by, down, want) => {
	const all = foldersFirst([...entries, { n: 'Zoo', k: 'd', t: 3 }]);
	expect(names(ordered(all, { by, down }))).toBe(want);
});

test('the order is remembered', () => {
	new Listing(folder()).sortBy({ by: 'kind', down: true });
	expect(new Listing(folder()).order).toEqual({ by: 'kind', down: true });
	localStorage.setItem('portico-order', 'nonsense-');
	expect(new Listing(folder()).order).toEqual({ by: 'name', down: false });
});

test('case and accents do not matter', () => {
	expect(fold('ÉTÉ Straße')).toBe('ete straße');
	const all: Entry[] = [one('Été à Nice.HEIC'), one('nice.txt')];
	const finder = new Finder();
	expect(names(finder.find(all, 'nice ete'))).toBe('Été à Nice.HEIC');
	expect(names(finder.find(all, ' NICE '))).toBe('Été à Nice.HEIC|nice.txt');
	expect(finder.find(all, '')).toBe(all);
	expect(finder.find(all, 'zz')).toEqual([]);
});

test('a listing orders, filters, and keeps both through changes', () => {
	const listing = new Listing(folder());
	listing.sortBy({ by: 'size', down: true });
	listing.filter('file');
	expect(names(listing.shown)).toBe('file 10|file 2');
	listing.put([{ n: 'file 3', k: 'f', s: 50, t: 7 }, { n: 'file 2', k: 'f', s: 1000, t: 8 }]);
	expect(names(listing.shown)).toBe('file 2|file 10|file 3');
	expect(names(listing.all)).toBe('B|a.jpg|c.txt|file 2|file 3|file 10');
	expect(listing.folder).toMatchObject({ folders: 1, files: 5, bytes: 30 + 10 + 1000 + 50 + 99 });
	listing.put([{ n: 'Ab', k: 'd', t: 1 }]);
	expect(names(listing.all)).toBe('Ab|B|a.jpg|c.txt|file 2|file 3|file 10');
	listing.forget(new Set(['file 2', 'B', 'Ab']));
	expect(names(listing.all)).toBe('a.jpg|c.txt|file 3|file 10');
	expect(listing.folder).toMatchObject({ folders: 0, files: 4 });
	listing.replace(folder([one('x')], { path: '/s/key/x/' }));
	expect([listing.words, names(listing.shown), listing.order.by]).toEqual(['', 'x', 'size']);
});

test('a failed refresh keeps what was known and says so', async () => {
	const listing = new Listing(folder());
	const answer = { title: 'Absent', detail: 'The drive is not connected.', code: 'X-1' };
	vi.stubGlobal('fetch', () => Promise.resolve(new Response(JSON.stringify(answer), { status: 503 })));
	await listing.refresh();
	expect(listing.trouble).toMatchObject({ status: 503, message: 'The drive is not connected.', code: 'X-1', passing: true });
	expect(names(listing.shown)).toBe(names(foldersFirst(entries)));
	vi.stubGlobal('fetch', () => Promise.resolve(Response.json(folder([]))));
	await listing.refresh();
	expect([listing.trouble, listing.all]).toEqual([null, []]);
});

test('an answer for a folder that was left is not shown', async () => {
	const listing = new Listing(folder());
	vi.stubGlobal('fetch', () => Promise.resolve(Response.json(folder([]))));
	const refresh = listing.refresh();
	listing.replace(folder([one('other')], { path: '/s/key/other/' }));
	await refresh;
	expect(names(listing.all)).toBe('other');
});

test('pictures are shown as pictures', () => {
	const photos = (n: number): Entry[] => Array.from({ length: n }, (_, i) => one(`${i}.JPG`));
	expect(pictures(photos(6))).toBe(true);
	expect(pictures(photos(5))).toBe(false);
	expect(pictures([...photos(7), ...entries.slice(1, 4)])).toBe(true);
	expect(pictures([...photos(6), ...entries.slice(1)])).toBe(false);
});

test('choosing', () => {
	const s = new Selection();
	s.toggle('B');
	s.extend('file 2', entries);
	expect([...s.names]).toEqual(['B', 'c.txt', 'file 2']);
	s.toggle('c.txt');
	expect(names(s.of(entries))).toBe('B|file 2');
	s.keep(entries.slice(2));
	expect([...s.names]).toEqual(['file 2']);
	s.toggleAll(entries);
	expect(s.size).toBe(5);
	s.toggleAll(entries);
	expect(s.size).toBe(0);
	s.extend('a.jpg', entries);
	expect([...s.names]).toEqual(['a.jpg']);
});

test.each([
	[{ count: 0, columns: 1, line: 50, top: 0, height: 500 }, { from: 0, to: 0, above: 0, total: 0 }],
	[{ count: 100_000, columns: 1, line: 50, top: 0, height: 500 }, { from: 0, to: 12, above: 0, total: 5_000_000 }],
	[{ count: 100_000, columns: 1, line: 50, top: 1000, height: 500 }, { from: 18, to: 32, above: 900, total: 5_000_000 }],
	[{ count: 100, columns: 3, line: 100, top: 3250, height: 500 }, { from: 90, to: 100, above: 3000, total: 3400 }],
	[{ count: 5, columns: 1, line: 50, top: 9999, height: 500 }, { from: 0, to: 5, above: 0, total: 250 }],
	[{ count: 61, columns: 1, line: 50, top: 99_999, height: 500 }, { from: 60, to: 61, above: 3000, total: 3050 }],
])('the slice of %o', (frame, want) => {
	expect(slice(frame, 2)).toEqual(want);
});
