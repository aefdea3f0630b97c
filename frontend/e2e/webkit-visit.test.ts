// A visitor's way through a share in WebKit, as on an iPhone: look, open, fetch, send, in the dark.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { house, type House } from './house';
import { judge } from './judge';
import { Driver } from './webdriver';
import { WebKitPage } from './webkit';

let home: House;
let page: WebKitPage;
const chosen = mkdtempSync(join(tmpdir(), 'portico-chosen-'));
beforeAll(async () => {
	const [at, driver] = await Promise.all([house(), Driver.start(true)]);
	home = at;
	page = new WebKitPage(driver);
	await page.setViewportSize({ width: 390, height: 844 });
});
afterAll(async () => {
	await Promise.all([home.stop(), page.driver.stop()]);
	rmSync(chosen, { recursive: true });
});

const file = (name: string, data: Buffer | string): string => {
	writeFileSync(join(chosen, name), data);
	return join(chosen, name);
};
const ready = () => expect.poll(() => page.evaluate(() => document.getElementById('server') === null)).toBe(true);
const fine = async (name: string) => {
	const wrong = await judge(page);
	await page.shot(`visit ${name}`);
	expect([...wrong, ...page.wrongs()]).toEqual([]);
};

test.each([
	['folder', '/full/'],
	['hostile', '/read/'],
	['photos', '/photos/'],
	['empty', '/empty/'],
	['many', '/many/'],
	['signin', '/-/signin?return=/private/'],
	['inbox', ''],
	['locked', ''],
])('%s', async (name, path) => {
	const at = { inbox: home.inbox, locked: home.locked }[name] ?? path;
	await page.goto(home.url + at);
	if (!['signin', 'locked'].includes(name)) await ready();
	await fine(name);
});

test('a picture is opened, walked from by keys, and closed', async () => {
	await page.goto(`${home.url}/photos/`);
	await ready();
	await page.getByRole('link', { name: 'IMG_2041' }).click();
	await page.locator('.stage img').first().waitFor();
	await expect.poll(() => page.evaluate(() => document.querySelector<HTMLImageElement>('.stage img')?.naturalWidth ?? 0)).toBeGreaterThan(0);
	await fine('picture');
	await page.keyboard.press('ArrowRight');
	await page.getByRole('dialog', { name: 'IMG_2042.png' }).waitFor();
	await page.keyboard.press('Escape');
	await page.locator('.stage').waitFor({ state: 'detached' });
});

test('files chosen on the phone arrive whole, with a receipt', async () => {
	mkdirSync(join(home.dir, 'full', 'from a phone'));
	await page.goto(`${home.url}/full/from%20a%20phone/`);
	await ready();
	const film = Buffer.from(Uint8Array.from({ length: 9 << 20 }, (_, i) => (i * 31 + (i >> 8)) & 255));
	await page.locator('input[type=file]').first().setInputFiles([file('IMG_1.jpg', 'picture'), file('film.mov', film)]);
	await page.getByText(/^2 \w+ received by/).first().waitFor();
	await fine('received');
	expect(readFileSync(join(home.dir, 'full', 'from a phone', 'film.mov')).equals(film)).toBe(true);
	expect(readFileSync(join(home.dir, 'full', 'from a phone', 'IMG_1.jpg'), 'utf8')).toBe('picture');
});

test('what is chosen is downloaded', async () => {
	await page.goto(`${home.url}/full/`);
	await ready();
	await page.getByLabel('Select notes.txt').click();
	await page.locator('.chosen-bar').waitFor();
	await fine('chosen');
	await page.locator('.chosen-bar').getByRole('button', { name: 'Download' }).click();
	const got = join(page.driver.home, 'Downloads', 'notes.txt');
	await expect.poll(() => existsSync(got) && readFileSync(got, 'utf8'), { timeout: 20_000 }).toBe('Wi-Fi: sunflower\n');
});
