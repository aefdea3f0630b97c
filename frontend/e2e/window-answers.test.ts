// Answers that are taken back, passwords for SMB, and how others find this computer.
import { execFileSync } from 'node:child_process';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { launch, phone, shot, visit } from './browser';
import { judge } from './judge';
import { show } from './panels-house';
import { clear, desktop, open, owner, usual, type Owner } from './window-house';

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

const pixel = { ...phone, userAgent: 'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36' };

/** Every size and theme: a picture of each, and what is wrong with it. */
async function look(page: Page, name: string): Promise<string[]> {
	const wrong: string[] = [];
	for (const [width, height] of [[390, 844], [1280, 800]] as const) {
		await page.setViewportSize({ width, height });
		for (const colorScheme of ['light', 'dark'] as const) {
			await page.emulateMedia({ colorScheme });
			wrong.push(...(await judge(page)).map((one) => `${width} ${colorScheme}: ${one}`));
			await shot(page, `${name} ${width} ${colorScheme}`);
		}
	}
	return wrong;
}

/** Goes on by Tab until something has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
	for (let i = 0; i < 80; i++) {
		await page.keyboard.press('Tab');
		const now = await page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent?.trim());
		if (now === name) return;
	}
	throw new Error(`no key leads to ${name}`);
}

test('an answer is taken back by keys, and the device waits again', { timeout: 120_000 }, async () => {
	const share = await at.share('Holiday photos', { ask: true });
	const { page, close, wrongs } = await open(browser, at, { ...usual, reducedMotion: 'reduce' });
	const visitor = await visit(browser, at.url, pixel);
	await visitor.page.goto(`${at.url}${new URL(share.links[0] ?? '').pathname}/`);
	await page.getByRole('button', { name: 'Always allow Pixel 8 · Chrome' }).click();
	await visitor.page.getByRole('heading', { name: 'Holiday photos' }).waitFor();
	await fetch(`${at.url}${new URL(share.links[0] ?? '').pathname}/`); // a program
	await page.getByRole('button', { name: /^No, do not let/ }).click();

	await page.getByRole('button', { name: 'Show QR' }).click();
	await page.locator('.code svg').waitFor();
	await page.getByText('2 devices were answered').focus();
	await page.keyboard.press('Enter');
	await page.getByText('let into every share that asks').waitFor();
	await page.getByText('not let in').waitFor();
	for (const [width, height] of [[390, 844], [1280, 800]] as const) {
		for (const colorScheme of ['light', 'dark'] as const) {
			const other = await open(browser, at, { viewport: { width, height }, colorScheme, reducedMotion: 'reduce' });
			await other.page.getByRole('button', { name: 'Show QR' }).click();
			await other.page.locator('.code svg').waitFor();
			await other.page.getByText('2 devices were answered').click();
			expect(await judge(other.page)).toEqual([]);
			await other.page.locator('.answers .btn').last().scrollIntoViewIfNeeded();
			await shot(other.page, `answers ${width} ${colorScheme}`);
			await other.close();
		}
	}
	await tabTo(page, 'Ask again about Pixel 8 · Chrome');
	await page.keyboard.press('Enter');
	await page.getByText('1 device was answered').waitFor();
	await expect.poll(() => page.evaluate(() => document.activeElement?.closest('.answers') !== null)).toBe(true);
	await visitor.page.reload();
	await visitor.page.getByRole('heading', { name: /^Waiting for .+ to let you in…$/ }).waitFor();
	await page.getByRole('dialog').getByRole('button', { name: 'Allow Pixel 8 · Chrome', exact: true }).click();
	await visitor.page.getByRole('heading', { name: 'Holiday photos' }).waitFor();
	expect([...wrongs, ...visitor.wrongs]).toEqual([]);
	await Promise.all([visitor.close(), close()]);
});

test('an account gets a password for SMB, is told it once, and loses it', { timeout: 120_000 }, async () => {
	const program = process.env['PORTICO_BIN'] ?? new URL('../../portico', import.meta.url).pathname;
	execFileSync(program, ['user', 'add', 'ada', '--no-password', '--data', at.data]);
	const { page, close, wrongs } = await open(browser, at, { ...usual, reducedMotion: 'reduce' }, (page) => desktop(page));
	await at.share('Reports');
	await show(page, 'People');
	await page.getByText('Has no password for SMB.').waitFor();
	await page.getByRole('button', { name: 'Set an SMB password for ada' }).focus();
	await page.keyboard.press('Enter');
	const secret = page.locator('.secret code');
	await secret.waitFor();
	const first = (await secret.textContent()) ?? '';
	expect(first.length).toBeGreaterThan(15);
	expect(await look(page, 'smb password')).toEqual([]);
	await page.getByRole('button', { name: 'New SMB password for ada' }).click();
	await expect.poll(() => secret.textContent()).not.toBe(first);
	await page.getByRole('button', { name: 'Remove SMB password of ada' }).click();
	await page.getByText('Has no password for SMB.').waitFor();
	expect(await secret.count()).toBe(0);
	expect(wrongs).toEqual([]);
	await close();
});

test('the card of SMB leads to its passwords', { timeout: 120_000 }, async () => {
	const { page, close } = await open(browser, at, { ...usual, reducedMotion: 'reduce' }, (page) =>
		page.route('**/-/api/doors', (route) =>
			route.fulfill({ json: { doors: [{ name: 'smb', title: 'SMB (Windows shares)', open: true, port: 4455, address: 'smb://192.168.1.20:4455/portico', lines: [] }] } }),
		),
	);
	await show(page, 'Services');
	await page.getByRole('button', { name: 'Set an SMB password' }).click();
	await page.getByRole('dialog').getByRole('button', { name: /SMB password for ada$/ }).waitFor();
	expect(await look(page, 'smb card')).toEqual([]);
	await page.keyboard.press('Escape');
	await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
	await close();
});

const network = () => ({
	networks: [
		{
			id: '7c9e6679f3a1b2c4', name: 'Home', kind: 'wifi', here: true, interface: 'wlan0', address: '192.168.1.20', best: true, approved: true, announced: true, as: 'Studio laptop',
			services: [{ type: '_http._tcp', port: 3923 }, { type: '_webdav._tcp', port: 3923, path: '/dav/' }, { type: '_sftp-ssh._tcp', port: 2222 }, { type: '_portico._tcp', port: 3923 }],
			announcements: [
				{ kind: 'mdns', as: 'Studio laptop', asked: [{ address: '192.168.1.31', when: Date.now() - 125_000 }, { address: 'fe80::1c2d:3e4f:5a6b:7c8d', when: Date.now() - 3_700_000 }] },
				{ kind: 'ssdp', as: 'Studio laptop', asked: [] },
			],
		},
	],
	asking: true, announce: true, kinds: ['mdns', 'ssdp', 'wsd'],
});
const others = {
	peers: [{ name: 'Lab bench', url: 'http://192.168.1.31:3923/', address: '192.168.1.31', seen: Date.now() }],
	servers: [
		{ type: '_smb._tcp', name: 'Diskstation with a name that is longer than the panel is wide', url: 'smb://192.168.1.40/', address: '192.168.1.40', port: 445, seen: Date.now() },
		{ type: '_http._tcp', name: 'Shelf', url: 'http://192.168.1.42/', address: '192.168.1.42', port: 80, seen: Date.now() },
		{ type: '_webdav._tcp', name: 'Shelf', url: 'http://192.168.1.42/', address: '192.168.1.42', port: 80, seen: Date.now() }, // at the same address
		{ type: '_http._tcp', name: 'Printer', url: 'javascript:alert(1)', address: '192.168.1.41', port: 80, seen: Date.now() },
	],
};

test('the network tells who asked for this computer, and who else is there', { timeout: 120_000 }, async () => {
	const { page, close, wrongs } = await open(browser, at, { ...usual, reducedMotion: 'reduce' }, async (page) => {
		await page.route('**/-/api/networks', (route) => route.fulfill({ json: network() }));
		await page.route('**/-/api/peers', (route) => route.fulfill({ json: others }));
	});
	await page.locator('.chip').focus();
	await page.keyboard.press('Enter');
	await page.getByText('Found as “Studio laptop”: Web, WebDAV, SFTP').waitFor();
	await page.getByText('Last asked 2 min ago by 192.168.1.31').waitFor();
	await page.getByText('Nobody has asked yet.').waitFor();
	await page.getByText('Not told anywhere now.').waitFor();
	expect(await look(page, 'networks found')).toEqual([]);
	await page.getByText('1 other asked before').click();
	await page.getByText('fe80::1c2d:3e4f:5a6b:7c8d, 1 h ago').waitFor();
	expect(await page.getByRole('link', { name: 'Open Lab bench' }).getAttribute('href')).toBe('http://192.168.1.31:3923/');
	expect(await page.locator('a[href^="javascript"]').count()).toBe(0);
	expect(await page.getByRole('link', { name: 'Open Shelf' }).count()).toBe(2);
	await page.getByRole('button', { name: 'Copy smb://192.168.1.40/' }).waitFor();
	expect(wrongs).toEqual([]);
	await close();
});

test('each way of being found is switched off by keys, and on again', { timeout: 120_000 }, async () => {
	const { page, close, wrongs } = await open(browser, at, { ...usual, reducedMotion: 'reduce' });
	const kept = async () => (await at.ask<{ announce: boolean; kinds: string[] }>('GET', '/-/api/networks')).body;
	const before = await kept();
	await page.locator('.chip').focus();
	await page.keyboard.press('Enter');
	await page.getByRole('switch', { name: 'Tell Windows and media players' }).waitFor();
	await tabTo(page, 'Tell Windows and media players');
	await page.keyboard.press('Space');
	await expect.poll(async () => (await kept()).kinds.includes('ssdp')).toBe(!before.kinds.includes('ssdp'));
	const shown = page.getByRole('switch', { name: 'Tell Windows and media players', checked: !before.kinds.includes('ssdp') });
	await shown.waitFor();
	await page.keyboard.press('Space');
	await expect.poll(async () => (await kept()).kinds).toEqual(before.kinds);
	await page.getByRole('switch', { name: 'Tell networks that this computer is here' }).click();
	await expect.poll(async () => (await kept()).announce).toBe(false);
	await expect.poll(() => page.getByRole('switch', { name: 'Tell Windows and media players' }).count()).toBe(0);
	expect(await look(page, 'networks silent')).toEqual([]);
	await page.getByRole('switch', { name: 'Tell networks that this computer is here' }).click();
	await expect.poll(kept).toMatchObject({ announce: true, kinds: before.kinds });
	expect(wrongs).toEqual([]);
	await close();
});
