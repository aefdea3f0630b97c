import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { listen, reader, type Line, type Told } from './stream';

let server: Server | undefined;
let end: (() => void) | undefined;
afterEach(async () => {
	end?.();
	server?.closeAllConnections();
	await new Promise((done) => (server ? server.close(done) : done(null)));
	server = undefined;
});

async function serve(answer: (request: IncomingMessage, response: ServerResponse, n: number) => void): Promise<string> {
	let n = 0;
	server = createServer((request, response) => answer(request, response, ++n));
	await new Promise<void>((done) => server?.listen(0, '127.0.0.1', done));
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

test('events are whole however the text was cut', () => {
	const text = ': hi\n\nevent: a\r\nid: 7\r\ndata: {"x":1}\r\n\r\ndata: one\ndata:two\n\nevent: nothing\n\n';
	const want: Told[] = [
		{ event: 'a', data: '{"x":1}', id: '7' },
		{ event: 'message', data: 'one\ntwo', id: '7' },
	];
	for (let size = 1; size <= text.length; size++) {
		const got: Told[] = [];
		const take = reader((told) => got.push(told));
		for (let i = 0; i < text.length; i += size) take(text.slice(i, i + size));
		expect(got).toEqual(want);
	}
});

test('after a cut it goes on from the last event, with its headers', async () => {
	const asked: (string | undefined)[][] = [];
	const url = await serve((request, response, n) => {
		asked.push([request.headers['x-portico-token'] as string, request.headers['last-event-id'] as string]);
		response.writeHead(200, { 'Content-Type': 'text/event-stream' });
		response.write(`id: ${n}\nevent: hello\ndata: ${n}\n\n`);
		if (n < 3) response.end();
	});
	const states: Line[] = [];
	const heard = await new Promise<string[]>((done) => {
		const all: string[] = [];
		end = listen({
			url,
			headers: { 'X-Portico-Token': 'secret' },
			wait: [1, 2],
			line: (state) => states.push(state),
			heard: (told) => all.push(told.data) === 3 && done(all),
		});
	});
	expect(heard).toEqual(['1', '2', '3']);
	expect(asked).toEqual([['secret', undefined], ['secret', '1'], ['secret', '2']]);
	expect(states).toEqual(['open', 'lost', 'open', 'lost', 'open']);
});

test('silence is a cut', async () => {
	let asked = 0;
	const url = await serve((_, response) => {
		asked++;
		response.writeHead(200).write(': quiet\n\n');
	});
	const states: Line[] = [];
	await new Promise<void>((done) => {
		// A busy machine may take as long as that to answer at all: then it is lost before, too.
		const line = (state: Line) => {
			states.push(state);
			if (states.filter((one) => one === 'open').length === 2) done();
		};
		end = listen({ url, headers: {}, wait: [1, 1], silence: 50, heard: () => {}, line });
	});
	const between = states.slice(states.indexOf('open') + 1, -1);
	expect(between.length).toBeGreaterThan(0);
	expect(new Set(between)).toEqual(new Set(['lost']));
	expect(asked).toBeGreaterThan(1);
});

test('who is refused does not ask again', async () => {
	let asked = 0;
	const url = await serve((_, response) => {
		asked++;
		response.writeHead(403).end('not for you');
	});
	const state = await new Promise<Line>((done) => {
		end = listen({ url, headers: {}, wait: [1, 1], heard: () => {}, line: done });
	});
	expect(state).toBe('refused');
	await new Promise((done) => setTimeout(done, 20));
	expect(asked).toBe(1);
});
