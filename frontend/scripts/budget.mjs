// Fails when the first view of a visitor's page, or the whole page of the owner, is too heavy. Counted as phones on plain HTTP get it: gzip.
// The page's own HTML is measured by TestFirstView in assets_test.go, with a full page of rows.
import { existsSync, readFileSync, statSync } from 'node:fs';

const limits = { folder: 38_300, inbox: 41_000 }; // of 45,000; the rest is for the HTML
const dir = new URL('../dist/app/', import.meta.url);
const built = JSON.parse(readFileSync(new URL('app.json', dir), 'utf8'));
const weigh = (name) => statSync(new URL(`${name}.gz`, dir)).size;
const weighOne = (name) => (existsSync(new URL(`${name}.gz`, dir)) ? weigh(name) : statSync(new URL(name, dir)).size);

let failed = false;
for (const kind of ['folder', 'inbox']) {
	const names = [built.script, built.style, ...(kind === 'inbox' ? [built.inbox] : []), ...built.preload[kind]];
	const total = names.reduce((sum, name) => sum + weigh(name), 0);
	console.log(`${kind}: ${total} bytes of ${limits[kind]}\n${names.map((name) => `  ${weigh(name)} ${name}`).join('\n')}`);
	failed ||= total > limits[kind];
}
// The owner's page, whole: also what comes when a panel is opened first.
const whole = 180_000;
const owner = built.window.all.filter((name) => /\.(js|css)$/.test(name)).reduce((sum, name) => sum + weighOne(name), 0);
console.log(`window: ${owner} bytes of ${whole}`);
failed ||= owner > whole;
if (failed) {
	console.error('A page is too heavy.');
	process.exit(1);
}
