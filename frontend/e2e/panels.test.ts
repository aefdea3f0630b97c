// The owner's panels: what they show while things happen, by keys alone, in both themes.
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launch, shot } from './browser';
import type { Hand } from './hand';
import { judge } from './judge';
import { busy, control, open, type Control } from './panels-house';
import { busyScenes, emptyScenes, type Scene } from './scenes';

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

const problem = (status: number, more: object = {}) => ({
	status,
	contentType: 'application/problem+json',
	body: JSON.stringify({ status, title: 'The database is busy', detail: 'Another program holds the database.', next: 'Try again in a moment.', code: 'DB-BUSY-01', ...more }),
});

/** What goes wrong, with what brings it about. */
interface Trouble extends Scene {
	before(page: Page): Promise<unknown>;
}

const wrong: Trouble[] = [
	...['People', 'Activity'].map((panel) => ({
		name: `${panel.toLowerCase()} error`,
		panel,
		before: (page: Page) => page.route('**/-/api/activity?*', (route) => route.fulfill(problem(503))),
		then: (page: Hand) => page.getByText('Another program holds the database.').first().waitFor(),
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

async function inspect(scene: Scene & Partial<Trouble>, view: string, options: BrowserContextOptions): Promise<void> {
	const { page, wrongs, close } = await open(view === 'large text' ? large : browser, at, scene.panel, options, scene.before);
	await scene.then?.(page);
	await page.waitForFunction(() => document.getAnimations().every((a) => a.playState === 'finished'));
	await shot(page, `panel ${scene.name} ${view}`);
	// Forced colours are the reader's own, not ours.
	expect(await judge(page, options.forcedColors ? ['color-contrast'] : [])).toEqual([]);
	expect(wrongs).toEqual([]);
	await close();
}

describe.each(Object.entries(views))('before anything happened, %s', (view, options) => {
	test.each(emptyScenes)('$name', (scene) => inspect(scene, view, options));
});

describe('while things happen', () => {
	let calm = () => {};
	beforeAll(async () => {
		calm = await busy(at);
	});
	afterAll(() => calm());

	describe.each(Object.entries(views))('%s', (view, options) => {
		test.each([...busyScenes, ...wrong])('$name', (scene) => inspect(scene, view, options));
	});
	describe.each(Object.entries(rare))('%s', (view, options) => {
		test.each(busyScenes.filter(({ name }) => ['transfers busy', 'people busy', 'activity busy', 'services', 'settings network', 'settings storage'].includes(name)))('$name', (scene) => inspect(scene, view, options));
	});
});
