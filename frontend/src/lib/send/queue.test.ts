import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TestServer } from '../testserver';
import '../words/later';
import type { Item } from './item';
import type { Picked } from './picks';
import { Queue, type Choice, type Phase } from './queue';
import { keyOf, type Begun, type Memory } from './remember';
import { receipt, summary } from './summary';

let server: TestServer;
beforeEach(async () => {
	server = new TestServer();
	await server.start();
	vi.stubGlobal('fetch', server.fetch);
});
afterEach(() => {
	vi.unstubAllGlobals();
	server.stop();
});

class Remembered implements Memory {
	all = new Map<string, Begun>();
	get = (key: string) => Promise.resolve(this.all.get(key)?.url ?? null);
	set = (begun: Begun) => Promise.resolve(void this.all.set(begun.key, begun));
	drop = (key: string) => Promise.resolve(void this.all.delete(key));
	below = (folder: string) => Promise.resolve([...this.all.values()].filter((b) => b.folder.startsWith(folder)));
}

const when = 1_700_000_000_000;
const file = (name: string, content: string | Uint8Array<ArrayBuffer> = name): File => new File([content], name, { lastModified: when });
const big = (name: string, megabytes: number): File => file(name, new Uint8Array(megabytes * 1024 * 1024).fill(7));
const picked = (...files: File[]): Picked => ({ picks: files.map((f) => ({ file: f, path: f.name })), folders: [] });

function make(choice: Choice | null = null, memory: Memory = new Remembered()) {
	const asked: string[][] = [];
	const queue = new Queue({
		send: server.send,
		memory,
		ask: (taken: readonly Item[]) => (asked.push(taken.map((i) => i.label)), Promise.resolve(choice)),
		pause: () => 5,
	});
	return { queue, asked };
}

function until(queue: Queue, ready: (queue: Queue) => boolean): Promise<void> {
	return new Promise((done) => {
		const stop = queue.subscribe((q) => {
			if (!ready(q)) return;
			done();
			queueMicrotask(() => stop());
		});
	});
}
const phase = (queue: Queue, wanted: Phase) => until(queue, (q) => q.phase === wanted);
const states = (queue: Queue) => queue.items.map((i) => i.state);

test('sends everything and writes a receipt', async () => {
	const { queue } = make();
	await queue.add(picked(file('a.jpg'), file('b.jpg'), file('c.jpg'), file('d.jpg')), '/s/key/', false);
	await phase(queue, 'done');
	expect([...server.files.keys()].sort()).toEqual(['/s/key/a.jpg', '/s/key/b.jpg', '/s/key/c.jpg', '/s/key/d.jpg']);
	expect(server.files.get('/s/key/a.jpg')?.modified).toBe(when);
	expect(queue.totals).toMatchObject({ files: 4, arrived: 4, bytes: 20, sent: 20 });
	expect(receipt(queue.items, 'Studio')).toEqual(['4 photos received by Studio.']);
});

test('what is there already is not sent and not asked about', async () => {
	const { queue, asked } = make();
	await queue.add(picked(file('a.jpg'), file('b.txt')), '/s/key/', false);
	await phase(queue, 'done');
	queue.clear();
	server.received = 0;
	await queue.add(picked(file('a.jpg'), file('b.txt'), file('c.txt')), '/s/key/', false);
	await phase(queue, 'done');
	expect(asked).toEqual([]);
	expect(server.received).toBe(5);
	expect(receipt(queue.items, 'Studio')).toEqual(['1 file received by Studio.', '2 were already there.']);
});

test.each<[Choice | null, string[], string[]]>([
	['keep', ['/s/key/a.txt', '/s/key/a-1.txt', '/s/key/b.txt'], ['arrived', 'arrived']],
	['replace', ['/s/key/a.txt', '/s/key/b.txt'], ['arrived', 'arrived']],
	['skip', ['/s/key/a.txt', '/s/key/b.txt'], ['skipped', 'arrived']],
	[null, ['/s/key/a.txt'], []],
])('a taken name is asked about once: %s', async (choice, files, expected) => {
	server.files.set('/s/key/a.txt', { data: Buffer.from('other'), modified: 1 });
	const { queue, asked } = make(choice);
	await queue.add(picked(file('a.txt'), file('b.txt')), '/s/key/', true);
	await until(queue, (q) => q.phase === 'done' || q.phase === 'idle');
	expect(asked).toEqual([['a.txt']]);
	expect([...server.files.keys()].sort()).toEqual(files.sort());
	expect(states(queue)).toEqual(expected);
	expect(server.files.get('/s/key/a.txt')?.data.toString()).toBe(choice === 'replace' ? 'a.txt' : 'other');
});

test('replacing without the right sends nothing', async () => {
	server.files.set('/s/key/a.txt', { data: Buffer.from('other'), modified: 1 });
	const { queue } = make('replace');
	await queue.add(picked(file('a.txt')), '/s/key/', false);
	expect(queue.items).toEqual([]);
	expect(server.received).toBe(0);
});

test('refuses before the first byte when there is no room', async () => {
	server.free = 3;
	const { queue } = make();
	await queue.add(picked(file('a.txt')), '/s/key/', false);
	expect(queue.full).toEqual({ free: 3, need: 5 });
	expect(server.received).toBe(0);
	expect(queue.phase).toBe('idle');
});

test('folders are made, empty ones too', async () => {
	const { queue } = make();
	const pick = { file: file('a.txt'), path: 'Trip/day 1/a.txt' };
	await queue.add({ picks: [pick], folders: ['Trip/empty'] }, '/s/key/', false);
	await phase(queue, 'done');
	expect([...server.folders]).toEqual(['/s/key/Trip/day 1', '/s/key/Trip/empty']);
	expect([...server.files.keys()]).toEqual(['/s/key/Trip/day 1/a.txt']);
});

test('cuts are survived without a question, bytes are never counted twice', async () => {
	let n = 0;
	server.fault = (request) => /PATCH|PUT/.test(request) && n++ % 2 === 0;
	const { queue } = make();
	let reached = 0;
	let back = false;
	queue.subscribe((q) => {
		back ||= q.totals.sent < reached;
		reached = Math.max(reached, q.totals.sent);
	});
	await queue.add(picked(big('film.mov', 20), file('a.txt')), '/s/key/', false);
	await phase(queue, 'done');
	expect(server.files.get('/s/key/film.mov')?.data.length).toBe(20 * 1024 * 1024);
	expect(states(queue)).toEqual(['arrived', 'arrived']);
	expect(queue.totals.sent).toBe(queue.totals.bytes);
	expect(back).toBe(false);
});

test('a small file whose answer was lost does not come twice', async () => {
	let lost = 0;
	server.lose = (request) => request.startsWith('PUT') && lost++ === 0;
	const { queue } = make();
	await queue.add(picked(file('a.txt')), '/s/key/', false);
	await phase(queue, 'done');
	expect([...server.files.keys()]).toEqual(['/s/key/a.txt']);
	expect(states(queue)).toEqual(['arrived']);
});

test('says that it waits while the server is away', async () => {
	let away = true;
	server.fault = (request) => request.startsWith('PUT') && away;
	const { queue } = make();
	void queue.add(picked(file('a.txt')), '/s/key/', false);
	await until(queue, (q) => q.waiting !== null);
	expect(summary(queue).title).toBe('Waiting for the connection…');
	away = false;
	await phase(queue, 'done');
	expect(queue.waiting).toBeNull();
});

test('pausing stops, going on continues', async () => {
	const { queue } = make();
	let pause = true;
	queue.subscribe((q) => {
		if (pause && q.totals.sent > 0) {
			pause = false;
			q.pause();
		}
	});
	await queue.add(picked(big('film.mov', 24)), '/s/key/', false);
	await until(queue, (q) => q.phase === 'paused' && q.items[0]?.state === 'waiting');
	const before = server.received;
	expect(before).toBeLessThan(24 * 1024 * 1024);
	queue.resume();
	await phase(queue, 'done');
	expect(server.files.size).toBe(1);
});

test('one file is stopped, the others arrive', async () => {
	const { queue } = make();
	queue.subscribe((q) => {
		const first = q.items[0];
		if (first?.state === 'sending' && first.sent > 0) q.cancel(first);
	});
	await queue.add(picked(big('film.mov', 24), file('a.txt')), '/s/key/', false);
	await phase(queue, 'done');
	expect(states(queue)).toEqual(['stopped', 'arrived']);
	expect([...server.files.keys()]).toEqual(['/s/key/a.txt']);
	expect(queue.totals).toMatchObject({ files: 1, arrived: 1, bytes: 5, sent: 5 });
});

test('only what failed is sent again', async () => {
	let refuse = true;
	server.fault = (request) => (refuse && request.includes('b.txt') ? 422 : false);
	const { queue } = make();
	await queue.add(picked(file('a.txt'), file('b.txt')), '/s/key/', false);
	await phase(queue, 'done');
	expect(states(queue)).toEqual(['arrived', 'failed']);
	expect(queue.items[1]?.trouble?.message).toBe('As the test wanted.');
	refuse = false;
	const before = server.received;
	queue.retryFailed();
	await phase(queue, 'done');
	expect(states(queue)).toEqual(['arrived', 'arrived']);
	expect(server.received - before).toBe(5);
});

test('choosing the same file again goes on where a lost page stopped', async () => {
	const memory = new Remembered();
	const first = make(null, memory).queue;
	first.subscribe((q) => q.totals.sent > 8e6 && q.phase === 'sending' && q.pause());
	await first.add(picked(big('film.mov', 24)), '/s/key/', false);
	await until(first, (q) => q.phase === 'paused' && q.items[0]?.state === 'waiting');
	expect(memory.all.has(keyOf('/s/key/film.mov', big('film.mov', 24)))).toBe(true);

	const before = server.received;
	const second = make(null, memory).queue;
	await second.add(picked(big('film.mov', 24)), '/s/key/', false);
	await phase(second, 'done');
	expect(server.received - before).toBeLessThan(24 * 1024 * 1024);
	expect(server.files.get('/s/key/film.mov')?.data.length).toBe(24 * 1024 * 1024);
	expect(memory.all.size).toBe(0);
});

test('a batch that cannot begin says why and can begin again', async () => {
	let refuse = true;
	server.fault = () => (refuse ? 410 : false);
	const { queue } = make();
	await queue.add(picked(file('a.txt')), '/s/key/', false);
	expect(queue.trouble?.status).toBe(410);
	refuse = false;
	queue.again();
	await phase(queue, 'done');
	expect(states(queue)).toEqual(['arrived']);
});

test('a file that the device no longer gives fails, and only that one', async () => {
	const broken = file('gone.txt');
	Object.defineProperty(broken, 'slice', { value: () => ({ arrayBuffer: () => Promise.reject(new Error('NotReadableError')) }) });
	server.fault = (request) => request.includes('gone.txt');
	const { queue } = make();
	await queue.add(picked(broken, file('a.txt')), '/s/key/', false);
	await phase(queue, 'done');
	expect(states(queue)).toEqual(['failed', 'arrived']);
	expect(queue.items[0]?.trouble?.message).toContain('does not let the page read');
});

test('fifteen hundred small files', async () => {
	const { queue } = make();
	const files = Array.from({ length: 1500 }, (_, i) => file(`f${i}.txt`, 'x'));
	await queue.add(picked(...files), '/s/key/', false);
	await phase(queue, 'done');
	expect(server.files.size).toBe(1500);
	expect(queue.totals).toMatchObject({ files: 1500, arrived: 1500, bytes: 1500, sent: 1500 });
}, 30_000);

test('every request says to which batch it belongs, and how much that holds', async () => {
	const { queue } = make();
	await queue.add({ picks: [{ file: file('a.jpg', 'aaaa'), path: 'Trip/a.jpg' }, { file: file('b.jpg', 'bb'), path: 'Trip/b.jpg' }, { file: big('film.mov', 9), path: 'Trip/film.mov' }], folders: [] }, '/s/key/', false);
	await phase(queue, 'done');
	const [folder, ...rest] = server.batches;
	const id = folder?.split(';')[0] ?? '';
	expect(id).toMatch(/^[0-9a-v]{10}$/);
	expect(new Set(rest)).toEqual(new Set([`${id}; files=3; bytes=${6 + 9 * 1024 * 1024}`]));
	expect(rest.length).toBe(2 + 2); // two small files; a large one in two pieces
	// What is sent later is another batch, and what was there already does not count.
	await queue.add(picked(file('c.jpg', 'ccc')), '/s/key/', false);
	await phase(queue, 'done');
	const last = server.batches.at(-1) ?? '';
	expect(last).toMatch(/^[0-9a-v]{10}; files=1; bytes=3$/);
	expect(last.startsWith(id)).toBe(false);
});
