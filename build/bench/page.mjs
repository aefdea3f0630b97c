// Opens a folder in Chromium as a slow phone would, and prints when something was seen and when the
// page could be used (milliseconds after the start of navigation). Run inside a folder that has
// playwright-core.
import { chromium } from 'playwright-core';

const url = process.argv.at(-1);
const browser = await chromium.launch({
	executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
	args: ['--no-sandbox'],
});
const seen = { first: [], usable: [] };
for (let round = 0; round < 5; round++) {
	const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
	const page = await context.newPage();
	const cdp = await context.newCDPSession(page);
	await cdp.send('Emulation.setCPUThrottlingRate', { rate: 4 });
	await page.addInitScript(() => {
		// Usable: the last long task has ended, and the page then answers within two frames.
		window.__tasks = [];
		new PerformanceObserver((list) => {
			for (const e of list.getEntries()) window.__tasks.push(e.startTime + e.duration);
		}).observe({ type: 'longtask', buffered: true });
	});
	await page.goto(url, { waitUntil: 'load' });
	await page.waitForFunction(() => document.documentElement.dataset.ready !== undefined, null, { timeout: 20_000 });
	const times = await page.evaluate(async () => {
		await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 300)));
		const paint = performance.getEntriesByName('first-contentful-paint')[0];
		const ready = Number(document.documentElement.dataset.ready);
		return { first: paint.startTime, usable: Math.max(ready, ...window.__tasks) };
	});
	seen.first.push(times.first);
	seen.usable.push(times.usable);
	await context.close();
}
await browser.close();
console.log(JSON.stringify(seen));
