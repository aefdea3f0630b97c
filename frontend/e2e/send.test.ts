// Sending against the real server: cuts, pauses, lost pages, names that are taken.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { Upload } from 'tus-js-client';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { desk, launch, line, phone, ready, shot, visit } from './browser';
import { house, type House } from './house';

let home: House;
let browser: Browser;
let place = '';
let n = 0;
beforeAll(async () => {
	[home, browser] = await Promise.all([house(), launch()]);
});
afterAll(async () => {
	await browser.close();
	await home.stop();
});
beforeEach(() => {
	place = `full/test ${++n}`;
	mkdirSync(join(home.dir, place));
});

const megabyte = 1024 * 1024;
const bytes = (size: number, seed = 1): Buffer => Buffer.from(Uint8Array.from({ length: size }, (_, i) => (i * 31 + seed * 17 + (i >> 8)) & 255));
const there = () => readdirSync(join(home.dir, place)).sort();
const content = (name: string) => readFileSync(join(home.dir, place, name));
const address = () => `${home.url}/${place.split('/').map(encodeURIComponent).join('/')}/`;

const chosen = mkdtempSync(join(tmpdir(), 'portico-chosen-'));
function file(name: string, data: Buffer | string): string {
	const path = join(chosen, name);
	mkdirSync(join(path, '..'), { recursive: true });
	writeFileSync(path, data);
	return path;
}

const input = (page: Page, i = 0) => page.locator('input[type=file]').nth(i);
const received = (page: Page) => page.locator('.received');
/** How far the bar is, each time it changed. */
const watchBar = (page: Page) =>
	page.evaluate(() => {
		const seen = ((globalThis as { seen?: number[] }).seen = [] as number[]);
		new MutationObserver(() => {
			const now = document.querySelector('[role=progressbar]')?.getAttribute('aria-valuenow');
			if (now != null && Number(now) !== seen.at(-1)) seen.push(Number(now));
		}).observe(document.body, { subtree: true, attributes: true, childList: true });
	});
const bar = (page: Page) => page.evaluate(() => (globalThis as { seen?: number[] }).seen ?? []);

test('many small files and a large one arrive whole, with their times and a receipt', async () => {
	const { page, close, wrongs } = await visit(browser, home.url, phone);
	await page.goto(address());
	await ready(page);
	await watchBar(page);
	const files = Array.from({ length: 12 }, (_, i) => file(`IMG_${i}.jpg`, bytes(2000 + i, i)));
	files.push(file('film.mov', bytes(19 * megabyte)));
	await input(page).setInputFiles(files);
	await received(page).waitFor();
	expect(await received(page).innerText()).toMatch(/^13 photos received by .+\.$/);
	await shot(page, 'sent phone');
	expect(there().length).toBe(13);
	expect(content('film.mov').equals(bytes(19 * megabyte))).toBe(true);
	expect(content('IMG_7.jpg').equals(bytes(2007, 7))).toBe(true);
	const steps = await bar(page);
	expect(steps).toEqual([...steps].sort((a, b) => a - b));
	const [receipt] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save receipt' }).click()]);
	expect(readFileSync(await receipt.path(), 'utf8')).toMatch(/\+\t\d+\t[0-9a-f]{64}\tfilm\.mov/);
	await page.getByRole('button', { name: 'Done', exact: true }).click();
	await page.getByRole('link', { name: /^film.mov/ }).waitFor();
	expect(wrongs).toEqual([]);
	await close();
});

test('sent again, nothing is sent', async () => {
	const { page, close } = await visit(browser, home.url, desk);
	await page.goto(address());
	await ready(page);
	const files = [file('a.txt', 'aaa'), file('b.txt', 'bbb')];
	await input(page).setInputFiles(files);
	await page.getByText('2 files received by').waitFor();
	await input(page).setInputFiles([...files, file('c.txt', 'ccc')]);
	await page.getByText('1 file received by').waitFor();
	await page.getByText('2 were already there.').waitFor();
	expect(there()).toEqual(['a.txt', 'b.txt', 'c.txt']);
	await close();
});

test.each([
	['Keep both', 3, 'the old one'],
	['Replace', 2, 'new'],
	['Skip', 2, 'the old one'],
])('a taken name: %s', async (choice, count, first) => {
	writeFileSync(join(home.dir, place, 'taken.txt'), 'the old one');
	const { page, close } = await visit(browser, home.url, phone);
	await page.goto(address());
	await ready(page);
	await input(page).setInputFiles([file('taken.txt', 'new'), file('free.txt', 'free')]);
	await page.getByText('“taken.txt” is already there').waitFor();
	await shot(page, 'ask phone');
	await page.getByRole('button', { name: choice }).click();
	await received(page).waitFor();
	expect(there().length).toBe(count);
	expect(content('taken.txt').toString()).toBe(first);
	await close();
});

test('a guest who may only add is not offered to replace', async () => {
	place = 'add';
	const { page, close } = await visit(browser, home.url, desk);
	await page.goto(address());
	await ready(page);
	await input(page).setInputFiles(file('notes.txt', 'other'));
	await page.getByText('“notes.txt” is already there').waitFor();
	expect(await page.getByRole('button', { name: 'Replace' }).count()).toBe(0);
	await page.getByRole('button', { name: 'Keep both' }).click();
	await received(page).waitFor();
	expect(content('notes.txt').toString()).toContain('sunflower');
	expect(there().filter((name) => name.startsWith('notes')).length).toBe(2);
	await close();
});

test('cuts: it waits, says so, and goes on by itself without a second copy', async () => {
	const { page, close, network } = await visit(browser, home.url, phone);
	await page.goto(address());
	await ready(page);
	const net = await network();
	await watchBar(page);
	const data = bytes(40 * megabyte, 3);
	await line(net, 12 * megabyte);
	await input(page).setInputFiles(file('big.bin', data));
	for (let cut = 0; cut < 3; cut++) {
		await page.waitForFunction((least) => ((globalThis as { seen?: number[] }).seen?.at(-1) ?? 0) > least, cut * 21);
		await line(net, 'cut');
		await page.getByText('Waiting for the connection…').first().waitFor();
		if (cut === 0) await shot(page, 'waiting phone');
		expect(there()).toEqual([]);
		await line(net, 12 * megabyte);
	}
	await received(page).waitFor();
	expect(there()).toEqual(['big.bin']);
	expect(content('big.bin').equals(data)).toBe(true);
	const steps = await bar(page);
	expect(steps).toEqual([...steps].sort((a, b) => a - b));
	await close();
});

test('pause and go on; nothing is visible before the end', async () => {
	const { page, close, network } = await visit(browser, home.url, desk);
	await page.goto(address());
	await ready(page);
	await line(await network(), 16 * megabyte);
	await input(page).setInputFiles(file('big.bin', bytes(32 * megabyte, 4)));
	await page.waitForFunction(() => Number(document.querySelector('[role=progressbar]')?.getAttribute('aria-valuenow')) > 10);
	await page.getByRole('button', { name: 'Pause' }).click();
	await page.getByText('Nothing is lost. Go on when you like.').waitFor();
	await shot(page, 'paused desk');
	expect(there()).toEqual([]);
	await page.getByRole('button', { name: 'Go on' }).click();
	await received(page).waitFor();
	expect(content('big.bin').equals(bytes(32 * megabyte, 4))).toBe(true);
	await close();
});

test('a lost page: choosing the same file again goes on where it stopped', async () => {
	const { page, close, network } = await visit(browser, home.url, phone);
	await page.goto(address());
	await ready(page);
	const net = await network();
	await line(net, 12 * megabyte);
	const path = file('big.bin', bytes(40 * megabyte, 5));
	await input(page).setInputFiles(path);
	await page.waitForFunction(() => Number(document.querySelector('[role=progressbar]')?.getAttribute('aria-valuenow')) > 35);
	page.on('dialog', (dialog) => void dialog.accept());
	await page.reload();
	await ready(page);
	await page.getByText('1 file was cut off on the way').waitFor();
	await shot(page, 'cut off phone');
	let sent = 0;
	page.on('request', (request) => {
		if (['POST', 'PATCH'].includes(request.method()) && request.url().includes('/-/tus/')) sent += Number(request.headers()['content-length'] ?? 0);
	});
	const offsets: string[] = [];
	page.on('request', (request) => {
		if (request.method() === 'PATCH') offsets.push(request.headers()['upload-offset'] ?? '');
	});
	await line(net, 'open');
	await input(page).setInputFiles(path);
	await received(page).waitFor();
	expect(Number(offsets[0])).toBeGreaterThanOrEqual(8 * megabyte);
	expect(content('big.bin').equals(bytes(40 * megabyte, 5))).toBe(true);
	expect(there()).toEqual(['big.bin']);
	await close();
});

test('a lost page: what was still to go is said, of small files too', async () => {
	const { page, close, network } = await visit(browser, home.url, phone);
	await page.goto(address());
	await ready(page);
	const net = await network();
	await line(net, 2 * megabyte);
	const files = Array.from({ length: 6 }, (_, i) => file(`small ${i}.bin`, bytes(3 * megabyte, i)));
	await input(page).setInputFiles(files);
	await page.waitForFunction(() => localStorage.getItem('portico-left') !== null);
	// What is on its way is hinted at before it counts.
	await page.waitForFunction(() => /scaleX\(0\.\d*[1-9]/.test(document.querySelector('.leaving')?.getAttribute('style') ?? ''));
	page.on('dialog', (dialog) => void dialog.accept());
	await page.reload();
	await ready(page);
	await page.getByText(/^\d files were cut off on the way/).waitFor();
	await line(net, 'open');
	await input(page).setInputFiles(files);
	await received(page).waitFor();
	expect(there().length).toBe(6);
	await page.reload();
	await ready(page);
	expect(await page.evaluate(() => localStorage.getItem('portico-left'))).toBeNull();
	await close();
});

test('only what failed is sent again', async () => {
	const { page, close } = await visit(browser, home.url, phone);
	await page.goto(address());
	await ready(page);
	const sent: string[] = [];
	await page.route('**/*.jpg', async (route) => {
		if (route.request().method() !== 'PUT') return route.continue();
		const name = route.request().url().replace(/.*\//, '');
		sent.push(name);
		if (name !== 'bad.jpg' || sent.filter((s) => s === name).length > 1) return route.continue();
		const body = JSON.stringify({ status: 403, title: 'No', detail: 'You may not add this file here.', code: 'X-1' });
		await route.fulfill({ status: 403, contentType: 'application/problem+json', body });
	});
	await input(page).setInputFiles([file('good.jpg', 'good'), file('bad.jpg', 'bad')]);
	await page.getByText('1 file could not be sent.').waitFor();
	await page.getByText('You may not add this file here.').waitFor();
	await shot(page, 'failed phone');
	await page.getByRole('button', { name: 'Send it again' }).click();
	await page.getByText('2 photos received by').waitFor();
	expect(sent.sort()).toEqual(['bad.jpg', 'bad.jpg', 'good.jpg']);
	expect(there()).toEqual(['bad.jpg', 'good.jpg']);
	await close();
});

test('stopping one and stopping all', async () => {
	const { page, close, network } = await visit(browser, home.url, desk);
	await page.goto(address());
	await ready(page);
	await line(await network(), 4 * megabyte);
	await input(page).setInputFiles([file('big 1.bin', bytes(20 * megabyte, 6)), file('big 2.bin', bytes(20 * megabyte, 7)), file('small.txt', 'small')]);
	await page.getByText('small.txt').first().waitFor();
	await page.getByRole('button', { name: 'Do not send big 1.bin' }).click();
	await page.getByRole('button', { name: 'Stop', exact: true }).click();
	await page.getByText('What arrived stays there. The rest is not sent.').waitFor();
	await page.getByRole('button', { name: 'Stop', exact: true }).click();
	await received(page).waitFor();
	expect(there().filter((name) => name !== 'small.txt')).toEqual([]);
	await close();
});

test('a folder arrives as a folder', async () => {
	file('Holiday/day 1/a.txt', 'a');
	file('Holiday/day 2/b.txt', 'b');
	file('Holiday/.DS_Store', 'litter');
	const { page, close } = await visit(browser, home.url, desk);
	await page.goto(address());
	await ready(page);
	await input(page, 1).setInputFiles(join(chosen, 'Holiday'));
	await received(page).waitFor();
	expect(there()).toEqual(['Holiday']);
	expect(readdirSync(join(home.dir, place, 'Holiday')).sort()).toEqual(['day 1', 'day 2']);
	expect(content('Holiday/day 2/b.txt').toString()).toBe('b');
	await close();
});

test('dropping and pasting', async () => {
	const { page, close } = await visit(browser, home.url, desk);
	await page.goto(address());
	await ready(page);
	const carried = await page.evaluateHandle(() => {
		const data = new DataTransfer();
		data.items.add(new File(['dropped'], 'dropped.txt', { lastModified: 1_700_000_000_000 }));
		return data;
	});
	await page.dispatchEvent('body', 'dragenter', { dataTransfer: carried });
	await page.getByText(/^Drop to send to “test/).waitFor();
	await shot(page, 'drop desk');
	await page.dispatchEvent('body', 'drop', { dataTransfer: carried });
	await page.getByText('1 file received by').waitFor();
	await page.evaluate(() => {
		const data = new DataTransfer();
		data.items.add(new File(['pasted'], 'pasted.png', { type: 'image/png' }));
		document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }));
	});
	await page.getByText('1 photo received by').waitFor();
	expect(there()).toEqual(['dropped.txt', 'pasted.png']);
	await close();
});

test('a text becomes a file', async () => {
	const { page, close } = await visit(browser, home.url, phone);
	await page.goto(address());
	await ready(page);
	await page.getByRole('button', { name: 'Text' }).click();
	await page.getByLabel('Your text').fill('Grüße vom Sofa');
	await page.getByRole('dialog').getByRole('button', { name: 'Send' }).click();
	await page.getByText(/^Your text arrived as “Text .*\.txt”/).waitFor();
	expect(there().length).toBe(1);
	expect(content(there()[0] ?? '').toString()).toBe('Grüße vom Sofa');
	await close();
});

test('while it is sent one can walk on, and leaving asks', async () => {
	const { page, close, network } = await visit(browser, home.url, phone);
	await page.goto(address());
	await ready(page);
	await line(await network(), 6 * megabyte);
	await input(page).setInputFiles(file('big.bin', bytes(24 * megabyte, 8)));
	await page.getByText('Sending big.bin').waitFor();
	await page.locator('.panel-top button').click();
	await page.getByRole('navigation', { name: 'Where you are' }).getByRole('link', { name: 'full' }).click();
	await page.getByRole('heading', { name: 'full' }).waitFor();
	await page.locator('.pill').waitFor();
	await shot(page, 'pill phone');
	let asked = '';
	page.on('dialog', (dialog) => {
		asked = dialog.type();
		void dialog.dismiss();
	});
	await page.evaluate(() => location.assign('/')).catch(() => undefined);
	await expect.poll(() => asked).toBe('beforeunload');
	await page.locator('.pill').filter({ hasText: 'received' }).waitFor();
	expect(there()).toEqual(['big.bin']);
	await close();
});

test('an inbox: a name, files, and a sentence at the end', async () => {
	const { page, close, wrongs } = await visit(browser, home.url, phone);
	await page.goto(home.url + home.inbox);
	await ready(page);
	expect(await page.locator('body').innerText()).not.toContain('secret');
	await page.getByLabel('Your name').fill('Anna / B.');
	await input(page).setInputFiles([file('one.txt', 'one'), file('big.bin', bytes(9 * megabyte, 9))]);
	await page.getByText('Done. That is all you had to do.').waitFor();
	await shot(page, 'inbox done phone');
	expect(readdirSync(join(home.dir, 'inbox', 'Anna B')).sort()).toEqual(['big.bin', 'one.txt']);
	expect(wrongs).toEqual([]);
	await close();
});

test('an inbox takes what is dropped and pasted', async () => {
	const { page, close } = await visit(browser, home.url, desk);
	await page.goto(home.url + home.inbox);
	await ready(page);
	await page.getByText('or drop them anywhere on this page').waitFor();
	const carried = await page.evaluateHandle(() => {
		const data = new DataTransfer();
		data.items.add(new File(['dropped'], 'dropped into the inbox.txt'));
		return data;
	});
	await page.dispatchEvent('body', 'dragenter', { dataTransfer: carried });
	await page.getByText(/^Drop to send to/).waitFor();
	await page.dispatchEvent('body', 'drop', { dataTransfer: carried });
	await page.getByText('1 file received by').waitFor();
	await page.evaluate(() => {
		const data = new DataTransfer();
		data.items.add(new File(['pasted'], 'pasted into the inbox.png', { type: 'image/png' }));
		document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }));
	});
	await page.getByText('1 photo received by').waitFor();
	expect(readdirSync(join(home.dir, 'inbox'))).toEqual(expect.arrayContaining(['dropped into the inbox.txt', 'pasted into the inbox.png']));
	await close();
});

test('the server speaks tus as others do', async () => {
	const data = bytes(3 * megabyte, 11);
	await new Promise<void>((done, failed) => {
		const upload = new Upload(data, {
			endpoint: `${home.url}/-/tus/`,
			chunkSize: megabyte,
			metadata: { path: `/${place}/by another client.bin`, modified: '1700000000000', exists: 'keep' },
			onError: failed,
			onSuccess: () => done(),
		});
		upload.start();
	});
	expect(existsSync(join(home.dir, place, 'by another client.bin'))).toBe(true);
	expect(content('by another client.bin').equals(data)).toBe(true);
});
