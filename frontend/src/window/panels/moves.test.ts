import { beforeAll, expect, test } from 'vitest';
import type { Batch, Transfer } from '../../lib/api/types';
import later from '../../lib/words/en.later.json';
import panels from '../../lib/words/en.panels.json';
import { learn } from '../../lib/words/t';
import { curve, fraction, left, Moves, type Line } from './moves';
import { headline, note, numbers, undone } from './say';

beforeAll(() => {
	learn(later);
	learn(panels);
});

const iphone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1';
const now = 1_800_000_000_000;
const batch = (over: Partial<Batch>): Batch => ({
	id: 'b', direction: 'in', state: 'moving', by: { kind: 'guest', name: '' }, door: 'http', remote: '10.0.0.7', client: iphone, path: '/photos', files: [],
	filesDone: 0, filesAll: -1, failed: 0, done: 0, total: -1, speed: 0, eta: -1, since: now, last: now, undo: false, ...over,
});
const transfer = (over: Partial<Transfer>): Transfer => ({
	id: 't1', direction: 'in', path: '/photos/b.jpg', by: { kind: 'guest', name: '' }, door: 'http', done: 400, total: 1000, since: now, speed: 100, ...over,
});
const lines = (...batches: Batch[]) => new Moves().list(batches, [transfer({})], now - 86_400_000, now);
const one = (list: Line[]): Line => {
	expect(list).toHaveLength(1);
	return list[0] as Line;
};
const only = (over: Partial<Batch>): Line => {
	const { moving, done } = lines(batch(over));
	return one([...moving, ...done]);
};

test('a batch that was announced says how much of it there is', () => {
	const line = only({ files: ['t1'], filesDone: 3, filesAll: 12, done: 40_000_000, total: 1_200_000_000, speed: 12_000_000 });
	expect(headline(line)).toBe('iPhone · Safari sends to photos');
	expect(numbers(line)).toEqual(['3 of 12 files', '40 MB of 1.2 GB', '12 MB/s', 'about 2 min']);
	expect(note(line)).toBe('');
});

test('without an announcement only what is known is told', () => {
	expect(numbers(only({ files: ['t1', 't2'], filesDone: 2, done: 2400, total: 4000, speed: 100 }))).toEqual(['2 of 4 files', '2.4 KB of 4 KB', '100 B/s', 'a few seconds']);
	expect(numbers(only({ files: ['t1'], done: 400, total: 1000 }))).toEqual(['b.jpg', '400 B of 1 KB']);
	expect(numbers(only({ files: ['t1'], done: 400, total: -1 }))).toEqual(['b.jpg', '400 B']);
});

test('what is done says so, the newest on top, and is forgotten after its day', () => {
	const { moving, done } = lines(
		batch({ id: '1', state: 'done', filesDone: 2, done: 3000, last: now - 5000 }),
		batch({ id: '2', state: 'done', filesDone: 1, done: 1000, last: now - 90_000_000 }),
		batch({ id: '3', state: 'done', filesDone: 1, done: 1000, direction: 'out', path: '/photos/trip' }),
	);
	expect(moving).toEqual([]);
	expect(done.map((line) => line.id)).toEqual(['3', '1']);
	expect(done.map(headline)).toEqual(['iPhone · Safari fetched from trip', 'iPhone · Safari sent to photos']);
	expect(numbers(done[1] as Line)).toEqual(['2 files', '3 KB']);
});

test('what ended on the way is said for a moment, and is not kept', () => {
	expect(numbers(only({ state: 'done', direction: 'out', last: now - 5000 }))).toEqual(['ended just now']);
	expect(lines(batch({ state: 'done', last: now - 120_000 })).done).toEqual([]);
});

test('what failed, what was cut and what never came say why, and what happens next', () => {
	const failed = only({ state: 'done', filesDone: 1, failed: 2, done: 1000, why: 'The disk is full' });
	expect(numbers(failed)).toEqual(['1 file', '1 KB', '2 failed']);
	expect(note(failed)).toBe('The disk is full. What failed is not here; it can be sent again from the device.');
	const cut = only({ state: 'waiting', files: ['t1'], filesDone: 1, filesAll: 3, done: 500, total: 2000 });
	expect(numbers(cut)).toEqual(['1 of 3 files', '500 B of 2 KB', 'Waiting for the device']);
	expect(note(cut)).toMatch(/^The connection was cut. Nothing is lost/);
	expect(left(cut)).toBeNull();
	expect(note(only({ state: 'waiting', filesDone: 1, filesAll: 3 }))).toMatch(/^2 more files were announced/);
	const short = only({ state: 'done', filesDone: 1, filesAll: 2, done: 10, total: 20 });
	expect(numbers(short)).toEqual(['1 of 2 files', '10 B']);
	expect(note(short)).toMatch(/^1 file that was announced never came/);
	const stopped = only({ state: 'done', stopped: true, filesDone: 1, filesAll: 2, done: 10, total: 20 });
	expect([...numbers(stopped), note(stopped)]).toEqual(['1 of 2 files', '10 B', 'stopped here', '']);
});

test('what Undo did is told, and what it did not', () => {
	const problem = { status: 412, title: '', code: '', detail: 'It was changed after it had arrived.' };
	expect(undone({ removed: 12, restored: 0, stayed: 0, left: [] })).toBe('12 files were taken back; they lie in the trash.');
	expect(undone({ removed: 1, restored: 1, stayed: 1, left: [{ path: '/a', problem }] })).toBe(
		'1 file was taken back; it lies in the trash. 1 file is what it was before. 1 file stays: It was changed after it had arrived.',
	);
	expect(undone({ removed: 0, restored: 0, stayed: 0, left: [] })).toBe('There was nothing to take back.');
	expect(numbers(only({ state: 'done', filesDone: 12, done: 12, undone: true }))).toEqual(['12 files', '12 B', 'taken back']);
});

test('the bar never goes back when more comes', () => {
	const moves = new Moves();
	expect(one(moves.list([batch({ done: 900, total: 1000 })], [], 0).moving).most).toBeCloseTo(0.9);
	const line = one(moves.list([batch({ done: 950, total: 100_000 })], [], 0).moving);
	expect(fraction(line)).toBeLessThan(0.1);
	expect(line.most).toBeCloseTo(0.9);
});

test('the time left is judged by the last seconds, not by one', () => {
	const base = { state: 'moving' as const, done: 0, total: 1000 };
	expect(left({ ...base, speed: 100, graph: [] })).toBe(10);
	expect(left({ ...base, speed: 0, graph: [100, 100, 100, 100] })).toBeCloseTo(12.5);
	expect(left({ ...base, total: -1, speed: 100, graph: [] })).toBeNull();
	expect(left({ ...base, speed: 0, graph: [] })).toBeNull();
	expect(left({ ...base, state: 'done', speed: 5, graph: [] })).toBeNull();
});

test('graphs keep a minute and forget it when nothing moves', () => {
	const moves = new Moves();
	expect(moves.tick([])).toBe(false);
	for (let i = 0; i < 100; i++) moves.tick([batch({ speed: 5 })]);
	expect(one(moves.list([batch({})], [], 0).moving).graph).toHaveLength(60);
	expect(moves.tick([batch({ state: 'done' })])).toBe(true);
	expect(moves.tick([batch({ state: 'done' })])).toBe(false);
});

test('a curve ends at the right and stays within its box', () => {
	expect(curve([5], 96, 24)).toBe('');
	const points = curve([0, 10, 5], 96, 24).split(' ').map((point) => point.split(',').map(Number));
	expect(points).toHaveLength(3);
	expect(points.at(-1)?.[0]).toBe(96);
	expect(points.map((point) => point[1])).toEqual([23, 1, 12]);
});
