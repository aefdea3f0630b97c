// The owner's page over a real server with its control listener, as the panels' tests need it.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { visit, type Visit } from './browser';

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
export async function show(page: Page, name: string): Promise<void> {
	const button = page.getByRole('tab', { name }).or(page.getByRole('button', { name, exact: true }));
	await button.first().click();
	await page.locator('.pane').first().waitFor();
}

/** Sends a file as a phone would. */
export const send = (at: Control, name: string, body: string, headers: Record<string, string> = {}): Promise<Response> =>
	fetch(`${at.url}/photos/${encodeURIComponent(name)}`, { method: 'PUT', headers: { 'User-Agent': iphone, ...headers }, body });
