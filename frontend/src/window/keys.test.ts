import { expect, test } from 'vitest';
import type { Command } from './keys';

Object.defineProperty(globalThis, 'navigator', { value: { platform: 'Linux' }, configurable: true });
const { found } = await import('./keys');
const all: Command[] = ['Share a folder', 'Receive files (inbox)', 'Show QR of “Foo”', 'Settings'].map((text) => ({ id: text, icon: '', text, run: () => {} }));
const texts = (typed: string) => found(all, typed).map((c) => c.text);

test('commands are found by what is typed', () => {
	expect(texts('')).toHaveLength(4);
	expect(texts('sett')).toEqual(['Settings']);
	expect(texts('fo').slice(0, 2)).toEqual(['Share a folder', 'Show QR of “Foo”']);
	expect(texts('rfi')).toEqual(['Receive files (inbox)']);
	expect(texts('zzz')).toEqual([]);
});
