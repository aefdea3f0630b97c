import { afterEach, beforeEach, expect, test } from 'vitest';
import { Trouble } from '../net/trouble';
import { TestServer } from '../testserver';
import { upload, type Upload } from './tus';

let server: TestServer;
beforeEach(async () => {
	server = new TestServer();
	await server.start();
});
afterEach(() => server.stop());

const data = Buffer.from(Array.from({ length: 100 }, (_, i) => i));

function begin(change: Partial<Upload> = {}): Upload & { urls: (string | null)[]; acks: number[] } {
	const urls: (string | null)[] = [];
	const acks: number[] = [];
	return {
		file: new Blob([data]),
		target: { path: '/s/key/ä b.bin', modified: 1_700_000_000_000, exists: 'keep' },
		url: null,
		signal: new AbortController().signal,
		send: server.send,
		headers: () => ({}),
		begun: (url) => urls.push(url),
		acknowledged: (n) => acks.push(n),
		arrived: () => Promise.resolve(false),
		size: 30,
		urls,
		acks,
		...change,
	};
}

test('sends in pieces and acknowledges each', async () => {
	const u = begin();
	const got = await upload(u);
	expect(got).toEqual({ name: 'ä b.bin', sha256: 'ab'.repeat(32) });
	expect(server.files.get('/s/key/ä b.bin')).toEqual({ data, modified: 1_700_000_000_000 });
	expect(u.acks).toEqual([30, 60, 90, 100]);
	expect(server.requests).toEqual(['POST /-/tus/', 'PATCH /-/tus/1', 'PATCH /-/tus/1', 'PATCH /-/tus/1']);
});

test('one piece is one request', async () => {
	await upload(begin({ size: 1000 }));
	expect(server.requests).toEqual(['POST /-/tus/']);
});

test('goes on where a cut stopped it, sending no piece twice', async () => {
	server.fault = (_, n) => n === 3;
	const u = begin();
	await expect(upload(u)).rejects.toMatchObject({ status: 0 });
	expect(u.acks).toEqual([30, 60]);
	await upload({ ...u, url: u.urls[0] ?? null });
	expect(server.files.get('/s/key/ä b.bin')?.data).toEqual(data);
	expect(server.received).toBe(100);
});

test('an answer that was lost costs no second piece', async () => {
	let lost = 0;
	server.lose = (request) => request.startsWith('PATCH') && lost++ === 0;
	const u = begin();
	await expect(upload(u)).rejects.toBeInstanceOf(Trouble);
	await upload({ ...u, url: u.urls[0] ?? null });
	expect(server.files.get('/s/key/ä b.bin')?.data).toEqual(data);
	expect(server.received).toBe(100);
});

test('an upload that the server forgot begins anew', async () => {
	const u = begin({ url: '/-/tus/gone' });
	await upload(u);
	expect(u.urls).toEqual([null, '/-/tus/1']);
	expect(server.files.size).toBe(1);
});

test('a forgotten upload whose file is there is not sent again', async () => {
	await upload(begin({ url: '/-/tus/gone', arrived: () => Promise.resolve(true) }));
	expect(server.received).toBe(0);
});

test('an upload of another length is not continued', async () => {
	server.begun.set('/-/tus/other', { path: '/x', exists: 'keep', modified: 0, size: 7, data: Buffer.alloc(3) });
	await upload(begin({ url: '/-/tus/other' }));
	expect(server.files.get('/s/key/ä b.bin')?.data).toEqual(data);
});

test.each([
	[403, false],
	[413, false],
	[507, false],
	[423, true],
	[429, true],
	[503, true],
])('status %d at creation may pass: %s', async (status, passing) => {
	server.fault = () => status;
	const error = await upload(begin()).catch((e: unknown) => e);
	expect(error).toMatchObject({ status, passing, message: 'As the test wanted.', code: 'TEST-01' });
});

test('stops when it is told to', async () => {
	const stop = new AbortController();
	const u = begin({ signal: stop.signal, acknowledged: () => stop.abort('pause') });
	await expect(upload(u)).rejects.toBe('pause');
	expect(server.files.size).toBe(0);
});
