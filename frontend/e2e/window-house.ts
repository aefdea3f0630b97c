// The real program with its control listener and a few folders to share, and windows on it.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { visit, type Visit } from './browser';

export const usual: BrowserContextOptions = { viewport: { width: 900, height: 640 } };

export interface Owner {
	url: string; // of the web door
	control: string;
	token: string;
	data: string; // its data folder
	dir: string; // holds "Holiday photos", "Lab inbox" and "Reports"
	ask: <T>(method: string, path: string, body?: unknown) => Promise<{ status: number; body: T }>;
	share: (name: string, how?: object) => Promise<{ id: string; key: string; links: string[] }>;
	stop: () => Promise<void>;
}

export async function owner(): Promise<Owner> {
	const program = process.env['PORTICO_BIN'] ?? new URL('../../portico', import.meta.url).pathname;
	if (!existsSync(program)) throw new Error(`${program} is not built; set PORTICO_BIN`);
	const base = mkdtempSync(join(tmpdir(), 'portico-window-'));
	const dir = join(base, 'files');
	for (const name of ['Holiday photos', 'Lab inbox', 'Reports']) {
		mkdirSync(join(dir, name), { recursive: true });
		writeFileSync(join(dir, name, 'one.txt'), name);
	}
	const child = spawn(program, ['serve', '--control', '--data', join(base, 'data'), '--http', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'pipe'] });
	let said = '';
	child.stderr.on('data', (text: Buffer) => (said += text.toString()));
	const places: Record<string, string> = {};
	for await (const line of createInterface({ input: child.stdout })) {
		said += `${line}\n`;
		const found = /^(http|control) (http:\/\/\S+?)\/?$/.exec(line);
		if (found) places[found[1] ?? ''] ??= found[2] ?? '';
		if (line === 'ready') break;
	}
	child.stdout.resume();
	const { http: url, control } = places;
	if (!url || !control) throw new Error(`the server did not start:\n${said}`);
	const token = readFileSync(join(base, 'data', 'control.token'), 'utf8').trim();
	const ask = async <T>(method: string, path: string, body?: unknown) => {
		const answer = await fetch(control + path, {
			method,
			headers: { 'X-Portico-Token': token, 'Content-Type': 'application/json' },
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		const text = await answer.text();
		return { status: answer.status, body: (text ? JSON.parse(text) : undefined) as T };
	};
	const share = async (name: string, how: object = {}) => {
		const answer = await ask<{ shares: { id: string; key: string; links: string[] }[] }>('POST', '/-/api/desktop/share', { files: [join(dir, name)], share: how });
		const [first] = answer.body.shares;
		if (!first) throw new Error(`no share of ${name}`);
		return first;
	};
	const stop = async () => {
		child.kill('SIGTERM');
		await new Promise((done) => (child.exitCode === null ? child.once('exit', done) : done(null)));
		rmSync(base, { recursive: true, force: true });
	};
	return { url, control, token, data: join(base, 'data'), dir, ask, share, stop };
}

/** Ends every share, so that a test begins with an empty window. */
export async function clear(at: Owner): Promise<void> {
	const { body } = await at.ask<{ shares: { id: string }[] }>('GET', '/-/api/shares');
	for (const share of body.shares) await at.ask('DELETE', `/-/api/shares/${share.id}`);
}

/** Three shares, as they stand in a window that is used. */
export async function fill(at: Owner): Promise<void> {
	await at.share('Holiday photos', { for: 'tonight' });
	await at.share('Lab inbox', { preset: 'inbox' });
	const paused = await at.share('Reports', { preset: 'add', password: 'sesame', for: '7d' });
	await at.ask('PATCH', `/-/api/shares/${paused.id}`, { paused: true });
}

export async function open(browser: Browser, at: Owner, options: BrowserContextOptions = usual, before?: (page: Page) => Promise<unknown>): Promise<Visit> {
	const visited = await visit(browser, at.control, options);
	await before?.(visited.page);
	await visited.page.goto(`${at.control}/-/window#${at.token}`);
	await visited.page.locator('.hollow, .halves').first().waitFor();
	return visited;
}

/** A desktop around the page, for what only the shell can bring about: the answers of its part of the API. */
export async function desktop(page: Page, told: object[] = []): Promise<{ method: string; path: string; body: unknown }[]> {
	const asked: { method: string; path: string; body: unknown }[] = [];
	const preferences = { autostart: false, onClose: 'ask', notify: 'all', fileManager: false, theme: 'system', tray: true, dialogs: false, notifications: true, system: 'linux' };
	await page.route(/\/-\/api\/desktop\/(preferences|text|clipboard|quit|window|open|reveal)/, async (route) => {
		const request = route.request();
		const path = new URL(request.url()).pathname.replace('/-/api/desktop/', '');
		const body = request.postData() ? (request.postDataJSON() as unknown) : undefined;
		if (request.method() !== 'GET') asked.push({ method: request.method(), path, body });
		if (path === 'preferences') await route.fulfill({ json: { ...preferences, ...(body as object | undefined) } });
		else if (path === 'clipboard' && request.method() === 'GET') await route.fulfill({ json: { text: 'Gate code: 4711', paths: [] } });
		else if (path === 'text') await route.fulfill({ status: 507, contentType: 'application/problem+json', body: JSON.stringify({ status: 507, title: 'No room', code: 'FS-ROOM-01', detail: 'There is no room for this text.' }) });
		else await route.fulfill({ status: 204 });
	});
	if (told.length) {
		let first = true;
		await page.route(/\/-\/events/, async (route) => {
			if (!first) return route.continue();
			first = false;
			const hello = `event: hello\nid: 0\ndata: ${JSON.stringify({ time: Date.now(), newest: 0 })}\n\n`;
			await route.fulfill({ contentType: 'text/event-stream', body: hello + told.map((one) => `event: desktop\ndata: ${JSON.stringify(one)}\n\n`).join('') });
		});
	}
	return asked;
}
