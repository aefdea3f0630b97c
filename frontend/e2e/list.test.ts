// The list with scripts: thousands of names, keys, choosing, looking, changing, hearing of changes.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { desk, launch, phone, ready, shot, visit } from './browser';
import { house, type House } from './house';

let home: House;
let browser: Browser;
beforeAll(async () => {
	[home, browser] = await Promise.all([house({ many: 10_000, most: 100_000 }), launch()]);
});
afterAll(async () => {
	await browser.close();
	await home.stop();
});

const nodes = (page: Page) => page.evaluate(() => document.querySelectorAll('*').length);
const focused = (page: Page) => page.evaluate(() => document.activeElement?.querySelector('.unseen')?.textContent ?? '');

describe.each([
	['many', 10_000],
	['most', 100_000],
])('%s', (place, count) => {
	test.each([
		['phone', phone],
		['desk', desk],
	])('on a %s', async (name, options) => {
		const { page, close, wrongs } = await visit(browser, home.url, options);
		await page.goto(`${home.url}/${place}/`);
		await ready(page);
		await page.getByText(`${count.toLocaleString('en')} files`).first().waitFor();
		expect(await nodes(page)).toBeLessThanOrEqual(1500);
		await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
		await page.getByRole('link', { name: `File ${String(count - 1).padStart(6, '0')}` }).waitFor();
		expect(await nodes(page)).toBeLessThanOrEqual(1500);
		await page.keyboard.press('Control+f');
		await page.keyboard.type('777 pdf');
		await page.locator('.found').filter({ hasText: ` of ${count.toLocaleString('en')}` }).waitFor();
		const shown = await page.locator('.row .stem').allInnerTexts();
		expect(shown.length).toBeGreaterThan(0);
		expect(shown.every((text) => text.includes('777'))).toBe(true);
		await shot(page, `filtered ${place} ${name}`);
		await page.keyboard.press('Escape');
		await page.getByRole('link', { name: 'File 000000' }).waitFor();
		expect(wrongs).toEqual([]);
		await close();
	});
});

test('by the newest and back by name', async () => {
	const { page, close } = await visit(browser, home.url, desk);
	await page.goto(`${home.url}/photos/`);
	await ready(page);
	await page.getByLabel('Order').selectOption('Newest');
	await page.locator('[data-i="0"]', { hasText: 'IMG_2063' }).waitFor();
	await page.getByRole('button', { name: 'Show as list' }).click();
	await page.getByRole('button', { name: 'Name' }).click();
	await page.locator('[data-i="0"]', { hasText: 'IMG_2040' }).waitFor();
	await page.reload();
	await ready(page);
	expect(await page.locator('.row').count(), 'the look is remembered').toBeGreaterThan(0);
	await close();
});

test('everything by keys', async () => {
	const { page, close } = await visit(browser, home.url, desk);
	await page.goto(`${home.url}/many/`);
	await ready(page);
	await page.locator('.row .open').first().focus();
	await page.keyboard.press('ArrowDown');
	await page.keyboard.press('ArrowDown');
	expect(await focused(page)).toMatch(/^File 000002/);
	await page.keyboard.press('Space');
	await page.keyboard.press('Shift+ArrowDown');
	await page.keyboard.press('Shift+ArrowDown');
	await page.getByText('3 selected').waitFor();
	await page.keyboard.press('End');
	await page.waitForFunction(() => document.activeElement?.querySelector('.unseen')?.textContent?.startsWith('File 009999'));
	await page.keyboard.press('PageUp');
	await page.waitForFunction(() => document.activeElement?.querySelector('.unseen')?.textContent?.startsWith('File 0099'));
	await page.keyboard.press('Home');
	await page.waitForFunction(() => document.activeElement?.querySelector('.unseen')?.textContent?.startsWith('File 000000'));
	await page.keyboard.press('Escape');
	await page.locator('.chosen-bar').waitFor({ state: 'detached' });
	await page.keyboard.press('Control+a');
	await page.getByText('10,000 selected').waitFor();
	await close();
});

test('what is chosen downloads: one file, a few, thousands', async () => {
	const { page, close } = await visit(browser, home.url, desk);
	await page.goto(`${home.url}/many/`);
	await ready(page);
	const fetched = async (button: string) => {
		const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: button }).click()]);
		return { name: download.suggestedFilename(), data: readFileSync(await download.path()) };
	};
	await page.getByLabel('Select File 000003.mov').click();
	expect((await fetched('Download')).name).toBe('File 000003.mov');
	await page.getByLabel('Select File 000005.jpg').click({ modifiers: ['Shift'] });
	const few = await fetched('Download 3 (zip)');
	expect(few.name).toMatch(/\.zip$/);
	expect(few.data.toString('latin1').match(/File 00000[345]/g)?.length).toBe(6);
	await page.keyboard.press('Escape');
	await page.keyboard.press('Control+f');
	await page.keyboard.type('pdf');
	await page.getByLabel('Select all').click();
	const most = await fetched('Download 2,000 (zip)');
	expect(most.data.toString('latin1').match(/\.pdf/g)?.length).toBe(4000);
	await close();
});

test('folders open in place; back and forward; the scroll is kept', async () => {
	const { page, close, wrongs } = await visit(browser, home.url, phone);
	await page.goto(`${home.url}/full/`);
	await ready(page);
	await page.evaluate(() => ((globalThis as { mark?: number }).mark = 1));
	await page.getByRole('link', { name: /Trip to/ }).click();
	await page.getByRole('heading', { name: 'Trip to Ärger' }).waitFor();
	expect(page.url()).toBe(`${home.url}/full/Trip%20to%20%C3%84rger/`);
	await page.getByRole('navigation', { name: 'Where you are' }).getByRole('link', { name: 'full' }).click();
	await page.getByRole('heading', { name: 'full' }).waitFor();
	await page.goBack();
	await page.getByRole('heading', { name: 'Trip to Ärger' }).waitFor();
	await page.goForward();
	await page.getByRole('heading', { name: 'full' }).waitFor();
	expect(await page.evaluate(() => (globalThis as { mark?: number }).mark), 'the page was not loaded anew').toBe(1);
	expect(wrongs).toEqual([]);
	await close();
});

test('pictures: open, turn, close with the back key', async () => {
	const { page, close, wrongs } = await visit(browser, home.url, phone);
	await page.goto(`${home.url}/photos/`);
	await ready(page);
	await page.getByRole('link', { name: 'IMG_2041' }).click();
	await page.getByText('2 of 24').waitFor();
	await page.waitForFunction(() => (document.querySelector('.stage img') as HTMLImageElement).naturalWidth === 160);
	await page.keyboard.press('ArrowRight');
	await page.getByText('3 of 24').waitFor();
	await page.keyboard.press('End');
	await page.getByText('24 of 24').waitFor();
	await page.goBack();
	await page.locator('dialog').waitFor({ state: 'detached' });
	expect(page.url()).toBe(`${home.url}/photos/`);
	await page.waitForFunction(() => document.activeElement?.querySelector('.unseen')?.textContent?.startsWith('IMG_2041'));
	expect(wrongs).toEqual([]);
	await close();
});

test('thumbnails come, and only for pictures', async () => {
	const { page, close } = await visit(browser, home.url, phone);
	await page.goto(`${home.url}/full/`);
	await ready(page);
	await page.waitForFunction(() => [...document.querySelectorAll<HTMLImageElement>('.kind img')].filter((i) => i.naturalWidth > 0).length === 2);
	expect(await page.locator('.kind img').count()).toBe(2);
	await close();
});

test('fingers: a long press chooses, a swipe turns the picture, a pull closes it', async () => {
	const { page, close, context } = await visit(browser, home.url, phone);
	await page.goto(`${home.url}/photos/`);
	await ready(page);
	const session = await context.newCDPSession(page);
	const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', x = 0, y = 0) =>
		session.send('Input.dispatchTouchEvent', { type, touchPoints: type === 'touchEnd' ? [] : [{ x, y }] });
	const drag = async (from: [number, number], to: [number, number]) => {
		await touch('touchStart', ...from);
		for (let i = 1; i <= 8; i++) await touch('touchMove', from[0] + ((to[0] - from[0]) * i) / 8, from[1] + ((to[1] - from[1]) * i) / 8);
		await touch('touchEnd');
	};
	const box = await page.getByRole('link', { name: 'IMG_2041' }).boundingBox();
	const at: [number, number] = [(box?.x ?? 0) + 30, (box?.y ?? 0) + 60];
	await touch('touchStart', ...at);
	await page.getByText('1 selected').waitFor();
	await touch('touchEnd');
	expect(await page.locator('dialog').count()).toBe(0);
	await page.getByRole('button', { name: 'Select nothing' }).click();

	await page.getByRole('link', { name: 'IMG_2041' }).tap();
	await page.getByText('2 of 24').waitFor();
	await drag([300, 400], [80, 410]);
	await page.getByText('3 of 24').waitFor();
	await drag([80, 400], [300, 390]);
	await page.getByText('2 of 24').waitFor();
	await drag([200, 250], [205, 600]);
	await page.locator('dialog').waitFor({ state: 'detached' });
	await close();
});

test('what may not be added to says so, and the page stays', async () => {
	const { page, close } = await visit(browser, home.url, desk);
	await page.goto(`${home.url}/read/`);
	await ready(page);
	const carried = await page.evaluateHandle(() => {
		const data = new DataTransfer();
		data.items.add(new File(['x'], 'x.txt'));
		return data;
	});
	await page.dispatchEvent('body', 'drop', { dataTransfer: carried });
	await page.getByText('You may look and download here, not add anything.').waitFor();
	await close();
});

test('a text is shown and copied without a secure page', async () => {
	const { page, close } = await visit(browser, home.url, desk);
	await page.goto(`${home.url}/full/`);
	await ready(page);
	await page.getByRole('link', { name: 'notes.txt' }).click();
	await page.waitForFunction(() => document.querySelector('textarea')?.value.includes('sunflower'));
	await page.getByRole('button', { name: 'Copy' }).click();
	await page.getByRole('button', { name: 'Copied' }).waitFor();
	await close();
});

test('where the device has a sheet for it, files are handed to it, on a second press where the first is too old', async () => {
	const { page, close, context } = await visit(browser, home.url, phone);
	await context.addInitScript(() => {
		const got: string[][] = [];
		Object.assign(globalThis, { got });
		Object.assign(navigator, {
			canShare: () => true,
			share: ({ files }: { files: File[] }) => {
				got.push(files.map((f) => `${f.name} ${f.type} ${f.size > 0}`));
				return got.length === 1 ? Promise.reject(new DOMException('too late', 'NotAllowedError')) : Promise.resolve();
			},
		});
	});
	const got = () => page.evaluate(() => (globalThis as unknown as { got: string[][] }).got);
	await page.goto(`${home.url}/photos/`);
	await ready(page);
	for (const name of ['IMG_2041.png', 'IMG_2043.png']) await page.getByLabel(`Select ${name}`).click();
	await page.locator('.chosen-bar .menu button').click();
	await page.getByRole('menuitem', { name: 'Share' }).click();
	await page.getByText('2 files are ready.').waitFor();
	await page.getByRole('button', { name: 'Share' }).click();
	const both = ['IMG_2041.png image/png true', 'IMG_2043.png image/png true'];
	await expect.poll(got).toEqual([both, both]);
	await page.getByRole('link', { name: 'IMG_2042' }).click();
	await page.getByRole('button', { name: 'Share' }).click();
	await expect.poll(async () => (await got()).at(-1)).toEqual(['IMG_2042.png image/png true']);
	await close();
});

test('music plays in place; what cannot be played says so and can be downloaded', async () => {
	const sound = Buffer.alloc(44 + 8000);
	sound.write('RIFF', 0);
	sound.writeUInt32LE(36 + 8000, 4);
	sound.write('WAVEfmt ', 8);
	sound.set([16, 0, 0, 0, 1, 0, 1, 0, 0x40, 0x1f, 0, 0, 0x40, 0x1f, 0, 0, 1, 0, 8, 0], 16);
	sound.write('data', 36);
	sound.writeUInt32LE(8000, 40);
	writeFileSync(join(home.dir, 'full', 'bell.wav'), sound.fill(128, 44));
	writeFileSync(join(home.dir, 'full', 'broken.mp4'), 'not a film');
	const { page, close, wrongs } = await visit(browser, home.url, phone);
	await page.goto(`${home.url}/full/`);
	await ready(page);
	await page.getByRole('link', { name: 'bell.wav' }).click();
	await page.waitForFunction(() => (document.querySelector('audio')?.duration ?? 0) === 1);
	await shot(page, 'music phone');
	await page.getByRole('button', { name: 'Close' }).click();
	await page.getByRole('link', { name: 'broken.mp4' }).click();
	await page.getByText('This browser cannot play it.').waitFor();
	expect(await page.getByRole('dialog').getByRole('link', { name: 'Download' }).getAttribute('href')).toBe('/full/broken.mp4?dl');
	await shot(page, 'broken film phone');
	expect(wrongs).toEqual([]);
	await close();
});

test('new folder, rename, move, delete, undo', async () => {
	const { page, close, wrongs } = await visit(browser, home.url, desk);
	const there = (...names: string[]) => existsSync(join(home.dir, 'full', ...names));
	await page.goto(`${home.url}/full/`);
	await ready(page);
	await page.getByRole('button', { name: 'More' }).click();
	await page.getByRole('menuitem', { name: 'New folder' }).click();
	await page.getByRole('dialog').getByLabel('Name').fill('Trip to Ärger');
	await page.getByRole('button', { name: 'Make folder' }).click();
	await page.getByRole('alert').waitFor();
	await shot(page, 'name taken');
	await page.getByRole('dialog').getByLabel('Name').fill('a/b');
	await page.getByRole('button', { name: 'Make folder' }).click();
	await page.getByText('A name cannot hold a slash.').waitFor();
	await page.getByRole('dialog').getByLabel('Name').fill('New one');
	await page.getByRole('button', { name: 'Make folder' }).click();
	await page.getByRole('link', { name: /^New one/ }).waitFor();
	expect(there('New one')).toBe(true);

	await page.getByLabel('Select Itinerary.pdf').click();
	await page.keyboard.press('F2');
	await page.getByLabel('New name').waitFor();
	await page.keyboard.type('Plan & more');
	await page.keyboard.press('Enter');
	await page.getByRole('link', { name: /^Plan & more.pdf/ }).waitFor();
	expect(there('Plan & more.pdf')).toBe(true);

	await page.getByLabel('Select Plan & more.pdf').click();
	await page.getByRole('button', { name: 'Move' }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'New one' }).click();
	await page.getByRole('button', { name: 'Move here' }).click();
	await page.getByText('“Plan & more.pdf” is moved.').waitFor();
	expect(there('New one', 'Plan & more.pdf')).toBe(true);

	await page.getByLabel('Select New one').click();
	await page.keyboard.press('Delete');
	await page.getByText('Everything in it goes too.').waitFor();
	await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
	await page.getByText('“New one” is deleted.').waitFor();
	expect(there('New one')).toBe(false);
	await page.getByRole('button', { name: 'Undo' }).click();
	await page.getByRole('link', { name: /^New one/ }).waitFor();
	expect(there('New one', 'Plan & more.pdf')).toBe(true);
	expect(wrongs).toEqual([]);
	await close();
});

test('what others send appears by itself', async () => {
	const [one, other] = await Promise.all([visit(browser, home.url, phone), visit(browser, home.url, desk)]);
	const heard = one.page.waitForRequest(/\/-\/events\?path=/);
	await one.page.goto(`${home.url}/full/`);
	await ready(one.page);
	await heard;
	await other.page.request.put(`${home.url}/full/from%20elsewhere.txt`, { data: 'hello' });
	await one.page.getByRole('link', { name: /^from elsewhere.txt/ }).waitFor();
	await other.page.request.delete(`${home.url}/full/from%20elsewhere.txt`);
	await one.page.getByRole('link', { name: /^from elsewhere.txt/ }).waitFor({ state: 'detached' });
	await Promise.all([one.close(), other.close()]);
});

test('an empty folder says so and fills', async () => {
	const { page, close } = await visit(browser, home.url, phone);
	await page.goto(`${home.url}/empty/`);
	await ready(page);
	await page.getByText('Nothing here yet').waitFor();
	await close();
	expect(readdirSync(join(home.dir, 'empty'))).toEqual([]);
});

test('hostile names are names', async () => {
	writeFileSync(join(home.dir, 'read', '"><img src=x onerror="document.title=1">.txt'), 'x');
	const { page, close, wrongs } = await visit(browser, home.url, desk);
	await page.goto(`${home.url}/read/`);
	await ready(page);
	const names = await page.locator('.row .open').evaluateAll((links) => links.map((l) => l.getAttribute('href')));
	for (const href of names) {
		const answer = await page.request.get(`${home.url}${href}`);
		expect(answer.status(), String(href)).toBe(200);
	}
	expect(await page.title()).toContain('read');
	expect(wrongs).toEqual([]);
	await close();
});
