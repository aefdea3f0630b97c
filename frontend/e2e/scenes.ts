// How the owner's page can stand, for every browser that it is looked at in.
import type { Hand } from './hand';

/** How the window can stand. */
export interface State {
	name: string;
	full: boolean;
	desktop?: boolean;
	then?(page: Hand): Promise<unknown>;
}

export const states: State[] = [
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

/** How a panel can stand. */
export interface Scene {
	name: string;
	panel: string;
	then?(page: Hand): Promise<unknown>;
}

/** Before anything happened. */
export const emptyScenes: Scene[] = [
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

/** While things happen. */
export const busyScenes: Scene[] = [
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
		then: (page: Hand) => page.getByRole('tab', { name: title }).click(),
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

