// Starts the real server over a few folders, or uses one that runs.
//
// PORTICO_BIN       the program; ../portico where it is not set
// PORTICO_URL       a server that runs already, with the folders of PORTICO_DIR mounted as below
// PORTICO_INBOX     and PORTICO_LOCKED: paths of the two shares there
// PORTICO_SHOTS     a folder to keep pictures of every page in
// CHROMIUM          the browser; /usr/bin/chromium where it is not set
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { picture } from './picture';

/** What is mounted where, and what guests may do there. The last one is for alice, whose password is "opensesame-1". */
export const mounts = {
	full: 'rwmd',
	read: 'r',
	add: 'rw',
	empty: 'r',
	photos: 'r',
	many: 'r',
	most: 'r',
} as const;
const run = promisify(execFile);

export const password = 'opensesame-1';

export interface House {
	url: string;
	dir: string;
	inbox: string; // path of a share of the folder "inbox" that may only be added to
	locked: string; // path of a share of the folder "photos" whose password is that of alice
	stop: () => Promise<void>;
}

const time = 1_750_000_000;

function put(file: string, content: string | Buffer, at = time): void {
	writeFileSync(file, content);
	utimesSync(file, at, at);
}

/** Names that pages must survive. */
export const hostile = [`<img src=x onerror=alert(1)>.html`, `100% "quoted" & #1?.txt`, 'photo_\u202egpj.exe', 'قائمة الملفات.pdf', 'a'.repeat(180) + '.mov'];

export function furnish(dir: string, sizes: { many: number; most: number }): void {
	for (const name of [...Object.keys(mounts), 'private', 'inbox']) mkdirSync(join(dir, name), { recursive: true });
	for (const place of ['full', 'read', 'add']) {
		mkdirSync(join(dir, place, 'Trip to Ärger'), { recursive: true });
		put(join(dir, place, 'Trip to Ärger', 'inside.txt'), 'inside');
		put(join(dir, place, 'notes.txt'), 'Wi-Fi: sunflower\n');
		put(join(dir, place, 'Itinerary.pdf'), '%PDF-1.4 not really');
		put(join(dir, place, 'beach 1.png'), picture(64, 48, 1));
		put(join(dir, place, 'beach 2.png'), picture(48, 64, 2));
	}
	for (const name of hostile) put(join(dir, 'read', name), 'x');
	put(join(dir, 'inbox', 'secret of somebody else.txt'), 'secret');
	put(join(dir, 'private', 'diary.txt'), 'dear diary');
	for (let i = 0; i < 24; i++) put(join(dir, 'photos', `IMG_${2040 + i}.png`), picture(160, i % 3 ? 120 : 200, i), time + i * 90_000);
	for (const place of ['many', 'most'] as const) {
		const endings = ['jpg', 'pdf', 'HEIC', 'mov', 'txt'];
		for (let i = 0; i < sizes[place]; i++) {
			writeFileSync(join(dir, place, `File ${String(i).padStart(6, '0')}.${endings[i % 5]}`), '');
		}
	}
}

export async function house(sizes = { many: 500, most: 10 }): Promise<House> {
	const running = process.env['PORTICO_URL'];
	const given = (name: string) => process.env[name] ?? '';
	if (running) {
		const [inbox, locked] = [given('PORTICO_INBOX'), given('PORTICO_LOCKED')];
		return { url: running.replace(/\/$/, ''), dir: given('PORTICO_DIR'), inbox, locked, stop: () => Promise.resolve() };
	}
	const program = process.env['PORTICO_BIN'] ?? new URL('../../portico', import.meta.url).pathname;
	if (!existsSync(program)) throw new Error(`${program} is not built; set PORTICO_BIN`);
	const base = mkdtempSync(join(tmpdir(), 'portico-e2e-'));
	const dir = join(base, 'files');
	furnish(dir, sizes);
	const volumes = Object.entries(mounts).flatMap(([name, rights]) => ['-v', `${join(dir, name)}:/${name}:${rights}`]);
	const args = ['serve', '--data', join(base, 'data'), '--http', '127.0.0.1:0', '-a', `alice:${password}`, '-v', `${join(dir, 'private')}:/private:rwmd,alice`, '-v', `${join(dir, 'inbox')}:/inbox:rwmd,alice`];
	const child = spawn(program, [...args, ...volumes], { stdio: ['ignore', 'pipe', 'pipe'] });
	const url = await address(child);
	const share = async (name: string, ...flags: string[]) => {
		const answer = await run(program, ['share', join(dir, name), '--data', join(base, 'data'), ...flags]);
		return `${new URL(answer.stdout.trim()).pathname}/`;
	};
	const inbox = await share('inbox', '--inbox');
	const locked = await share('photos', '--password', password);
	const stop = async () => {
		child.kill('SIGTERM');
		await new Promise((done) => (child.exitCode === null ? child.once('exit', done) : done(null)));
		rmSync(base, { recursive: true, force: true });
	};
	return { url, dir, inbox, locked, stop };
}

async function address(child: ChildProcess): Promise<string> {
	let said = '';
	let url = '';
	child.stderr?.on('data', (text: Buffer) => (said += text.toString()));
	if (child.stdout) {
		for await (const line of createInterface({ input: child.stdout })) {
			said += `${line}\n`;
			url ||= /^http (http:\/\/\S+?)\/?$/.exec(line)?.[1] ?? '';
			if (line === 'ready') {
				child.stdout.resume();
				return url;
			}
		}
	}
	throw new Error(`the server did not start:\n${said}`);
}
