// The owner's tasks by keys alone, for every browser that they are done in.
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { Hand } from './hand';
import { clear, fill, type Owner } from './window-house';

/** Tests of a window that open opens, over the program that at names. */
export function byKeys(at: () => Owner, open: () => Promise<{ page: Hand; close: () => Promise<unknown> }>): void {
	beforeEach(() => clear(at()));
	interface Shares {
		shares: { title: string; state: string; preset: string }[];
	}
	const shares = async () => (await at().ask<Shares>('GET', '/-/api/shares')).body.shares;
	const focused = (page: Hand) => page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');

	test('share, look, rename, change, stop and bring back', async () => {
		const { page, close } = await open();
		await page.keyboard.press('Control+o');
		await page.getByRole('dialog').waitFor();
		await page.keyboard.type(join(at().dir, 'Holiday photos'));
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
		await fill(at());
		const { page, close } = await open();
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
		await at().share('Reports');
		const { page, close } = await open();
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
}
