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
		// Usable: the script has put its list in the place of the server's, and the work of that is over.
		window.__tasks = [];
		new PerformanceObserver((list) => {
			for (const e of list.getEntries()) window.__tasks.push(e.startTime + e.duration);
		}).observe({ type: 'longtask', buffered: true });
		let there = false;
		new MutationObserver(() => {
			const plain = document.getElementById('server') !== null;
			there ||= plain;
			if (there && !plain) window.__ready ??= performance.now();
		}).observe(document, { childList: true, subtree: true });
	});
	await page.goto(url, { waitUntil: 'load' });
	await page.waitForFunction(() => window.__ready !== undefined, null, { timeout: 20_000 });
	const times = await page.evaluate(async () => {
		await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 500)));
		const paint = performance.getEntriesByName('first-contentful-paint')[0];
		return { first: paint.startTime, usable: Math.max(window.__ready, ...window.__tasks) };
	});
	seen.first.push(times.first);
	seen.usable.push(times.usable);
	await context.close();
}
await browser.close();
console.log(JSON.stringify(seen));
