// What can be done in the owner's panels, and that keys alone do it.
import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch, phone, visit } from './browser';
import { control, iphone, open, send, show, type Control } from './panels-house';

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

const sentences = (page: Page) => page.locator('.fact .clip').allInnerTexts();
/** Presses Tab until the focus is where it shall be: nothing on the way holds it. */
async function tabTo(page: Page, selector: string): Promise<void> {
	for (let i = 0; i < 60; i++) {
		if (await page.evaluate((s) => document.activeElement?.matches(s), selector)) return;
		await page.keyboard.press('Tab');
	}
	throw new Error(`no way to ${selector} by Tab`);
}

test('what a phone sends is seen while it moves, is stopped, and its files are listed', async () => {
	const { page, wrongs, close } = await open(browser, at, 'Transfers');
	const { hostname, port } = new URL(at.url);
	await send(at, 'one.jpg', 'x'.repeat(2000), { 'X-Portico-Batch': 'trip' });
	await send(at, 'two.jpg', 'x'.repeat(2000), { 'X-Portico-Batch': 'trip' });
	const sending = request({ hostname, port, method: 'PUT', path: '/photos/film.mov', headers: { 'User-Agent': iphone, 'Content-Length': 50_000_000, 'X-Portico-Batch': 'trip' } });
	const ended = new Promise<void>((done) => {
		sending.on('response', (answer) => (answer.resume(), done()));
		sending.on('error', () => done());
	});
	sending.write(Buffer.alloc(5_000_000));
	const timer = setInterval(() => sending.writable && sending.write(Buffer.alloc(10_000)), 100);
	const line = page.locator('.move', { hasText: 'iPhone · Safari sends to photos' });
	await line.waitFor();
	await line.getByText('2 of 3 files').waitFor();
	await line.getByRole('progressbar').waitFor();

	await line.getByRole('button', { name: /^Files of/ }).click();
	await line.locator('.file-lines').getByText('film.mov').waitFor();
	await line.locator('.files-list').getByText('one.jpg').waitFor();
	await line.getByLabel('Filter by name').fill('two');
	await expect.poll(() => line.locator('.files-list li').count()).toBe(1);
	await line.getByRole('button', { name: 'Copy list' }).click();
	await line.getByText('1 name copied').waitFor();

	await line.getByRole('button', { name: 'Stop iPhone · Safari' }).click();
	await ended;
	clearInterval(timer);
	await page.locator('.move', { hasText: 'iPhone · Safari sent to photos' }).waitFor();
	expect(wrongs).toEqual([]);
	await close();
});

test('what was announced is told, taken back, and what was changed meanwhile stays', async () => {
	const { page, wrongs, close } = await open(browser, at, 'Transfers');
	const trip = { 'X-Portico-Batch': 'beach; files=3; bytes=60' };
	await send(at, 'beach 1.jpg', 'x'.repeat(20), trip);
	await send(at, 'beach 2.jpg', 'x'.repeat(20), trip);
	const line = page.locator('.move', { hasText: 'of 60 B' });
	await line.getByText('2 of 3 files').waitFor();
	await line.getByText('40 B of 60 B').waitFor();
	// Nothing moves, and more was announced: it says so, and offers nothing that cannot be done.
	await line.getByText('1 more file was announced.', { exact: false }).waitFor({ timeout: 30_000 });
	expect(await line.getByRole('button', { name: /^Stop/ }).count()).toBe(0);
	await send(at, 'beach 3.jpg', 'x'.repeat(20), trip);
	const done = page.locator('.move', { hasText: '60 B' });
	await done.getByText('3 files').waitFor();
	await send(at, 'beach 2.jpg', 'changed', { 'X-Portico-Exists': 'replace', 'User-Agent': 'curl/8.5.0' });
	await done.getByRole('button', { name: 'Undo what iPhone · Safari sent to photos' }).focus();
	await page.keyboard.press('Enter');
	await page.getByText('2 files were taken back; they lie in the trash. 1 file stays: It was changed after it had arrived.').waitFor();
	await done.getByText('taken back').waitFor();
	expect(await done.getByRole('button', { name: /^Undo/ }).count()).toBe(0);
	expect(existsSync(join(at.dir, 'beach 1.jpg'))).toBe(false);
	expect(readFileSync(join(at.dir, 'beach 2.jpg'), 'utf8')).toBe('changed');
	expect(wrongs).toEqual([]);
	await close();
});

test('what a visitor’s page sends is one batch, announced with all that it holds', async () => {
	const { page, close } = await open(browser, at, 'Transfers');
	const visitor = await visit(browser, at.url, phone);
	await visitor.page.goto(`${at.url}/photos/`);
	const names = [1, 2, 3, 4, 5].map((i) => `holiday ${i}.jpg`);
	await visitor.page.locator('input[type=file]').first().setInputFiles(names.map((name, i) => ({ name, mimeType: 'image/jpeg', buffer: Buffer.alloc(i === 4 ? 20_000_000 : 3000 + i, i + 1) })));
	await visitor.page.locator('.received').waitFor();
	interface Told { batches: { batch?: string; filesDone: number; filesAll: number; done: number; total: number; state: string; undo: boolean }[] }
	const sent = async () => ((await (await at.ask('GET', '/-/api/batches')).json()) as Told).batches.filter((b) => b.filesAll === 5);
	await expect.poll(sent).toMatchObject([{ filesDone: 5, done: 20_012_006, total: 20_012_006, state: 'done', undo: true }]);
	expect((await sent())[0]?.batch).toMatch(/^[0-9a-v]{10}$/);
	const line = page.locator('.move', { hasText: '20 MB' }).first();
	await line.getByText('5 files').waitFor();
	await line.getByRole('button', { name: /^Undo/ }).waitFor();
	await visitor.close();
	await close();
});

test('what was fetched is a line, too, whichever door it was', async () => {
	const { page, close } = await open(browser, at, 'Transfers');
	await page.locator('.pane h2').first().waitFor();
	const { hostname, port } = new URL(at.url);
	await send(at, 'large.bin', 'y'.repeat(30_000_000));
	// Read slowly, so that it is seen to move.
	await new Promise<void>((done, failed) => {
		request({ hostname, port, path: '/photos/large.bin', headers: { 'User-Agent': 'rclone/v1.66' } }, (answer) => {
			answer.pause();
			void page
				.locator('.move', { hasText: 'rclone fetches from photos' })
				.waitFor()
				.then(() => {
					answer.on('end', done);
					answer.resume();
				}, failed);
		}).end();
	});
	const line = page.locator('.move', { hasText: 'rclone fetched from photos' });
	await line.waitFor();
	expect(await line.innerText()).toMatch(/1 file.*30 MB|ended just now/s); // Activity sums what is read, minute by minute
	await close();
});

test('people are here while they do something, and what they did is told', async () => {
	await send(at, 'from a pixel.jpg', 'x', { 'User-Agent': 'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36' });
	const { page, close } = await open(browser, at, 'People');
	const person = page.locator('.person', { hasText: 'Android phone' });
	await person.waitFor();
	expect(await person.innerText()).toContain('here now');
	expect(await person.innerText()).toContain('127.0.0.1');
	await close();
});

test('a device is named and forgotten, and what cannot be blocked is told', async () => {
	const { page, wrongs, close } = await open(browser, at, 'People');
	await send(at, 'from a robot.txt', 'x', { 'User-Agent': 'robot/1.0' });
	const robot = page.locator('.person', { hasText: 'robot' });
	await robot.getByRole('button', { name: 'Rename robot' }).focus();
	await page.keyboard.press('Enter');
	await page.keyboard.type('Lab robot');
	await page.keyboard.press('Enter');
	await robot.getByText('Lab robot').waitFor();
	await page.waitForFunction(() => document.activeElement?.textContent === 'Rename');
	await robot.getByRole('button', { name: 'Block Lab robot' }).click();
	// Here every device has an address of this computer itself, which is told.
	await page.getByText('this is an address of this computer itself').first().waitFor();
	expect((await send(at, 'again.txt', 'x', { 'User-Agent': 'robot/1.0' })).status).toBeLessThan(400);
	await robot.getByRole('button', { name: 'Forget Lab robot' }).click();
	await page.getByText('Lab robot').waitFor({ state: 'detached' });
	expect(wrongs).toEqual([]);
	await close();
});

test('Activity is filtered by text, by what, and cleared again', async () => {
	await send(at, 'zebra.txt', 'x', { 'User-Agent': 'curl/8.5.0' });
	const { page, close } = await open(browser, at, 'Activity');
	await page.locator('.fact').first().waitFor();
	await page.getByLabel('Search in Activity').fill('ZEBRA');
	await expect.poll(async () => (await sentences(page)).every((text) => text.includes('zebra'))).toBe(true);
	await page.getByLabel('What', { exact: true }).selectOption('Shares');
	await page.getByRole('button', { name: 'Clear the filters' }).click();
	await page.getByLabel('What', { exact: true }).selectOption('Shares');
	await expect.poll(() => sentences(page)).toEqual(['You shared photos']);
	// What happens now and does not fit stays out.
	await send(at, 'unseen.txt', 'x');
	await send(at, 'zebra 2.txt', 'x');
	expect(await sentences(page)).toEqual(['You shared photos']);
	await close();
});

test('new lines come on top, and whoever reads further down is not moved', async () => {
	for (let i = 0; i < 130; i++) await send(at, `many ${i}.txt`, 'x');
	const { page, close } = await open(browser, at, 'Activity');
	await page.locator('.fact').first().waitFor();
	await send(at, 'on top.txt', 'x');
	await page.locator('.fact', { hasText: 'on top.txt' }).waitFor();
	const list = page.locator('.facts-list');
	await list.evaluate((e) => e.scrollTo({ top: 2000 }));
	// The line in the middle of what is seen.
	const name = await list.evaluate(async (e) => {
		await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
		const { x, y, width, height } = e.getBoundingClientRect();
		const there = document.elementFromPoint(x + width / 2, y + height / 2)?.closest('.fact');
		return /many \d+\.txt/.exec(there?.textContent ?? '')?.[0] ?? '';
	});
	const reading = page.locator('.fact', { hasText: name });
	expect(name).not.toBe('');
	const before = (await reading.boundingBox())?.y ?? 0;
	for (let i = 0; i < 10; i++) await send(at, `later ${i}.txt`, 'x');
	await page.getByRole('button', { name: '10 new lines' }).waitFor();
	expect(Math.abs(((await reading.boundingBox())?.y ?? 0) - before)).toBeLessThan(2);
	await page.getByRole('button', { name: '10 new lines' }).click();
	await page.locator('.fact', { hasText: 'later 9.txt' }).waitFor();
	// As far back as it is kept, page by page.
	await page.keyboard.press('End');
	await expect.poll(async () => {
		await page.keyboard.press('End');
		return (await sentences(page)).at(-1);
	}).toMatch(/^The web is open/);
	// However long the list is, little of it is in the page.
	expect(await page.locator('.fact').count()).toBeLessThan(60);
	await close();
});

test('Activity is walked and opened by keys', async () => {
	const { page, close } = await open(browser, at, 'Activity');
	await page.locator('.fact').first().waitFor();
	await page.getByLabel('Search in Activity').focus();
	await tabTo(page, '.fact');
	const [first, second] = await sentences(page);
	expect(await page.evaluate(() => document.activeElement?.textContent)).toContain(first);
	await page.keyboard.press('ArrowDown');
	await page.waitForFunction((text) => document.activeElement?.textContent?.includes(text), second ?? '');
	await page.keyboard.press('Enter');
	await page.getByRole('dialog', { name: 'What happened' }).waitFor();
	await page.keyboard.press('Escape');
	await page.waitForFunction((text) => document.activeElement?.textContent?.includes(text), second ?? '');
	await close();
});

test('the table holds what the filters let through', async () => {
	const { page, close } = await open(browser, at, 'Activity');
	await page.getByLabel('Search in Activity').fill('zebra');
	await expect.poll(async () => (await sentences(page)).every((text) => text.includes('zebra'))).toBe(true);
	const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save as CSV' }).click()]);
	expect(download.suggestedFilename()).toMatch(/^portico-activity-\d{4}-\d\d-\d\d\.csv$/);
	const text = readFileSync(await download.path(), 'utf8');
	expect(text.charCodeAt(0)).toBe(0xfeff);
	expect(text.trim().split('\r\n').slice(1).every((line) => line.includes('zebra'))).toBe(true);
	await close();
});

test('the web is turned off only by whoever read what that means, and on again; its port moves; by keys', async () => {
	const { page, wrongs, close } = await open(browser, at, 'Services');
	await tabTo(page, '[role=switch]');
	await page.keyboard.press('Space');
	await page.getByText('Every link and every QR code stops working').waitFor();
	await page.keyboard.press('Escape');
	expect(await page.getByRole('switch', { name: 'Web on or off' }).getAttribute('aria-checked')).toBe('true');
	await page.waitForFunction(() => document.activeElement?.matches('[role=switch]'));
	await page.keyboard.press('Space');
	await tabTo(page, 'dialog .danger');
	await page.keyboard.press('Enter');
	await page.locator('.door').first().getByText('Nobody can come in here.').waitFor();
	await expect(fetch(`${at.url}/photos/`)).rejects.toThrow();
	await tabTo(page, '[role=switch]');
	await page.keyboard.press('Space');
	await page.locator('.door code').first().waitFor();

	await tabTo(page, '.port input');
	await page.keyboard.press('Control+a');
	await page.keyboard.type('99999');
	await page.keyboard.press('Enter');
	await page.getByText('A port is a number from 0 to 65535').waitFor();
	await page.keyboard.press('Control+a');
	await page.keyboard.type('0');
	const before = await page.locator('.door code').first().innerText();
	await page.keyboard.press('Enter');
	await expect.poll(() => page.locator('.door code').first().innerText()).not.toBe(before);
	at.url = (await page.locator('.door code').first().innerText()).replace(/\/$/, '');
	await expect.poll(() => fetch(`${at.url}/photos/`).then((answer) => answer.status)).toBe(200);
	// The lines to copy tell the new address.
	await page.getByText('For other programs', { exact: true }).first().click();
	expect(await page.locator('.door .lines code').first().innerText()).toContain(at.url);
	expect(wrongs).toEqual([]);
	await close();
});

test('a port that another program has is told in words, and the door stays where it was', async () => {
	const { page, close } = await open(browser, at, 'Services');
	await page.getByLabel('Port of Web').fill(new URL(at.control).port);
	await page.getByRole('button', { name: 'Change the port of Web' }).click();
	await page.locator('.door [role=alert]').waitFor();
	expect(await page.locator('.door [role=alert]').innerText()).toMatch(/in use|used/);
	expect((await fetch(`${at.url}/photos/`)).status).toBe(200);
	await close();
});

test('settings: pages by keys, search over all, what is wrong stands at the field', async () => {
	const { page, close } = await open(browser, at, 'Settings');
	await tabTo(page, '[role=tab]');
	await page.keyboard.press('ArrowDown');
	await page.waitForFunction(() => document.activeElement?.textContent === 'Network' && document.activeElement.getAttribute('aria-selected') === 'true');
	await page.keyboard.press('End');
	await page.getByRole('heading', { name: 'Served folders and their disks' }).waitFor();
	await page.getByLabel('Search the settings').fill('password');
	await page.getByLabel('Shortest password').waitFor();
	await page.getByLabel('Shortest password').fill('12');
	await page.keyboard.press('Escape');
	expect(await page.getByLabel('Shortest password').inputValue()).toBe('8');
	await page.getByLabel('Shortest password').fill('12');
	await page.keyboard.press('Enter');
	// Whether the server keeps settings or not: it says so here.
	const field = page.locator('form.set', { has: page.getByLabel('Shortest password') });
	await expect.poll(() => field.innerText()).toMatch(/Use the standard: 8|settings file/);
	await close();
});

test('a disk is let go of and taken back', async () => {
	const { page, close } = await open(browser, at, 'Settings');
	await page.getByRole('tab', { name: 'Storage' }).click();
	await page.getByRole('button', { name: 'Let go of the disk of photos' }).click();
	await page.getByText('The disk of photos can be disconnected now.').waitFor();
	await page.getByRole('button', { name: 'Take the disk that is there for photos' }).click();
	await page.getByText('photos is served again.').waitFor();
	expect((await fetch(`${at.url}/photos/beach.txt`)).status).toBe(200);
	await show(page, 'Services');
	await page.getByRole('heading', { name: 'Services' }).waitFor();
	await close();
});
