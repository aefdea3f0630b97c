// The other side, for tests: a small server that keeps files in memory and speaks what the page
// speaks (PUT, tus 1.0, preflight, mkdir), with faults that a test can switch on.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Send } from './send/transport';
import { noAnswer } from './net/request';

export interface Stored {
	data: Buffer;
	modified: number;
}

interface Begun {
	path: string;
	exists: string;
	modified: number;
	size: number;
	data: Buffer;
}

export class TestServer {
	files = new Map<string, Stored>();
	folders = new Set<string>();
	begun = new Map<string, Begun>();
	requests: string[] = [];
	batches: string[] = []; // what came as X-Portico-Batch
	received = 0; // bytes of file content that came, also in vain
	free = 1e12;
	/** Called before a request is answered; true cuts the connection, a number answers that status. */
	fault: (request: string, n: number) => boolean | number = () => false;
	/** Called after a request did its work; true cuts the connection instead of answering. */
	lose: (request: string) => boolean = () => false;
	url = '';
	#ids = 1;
	#server = createServer((q, a) => void this.#answer(q, a));

	async start(): Promise<void> {
		await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
		this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
	}

	stop(): void {
		this.#server.closeAllConnections();
		this.#server.close();
	}

	/** As the browser's transport, over fetch. */
	send: Send = async ({ method, url, headers, body, signal }) => {
		try {
			const answer = await fetch(new URL(url, this.url), { method, headers, body, signal });
			return { status: answer.status, header: (name) => answer.headers.get(name), text: await answer.text() };
		} catch {
			throw signal.aborted ? signal.reason : noAnswer();
		}
	};

	/** What fetch of the page's own addresses is to be. */
	get fetch(): typeof fetch {
		const real = globalThis.fetch;
		return (url, init) => real(new URL(String(url), this.url), init);
	}

	async #answer(q: IncomingMessage, a: ServerResponse): Promise<void> {
		const name = `${q.method} ${decodeURIComponent(q.url ?? '')}`;
		this.requests.push(name);
		if (q.headers['x-portico-batch']) this.batches.push(String(q.headers['x-portico-batch']));
		const fault = this.fault(name, this.requests.length);
		if (fault === true) return void q.socket.destroy();
		const parts: Buffer[] = [];
		for await (const part of q) parts.push(part as Buffer);
		const body = Buffer.concat(parts);
		if (typeof fault === 'number') return void problem(a, fault, 'As the test wanted.');
		const path = decodeURIComponent(q.url ?? '');
		const finish = this.#route(q, path, body, a);
		if (this.lose(name)) return void q.socket.destroy();
		finish();
	}

	#route(q: IncomingMessage, path: string, body: Buffer, a: ServerResponse): () => void {
		if (path.startsWith('/-/tus/')) return this.#tus(q, path, body, a);
		if (path === '/-/api/files/mkdir') {
			this.folders.add((JSON.parse(body.toString()) as { path: string }).path);
			return () => json(a, {});
		}
		if (path === '/-/api/files/preflight') {
			const asked = JSON.parse(body.toString()) as { folder: string; files: { name: string; size: number; modified: number }[] };
			const files = asked.files.map(({ name, size, modified }) => {
				// Whoever sends a file sees it before it is complete.
				const pending = [...this.begun.values()].find((b) => b.path === asked.folder + name);
				const there = this.files.get(asked.folder + name) ?? pending;
				const same = there && there.data.length === size && Math.abs(there.modified - modified) <= 2000;
				return { name, state: !there ? 'new' : same ? 'same' : 'exists' };
			});
			return () => json(a, { free: this.free, fits: true, files });
		}
		this.received += body.length;
		const kept = this.#keep(path, body, Number(q.headers['x-portico-modified']), String(q.headers['x-portico-exists']));
		return () => a.writeHead(201, { 'X-Portico-Name': encodeURIComponent(kept) }).end();
	}

	#tus(q: IncomingMessage, path: string, body: Buffer, a: ServerResponse): () => void {
		this.received += body.length;
		let url = path;
		if (q.method === 'POST') {
			url = `/-/tus/${this.#ids++}`;
			const meta = new Map(
				String(q.headers['upload-metadata'])
					.split(',')
					.map((pair) => pair.split(' ') as [string, string])
					.map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
			);
			this.begun.set(url, {
				path: meta.get('path') ?? '',
				exists: meta.get('exists') ?? '',
				modified: Number(meta.get('modified')),
				size: Number(q.headers['upload-length']),
				data: Buffer.alloc(0),
			});
		}
		const upload = this.begun.get(url);
		if (!upload) return () => problem(a, 404, 'No such upload.');
		if (q.method === 'DELETE') {
			this.begun.delete(url);
			return () => a.writeHead(204).end();
		}
		const length = () => ({ 'Upload-Offset': String(upload.data.length), 'Upload-Length': String(upload.size) });
		if (q.method === 'HEAD') return () => a.writeHead(200, length()).end();
		if (q.method === 'PATCH' && Number(q.headers['upload-offset']) !== upload.data.length) return () => problem(a, 409, 'Elsewhere.');
		upload.data = Buffer.concat([upload.data, body]);
		const headers: Record<string, string> = { ...length(), Location: url };
		if (upload.data.length === upload.size) {
			headers['X-Portico-Name'] = encodeURIComponent(this.#keep(upload.path, upload.data, upload.modified, upload.exists));
			headers['X-Portico-Sha256'] = 'ab'.repeat(32);
			this.begun.delete(url);
		}
		return () => a.writeHead(q.method === 'POST' ? 201 : 204, headers).end();
	}

	#keep(path: string, data: Buffer, modified: number, exists: string): string {
		let free = path;
		for (let i = 1; exists !== 'replace' && this.files.has(free); i++) free = path.replace(/(\.\w+)?$/, (ext) => `-${i}${ext}`);
		this.files.set(free, { data, modified });
		return free.split('/').at(-1) ?? '';
	}
}

function json(a: ServerResponse, body: unknown): void {
	a.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

function problem(a: ServerResponse, status: number, detail: string): void {
	a.writeHead(status, { 'Content-Type': 'application/problem+json' }).end(JSON.stringify({ status, detail, code: 'TEST-01' }));
}
