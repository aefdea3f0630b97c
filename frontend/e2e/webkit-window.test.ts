// The owner's page in WebKit, which is what draws the window on Linux: every state at a phone's and a
// desk's size, light and dark, and all of it by keys alone.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { byKeys } from './by-keys';
import type { Hand } from './hand';
import { judge } from './judge';
import { busy, control, show, type Control } from './panels-house';
import { busyScenes, emptyScenes, states } from './scenes';
import { unreached } from './stops';
import { Driver } from './webdriver';
import { WebKitPage } from './webkit';
import { clear, fill, owner, type Owner } from './window-house';

const sizes = { desk: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };

/** What only a shell around the page brings about is looked at with a shell (app/desktoptest). */
const without = ['empty in a desktop', 'drop'];

describe.each([false, true])('dark: %s', (dark) => {
	let at: Owner;
	let panels: Control;
	let page: WebKitPage;
	beforeAll(async () => {
		const [first, second, driver] = await Promise.all([owner(), control(), Driver.start(dark)]);
		[at, panels, page] = [first, second, new WebKitPage(driver)];
	});
	afterAll(() => Promise.all([at.stop(), panels.stop(), page.driver.stop()]));

	const open = async (url: string, token: string) => {
		await page.setViewportSize(sizes.desk);
		await page.goto(`${url}/-/window#${token}`);
		await page.locator('.hollow, .tabbed .pane').first().waitFor();
	};

	async function inspect(name: string): Promise<void> {
		const wrong: string[] = [];
		for (const [size, measures] of Object.entries(sizes)) {
			await page.setViewportSize(measures);
			wrong.push(...(await judge(page)).map((one) => `${size}: ${one}`));
			await page.shot(`${name} ${size} ${dark ? 'dark' : 'light'}`);
		}
		// Where Tab leads does not depend on colours.
		if (!dark) wrong.push(...(await unreached(page)));
		expect([...wrong, ...page.wrongs()]).toEqual([]);
	}

	test('the theme is that of the system, or the one that was chosen', async () => {
		await open(at.control, at.token);
		expect(await page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches)).toBe(dark);
		const grounds = await page.evaluate(async () => {
			const ground = () => getComputedStyle(document.documentElement).backgroundColor;
			const all = [ground()];
			for (const theme of ['light', 'dark']) {
				document.documentElement.dataset['theme'] = theme;
				await new Promise(requestAnimationFrame);
				all.push(ground());
			}
			return all;
		});
		const [light, night] = ['rgb(247, 246, 243)', 'rgb(20, 22, 26)'];
		expect(grounds).toEqual([dark ? night : light, light, night]);
	});

	describe.each([false, true])('full: %s', (full) => {
		beforeAll(async () => {
			await clear(at);
			if (full) await fill(at);
		});
		test.each(states.filter((one) => one.full === full && !without.includes(one.name)))('$name', async (state) => {
			await open(at.control, at.token);
			await state.then?.(page);
			await inspect(`window ${state.name}`);
		});
	});

	describe.each(['before anything happened', 'while things happen'])('%s', (when) => {
		const happening = when === 'while things happen';
		let calm = () => {};
		beforeAll(async () => {
			if (happening) calm = await busy(panels);
			else await panels.ask('POST', '/-/api/shares', { path: '/photos', preset: 'add', title: 'Holiday photos' });
		});
		afterAll(() => calm());
		test.each(happening ? busyScenes : emptyScenes)('$name', async (scene) => {
			await open(panels.control, panels.token);
			await show(page, scene.panel);
			await scene.then?.(page);
			await inspect(`panel ${scene.name}`);
		});
	});

	if (!dark) {
		describe('by keys alone', () =>
			byKeys(
				() => at,
				async () => {
					await open(at.control, at.token);
					return { page: page as Hand, close: () => Promise.resolve() };
				},
			));
	}
});
