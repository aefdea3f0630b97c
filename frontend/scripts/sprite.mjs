// Collects the line icons that the page uses into templates/sprite.html, which every page carries once
// and refers to by <use href="#i-name">. With --check it only says whether the file is fresh.
import { readFileSync, writeFileSync } from 'node:fs';

const icons = {
	archive: 'file-archive', alert: 'circle-alert', ban: 'ban', back: 'chevron-left', camera: 'camera', check: 'check',
	clock: 'clock-alert', close: 'x', copy: 'copy', delete: 'trash', down: 'chevron-down', download: 'download',
	falling: 'arrow-down', file: 'file', film: 'film', folder: 'folder', grid: 'layout-grid',
	image: 'image', key: 'key-round', list: 'list', lock: 'lock', more: 'ellipsis', move: 'folder-input',
	music: 'music', new: 'folder-plus', next: 'chevron-right', open: 'lock-open', pause: 'pause', play: 'play',
	rename: 'pencil', retry: 'rotate-cw', rising: 'arrow-up', search: 'search', send: 'upload', sheet: 'file-text',
	text: 'text-align-start', unplugged: 'unplug', up: 'folder-up',
};

const root = new URL('../', import.meta.url);
const sign = /\bd="([^"]+)"/.exec(readFileSync(new URL('../assets/sign.svg', root), 'utf8'))[1];

function symbol(name, lucide) {
	const source = readFileSync(new URL(`node_modules/@lucide/svelte/dist/icons/${lucide}.svelte`, root), 'utf8');
	const { node } = JSON.parse(/const iconData = (\{.*\});/.exec(source)[1]);
	const shapes = node.map(([tag, attributes]) => {
		const text = Object.entries(attributes).map(([k, v]) => ` ${k}="${v}"`).join('');
		return `<${tag}${text}/>`;
	});
	return `<symbol id="i-${name}" viewBox="0 0 24 24">${shapes.join('')}</symbol>`;
}

const lines = Object.entries(icons).map(([name, lucide]) => symbol(name, lucide));
lines.push(`<symbol id="i-sign" viewBox="0 0 16 16"><path d="${sign}"/></symbol>`);
const text = `{{define "sprite"}}{{/* made by npm run sprite; line icons from lucide, ISC licence */}}<svg class="sprite" aria-hidden="true">${lines.join('')}</svg>{{end}}\n`;

const file = new URL('templates/sprite.html', root);
if (process.argv.includes('--check')) {
	if (readFileSync(file, 'utf8') !== text) {
		console.error('templates/sprite.html is stale: run npm run sprite');
		process.exit(1);
	}
} else {
	writeFileSync(file, text);
	console.log(`${lines.length} icons, ${text.length} bytes`);
}
