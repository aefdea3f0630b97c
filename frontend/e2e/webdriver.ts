// WebKit's MiniBrowser on a screen of its own that nobody sees, driven as the W3C's WebDriver says.
// It is the engine of the window on Linux, and of every iPhone.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** Debian keeps it beside WebKit's other helpers, whose folder is named after the machine. */
const browser = (): string => {
	const files = execFileSync('dpkg', ['-L', 'libwebkit2gtk-4.1-0'], { encoding: 'utf8' });
	const found = files.split('\n').find((name) => name.endsWith('/MiniBrowser'));
	if (!found) throw new Error('libwebkit2gtk-4.1-0 has no MiniBrowser');
	return found;
};

/** What the driver refuses, with the protocol's own word for it. */
export class Refused extends Error {
	constructor(
		readonly code: string,
		message: string,
	) {
		super(`${code}: ${message}`);
	}
}

export class Driver {
	/** What pages and the engine wrote to the console since it was last asked for. */
	said: string[] = [];
	private session = '';

	private constructor(
		readonly home: string,
		private readonly url: string,
		private readonly screen: ChildProcess,
		private readonly driver: ChildProcess,
	) {}

	static async start(dark = false): Promise<Driver> {
		const home = mkdtempSync(join(tmpdir(), 'portico-webkit-'));
		for (const dir of ['run', '.config/gtk-3.0', 'Downloads']) mkdirSync(join(home, dir), { recursive: true, mode: 0o700 });
		// The theme of the system, which is what pages are told; and nothing that moves.
		writeFileSync(join(home, '.config/gtk-3.0/settings.ini'), `[Settings]\ngtk-application-prefer-dark-theme=${dark}\ngtk-enable-animations=false\n`);
		// Its toolbar is wider than a phone.
		writeFileSync(join(home, '.config/gtk-3.0/gtk.css'), 'button, entry { min-width: 0; padding: 0; margin: 0; }\n');
		writeFileSync(join(home, '.config/user-dirs.dirs'), 'XDG_DOWNLOAD_DIR="$HOME/Downloads"\n');
		const screen = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1600x1200x24', '-nolisten', 'tcp'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
		const display = await firstLine(screen.stdio[3] as Readable);
		const port = await free();
		const env = { PATH: process.env['PATH'] ?? '', HOME: home, XDG_RUNTIME_DIR: join(home, 'run'), DISPLAY: `:${display}`, GDK_BACKEND: 'x11', LIBGL_ALWAYS_SOFTWARE: '1', NO_AT_BRIDGE: '1', LANG: 'C.UTF-8', DBUS_SESSION_BUS_ADDRESS: 'disabled:' };
		const driver = spawn('WebKitWebDriver', [`--port=${port}`], { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
		const started = new Driver(home, `http://127.0.0.1:${port}`, screen, driver);
		for (const stream of [driver.stdout, driver.stderr]) createInterface({ input: stream as Readable }).on('line', (line) => started.said.push(line));
		try {
			await started.begin(dark);
			// No window manager gives it the keyboard.
			execFileSync('xdotool', ['search', '--sync', '--onlyvisible', '--class', 'MiniBrowser', 'windowfocus'], { env });
		} catch (error) {
			await started.stop();
			throw error;
		}
		return started;
	}

	private async begin(dark: boolean): Promise<void> {
		const args = ['--automation', '--enable-write-console-messages-to-stdout=true', ...(dark ? ['--dark-mode'] : [])];
		const capabilities = { alwaysMatch: { 'webkitgtk:browserOptions': { binary: browser(), args } } };
		for (let tries = 0; ; tries++) {
			try {
				const { sessionId } = await this.send<{ sessionId: string }>('POST', '/session', { capabilities });
				this.session = `/session/${sessionId}`;
				return;
			} catch (error) {
				if (error instanceof Refused || tries > 100) throw error;
				await new Promise((again) => setTimeout(again, 50)); // it does not listen yet
			}
		}
	}

	/** Asks the session for something. */
	ask<T = unknown>(method: string, path: string, body: unknown = method === 'POST' ? {} : undefined): Promise<T> {
		return this.send(method, this.session + path, body);
	}

	private async send<T>(method: string, path: string, body?: unknown): Promise<T> {
		const answer = await fetch(this.url + path, { method, signal: AbortSignal.timeout(45_000), ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
		const { value } = (await answer.json()) as { value: T & { error?: string; message?: string } };
		if (!answer.ok) throw new Refused(value.error ?? String(answer.status), value.message ?? '');
		return value;
	}

	async stop(): Promise<void> {
		await this.ask('DELETE', '').catch(() => {});
		const ended = new Promise((done) => this.driver.once('exit', done));
		if (this.driver.pid) process.kill(-this.driver.pid, 'SIGKILL');
		await ended;
		this.screen.kill();
		rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
	}
}

const firstLine = (stream: Readable): Promise<string> => new Promise((done) => createInterface({ input: stream }).once('line', done));

/** A port that nobody has. */
const free = (): Promise<number> =>
	new Promise((done) => {
		const server = createServer().listen(0, '127.0.0.1', () => {
			const address = server.address();
			server.close(() => done(typeof address === 'object' ? (address?.port ?? 0) : 0));
		});
	});
