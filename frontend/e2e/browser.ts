// A browser whose pages remember everything that must not happen.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type CDPSession, type Page } from 'playwright-core';

export const phone: BrowserContextOptions = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };
export const desk: BrowserContextOptions = { viewport: { width: 1280, height: 800 } };
export const narrow: BrowserContextOptions = { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true };

/** With large: letters of twice the usual size, as set in the browser. */
export const launch = (large = false): Promise<Browser> =>
	chromium.launch({
		executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
		args: [
			'--no-sandbox',
			'--disable-gpu',
			'--disable-quic',
			'--no-first-run',
			'--disable-background-networking',
			'--disable-component-update',
			'--disable-sync',
			...(large ? ['--blink-settings=defaultFontSize=32,defaultFixedFontSize=26'] : []),
		],
	});

export interface Visit {
	page: Page;
	context: BrowserContext;
	/** Script errors, refused by the policy, asked of other servers. Must stay empty. */
	wrongs: string[];
	close: () => Promise<void>;
	network: () => Promise<CDPSession>;
}

export async function visit(browser: Browser, url: string, options: BrowserContextOptions = phone): Promise<Visit> {
	const context = await browser.newContext(options);
	const page = await context.newPage();
	const wrongs: string[] = [];
	page.on('pageerror', (error) => wrongs.push(`error: ${error.stack ?? error.message}`));
	page.on('console', (message) => {
		const text = message.text();
		// A page that answers 404 is itself reported as a failed load, and so is a cut that a test makes.
		if (/^Failed to load resource/.test(text)) return;
		if (message.type() === 'error' || message.type() === 'warning') wrongs.push(`${message.type()}: ${text}`);
	});
	page.on('request', (request) => {
		const asked = request.url();
		if (!asked.startsWith(`${url}/`) && !/^(blob|data|about):/.test(asked)) wrongs.push(`outside: ${asked}`);
	});
	const network = async () => {
		const session = await context.newCDPSession(page);
		await session.send('Network.enable');
		return session;
	};
	return { page, context, wrongs, network, close: () => context.close() };
}

/** Waits until the script has taken the page over. */
export async function ready(page: Page): Promise<void> {
	await page.waitForFunction(() => !document.getElementById('server'));
}

export async function shot(page: Page, name: string): Promise<void> {
	const dir = process.env['PORTICO_SHOTS'];
	if (!dir) return;
	mkdirSync(dir, { recursive: true });
	await page.screenshot({ path: join(dir, `${name}.png`) });
}

/** Cuts the network, or slows it down to so many bytes in a second, or gives it back. */
export async function line(session: CDPSession, state: 'cut' | 'open' | number): Promise<void> {
	const speed = typeof state === 'number' ? state : -1;
	await session.send('Network.emulateNetworkConditions', {
		offline: state === 'cut',
		latency: 0,
		downloadThroughput: -1,
		uploadThroughput: speed,
	});
}
