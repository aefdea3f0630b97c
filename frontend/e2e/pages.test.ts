// Every page, at every size, light and dark, with large text: nothing for axe to say, nothing refused
// by the policy, nothing asked of other servers, nothing cut off.
import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { desk, launch, narrow, phone, ready, shot, visit } from './browser';
import { house, password, type House } from './house';

let home: House;
let browser: Browser;
let large: Browser;
beforeAll(async () => {
	[home, browser, large] = await Promise.all([house(), launch(), launch(true)]);
});
afterAll(async () => {
	await Promise.all([browser.close(), large.close()]);
	await home.stop();
});

const pages: { name: string; path: string | ((home: House) => string); scripts: boolean; then?: (page: Page) => Promise<unknown> }[] = [
	{ name: 'folder', path: '/full/', scripts: true },
	{ name: 'hostile', path: '/read/', scripts: true },
	{ name: 'deep', path: '/full/Trip%20to%20%C3%84rger/', scripts: true },
	{ name: 'photos', path: '/photos/', scripts: true },
	{ name: 'empty', path: '/empty/', scripts: true },
	{ name: 'many', path: '/many/', scripts: true },
	{ name: 'inbox', path: (home) => home.inbox, scripts: true },
	{ name: 'locked', path: (home) => home.locked, scripts: false },
	{ name: 'signin', path: '/-/signin?return=/private/', scripts: false },
	{
		name: 'signed in',
		path: '/-/signin?return=/private/',
		scripts: false,
		then: async (page) => {
			await page.getByLabel('Name').fill('alice');
			await page.getByLabel('Password').fill(password);
			await page.getByRole('button', { name: 'Sign in' }).click();
			await page.getByText('diary').first().waitFor();
			await ready(page);
		},
	},
	{ name: 'private', path: '/private/', scripts: false },
	{ name: 'absent', path: '/nothing/here/', scripts: false },
	{
		name: 'chosen',
		path: '/full/',
		scripts: true,
		then: async (page) => {
			for (const name of ['notes.txt', 'beach 1.png']) await page.getByLabel(`Select ${name}`).click();
			await page.locator('.chosen-bar').waitFor();
		},
	},
	{
		name: 'menu',
		path: '/full/',
		scripts: true,
		then: async (page) => {
			await page.locator('.tools .menu button').click();
			await page.getByRole('menu').waitFor();
		},
	},
	{
		name: 'new folder',
		path: '/full/',
		scripts: true,
		then: async (page) => {
			await page.locator('.tools .menu button').click();
			await page.getByRole('menuitem', { name: 'New folder' }).click();
			await page.getByRole('dialog').waitFor();
		},
	},
	{
		name: 'text',
		path: '/full/',
		scripts: true,
		then: async (page) => {
			await page.getByRole('button', { name: 'Text' }).click();
			await page.getByRole('dialog').waitFor();
		},
	},
	{
		name: 'picture',
		path: '/photos/',
		scripts: true,
		then: async (page) => {
			await page.getByRole('link', { name: 'IMG_2041' }).click();
			await page.locator('.stage img').waitFor();
		},
	},
	{
		name: 'note',
		path: '/full/',
		scripts: true,
		then: async (page) => {
			await page.getByRole('link', { name: 'notes.txt' }).click();
			await page.getByRole('button', { name: 'Copy' }).waitFor();
		},
	},
	{
		name: 'filter nothing',
		path: '/many/',
		scripts: true,
		then: async (page) => {
			await page.keyboard.press('Control+f');
			await page.keyboard.type('zebra');
			await page.getByText('Nothing here has “zebra” in its name.').waitFor();
		},
	},
	{
		name: 'received',
		path: '/full/Trip%20to%20%C3%84rger/',
		scripts: true,
		then: async (page) => {
			const content = Buffer.from('same again');
			await page.locator('input[type=file]').first().setInputFiles({ name: 'sent.txt', mimeType: 'text/plain', buffer: content });
			await page.locator('.seal, .choices').first().waitFor();
		},
	},
];

const views: Record<string, BrowserContextOptions> = {
	'phone light': phone,
	'phone dark': { ...phone, colorScheme: 'dark' },
	'desk light': desk,
	'desk dark': { ...desk, colorScheme: 'dark' },
	narrow,
	'phone large text': phone,
	'desk large text': desk,
	'narrow large text': narrow,
};

/** A text that is a key of the table, or what a program says when it has no words. */
const raw = /\b(?:list|put|select|problem|view|note|move|delete|inbox|signin)\.[a-z]+|\[object|undefined|\bNaN\b|ENOENT|EACCES|panic/;

async function inspect({ name, path, scripts, then }: (typeof pages)[number], view: string, options: BrowserContextOptions): Promise<void> {
	const { page, wrongs, close } = await visit(view.endsWith('large text') ? large : browser, home.url, options);
	await page.goto(home.url + (typeof path === 'string' ? path : path(home)));
	if (scripts) await ready(page);
	await then?.(page);
	await page.waitForFunction(() => document.getAnimations().every((a) => a.playState === 'finished'));
	await shot(page, `${name} ${view}`);
	expect(await page.evaluate(() => document.documentElement.scrollWidth), 'sideways').toBeLessThanOrEqual(options.viewport?.width ?? 0);
	expect(await page.evaluate(() => document.body.innerText)).not.toMatch(raw);
	expect(await complaints(page)).toEqual([]);
	expect(wrongs).toEqual([]);
	await close();
}

describe.each(Object.entries(views))('%s', (view, options) => {
	test.each(pages)('$name', (page) => inspect(page, view, options));
});

const choose = async (page: Page, name: string) => {
	await page.getByLabel(`Select ${name}`).click();
	await page.locator('.chosen-bar').waitFor();
};
const send = (page: Page, name: string, content: string) =>
	page.locator('input[type=file]').first().setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(content) });

/** What comes up over a page. */
const states: typeof pages = [
	{
		name: 'rename',
		path: '/full/',
		scripts: true,
		then: async (page) => {
			await choose(page, 'Itinerary.pdf');
			await page.keyboard.press('F2');
			await page.getByLabel('New name').waitFor();
		},
	},
	{
		name: 'delete',
		path: '/full/',
		scripts: true,
		then: async (page) => {
			await choose(page, 'Itinerary.pdf');
			await page.keyboard.press('Delete');
			await page.getByRole('dialog').waitFor();
		},
	},
	{
		name: 'name taken on sending',
		path: '/add/',
		scripts: true,
		then: async (page) => {
			await send(page, 'notes.txt', 'other notes');
			await page.locator('.choices').waitFor();
		},
	},
	{
		name: 'not sent',
		path: '/add/',
		scripts: true,
		then: async (page) => {
			const body = JSON.stringify({ status: 403, title: 'No', detail: 'You may not add this file here.', code: 'X-1' });
			await page.route('**/refused.txt', (route) => route.fulfill({ status: 403, contentType: 'application/problem+json', body }));
			await send(page, 'refused.txt', 'x');
			await page.getByText('1 file could not be sent.').waitFor();
		},
	},
	{
		name: 'paused',
		path: '/add/',
		scripts: true,
		then: async (page) => {
			await page.route('**/never.txt', () => undefined);
			await send(page, 'never.txt', 'x');
			await page.getByRole('button', { name: 'Pause' }).click();
			await page.getByText('Nothing is lost. Go on when you like.').waitFor();
		},
	},
	{
		name: 'connection lost',
		path: '/full/',
		scripts: true,
		then: async (page) => {
			await page.context().setOffline(true);
			await page.getByRole('link', { name: /Trip to/ }).click();
			await page.getByText('cannot be reached.').waitFor();
		},
	},
	{ name: 'nothing there', path: '/full/nothing.txt', scripts: false },
];

describe.each(Object.entries(views).filter(([view]) => ['phone light', 'phone dark', 'desk dark', 'narrow large text'].includes(view)))('over the page, %s', (view, options) => {
	test.each(states)('$name', (state) => inspect(state, view, options));
});

async function complaints(page: Page): Promise<string[]> {
	// Given through the debugger, which the page's policy does not concern.
	await page.evaluate(axe.source);
	const result = await page.evaluate(() =>
		(globalThis as unknown as { axe: typeof axe }).axe.run(document, {
			runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
		}),
	);
	return result.violations.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target.join(' ')} ${n.failureSummary ?? ''}`).join('; ')}`);
}

test('targets on a phone are large enough', async () => {
	const { page, close } = await visit(browser, home.url, phone);
	for (const path of ['/full/', '/photos/', home.inbox]) {
		await page.goto(home.url + path);
		await ready(page);
		const small = await page.evaluate(() =>
			[...document.querySelectorAll<HTMLElement>('a, button, select, label.tick, input:not([type=checkbox])')]
				.filter((e) => e.checkVisibility() && !e.matches('.skip, [hidden]'))
				.map((e) => ({ what: e.textContent?.trim() || e.ariaLabel || e.className, box: e.getBoundingClientRect() }))
				.filter(({ box }) => box.height < 43.9 || box.width < 43.9)
				.map(({ what, box }) => `${what} ${box.width}×${box.height}`),
		);
		expect(small, path).toEqual([]);
	}
	await close();
});

test('from right to left nothing is cut off', async () => {
	for (const options of [phone, desk]) {
		const { page, close } = await visit(browser, home.url, options);
		for (const path of ['/full/', '/photos/', home.inbox]) {
			await page.goto(home.url + path);
			await ready(page);
			await page.evaluate(() => (document.documentElement.dir = 'rtl'));
			await shot(page, `rtl ${path.replaceAll('/', '')} ${options === phone ? 'phone' : 'desk'}`);
			expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(options.viewport?.width ?? 0);
		}
		await close();
	}
});

test('nothing moves when the script takes over', async () => {
	for (const options of [phone, desk]) {
		for (const path of ['/full/', '/photos/', '/many/', home.inbox]) {
			const { page, close } = await visit(browser, home.url, options);
			await page.route('**/-/app/*.js', async (route) => {
				await page.waitForFunction(() => document.readyState !== 'loading');
				await route.continue();
			});
			await page.goto(home.url + path);
			await ready(page);
			await page.evaluate(() => new Promise(requestAnimationFrame));
			const shift = await page.evaluate(() => {
				const entries: PerformanceEntry[] = [];
				const watcher = new PerformanceObserver(() => undefined);
				watcher.observe({ type: 'layout-shift', buffered: true });
				entries.push(...watcher.takeRecords());
				return entries.reduce((sum, entry) => sum + (entry as PerformanceEntry & { value: number }).value, 0);
			});
			expect(shift, path).toBeLessThan(0.02);
			await page.unrouteAll({ behavior: 'ignoreErrors' });
			await close();
		}
	}
});
