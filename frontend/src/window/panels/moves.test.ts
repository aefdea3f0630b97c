import { beforeAll, expect, test } from 'vitest';
import type { Fact, Transfer } from '../../lib/api/types';
import later from '../../lib/words/en.later.json';
import panels from '../../lib/words/en.panels.json';
import { learn } from '../../lib/words/t';
import { common, curve, fraction, left, Moves, type Line } from './moves';
import { headline, numbers } from './say';

beforeAll(() => {
	learn(later);
	learn(panels);
});

const iphone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1';
const now = 1_800_000_000_000;
let id = 0;
const fact = (over: Partial<Fact>): Fact => ({ id: ++id, time: now, kind: 'created', sentence: '', path: '/photos/a.jpg', size: 1000, door: 'http', remote: '10.0.0.7', client: iphone, identity: 'guest:', ...over });
const transfer = (over: Partial<Transfer>): Transfer => ({
	id: 't1', direction: 'in', path: '/photos/b.jpg', by: { kind: 'guest', name: '' }, door: 'http', remote: '10.0.0.7', client: iphone, done: 400, total: 1000, since: now, speed: 100, ...over,
});
const one = (list: Line[]): Line => {
	expect(list).toHaveLength(1);
	return list[0] as Line;
};

test('what one device sends is one line, whatever moves and whatever is done', () => {
	const moves = new Moves();
	moves.facts([fact({ batch: 'b' }), fact({ batch: 'b', path: '/photos/sub/c.jpg' })]);
	moves.transfers([transfer({ batch: 'b' }), transfer({ id: 't2', batch: 'b', done: 0, speed: 0 })], now);
	const { moving, done } = moves.list(0);
	expect(done).toEqual([]);
	const line = one(moving);
	expect(headline(line)).toBe('iPhone · Safari sends to photos');
	expect(numbers(line)).toEqual(['2 of 4 files', '2.4 KB of 4 KB', '100 B/s', 'a few seconds']);
});

test('batches, doors, devices and directions stay apart', () => {
	const moves = new Moves();
	moves.transfers(
		[
			transfer({ id: '1', batch: 'b' }),
			transfer({ id: '2', batch: 'c' }),
			transfer({ id: '3', door: 'ftp' }),
			transfer({ id: '4', direction: 'out' }),
			transfer({ id: '5', remote: '10.0.0.8' }),
			transfer({ id: '6', by: { kind: 'account', name: 'ada' } }),
		],
		now,
	);
	expect(moves.list(0).moving).toHaveLength(6);
});

test('a line that is done stays for its day, the newest on top', () => {
	const moves = new Moves();
	moves.facts([fact({ batch: 'old', time: now - 90_000_000 }), fact({ batch: 'first', time: now - 5000 }), fact({ batch: 'last' })]);
	expect(moves.list(now - 86_400_000).done.map((line) => line.batch)).toEqual(['last', 'first']);
});

test('without a batch, what comes within minutes belongs together', () => {
	const moves = new Moves();
	moves.facts([fact({ door: 'ftp', time: now }), fact({ door: 'ftp', time: now + 60_000 }), fact({ door: 'ftp', time: now + 3_600_000 })]);
	expect(moves.list(0).done.map((line) => line.files)).toEqual([1, 2]);
});

test('a fact that comes twice counts once', () => {
	const moves = new Moves();
	const again = fact({});
	moves.facts([again]);
	moves.facts([again]);
	expect(one(moves.list(0).done).files).toBe(1);
});

test('what was fetched counts at once, and not twice when Activity tells of it', () => {
	const moves = new Moves();
	moves.transfers([transfer({ direction: 'out', done: 1000 })], now);
	moves.transfers([], now + 1000);
	const line = one(moves.list(0).done);
	expect(headline(line)).toBe('iPhone · Safari fetched from photos');
	expect(numbers(line)).toEqual(['1 file', '1 KB']);
	moves.facts([fact({ kind: 'read', time: now + 2000, path: '/photos/b.jpg' })]);
	expect(numbers(one(moves.list(0).done))).toEqual(['1 file', '1 KB']);
});

test('what ended on the way is said for a moment, and is not kept', () => {
	const moves = new Moves();
	moves.transfers([transfer({ direction: 'out', done: 500 })], now);
	moves.transfers([], now + 1000);
	expect(numbers(one(moves.list(0, now + 5000).done))).toEqual(['ended just now']);
	expect(moves.list(0, now + 120_000).done).toEqual([]);
});

test('a sum of reads names its folder', () => {
	const moves = new Moves();
	moves.facts([fact({ kind: 'read', path: '/photos/trip', count: 14, size: 86_000_000 })]);
	const line = one(moves.list(0).done);
	expect([line.folder, line.files]).toEqual(['/photos/trip', 14]);
	expect(headline(line)).toBe('iPhone · Safari fetched from trip');
});

test('what failed is counted apart', () => {
	const moves = new Moves();
	moves.facts([fact({ batch: 'b' }), fact({ batch: 'b', kind: 'failed' }), fact({ kind: 'refused', path: undefined } as unknown as Partial<Fact>)]);
	expect(numbers(one(moves.list(0).done))).toEqual(['1 file', '1 KB', '1 failed']);
});

test('a batch that waits says so, and has no time left', () => {
	const moves = new Moves();
	moves.transfers([transfer({ waiting: true, speed: 0 })], now);
	const line = one(moves.list(0).moving);
	expect(left(line)).toBeNull();
	expect(numbers(line)).toContain('Waiting for the device; nothing is lost');
});

test('the bar never goes back when more files come', () => {
	const moves = new Moves();
	moves.transfers([transfer({ done: 900 })], now);
	expect(one(moves.list(0).moving).most).toBeCloseTo(0.9);
	moves.transfers([transfer({ done: 950 }), transfer({ id: 't2', done: 0, total: 100_000 })], now);
	const line = one(moves.list(0).moving);
	expect(fraction(line)).toBeLessThan(0.1);
	expect(line.most).toBeCloseTo(0.9);
});

test('the time left is judged by the last seconds, not by one', () => {
	const base = { ids: ['1'], names: ['a'], done: 0, total: 1000, waiting: false };
	expect(left({ now: { ...base, speed: 100 }, graph: [] })).toBe(10);
	expect(left({ now: { ...base, speed: 0 }, graph: [100, 100, 100, 100] })).toBeCloseTo(12.5);
	expect(left({ now: { ...base, total: -1, speed: 100 }, graph: [] })).toBeNull();
	expect(left({ now: { ...base, speed: 0 }, graph: [] })).toBeNull();
	expect(left({ now: null, graph: [] })).toBeNull();
});

test('graphs keep a minute and forget it when nothing moves', () => {
	const moves = new Moves();
	expect(moves.tick()).toBe(false);
	moves.transfers([transfer({})], now);
	for (let i = 0; i < 100; i++) moves.tick();
	expect(one(moves.list(0).moving).graph).toHaveLength(60);
	moves.facts([fact({})]);
	moves.transfers([], now);
	expect(moves.tick()).toBe(true);
	expect(moves.tick()).toBe(false);
});

test('a curve ends at the right and stays within its box', () => {
	expect(curve([5], 96, 24)).toBe('');
	const points = curve([0, 10, 5], 96, 24).split(' ').map((point) => point.split(',').map(Number));
	expect(points).toHaveLength(3);
	expect(points.at(-1)?.[0]).toBe(96);
	expect(points.map((point) => point[1])).toEqual([23, 1, 12]);
});

test('the folder that holds both', () => {
	expect(common('/a/b', '/a/b/c')).toBe('/a/b');
	expect(common('/a/b', '/a/bc')).toBe('/a');
	expect(common('/a', '/b')).toBe('/');
});
