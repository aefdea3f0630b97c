// The owner's page over the real program: from nothing to a share that a phone has opened, and back.
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { launch, phone } from './browser';
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

interface Shares {
	shares: { id: string; title: string; state: string; preset: string; expires?: number; password?: boolean; maxUses?: number; key: string }[];
}
const shares = async () => (await at.ask<Shares>('GET', '/-/api/shares')).body.shares;
const card = (page: Page, title: string) => page.locator('.share').filter({ has: page.getByRole('heading', { name: title }) });

test('the token leaves the address and stays in this window', async () => {
	const { page, close, wrongs } = await open(browser, at);
	expect(page.url()).toBe(`${at.control}/-/window`);
	await page.reload();
	await page.getByRole('heading', { name: 'Share a folder with phones and computers near you' }).waitFor();
	await page.getByText('Nothing is shared yet. Nobody on the network can see your files.').waitFor();
	expect(wrongs).toEqual([]);
	await close();
});

test('without a token, or with a wrong one, it says so and shows nothing', async () => {
	for (const fragment of ['', '#wrong']) {
		const context = await browser.newContext(usual);
		const page = await context.newPage();
		await page.goto(`${at.control}/-/window${fragment}`);
		await page.getByRole('heading', { name: 'This page has lost its key' }).waitFor();
		expect(await page.locator('.share, .halves').count()).toBe(0);
		await context.close();
	}
});

test('another page in the same browser gets nothing, not even with the token', async () => {
	const context = await browser.newContext(usual);
	const page = await context.newPage();
	await page.goto(`${at.url}/`);
	const got = await page.evaluate(
		async ([control, token]) => {
			const fetched = async (path: string, init?: RequestInit) => fetch(control + path, init).then((r) => r.type + r.status, () => 'refused');
			const frame = document.createElement('iframe');
			frame.src = `${control}/-/window`;
			const framed = new Promise((done) => {
				frame.onload = () => done(frame.contentDocument?.body?.innerHTML ?? 'closed');
				setTimeout(() => done('closed'), 1500);
			});
			document.body.append(frame);
			return [
				await fetched('/-/api/status'),
				await fetched('/-/api/status', { headers: { 'X-Portico-Token': token ?? '' } }),
				await fetched('/-/api/shares', { method: 'POST', mode: 'no-cors', body: '{}' }),
				await framed,
			];
		},
		[at.control, at.token],
	);
	expect(got.slice(0, 3)).toEqual(['refused', 'refused', 'refused']);
	expect(got[3]).not.toContain('id="window"');
	expect(await shares()).toEqual([]);
	await context.close();
});

test('a folder is shared, a phone opens it, and the dialog sees it come', async () => {
	const { page, close, wrongs } = await open(browser, at);
	await page.locator('.hollow').getByRole('button', { name: 'Share a folder' }).click();
	const where = page.getByRole('dialog', { name: 'Share a folder or a file' });
	await where.getByLabel('Where it is on this computer').fill(join(at.dir, 'nothing there'));
	await where.getByRole('button', { name: 'Share', exact: true }).click();
	await where.getByRole('alert').waitFor();
	await where.getByLabel('Where it is on this computer').fill(join(at.dir, 'Holiday photos'));
	await where.getByRole('button', { name: 'Share', exact: true }).click();
	const dialog = page.getByRole('dialog', { name: 'Sharing “Holiday photos”' });
	await dialog.getByText('Waiting for the first visitor…').waitFor();
	const [share] = await shares();
	const link = `${at.url}/s/${share?.key}`;
	expect(await dialog.locator('.link code').innerText()).toBe(link.replace('http://', ''));
	await dialog.getByRole('img', { name: `QR code that leads to ${link}` }).waitFor();

	const context = await browser.newContext(phone);
	const visitor = await context.newPage();
	await visitor.goto(link);
	await visitor.getByRole('heading', { name: 'Holiday photos' }).waitFor();
	await dialog.getByText(/^(Opened on|Last opened)/).waitFor();
	await expect.poll(() => dialog.locator('.dot.live').count()).toBe(1);
	await context.close();

	await dialog.getByRole('button', { name: 'Done' }).click();
	await card(page, 'Holiday photos').getByText('Anyone with the link may view and download until you stop it.').waitFor();
	await card(page, 'Holiday photos').getByText('1 visitor').waitFor();
	expect(wrongs).toEqual([]);
	await close();
});

test('what is chosen in the dialog holds at once', async () => {
	await at.share('Reports');
	const { page, close, wrongs } = await open(browser, at);
	await page.getByRole('button', { name: 'Show QR' }).click();
	const dialog = page.getByRole('dialog');
	await dialog.getByLabel('What people may do').selectOption('View, download and add');
	await expect.poll(async () => (await shares())[0]?.preset).toBe('add');
	await dialog.getByLabel('Until when').selectOption('Tonight');
	await expect.poll(async () => (await shares())[0]?.expires ?? 0).toBeGreaterThan(Date.now());
	await dialog.getByLabel('Until when').selectOption('I stop it');
	await expect.poll(async () => (await shares())[0]?.expires).toBeUndefined();
	await dialog.getByLabel('Until when').selectOption('7 days from now');
	await expect.poll(async () => (await shares())[0]?.expires ?? 0).toBeGreaterThan(Date.now() + 6 * 86_400_000);
	expect(await dialog.getByLabel('Until when').inputValue()).toBe('7d');
	await dialog.getByRole('checkbox', { name: 'Password' }).check();
	await dialog.getByRole('textbox', { name: 'Password' }).fill('sesame');
	await dialog.getByRole('button', { name: 'Set password' }).click();
	await expect.poll(async () => (await shares())[0]?.password).toBe(true);
	await dialog.getByText('More', { exact: true }).click();
	await dialog.getByRole('combobox', { name: /^Visitors/ }).selectOption('5 visitors at most');
	await expect.poll(async () => (await shares())[0]?.maxUses).toBe(5);
	await dialog.getByText(/^curl -OJ "http.*\?zip"$/).waitFor();
	await dialog.getByText(/^curl -T FILE http.*\/s\//).waitFor();
	await dialog.getByLabel('Name that visitors see').fill('Results');
	await dialog.getByLabel('Name that visitors see').press('Enter');
	await expect.poll(async () => (await shares())[0]?.title).toBe('Results');
	await dialog.getByRole('button', { name: 'Done' }).click();
	await card(page, 'Results').getByText(/^Anyone with the link and the password may view, download and add until \d+ \w+\.$/).waitFor();
	expect(wrongs).toEqual([]);
	await close();
});

test('a share that is stopped opens for nobody, and Undo brings the same link back', async () => {
	const share = await at.share('Reports');
	const path = new URL(share.links[0] ?? '').pathname;
	const status = async () => (await fetch(at.url + path + '/', { headers: { Accept: 'application/json' } })).status;
	const { page, close } = await open(browser, at, usual, (page) => page.clock.install());
	expect(await status()).toBe(200);
	await page.getByRole('button', { name: 'More for Reports' }).click();
	await page.getByRole('menuitem', { name: 'Stop sharing' }).click();
	await card(page, 'Reports').waitFor({ state: 'detached' });
	await expect.poll(status).not.toBe(200);
	await page.getByRole('button', { name: 'Undo' }).click();
	await card(page, 'Reports').waitFor();
	await expect.poll(status).toBe(200);

	await card(page, 'Reports').locator('.card-title').focus();
	await page.keyboard.press('Delete');
	await page.getByText('“Reports” is not shared any more.').waitFor();
	await page.clock.fastForward(13_000);
	await expect.poll(shares).toEqual([]);
	await page.getByText('Nothing is shared yet.').waitFor();
	await close();
});

test('when nobody comes for 25 seconds, it offers to find out why', async () => {
	await at.share('Reports');
	const { page, close, wrongs } = await open(browser, at, usual, (page) => page.clock.install());
	await page.getByRole('button', { name: 'Show QR' }).click();
	const dialog = page.getByRole('dialog');
	await dialog.getByText('Waiting for the first visitor…').waitFor();
	expect(await dialog.getByRole('button', { name: 'Find out why' }).count()).toBe(0);
	await page.clock.runFor(26_000);
	await dialog.getByText('Phone does not open the page?').waitFor();
	await dialog.getByRole('button', { name: 'Find out why' }).click();
	await dialog.getByRole('button', { name: 'Test again' }).waitFor({ timeout: 15_000 });
	expect(await dialog.locator('.findings p').count()).toBeGreaterThan(0);
	expect(wrongs).toEqual([]);
	await close();
});

test('an inbox takes files and shows nothing', async () => {
	const { page, close } = await open(browser, at);
	await page.getByRole('button', { name: 'Receive files' }).click();
	await page.getByLabel('Where it is on this computer').fill(join(at.dir, 'Lab inbox'));
	await page.getByRole('button', { name: 'Receive here' }).click();
	await page.getByRole('dialog', { name: 'Receiving in “Lab inbox”' }).waitFor();
	await page.keyboard.press('Escape');
	await card(page, 'Lab inbox').getByText('Anyone with the link may add files until you stop it.').waitFor();
	expect((await shares())[0]?.preset).toBe('inbox');
	await close();
});

test('what another place does is seen here', async () => {
	const { page, close } = await open(browser, at);
	const share = await at.share('Reports');
	await card(page, 'Reports').waitFor();
	await at.ask('PATCH', `/-/api/shares/${share.id}`, { paused: true });
	await card(page, 'Reports').getByText('Paused. The link opens for nobody until you resume it.').waitFor();
	await card(page, 'Reports').getByRole('button', { name: 'Resume' }).click();
	await expect.poll(async () => (await shares())[0]?.state).toBe('open');
	await close();
});

test('a browser offers no dropping, and nothing dropped is opened', async () => {
	const { page, close } = await open(browser, at);
	const drop = () =>
		page.evaluate(() => {
			const carried = new DataTransfer();
			carried.items.add(new File(['x'], 'x.html', { type: 'text/html' }));
			const fire = (kind: string) => {
				const event = new DragEvent(kind, { dataTransfer: carried, bubbles: true, cancelable: true });
				document.body.dispatchEvent(event);
				return event.defaultPrevented;
			};
			return [fire('dragenter'), fire('dragover'), document.querySelector('.drop-here') !== null, fire('drop')];
		});
	expect(await drop()).toEqual([true, true, false, true]);
	expect(await shares()).toEqual([]);
	await close();
});

test('in a desktop: drops are offered, what is copied is shared, closing is asked once', async () => {
	let asked: Awaited<ReturnType<typeof desktop>> = [];
	const { page, close } = await open(browser, at, usual, async (page) => {
		asked = await desktop(page, [{ what: 'closing' }]);
	});
	const closing = page.getByRole('dialog', { name: 'Go on sharing when this window is closed?' });
	await closing.getByRole('button', { name: 'Go on sharing' }).click();
	await expect.poll(() => asked).toEqual([
		{ method: 'PATCH', path: 'preferences', body: { onClose: 'tray' } },
		{ method: 'POST', path: 'window', body: { do: 'hide' } },
	]);
	await page.getByRole('heading', { name: 'Drop a folder or files here to share them' }).waitFor();
	await page.evaluate(() => document.body.dispatchEvent(new DragEvent('dragenter', { dataTransfer: new DataTransfer(), bubbles: true, cancelable: true })));
	await page.getByText('Drop to share').waitFor();
	await page.evaluate(() => {
		const carried = new DataTransfer();
		carried.setData('text/plain', 'Wi-Fi: sunflower');
		document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: carried, bubbles: true, cancelable: true }));
	});
	await page.getByText('There is no room for this text.').waitFor();
	await page.keyboard.press('Control+v');
	await expect.poll(() => asked.filter((one) => one.path === 'text').map((one) => one.body)).toEqual([{ text: 'Wi-Fi: sunflower' }, { text: 'Gate code: 4711' }]);
	await close();
});

test('in a desktop: what the shell saw dropped is shared until tonight', async () => {
	const { page, close } = await open(browser, at, usual, (page) => desktop(page, [{ what: 'dropped', paths: [join(at.dir, 'gone by now.jpg'), join(at.dir, 'Holiday photos')] }]));
	await page.getByRole('dialog', { name: 'Sharing “Holiday photos”' }).waitFor();
	expect((await shares())[0]?.expires).toBeGreaterThan(Date.now());
	await page.getByText('“gone by now.jpg” is not there any more.').waitFor();
	await close();
});

test('in a desktop: a door that the tray turns on is warned of, also when the window has not heard yet that it is off', async () => {
	const { page, close } = await open(browser, at);
	await desktop(page, [{ what: 'go', page: 'services', id: 'ftp' }]);
	let old = true;
	await page.route(/\/-\/api\/doors$/, async (route) => {
		const answer = await route.fetch();
		const list = (await answer.json()) as { doors: { name: string; open: boolean }[] };
		if (old) for (const door of list.doors) door.open ||= door.name === 'ftp';
		old = false;
		await route.fulfill({ response: answer, json: list });
	});
	await page.reload();
	await page.getByRole('dialog', { name: 'Turn on FTP?' }).getByRole('button', { name: 'Cancel' }).click();
	await close();
});

test('in a desktop: quitting is asked for by the command list, and the end is told', async () => {
	let asked: Awaited<ReturnType<typeof desktop>> = [];
	const ending = await owner();
	const { page, close } = await open(browser, ending, usual, async (page) => {
		asked = await desktop(page);
	});
	await page.getByRole('heading', { name: 'Drop a folder or files here to share them' }).waitFor();
	await page.keyboard.press('Control+k');
	await page.keyboard.type('quit');
	await page.keyboard.press('Enter');
	await page.getByText('Portico is ending…').waitFor();
	expect(asked).toEqual([{ method: 'POST', path: 'quit', body: {} }]);
	await ending.stop();
	await page.getByText('Portico has ended. Nothing is shared.').waitFor({ timeout: 20_000 });
	await close();
});

test('when the program is gone, it says so and comes back by itself', async () => {
	const { page, context, close } = await open(browser, at);
	const events = /\/-\/events/;
	await context.route(events, (route) => route.abort());
	await page.reload();
	await page.getByText('No connection to Portico.').waitFor();
	await context.unroute(events);
	await page.getByText('No connection to Portico.').waitFor({ state: 'detached', timeout: 20_000 });
	await page.locator('.hollow').waitFor();
	await close();
});
