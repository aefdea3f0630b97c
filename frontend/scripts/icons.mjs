// Makes every icon file of ../assets out of sign.svg. Needs a Chromium (CHROMIUM, else /usr/bin/chromium).
import { readFileSync, writeFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const assets = new URL('../../assets/', import.meta.url);
const path = /\bd="([^"]+)"/.exec(readFileSync(new URL('sign.svg', assets), 'utf8'))[1];

writeFileSync(
	new URL('favicon.svg', assets),
	`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><style>path{fill:#1B5E8C}@media(prefers-color-scheme:dark){path{fill:#6DB3E2}}</style><path d="${path}"/></svg>\n`,
);

// plain has no ground (tabs); tile stands on its own ground with room around it (home screens).
const plain = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" fill="#1B5E8C"><path d="${path}"/></svg>`;
const tile = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-6 -6 28 28"><rect x="-6" y="-6" width="28" height="28" fill="#1B5E8C"/><path d="${path}" fill="#F7F6F3"/></svg>`;

const browser = await chromium.launch({
	executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
	args: ['--no-sandbox', '--disable-gpu'],
});

async function png(svg, size) {
	const page = await browser.newPage({ viewport: { width: size, height: size } });
	await page.setContent(`<style>*{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`);
	const image = await page.screenshot({ omitBackground: true });
	await page.close();
	return image;
}

// ico packs PNG images as the .ico container allows since Windows Vista.
function ico(images) {
	const head = Buffer.alloc(6 + 16 * images.length);
	head.writeUInt16LE(1, 2);
	head.writeUInt16LE(images.length, 4);
	let offset = head.length;
	images.forEach(({ size, data }, i) => {
		const at = 6 + 16 * i;
		head.writeUInt8(size, at);
		head.writeUInt8(size, at + 1);
		head.writeUInt16LE(1, at + 4);
		head.writeUInt16LE(32, at + 6);
		head.writeUInt32LE(data.length, at + 8);
		head.writeUInt32LE(offset, at + 12);
		offset += data.length;
	});
	return Buffer.concat([head, ...images.map((i) => i.data)]);
}

for (const size of [180, 192, 512]) {
	writeFileSync(new URL(`icon-${size}.png`, assets), await png(tile, size));
}
const small = [];
for (const size of [16, 32, 48]) small.push({ size, data: await png(plain, size) });
writeFileSync(new URL('favicon.ico', assets), ico(small));
await browser.close();
