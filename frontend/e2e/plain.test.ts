// With scripts off: everything that matters works.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch, phone, shot, visit } from './browser';
import { house, password, type House } from './house';

let home: House;
let browser: Browser;
const off = { ...phone, javaScriptEnabled: false };
beforeAll(async () => {
	[home, browser] = await Promise.all([house(), launch()]);
});
afterAll(async () => {
	await browser.close();
	await home.stop();
});

test('a file downloads, a folder downloads as one', async () => {
	const { page, close, wrongs } = await visit(browser, home.url, { ...off, acceptDownloads: true });
	await page.goto(`${home.url}/full/`);
	await shot(page, 'plain folder');
	const [whole] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: /Download all/ }).click()]);
	expect(whole.suggestedFilename()).toMatch(/\.zip$/);
	expect(readFileSync(await whole.path()).subarray(0, 2).toString()).toBe('PK');
	await page.getByRole('link', { name: 'notes' }).click();
	expect(await page.locator('body').innerText()).toContain('Wi-Fi: sunflower');
	expect(wrongs).toEqual([]);
	await close();
});

test('folders are walked through, up and down', async () => {
	const { page, close } = await visit(browser, home.url, off);
	await page.goto(`${home.url}/full/`);
	await page.getByRole('link', { name: /Trip to/ }).click();
	expect(await page.locator('h1').innerText()).toBe('Trip to Ärger');
	await page.getByRole('navigation', { name: 'Where you are' }).getByRole('link', { name: 'full' }).click();
	expect(await page.locator('h1').innerText()).toBe('full');
	await close();
});

test('folders stand first, and a lost page leads to the folder above', async () => {
	const { page, close } = await visit(browser, home.url, off);
	await page.goto(`${home.url}/full/`);
	expect(await page.locator('.row .stem').first().innerText()).toBe('Trip to Ärger');
	await page.goto(`${home.url}/full/Trip%20to%20%C3%84rger/none.txt`);
	await shot(page, 'plain lost');
	await page.getByRole('link', { name: 'To the folder above' }).click();
	expect(await page.locator('h1').innerText()).toBe('Trip to Ärger');
	await close();
});

test('the only file of a folder downloads as itself', async () => {
	const { page, close } = await visit(browser, home.url, { ...off, acceptDownloads: true });
	await page.goto(`${home.url}/full/Trip%20to%20%C3%84rger/`);
	const [only] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: /^Download/ }).click()]);
	expect(only.suggestedFilename()).toBe('inside.txt');
	expect(readFileSync(await only.path(), 'utf8')).toBe('inside');
	await close();
});

test('files are sent, a folder is made', async () => {
	const { page, close } = await visit(browser, home.url, off);
	await page.goto(`${home.url}/full/`);
	await page.getByLabel('Choose files').setInputFiles([
		{ name: 'one.txt', mimeType: 'text/plain', buffer: Buffer.from('one') },
		{ name: 'zwei ä.txt', mimeType: 'text/plain', buffer: Buffer.from('zwei') },
	]);
	await page.getByRole('button', { name: 'Send', exact: true }).click();
	expect(await page.getByRole('status').innerText()).toContain('2 files arrived.');
	await shot(page, 'plain sent');
	expect(readFileSync(join(home.dir, 'full', 'zwei ä.txt'), 'utf8')).toBe('zwei');
	await page.getByLabel('Name of the folder').fill('Made without scripts');
	await page.getByRole('button', { name: 'Make folder' }).click();
	expect(await page.getByRole('status').innerText()).toContain('The folder is there.');
	expect(existsSync(join(home.dir, 'full', 'Made without scripts'))).toBe(true);
	await close();
});

test('a long list has pages', async () => {
	const { page, close } = await visit(browser, home.url, off);
	await page.goto(`${home.url}/many/`);
	expect(await page.locator('.row').count()).toBe(150);
	await page.getByRole('link', { name: 'Next' }).click();
	expect(await page.getByText(/^Page 2 of/).count()).toBe(1);
	expect(await page.locator('.row .stem').first().innerText()).toBe('File 000150');
	await page.getByRole('link', { name: 'Previous' }).click();
	expect(await page.locator('.row .stem').first().innerText()).toBe('File 000000');
	await close();
});

test('an inbox takes files and shows none', async () => {
	const { page, close } = await visit(browser, home.url, off);
	await page.goto(home.url + home.inbox);
	expect(await page.locator('body').innerText()).not.toContain('secret');
	await page.getByLabel('Choose files').setInputFiles({ name: 'mine.txt', mimeType: 'text/plain', buffer: Buffer.from('mine') });
	await page.getByRole('button', { name: 'Send' }).click();
	expect(await page.getByRole('status').innerText()).toContain('1 file arrived.');
	expect(readFileSync(join(home.dir, 'inbox', 'mine.txt'), 'utf8')).toBe('mine');
	await close();
});

test('signing in and out', async () => {
	const { page, close } = await visit(browser, home.url, off);
	await page.goto(`${home.url}/private/`);
	await page.getByLabel('Name').fill('alice');
	await page.getByLabel('Password').fill('wrong');
	await page.getByRole('button', { name: 'Sign in' }).click();
	expect(await page.getByRole('alert').count()).toBe(1);
	await shot(page, 'plain wrong');
	expect(await page.getByLabel('Name').inputValue(), 'the name need not be typed again').toBe('alice');
	await page.getByLabel('Password').fill(password);
	await page.getByRole('button', { name: 'Sign in' }).click();
	expect(await page.getByRole('link', { name: /diary/ }).count()).toBe(1);
	expect(await page.getByText('Signed in as alice').count()).toBe(1);
	await page.getByRole('button', { name: 'Sign out' }).click();
	await page.goto(`${home.url}/private/`);
	expect(await page.getByRole('link', { name: /diary/ }).count()).toBe(0);
	await close();
});

test('a share with a password opens with it', async () => {
	const { page, close } = await visit(browser, home.url, off);
	await page.goto(home.url + home.locked);
	await page.getByLabel('Password').fill('wrong');
	await page.getByRole('button', { name: 'Open' }).click();
	expect(await page.getByRole('alert').count()).toBe(1);
	await page.getByLabel('Password').fill(password);
	await page.getByRole('button', { name: 'Open' }).click();
	expect(await page.getByText('IMG_2041').count()).toBe(1);
	await close();
});
