// Collects the line icons that the page uses, which it refers to by <use href="#i-name">: what every
// page needs and what pages of words need into templates/sprite.html, what comes after the first view
// into src/lib/sprite.ts. With --check it only says whether the files are fresh.
import { readFileSync, writeFileSync } from 'node:fs';

const first = {
	archive: 'file-archive', alert: 'circle-alert', ban: 'ban', check: 'check', close: 'x', down: 'chevron-down',
	download: 'download', falling: 'arrow-down', file: 'file', film: 'film', folder: 'folder', grid: 'layout-grid',
	image: 'image', list: 'list', lock: 'lock', more: 'ellipsis', music: 'music', new: 'folder-plus', open: 'lock-open',
	rising: 'arrow-up', search: 'search', send: 'upload', sheet: 'file-text', text: 'text-align-start',
};
const words = { clock: 'clock-alert', key: 'key-round', unplugged: 'unplug', wait: 'hourglass' };
const later = {
	back: 'chevron-left', camera: 'camera', copy: 'copy', delete: 'trash', move: 'folder-input',
	next: 'chevron-right', pause: 'pause', play: 'play', rename: 'pencil', retry: 'rotate-cw', share: 'share', up: 'folder-up',
};
/** What only the owner's page shows. */
const owner = {
	activity: 'activity', bell: 'bell', cable: 'ethernet-port', clock2: 'clock', command: 'command', desktop: 'monitor',
	device: 'smartphone', door: 'door-open', enter: 'corner-down-left', hotspot: 'radio-tower', inbox: 'inbox', info: 'info', keyboard: 'keyboard',
	left: 'arrow-left', link: 'link', outside: 'external-link', paste: 'clipboard-paste', people: 'users', person: 'user',
	plug: 'plug', power: 'power', qr: 'qr-code', reveal: 'folder-open', right: 'arrow-right', settings: 'settings',
	shield: 'shield', stop: 'square', tunnel: 'waypoints', undo: 'undo-2', wifi: 'wifi',
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

const symbols = (icons) => Object.entries(icons).map(([name, lucide]) => symbol(name, lucide)).join('');
const note = 'made by npm run sprite; line icons from lucide, ISC licence';
const own = `<symbol id="i-sign" viewBox="0 0 16 16"><path d="${sign}"/></symbol>`;
const sheet = (name, inside) => `{{define "${name}"}}{{/* ${note} */}}<svg class="sprite" aria-hidden="true">${inside}</svg>{{end}}\n`;

const files = {
	'templates/sprite.html': sheet('sprite', symbols(first) + own) + sheet('sprite of words', symbols(words)) + sheet('sprite of the window', symbols({ ...later, ...owner })),
	'src/lib/sprite.ts': `// ${note[0].toUpperCase()}${note.slice(1)}.
// The icons that come after the first view: importing this puts them beside the others.
const symbols =
	'${symbols(later)}';

document.querySelector('.sprite')?.insertAdjacentHTML('beforeend', symbols);
`,
};
for (const [name, text] of Object.entries(files)) {
	const file = new URL(name, root);
	if (!process.argv.includes('--check')) writeFileSync(file, text);
	else if (readFileSync(file, 'utf8') !== text) {
		console.error(`${name} is stale: run npm run sprite`);
		process.exitCode = 1;
	}
}
