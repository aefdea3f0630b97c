// Every state of the window, at every size, light and dark, with large text: nothing for axe to say,
// nothing refused by the policy, nothing cut off; and every task by keys alone.
import axe from 'axe-core';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launch, shot } from './browser';
import { clear, desktop, open, owner, usual, type Owner } from './window-house';

let at: Owner;
let browser: Browser;
let large: Browser;
beforeAll(async () => {
	[at, browser, large] = await Promise.all([owner(), launch(), launch(true)]);
});
afterAll(async () => {
	await Promise.all([browser.close(), large.close()]);
	await at.stop();
});

const sizes = { usual: [900, 640], small: [640, 480], desk: [1280, 800], phone: [390, 844] } as const;

async function fill(): Promise<void> {
	await at.share('Holiday photos', { for: 'tonight' });
	await at.share('Lab inbox', { preset: 'inbox' });
	const paused = await at.share('Reports', { preset: 'add', password: 'sesame', for: '7d' });
	await at.ask('PATCH', `/-/api/shares/${paused.id}`, { paused: true });
}

interface State {
	name: string;
	full: boolean;
	desktop?: boolean;
	then?: (page: Page) => Promise<unknown>;
}

const states: State[] = [
	{ name: 'empty', full: false },
	{ name: 'empty in a desktop', full: false, desktop: true },
	{ name: 'in use', full: true, desktop: true },
	{
		name: 'menu',
		full: true,
		then: async (page) => {
			await page.getByRole('button', { name: 'More for Lab inbox' }).click();
			await page.getByRole('menu').waitFor();
		},
	},
	{
		name: 'sharing',
		full: true,
		desktop: true,
		then: async (page) => {
			await page.getByRole('button', { name: 'Show QR' }).last().click();
			await page.locator('.code svg').waitFor();
		},
	},
	{
		name: 'sharing, more',
		full: true,
		then: async (page) => {
			await page.getByRole('button', { name: 'Show QR' }).last().click();
			await page.locator('.code svg').waitFor();
			await page.getByRole('checkbox', { name: 'Password' }).check();
			await page.getByText('More', { exact: true }).click();
		},
	},
	{
		name: 'networks',
		full: true,
		then: async (page) => {
			await page.locator('.chip').click();
			await page.getByRole('dialog').waitFor();
		},
	},
	{
		name: 'commands',
		full: true,
		then: async (page) => {
			await page.keyboard.press('Control+k');
			await page.getByRole('listbox').waitFor();
		},
	},
	{
		name: 'shortcuts',
		full: true,
		then: async (page) => {
			await page.keyboard.press('?');
			await page.getByRole('dialog').waitFor();
		},
	},
	{
		name: 'rename',
		full: true,
		then: async (page) => {
			await page.keyboard.press('F2');
			await page.getByRole('dialog').waitFor();
		},
	},
	{
		name: 'path',
		full: false,
		then: async (page) => {
			await page.keyboard.press('Control+o');
			await page.getByRole('dialog').waitFor();
		},
	},
	{
		name: 'drop',
		full: true,
		desktop: true,
		then: async (page) => {
			await page.evaluate(() => document.body.dispatchEvent(new DragEvent('dragenter', { dataTransfer: new DataTransfer(), bubbles: true, cancelable: true })));
			await page.locator('.drop-here').waitFor();
		},
	},
];

async function judge(page: Page): Promise<string[]> {
	await page.evaluate(axe.source);
	const found = await page.evaluate(async () => {
		// Colours that are still on their way are judged when they have arrived.
		for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame);
		await Promise.all(document.getAnimations().filter((one) => one.effect?.getComputedTiming().iterations !== Infinity).map((one) => one.finished.catch(() => {})));
		const { axe } = window as unknown as { axe: typeof import('axe-core') };
		const result = await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
		const wide = document.documentElement.scrollWidth > innerWidth + 1 ? [`the page is ${document.documentElement.scrollWidth} wide`] : [];
		const cut = [...document.querySelectorAll<HTMLElement>('.btn, .chip, h1, h2, .sentence')]
			.filter((one) => one.offsetParent !== null && !one.closest('.unseen, .tabbed, .page') && one.getBoundingClientRect().right > innerWidth + 1)
			.map((one) => `cut off: ${one.textContent?.trim()}`);
		return [...wide, ...cut, ...result.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`)];
	});
	return found;
}

describe.each([false, true])('full: %s', (full) => {
	beforeAll(async () => {
		await clear(at);
		if (full) await fill();
	});

	test.each(states.filter((s) => s.full === full))('$name looks right everywhere', { timeout: 120_000 }, async (state) => {
		const wrong: string[] = [];
		const around = (page: Page) => (state.desktop ? desktop(page) : Promise.resolve());
		const first = await open(browser, at, { ...usual, reducedMotion: 'reduce' }, around);
		await first.page.locator('.tabbed .pane, .hollow').first().waitFor();
		await state.then?.(first.page);
		for (const [size, [width, height]] of Object.entries(sizes)) {
			await first.page.setViewportSize({ width, height });
			for (const colorScheme of size === 'small' || size === 'desk' ? (['light'] as const) : (['light', 'dark'] as const)) {
				await first.page.emulateMedia({ colorScheme });
				await shot(first.page, `window ${state.name} ${size} ${colorScheme}`);
				wrong.push(...(await judge(first.page)).map((one) => `${size} ${colorScheme}: ${one}`));
			}
		}
		wrong.push(...first.wrongs);
		await first.close();
		const { page, close } = await open(large, at, usual, around);
		await state.then?.(page);
		await shot(page, `window ${state.name} large text`);
		wrong.push(...(await judge(page)).map((one) => `large text: ${one}`));
		await close();
		expect(wrong).toEqual([]);
	});
});

test('forced colours keep everything visible', async () => {
	await clear(at);
	await fill();
	const { page, close } = await open(browser, at, { ...usual, forcedColors: 'active' });
	await page.locator('.tabbed .pane').waitFor();
	await shot(page, 'window forced colours');
	expect(await page.locator('.brand .icon').evaluate((icon) => getComputedStyle(icon).fill)).not.toBe('none');
	await close();
});

describe('by keys alone', () => {
	beforeEach(() => clear(at));
	interface Shares {
		shares: { title: string; state: string; preset: string }[];
	}
	const shares = async () => (await at.ask<Shares>('GET', '/-/api/shares')).body.shares;
	const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');

	test('share, look, rename, change, stop and bring back', async () => {
		const { page, close } = await open(browser, at);
		await page.keyboard.press('Control+o');
		await page.getByRole('dialog').waitFor();
		await page.keyboard.type(join(at.dir, 'Holiday photos'));
		await page.keyboard.press('Enter');
		const dialog = page.getByRole('dialog', { name: 'Sharing “Holiday photos”' });
		await dialog.waitFor();
		await page.keyboard.press('Escape');
		await dialog.waitFor({ state: 'detached' });

		await page.keyboard.press('F2');
		await page.getByRole('dialog', { name: 'Rename the share' }).waitFor();
		await page.keyboard.type('Trip');
		await page.keyboard.press('Enter');
		await expect.poll(async () => (await shares())[0]?.title).toBe('Trip');
		await page.getByRole('dialog').waitFor({ state: 'detached' });

		await page.keyboard.press('Space');
		await page.getByRole('dialog', { name: 'Sharing “Trip”' }).waitFor();
		for (let i = 0; i < 12; i++) {
			await page.keyboard.press('Tab');
			if (await page.evaluate(() => document.activeElement?.getAttribute('aria-label') === 'What people may do')) break;
		}
		await page.keyboard.press('ArrowDown');
		await expect.poll(async () => (await shares())[0]?.preset).toBe('add');
		await page.keyboard.press('Escape');

		await page.keyboard.press('Delete');
		await page.getByText('“Trip” is not shared any more.').waitFor();
		await expect.poll(async () => (await shares())[0]?.state).toBe('paused');
		for (let i = 0; i < 30 && (await focused(page)) !== 'Undo'; i++) await page.keyboard.press('Tab');
		await page.keyboard.press('Enter');
		await expect.poll(async () => (await shares())[0]?.state).toBe('open');
		await close();
	});

	test('from card to card, into the menu, and back to where one was', async () => {
		await fill();
		const { page, close } = await open(browser, at);
		for (let i = 0; i < 20 && (await focused(page)) !== 'Reports'; i++) await page.keyboard.press('Tab');
		await page.keyboard.press('ArrowDown');
		expect(await focused(page)).toBe('Lab inbox');
		await page.keyboard.press('Enter');
		await page.getByRole('dialog', { name: 'Receiving in “Lab inbox”' }).waitFor();
		await page.keyboard.press('Escape');
		await expect.poll(() => focused(page)).toBe('Lab inbox');
		for (let i = 0; i < 3; i++) await page.keyboard.press('Tab');
		await page.keyboard.press('Enter');
		await page.getByRole('menu').waitFor();
		await page.keyboard.press('ArrowDown');
		expect(await focused(page)).toBe('Pause');
		await page.keyboard.press('Enter');
		await expect.poll(async () => (await shares()).find((s) => s.title === 'Lab inbox')?.state).toBe('paused');
		await close();
	});

	test('every command is in the list, found by a few letters', async () => {
		await at.share('Reports');
		const { page, close } = await open(browser, at);
		await page.keyboard.press('Control+k');
		await page.keyboard.type('serv');
		await page.keyboard.press('Enter');
		await page.getByRole('region', { name: 'Services' }).waitFor();
		await page.keyboard.press('Control+k');
		await page.keyboard.type('pau rep');
		await page.keyboard.press('Enter');
		await expect.poll(async () => (await shares())[0]?.state).toBe('paused');
		await page.keyboard.press('Control+k');
		await page.keyboard.type('qqq');
		await page.getByText('Nothing is called that.').waitFor();
		await page.keyboard.press('Escape');
		await page.getByRole('dialog').waitFor({ state: 'detached' });
		await page.keyboard.press('Control+k');
		await page.keyboard.type('people');
		await page.keyboard.press('Enter');
		await page.getByRole('tab', { name: 'People', selected: true }).waitFor();
		await page.getByRole('tab', { name: 'People' }).focus();
		await page.keyboard.press('ArrowRight');
		await page.getByRole('tab', { name: 'Activity', selected: true }).waitFor();
		await close();
	});
});
