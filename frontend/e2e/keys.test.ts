// Without a pointer: every task by keys, and the focus is never lost.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { desk, launch, ready, visit, type Visit } from './browser';
import { house, type House } from './house';

let home: House;
let browser: Browser;
let place = '';
let n = 0;
beforeAll(async () => {
	[home, browser] = await Promise.all([house({ many: 200, most: 10 }), launch()]);
});
afterAll(async () => {
	await browser.close();
	await home.stop();
});
beforeEach(() => {
	place = `full/keys ${++n}`;
	mkdirSync(join(home.dir, place, 'Sub folder'), { recursive: true });
	for (const name of ['a.txt', 'b.pdf', 'c.txt', 'd.zip']) writeFileSync(join(home.dir, place, name), name);
});

const there = (name: string) => existsSync(join(home.dir, place, name));
const focused = (page: Page, name: string) =>
	page.waitForFunction((text) => document.activeElement?.querySelector('.unseen')?.textContent === text, name);

async function open(path = place): Promise<Visit> {
	const visited = await visit(browser, home.url, desk);
	await visited.page.goto(`${home.url}/${path.split('/').map(encodeURIComponent).join('/')}/`);
	await ready(visited.page);
	return visited;
}

test('folders stand first in every order, and the order is remembered', async () => {
	const { page, close } = await open();
	const names = () => page.locator('.row .unseen').allInnerTexts();
	expect(await names()).toEqual(['Sub folder', 'a.txt', 'b.pdf', 'c.txt', 'd.zip']);
	await page.getByLabel('Order').selectOption('Kind');
	await expect.poll(names).toEqual(['Sub folder', 'd.zip', 'b.pdf', 'a.txt', 'c.txt']);
	await page.reload();
	await ready(page);
	expect(await names()).toEqual(['Sub folder', 'd.zip', 'b.pdf', 'a.txt', 'c.txt']);
	await page.getByLabel('Order').selectOption('Name, Z to A');
	await expect.poll(names).toEqual(['Sub folder', 'd.zip', 'c.txt', 'b.pdf', 'a.txt']);
	await close();
});

test('into a folder and out of it again', async () => {
	const { page, close } = await open();
	await page.locator('.row .open').first().focus();
	await page.keyboard.press('Enter');
	await page.getByRole('heading', { name: 'Sub folder' }).waitFor();
	await page.waitForFunction(() => document.activeElement?.matches('h1'));
	await page.keyboard.press('Alt+ArrowUp');
	await page.getByRole('heading', { name: /^keys/ }).waitFor();
	await page.waitForFunction(() => document.activeElement?.matches('h1'));
	await close();
});

test('renaming and deleting leave the focus in the list', async () => {
	const { page, close, wrongs } = await open();
	await page.locator('[data-i="1"] .open').focus();
	await page.keyboard.press('F2');
	await page.getByLabel('New name').waitFor();
	await page.keyboard.type('bb');
	await page.keyboard.press('Enter');
	await focused(page, 'bb.txt');
	expect(there('bb.txt')).toBe(true);
	await page.keyboard.press('Space');
	await page.keyboard.press('Delete');
	await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).waitFor();
	await page.keyboard.press('Escape');
	await page.getByRole('dialog').waitFor({ state: 'detached' });
	await focused(page, 'bb.txt');
	await page.keyboard.press('Delete');
	await page.getByRole('dialog').waitFor();
	await page.keyboard.press('Tab');
	await page.keyboard.press('Enter');
	await focused(page, 'c.txt');
	expect(there('bb.txt')).toBe(false);
	expect(wrongs).toEqual([]);
	await close();
});

test('the filter by its key, and out of it', async () => {
	const { page, close } = await open();
	await page.keyboard.press('/');
	await page.keyboard.type('TXT');
	await page.getByText('2 of 5').waitFor();
	await page.keyboard.press('Escape');
	await page.locator('[data-i="4"]').waitFor();
	await close();
});

test('with Shift a click selects up to here, in rows and in pictures', async () => {
	const { page, close, context } = await open();
	for (const look of ['rows', 'tiles']) {
		if (look === 'tiles') await page.getByRole('button', { name: 'Show as pictures' }).click();
		await page.getByLabel('Select a.txt').click();
		await page.getByRole('link', { name: /^c.txt/ }).click({ modifiers: ['Shift'] });
		await page.getByText('3 selected').waitFor();
		await page.keyboard.press('Escape');
		await page.locator('.chosen-bar').waitFor({ state: 'detached' });
	}
	expect(context.pages().length, 'no new window').toBe(1);
	await page.locator('[data-i="0"] .open').focus();
	await page.keyboard.press('ArrowRight');
	await page.keyboard.press('ArrowRight');
	await focused(page, 'b.pdf');
	await page.keyboard.press('Shift+ArrowRight');
	await page.getByText('2 selected').waitFor();
	await close();
});

test('every stop of the Tab key shows where it is', async () => {
	const { page, close } = await open();
	const stops: string[] = [];
	for (let i = 0; i < 30; i++) {
		await page.keyboard.press('Tab');
		const stop = await page.evaluate(() => {
			const at = document.activeElement as HTMLElement;
			if (at === document.body) return null;
			const { outlineStyle, outlineWidth } = getComputedStyle(at);
			return { name: at.getAttribute('aria-label') ?? at.textContent?.trim() ?? at.tagName, ring: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1 };
		});
		if (!stop) break;
		expect(stop.ring, stop.name).toBe(true);
		stops.push(stop.name);
	}
	expect(stops.length).toBeGreaterThan(10);
	expect(stops.filter((name) => /^Select [^a]/.test(name)).length, 'the list is one stop').toBe(1);
	await close();
});

test('colours of the system: what is chosen can be seen', async () => {
	const { page, close } = await visit(browser, home.url, { ...desk, forcedColors: 'active' });
	await page.goto(`${home.url}/full/`);
	await ready(page);
	await page.getByLabel('Select notes.txt').click();
	await page.locator('.chosen-bar').waitFor();
	expect(await page.locator('.chosen .open').evaluate((e) => getComputedStyle(e).outlineStyle)).toBe('solid');
	await close();
});

test('on paper there is the list, and nothing to press', async () => {
	const { page, close } = await open();
	await page.emulateMedia({ media: 'print' });
	expect(await page.getByRole('link', { name: /^a.txt/ }).isVisible()).toBe(true);
	for (const what of ['.top', '.actions', '.tools', '.row .tick', '.foot']) expect(await page.locator(what).first().isVisible(), what).toBe(false);
	await close();
});
