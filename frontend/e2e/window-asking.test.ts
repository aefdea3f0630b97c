// “Ask me before each new device”: a phone and the owner's page, each in its own browser.
import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { launch, phone, shot, visit } from './browser';
import { clear, open, owner, usual, type Owner } from './window-house';

let at: Owner;
let browser: Browser;
beforeAll(async () => {
	[at, browser] = await Promise.all([owner(), launch()]);
});
afterAll(async () => {
	await browser.close();
	await at.stop();
});
beforeEach(() => clear(at));

const pixel: BrowserContextOptions = { ...phone, userAgent: 'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36' };
const waiting = (page: Page) => page.getByRole('heading', { name: /^Waiting for .+ to let you in…$/ });
const pathOf = (share: { links: string[] }) => `${new URL(share.links[0] ?? '').pathname}/`;

async function judge(page: Page): Promise<string[]> {
	await page.evaluate(axe.source);
	return page.evaluate(async () => {
		// Colours that are still on their way are judged when they have arrived.
		for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame);
		await Promise.all(document.getAnimations().filter((one) => one.effect?.getComputedTiming().iterations !== Infinity).map((one) => one.finished.catch(() => {})));
		const { axe } = window as unknown as { axe: typeof import('axe-core') };
		const result = await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
		const wide = document.documentElement.scrollWidth > innerWidth + 1 ? ['too wide'] : [];
		return [...wide, ...result.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`)];
	});
}

test('a phone waits, the owner says yes, and the page opens by itself', async () => {
	const share = await at.share('Holiday photos');
	const { page, close, wrongs } = await open(browser, at);
	await page.getByRole('button', { name: 'Show QR' }).click();
	const dialog = page.getByRole('dialog');
	await dialog.getByRole('checkbox', { name: 'Ask me before each new device' }).check();
	await expect.poll(async () => (await at.ask<{ ask?: boolean }>('GET', `/-/api/shares/${share.id}`)).body.ask).toBe(true);
	const visitor = await visit(browser, at.url, pixel);
	await visitor.page.goto(at.url + pathOf(share));
	await waiting(visitor.page).waitFor();
	await dialog.getByText('Pixel 8 · Chrome asks to be let into “Holiday photos”.').last().waitFor();
	await dialog.getByRole('button', { name: 'Allow Pixel 8 · Chrome', exact: true }).click();
	await visitor.page.getByRole('heading', { name: 'Holiday photos' }).waitFor();
	await expect.poll(() => dialog.locator('.asker').count()).toBe(0);
	await dialog.getByRole('button', { name: 'Done' }).click();
	await page.getByText('Whoever you let in may view and download until you stop it.').waitFor();
	await page.getByRole('tab', { name: 'Activity' }).click();
	await page.getByText(/You let Pixel 8 · Chrome \(127\.0\.0\.1\) into “Holiday photos”/).waitFor();
	expect(wrongs).toEqual([]);
	expect(visitor.wrongs).toEqual([]);
	await visitor.close();
	await close();
});

test('no is no, and always is for every share', async () => {
	const [first, second] = [await at.share('Reports', { ask: true }), await at.share('Holiday photos', { ask: true })];
	const { page, close, wrongs } = await open(browser, at);
	const [one, other] = [await visit(browser, at.url, pixel), await visit(browser, at.url, pixel)];
	await one.page.goto(at.url + pathOf(first));
	await page.getByRole('button', { name: 'No, do not let Pixel 8 · Chrome in' }).click();
	await one.page.getByRole('heading', { name: /did not let this device in\.$/ }).waitFor();
	await one.page.reload();
	await one.page.getByRole('heading', { name: /did not let this device in\.$/ }).waitFor();
	await other.page.goto(at.url + pathOf(first));
	await page.getByRole('button', { name: 'Always allow Pixel 8 · Chrome' }).click();
	await other.page.getByRole('heading', { name: 'Reports' }).waitFor();
	await other.page.goto(at.url + pathOf(second));
	await other.page.getByRole('heading', { name: 'Holiday photos' }).waitFor();
	expect([...wrongs, ...one.wrongs, ...other.wrongs]).toEqual([]);
	await Promise.all([one.close(), other.close(), close()]);
});

test('with scripts off the page looks again by itself', async () => {
	const share = await at.share('Reports', { ask: true });
	const { page, close } = await visit(browser, at.url, { ...pixel, javaScriptEnabled: false });
	await page.goto(at.url + pathOf(share));
	await waiting(page).waitFor();
	const { body } = await at.ask<{ asking: { id: string }[] }>('GET', '/-/api/asking');
	await at.ask('POST', `/-/api/asking/${body.asking[0]?.id}`, { allow: true });
	await page.getByRole('heading', { name: 'Reports' }).waitFor({ timeout: 15_000 });
	await close();
});

test.each(['light', 'dark'] as const)('both sides look right, %s', { timeout: 120_000 }, async (colorScheme) => {
	const share = await at.share('Holiday photos', { ask: true });
	const sizes = { usual, small: { viewport: { width: 390, height: 844 } }, wide: { viewport: { width: 1280, height: 800 } } };
	const visitor = await visit(browser, at.url, { ...pixel, colorScheme });
	await visitor.page.goto(at.url + pathOf(share));
	await waiting(visitor.page).waitFor();
	await fetch(at.url + pathOf(share));
	expect(await judge(visitor.page)).toEqual([]);
	await shot(visitor.page, `asking visitor waits ${colorScheme}`);
	for (const [name, size] of Object.entries(sizes)) {
		const { page, close } = await open(browser, at, { ...size, colorScheme });
		await expect.poll(() => page.locator('.asker').count()).toBe(2);
		expect(await judge(page)).toEqual([]);
		await shot(page, `asking window ${name} ${colorScheme}`);
		await page.getByRole('button', { name: 'Show QR' }).click();
		await page.locator('.code svg').waitFor();
		await expect.poll(() => page.getByRole('dialog').locator('.asker').count()).toBe(2);
		expect(await judge(page)).toEqual([]);
		await shot(page, `asking dialog ${name} ${colorScheme}`);
		await close();
	}
	const { body } = await at.ask<{ asking: { id: string }[] }>('GET', '/-/api/asking');
	for (const one of body.asking) await at.ask('POST', `/-/api/asking/${one.id}`, { allow: false });
	await visitor.page.getByRole('heading', { name: /did not let this device in\.$/ }).waitFor();
	expect(await judge(visitor.page)).toEqual([]);
	await shot(visitor.page, `asking visitor no ${colorScheme}`);
	await visitor.close();
});
