import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endShare, href, mkdir, Refusal, status } from './client';

let server: Server;
let answer = { status: 200, body: '{}' };
let seen: { method: string; url: string; type: string; body: string };
const real = globalThis.fetch;

async function read(request: IncomingMessage): Promise<string> {
	let text = '';
	for await (const part of request) text += String(part);
	return text;
}

beforeAll(async () => {
	server = createServer(async (request, response) => {
		const body = await read(request);
		seen = { method: request.method ?? '', url: request.url ?? '', type: request.headers['content-type'] ?? '', body };
		response.writeHead(answer.status, { 'Content-Type': 'application/json' }).end(answer.status === 204 ? undefined : answer.body);
	});
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	// Outside of a page an address needs its host.
	const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	globalThis.fetch = (url, init) => real(base + String(url), init);
});

afterAll(() => {
	globalThis.fetch = real;
	server.closeAllConnections();
	server.close();
});

test('sends JSON and reads the answer', async () => {
	answer = { status: 200, body: '{"path":"/a/b","entry":{"n":"b","k":"d","t":1}}' };
	expect(await mkdir({ path: '/a/b', parents: true })).toEqual({ path: '/a/b', entry: { n: 'b', k: 'd', t: 1 } });
	expect(seen).toEqual({ method: 'POST', url: '/-/api/files/mkdir', type: 'application/json', body: '{"path":"/a/b","parents":true}' });
});

test('an empty answer is one', async () => {
	answer = { status: 204, body: '' };
	expect(await endShare('a/b')).toBeUndefined();
	expect(seen.url).toBe('/-/api/shares/a%2Fb');
});

test.each([
	['a problem of ours', 409, '{"status":409,"title":"The name is taken","code":"FS-NAME-02","detail":"There is one."}', 'FS-NAME-02', 'There is one.'],
	['a page of a proxy', 502, '<h1>Bad gateway</h1>', 'NET-ANSWER-01', 'No clear answer'],
	['no JSON', 200, 'hello', 'NET-ANSWER-01', 'No clear answer'],
])('%s is a refusal', async (_, code, body, expected, words) => {
	answer = { status: code, body };
	const error = await status().catch((e: unknown) => e);
	expect(error).toBeInstanceOf(Refusal);
	expect((error as Refusal).problem.code).toBe(expected);
	expect((error as Refusal).message).toBe(words);
});

test('addresses are percent-encoded', () => {
	expect(href('/s/k7/ä b/50%?#.jpg')).toBe('/s/k7/%C3%A4%20b/50%25%3F%23.jpg');
});
