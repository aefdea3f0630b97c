// Opens the owner's page in Chromium, shows Activity, and lets 200 small files arrive a second. Prints how
// many frames were drawn in how many seconds, the longest pause between two (milliseconds), and how many
// files arrived. Run inside a folder that has playwright-core.
import { Agent, request } from 'node:http';
import { chromium } from 'playwright-core';

const [control, token, files] = process.argv.slice(-3);
const seconds = 10;
const agent = new Agent({ keepAlive: true, maxSockets: 16 });
let arrived = 0;
const put = (n) =>
	new Promise((done) => {
		const sent = request(`${files}/event-${n}.txt`, { method: 'PUT', agent }, (answer) => {
			arrived += answer.statusCode === 201 ? 1 : 0;
			answer.resume().on('end', done);
		});
		sent.on('error', done).end('x');
	});

const made = await fetch(`${control}-/api/shares`, {
	method: 'POST',
	headers: { 'X-Portico-Token': token, 'Content-Type': 'application/json' },
	body: JSON.stringify({ path: '/inbox', preset: 'add' }),
});
if (!made.ok) throw new Error(await made.text());
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
await page.goto(`${control}-/window#${token}`, { waitUntil: 'load' });
await page.getByRole('tab', { name: 'Activity' }).click();
await put(0);
await page.getByText('event-0.txt').first().waitFor();

let sent = 0;
const begun = performance.now();
const beat = setInterval(() => {
	while (sent < ((performance.now() - begun) / 1000) * 200) void put(++sent);
}, 5);
const drawn = await page.evaluate(
	(span) =>
		new Promise((done) => {
			let frames = 0;
			let longest = 0;
			let last = 0;
			let first = 0;
			const frame = (now) => {
				if (first) {
					frames++;
					longest = Math.max(longest, now - last);
				} else first = now;
				last = now;
				if (now - first < span) requestAnimationFrame(frame);
				else done({ frames, longest, seconds: (now - first) / 1000 });
			};
			requestAnimationFrame(frame);
		}),
	seconds * 1000,
);
clearInterval(beat);
await browser.close();
agent.destroy();
console.log(JSON.stringify({ ...drawn, arrived }));
