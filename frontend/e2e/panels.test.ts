// The owner's panels: what they show while things happen, by keys alone, in both themes.
import axe from 'axe-core';
import { request } from 'node:http';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launch, shot } from './browser';
import { control, iphone, open, send, type Control } from './panels-house';

let at: Control;
let browser: Browser;
let large: Browser;
beforeAll(async () => {
	[at, browser, large] = await Promise.all([control(), launch(), launch(true)]);
	// With a share the window shows its two halves.
	expect((await at.ask('POST', '/-/api/shares', { path: '/photos', preset: 'add', title: 'Holiday photos' })).status).toBeLessThan(300);
});
afterAll(async () => {
	await Promise.all([browser.close(), large.close()]);
	await at.stop();
});

const small: BrowserContextOptions = { viewport: { width: 900, height: 640 } };
const views: Record<string, BrowserContextOptions> = {
	'small light': small,
	'small dark': { ...small, colorScheme: 'dark' },
	'wide light': { viewport: { width: 1280, height: 800 } },
	'wide dark': { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' },
};
/** What these ask of a page is asked of one scene of each kind only. */
const rare: Record<string, BrowserContextOptions> = {
	'smallest light': { viewport: { width: 640, height: 480 } },
	'forced dark': { ...small, colorScheme: 'dark', forcedColors: 'active' },
	'large text': { viewport: { width: 1280, height: 800 } },
};

async function complaints(page: Page, without: string[] = []): Promise<string[]> {
	await page.evaluate(axe.source);
	const result = await page.evaluate(
		(rules) => (globalThis as unknown as { axe: typeof axe }).axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], rules }),
		Object.fromEntries(without.map((rule) => [rule, { enabled: false }])),
	);
	return result.violations.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target.join(' ')} ${n.failureSummary ?? ''}`).join('; ')}`);
}

/** A text that is a key of the table, or what a program says when it has no words. */
const raw = /\b(?:moves|people|facts|doors|sets|device|panels)\.[a-z]+|\[object|undefined|\bNaN\b|panic/;

/** Sends slowly, as over a bad network, until it is ended. */
function slowly(name: string, size: number, first: number, headers: Record<string, string> = {}) {
	const { hostname, port } = new URL(at.url);
	const sending = request({ hostname, port, method: 'PUT', path: `/photos/${name}`, headers: { 'User-Agent': iphone, 'Content-Length': size, 'X-Portico-Batch': name, ...headers } });
	const cut = new Promise<string>((done) => {
		sending.on('response', (answer) => (answer.resume(), done(String(answer.statusCode))));
		sending.on('error', () => done('cut'));
	});
	sending.write(Buffer.alloc(first));
	const timer = setInterval(() => sending.writableEnded || sending.write(Buffer.alloc(20_000)), 100);
	return { cut, end: () => (clearInterval(timer), sending.destroy()) };
}

const problem = (status: number, more: object = {}) => ({
	status,
	contentType: 'application/problem+json',
	body: JSON.stringify({ status, title: 'The database is busy', detail: 'Another program holds the database.', next: 'Try again in a moment.', code: 'DB-BUSY-01', ...more }),
});

interface Scene {
	name: string;
	panel: string;
	before?: (page: Page) => Promise<unknown>;
	then?: (page: Page) => Promise<unknown>;
}

const empty: Scene[] = [
	{ name: 'transfers empty', panel: 'Transfers', then: (page) => page.getByText('Nothing moves', { exact: true }).waitFor() },
	{ name: 'people empty', panel: 'People', then: (page) => page.getByText('Nobody was here').waitFor() },
	{
		name: 'activity filtered to nothing',
		panel: 'Activity',
		then: async (page) => {
			await page.getByLabel('Search in Activity').fill('zebra');
			await page.getByText('Nothing fits these filters.').last().waitFor();
		},
	},
];

const busy: Scene[] = [
	{
		name: 'transfers busy',
		panel: 'Transfers',
		then: async (page) => {
			await page.locator('b', { hasText: 'iPhone · Safari sends to photos' }).waitFor();
			await page.getByText('Last 24 hours').waitFor();
			await page.locator('.graph').first().waitFor();
			await page.getByRole('button', { name: 'Files of curl' }).last().click();
			await page.locator('.file-lines li').first().waitFor();
		},
	},
	{ name: 'people busy', panel: 'People', then: (page) => page.getByText('sent', { exact: false }).first().waitFor() },
	{ name: 'activity busy', panel: 'Activity', then: (page) => page.getByText('added').first().waitFor() },
	{
		name: 'activity line',
		panel: 'Activity',
		then: async (page) => {
			await page.locator('.fact', { hasText: 'added' }).first().click();
			await page.getByRole('dialog').waitFor();
		},
	},
	{ name: 'services', panel: 'Services', then: (page) => page.locator('.lines summary').first().click() },
	{
		name: 'services web off',
		panel: 'Services',
		then: async (page) => {
			await page.getByRole('switch', { name: 'Web on or off' }).click();
			await page.getByRole('dialog').waitFor();
		},
	},
	...['General', 'Network', 'Security', 'Protocols', 'Storage'].map((title) => ({
		name: `settings ${title.toLowerCase()}`,
		panel: 'Settings',
		then: (page: Page) => page.getByRole('tab', { name: title }).click(),
	})),
	{
		name: 'settings search',
		panel: 'Settings',
		then: async (page) => {
			await page.getByLabel('Search the settings').fill('trash');
			await page.getByRole('heading', { name: /found/ }).waitFor();
		},
	},
];

const wrong: Scene[] = [
	...['Transfers', 'People', 'Activity'].map((panel) => ({
		name: `${panel.toLowerCase()} error`,
		panel,
		before: (page: Page) => page.route('**/-/api/activity?*', (route) => route.fulfill(problem(503))),
		then: (page: Page) => page.getByText('Another program holds the database.').first().waitFor(),
	})),
	{
		name: 'services error',
		panel: 'Services',
		before: (page) => page.route('**/-/api/doors/http', (route) => route.fulfill(problem(409, { detail: 'Port 80 needs the rights of an administrator.' }))),
		then: async (page) => {
			await page.getByLabel('Port of Web').fill('80');
			await page.getByRole('button', { name: 'Change the port of Web' }).click();
			await page.getByText('Port 80 needs').waitFor();
		},
	},
	{
		name: 'settings error',
		panel: 'Settings',
		before: (page) =>
			page.route('**/-/api/settings', (route) =>
				route.request().method() === 'PATCH' ? route.fulfill(problem(422, { errors: [{ at: 'keep.trash', text: 'is no time; right would be: 30d' }] })) : route.continue(),
			),
		then: async (page) => {
			await page.getByRole('tab', { name: 'Storage' }).click();
			await page.getByLabel('Trash').fill('soon');
			await page.getByRole('button', { name: 'Save Trash' }).click();
			await page.getByText('right would be: 30d').waitFor();
		},
	},
];

async function inspect(scene: Scene, view: string, options: BrowserContextOptions): Promise<void> {
	const { page, wrongs, close } = await open(view === 'large text' ? large : browser, at, scene.panel, options, scene.before);
	await scene.then?.(page);
	await page.waitForFunction(() => document.getAnimations().every((a) => a.playState === 'finished'));
	await shot(page, `panel ${scene.name} ${view}`);
	expect(await page.evaluate(() => document.documentElement.scrollWidth), 'sideways').toBeLessThanOrEqual(options.viewport?.width ?? 0);
	expect(await page.evaluate(() => [...document.querySelectorAll('.tabbed, .content > .page, .sets-page')].filter((e) => e.scrollWidth > e.clientWidth).map((e) => e.className)), 'sideways').toEqual([]);
	expect(await page.evaluate(() => document.body.innerText)).not.toMatch(raw);
	// Forced colours are the reader's own, not ours.
	expect(await complaints(page, options.forcedColors ? ['color-contrast'] : [])).toEqual([]);
	expect(wrongs).toEqual([]);
	await close();
}

describe.each(Object.entries(views))('before anything happened, %s', (view, options) => {
	test.each(empty)('$name', (scene) => inspect(scene, view, options));
});

describe('while things happen', () => {
	let moving: ReturnType<typeof slowly>[] = [];
	beforeAll(async () => {
		for (let i = 0; i < 6; i++) await send(at, `curl ${i}.txt`, 'x'.repeat(5000 * i), { 'User-Agent': 'curl/8.5.0', 'X-Portico-Batch': 'done' });
		await send(at, 'a name that is much longer than any line of this window can be, so that it has to be cut off somewhere.txt', 'x', { 'User-Agent': 'rclone/v1.66' });
		await at.ask('GET', '/photos/beach.txt');
		moving = [slowly('IMG_2041.mov', 90_000_000, 30_000_000), slowly('card.zip', 5_000_000, 100_000, { 'User-Agent': 'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36' })];
	});
	afterAll(() => moving.forEach((one) => one.end()));

	describe.each(Object.entries(views))('%s', (view, options) => {
		test.each([...busy, ...wrong])('$name', (scene) => inspect(scene, view, options));
	});
	describe.each(Object.entries(rare))('%s', (view, options) => {
		test.each(busy.filter(({ name }) => ['transfers busy', 'people busy', 'activity busy', 'services', 'settings network', 'settings storage'].includes(name)))('$name', (scene) => inspect(scene, view, options));
	});
});
