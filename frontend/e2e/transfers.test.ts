// Transfers as it looks in every state of a batch, and the end of the program that waits for them.
import { request } from 'node:http';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch, shot } from './browser';
import { judge } from './judge';
import { control, iphone, open, send, type Control } from './panels-house';
import { desktop } from './window-house';

let at: Control;
let browser: Browser;
beforeAll(async () => {
	[at, browser] = await Promise.all([control(), launch()]);
	expect((await at.ask('POST', '/-/api/shares', { path: '/photos', preset: 'add', title: 'Holiday photos' })).status).toBeLessThan(300);
});
afterAll(async () => {
	await browser.close();
	await at.stop();
});

const pixel = 'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36';

/** Sends for as long as nobody ends it. */
function slowly(name: string, size: number, headers: Record<string, string>): () => void {
	const { hostname, port } = new URL(at.url);
	const sending = request({ hostname, port, method: 'PUT', path: `/photos/${name}`, headers: { 'User-Agent': iphone, 'Content-Length': size, ...headers } });
	sending.on('response', (answer) => answer.resume());
	sending.on('error', () => {}); // it is ended here
	sending.write(Buffer.alloc(3_000_000));
	const timer = setInterval(() => sending.writable && sending.write(Buffer.alloc(200_000)), 100);
	return () => (clearInterval(timer), sending.destroy());
}

/** Begins a large upload as our page does, and is never heard of again. */
async function cut(name: string, batch: string): Promise<void> {
	const base64 = (text: string) => Buffer.from(text).toString('base64');
	const answer = await fetch(`${at.url}/-/tus/`, {
		method: 'POST',
		headers: {
			'Tus-Resumable': '1.0.0', 'Content-Type': 'application/offset+octet-stream', 'Upload-Length': '9000000', 'User-Agent': pixel,
			'Upload-Metadata': `path ${base64(`/photos/${name}`)}`, 'X-Portico-Batch': batch,
		},
		body: Buffer.alloc(1_000_000),
	});
	expect(answer.status).toBe(201);
}

async function everySize(page: Page, name: string): Promise<string[]> {
	const wrong: string[] = [];
	for (const [size, width, height] of [['phone', 390, 844], ['desk', 1280, 800]] as const) {
		await page.setViewportSize({ width, height });
		for (const colorScheme of ['light', 'dark'] as const) {
			await page.emulateMedia({ colorScheme });
			await shot(page, `${name} ${size} ${colorScheme}`);
			wrong.push(...(await judge(page)).map((one) => `${size} ${colorScheme}: ${one}`));
		}
	}
	return wrong;
}

test('every state of a batch says what it is, why, and what can be done', async () => {
	const trip = { 'X-Portico-Batch': 'trip; files=12; bytes=1200000000' };
	for (const i of [1, 2, 3]) await send(at, `trip ${i}.jpg`, 'x'.repeat(900_000 + i), trip);
	const ends = [slowly('film.mov', 90_000_000, trip)];
	await cut('talk.mp4', 'talk; files=2; bytes=12000000');
	for (const i of [1, 2]) await send(at, `scan ${i}.pdf`, 'x'.repeat(40_000), { 'User-Agent': 'curl/8.5.0', 'X-Portico-Batch': 'scan; files=2; bytes=80000' });
	await send(at, 'letter.txt', 'dear', { 'User-Agent': 'rclone/v1.66' });
	const lost = slowly('lost.raw', 50_000_000, { 'User-Agent': 'microscope/2', 'X-Portico-Batch': 'lost' });
	const { page, wrongs, close } = await open(browser, at, 'Transfers', { viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' }, (page) => desktop(page));
	await page.locator('.move', { hasText: 'microscope sends' }).waitFor();
	lost();

	const moving = page.locator('.move', { hasText: '3 of 12 files' });
	await moving.getByText(/of 1\.2 GB/).waitFor();
	await moving.getByText(/\/s/).waitFor();
	await moving.getByRole('button', { name: 'Stop iPhone · Safari' }).waitFor();
	const waiting = page.locator('.move', { hasText: 'Waiting for the device' });
	await waiting.getByText('Nothing is lost: it goes on when the device comes back.', { exact: false }).waitFor();
	await waiting.getByText('0 of 2 files').waitFor();
	const done = page.locator('.move', { hasText: 'curl sent to photos' });
	await done.getByRole('button', { name: 'Undo what curl sent to photos' }).waitFor();
	await done.getByRole('button', { name: 'Show photos in its folder' }).waitFor();
	const failed = page.locator('.move', { hasText: 'microscope sent' });
	await failed.getByText('1 failed').waitFor();
	await failed.getByText('It was cut on the way. What failed is not here; it can be sent again from the device.').waitFor();
	await page.locator('.move', { hasText: 'rclone sent' }).getByRole('button', { name: /^Undo/ }).click();
	await page.getByText('1 file was taken back; it lies in the trash.').waitFor();
	await page.locator('.move', { hasText: 'rclone sent' }).getByText('taken back').waitFor();
	expect(await everySize(page, 'transfers states')).toEqual([]);

	// What waits is stopped for good.
	await waiting.getByRole('button', { name: /^Stop/ }).click();
	await page.locator('.move', { hasText: 'Android phone · Chrome sent' }).getByText('stopped here').waitFor();
	ends.forEach((end) => end());
	expect(wrongs).toEqual([]);
	await close();
});

test('the end waits for what moves, says so, and can be had at once', async () => {
	let asked: Awaited<ReturnType<typeof desktop>> = [];
	const ends = [slowly('one.mov', 90_000_000, {}), slowly('two.mov', 90_000_000, {})];
	const { page, close } = await open(browser, at, 'Transfers', { viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' }, async (page) => {
		asked = await desktop(page);
		await page.addInitScript(speakable);
	});
	await page.locator('.move', { hasText: 'sends to photos' }).first().waitFor();
	await page.evaluate(() => (globalThis as unknown as { tell: (one: object) => void }).tell({ what: 'finishing' }));
	await page.getByText('Finishing 2 transfers…').waitFor();
	expect(await everySize(page, 'window finishing')).toEqual([]);
	await page.getByRole('button', { name: 'Quit now' }).click();
	const sure = page.getByRole('dialog', { name: '2 transfers are under way' });
	await sure.getByRole('button', { name: 'Let it finish' }).click();
	expect(asked).toEqual([]);
	await page.getByRole('button', { name: 'Quit now' }).click();
	await sure.getByRole('button', { name: 'Quit now' }).click();
	await expect.poll(() => asked).toEqual([{ method: 'POST', path: 'quit', body: { now: true } }]);
	ends.forEach((end) => end());
	await page.getByText('Portico is ending…').waitFor();
	await close();
});

/** Runs in the page: lets a test say in the stream of events what only a desktop says. */
function speakable(): void {
	const real = window.fetch;
	window.fetch = async (...asked) => {
		const answer = await real(...asked);
		if (!answer.body || !String(asked[0]).startsWith('/-/events')) return answer;
		const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
		const to = writable.getWriter();
		const tell = (one: object) => void to.write(new TextEncoder().encode(`event: desktop\ndata: ${JSON.stringify(one)}\n\n`));
		Object.assign(globalThis, { tell });
		const from = answer.body.getReader();
		void (async () => {
			for (;;) {
				const { done, value } = await from.read();
				if (done) return void to.close();
				await to.write(value);
			}
		})();
		return new Response(readable, { status: answer.status, headers: answer.headers });
	};
}
