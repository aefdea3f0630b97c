// The owner's page over a real server with its control listener, as the panels' tests need it.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { visit, type Visit } from './browser';
import type { Hand } from './hand';

export interface Control {
	url: string; // of the web door
	control: string; // of the control listener
	token: string;
	dir: string; // the served folder, /photos, where guests may do everything
	ask: (method: string, path: string, body?: unknown) => Promise<Response>;
	stop: () => Promise<void>;
}

export const iphone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1';

export async function control(): Promise<Control> {
	const program = process.env['PORTICO_BIN'] ?? new URL('../../portico', import.meta.url).pathname;
	if (!existsSync(program)) throw new Error(`${program} is not built; set PORTICO_BIN`);
	const base = mkdtempSync(join(tmpdir(), 'portico-panels-'));
	const [data, dir] = [join(base, 'data'), join(base, 'photos')];
	mkdirSync(dir);
	writeFileSync(join(dir, 'beach.txt'), 'sand');
	const args = ['serve', '--control', '--data', data, '--http', '127.0.0.1:0', '-v', `${dir}:/photos:rwmd`];
	const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
	const places = await ready(child);
	const token = readFileSync(join(data, 'control.token'), 'utf8').trim();
	const [url, control] = [places['http'] ?? '', places['control'] ?? ''];
	const ask = (method: string, path: string, body?: unknown) =>
		fetch(control + path, { method, headers: { 'X-Portico-Token': token, 'Content-Type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
	const stop = async () => {
		child.kill('SIGTERM');
		await new Promise((done) => (child.exitCode === null ? child.once('exit', done) : done(null)));
		rmSync(base, { recursive: true, force: true });
	};
	return { url, control, token, dir, ask, stop };
}

async function ready(child: ChildProcess): Promise<Record<string, string>> {
	let said = '';
	const places: Record<string, string> = {};
	child.stderr?.on('data', (text: Buffer) => (said += text.toString()));
	if (child.stdout) {
		for await (const line of createInterface({ input: child.stdout })) {
			said += `${line}\n`;
			const found = /^(http|control) (http:\/\/\S+?)\/?$/.exec(line);
			if (found) places[found[1] ?? ''] ??= found[2] ?? '';
			if (line === 'ready') {
				child.stdout.resume();
				return places;
			}
		}
	}
	throw new Error(`the server did not start:\n${said}`);
}

/** Opens the window and one of its panels. */
export async function open(browser: Browser, at: Control, name: string, options: BrowserContextOptions = { viewport: { width: 900, height: 640 } }, before?: (page: Page) => Promise<unknown>): Promise<Visit> {
	const visited = await visit(browser, at.control, options);
	await before?.(visited.page);
	await visited.page.goto(`${at.control}/-/window#${at.token}`);
	await show(visited.page, name);
	return visited;
}

/** A panel that stands. The window without shares is one drop zone; Activity is beside it all the same. */
export async function show(page: Hand, name: string): Promise<void> {
	const button = page.getByRole('tab', { name }).or(page.getByRole('button', { name, exact: true }));
	await button.first().click();
	await page.locator('.pane').first().waitFor();
}

/** Sends a file as a phone would. */
export const send = (at: Control, name: string, body: string, headers: Record<string, string> = {}): Promise<Response> =>
	fetch(`${at.url}/photos/${encodeURIComponent(name)}`, { method: 'PUT', headers: { 'User-Agent': iphone, ...headers }, body });

/** Many small files that arrived and two large ones that still do, until what it returns is called. */
export async function busy(at: Control): Promise<() => void> {
	for (let i = 0; i < 6; i++) await send(at, `curl ${i}.txt`, 'x'.repeat(5000 * i), { 'User-Agent': 'curl/8.5.0', 'X-Portico-Batch': 'done' });
	await send(at, 'a name that is much longer than any line of this window can be, so that it has to be cut off somewhere.txt', 'x', { 'User-Agent': 'rclone/v1.66' });
	await at.ask('GET', '/photos/beach.txt');
	const android = 'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36';
	const moving = [slowly(at, 'IMG_2041.mov', 90_000_000, 30_000_000, iphone), slowly(at, 'card.zip', 5_000_000, 100_000, android)];
	return () => moving.forEach((end) => end());
}

/** Sends slowly, as over a bad network, until it is ended. */
function slowly(at: Control, name: string, size: number, first: number, device: string): () => void {
	const { hostname, port } = new URL(at.url);
	const sending = request({ hostname, port, method: 'PUT', path: `/photos/${name}`, headers: { 'User-Agent': device, 'Content-Length': size, 'X-Portico-Batch': name } });
	sending.on('response', (answer) => answer.resume());
	sending.on('error', () => {}); // it is ended by whoever looks at it
	sending.write(Buffer.alloc(first));
	const timer = setInterval(() => sending.writableEnded || sending.write(Buffer.alloc(20_000)), 100);
	return () => (clearInterval(timer), sending.destroy());
}
