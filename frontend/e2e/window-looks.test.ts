// Every state of the window, at every size, light and dark, with large text: nothing for axe to say,
// nothing refused by the policy, nothing cut off; and every task by keys alone.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launch, shot } from './browser';
import { byKeys } from './by-keys';
import { judge } from './judge';
import { states } from './scenes';
import { clear, desktop, fill, open, owner, usual, type Owner } from './window-house';

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

describe.each([false, true])('full: %s', (full) => {
	beforeAll(async () => {
		await clear(at);
		if (full) await fill(at);
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
	await fill(at);
	const { page, close } = await open(browser, at, { ...usual, forcedColors: 'active' });
	await page.locator('.tabbed .pane').waitFor();
	await shot(page, 'window forced colours');
	expect(await page.locator('.brand .icon').evaluate((icon) => getComputedStyle(icon).fill)).not.toBe('none');
	await close();
});

describe('by keys alone', () => byKeys(
	() => at,
	() => open(browser, at),
));
