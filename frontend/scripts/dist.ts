// Finishes a build for the Go side: icons under names that carry their digest, app.json (which file is
// what), and compressed twins of everything that gets smaller by it.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import * as zlib from 'node:zlib';
import { build, type Plugin, type Rollup } from 'vite';

const icons = ['favicon.svg', 'favicon.ico', 'icon-180.png', 'icon-192.png', 'icon-512.png'];
/** Which parts the entry asks for at once, per kind of page (render.go knows the same kinds). */
const wanted: Record<string, string> = { folder: 'src/folder/start.ts', inbox: 'src/inbox/start.ts' };

/** Of the visitors' pages. The owner's page is built after them and shares no file with them, so that it cannot make them heavier. */
export function dist(): Plugin {
	let out = '';
	let top = '';
	return {
		name: 'portico-dist',
		apply: 'build',
		configResolved(config) {
			top = config.root;
			out = join(config.root, config.build.outDir);
		},
		async closeBundle() {
			await build({ root: top, configFile: join(top, 'vite.window.config.ts'), logLevel: 'error' });
		},
		writeBundle(_, bundle) {
			const built = { script: '', style: '', later: '', inbox: '', icons: {} as Record<string, string>, preload: {} as Record<string, string[]> };
			for (const [name, part] of Object.entries(bundle)) {
				if (part.type === 'chunk' && part.isEntry && part.name === 'page') built.script = name;
				if (/^style-.*\.css$/.test(name)) built.style = name;
				if (/^later-.*\.css$/.test(name)) built.later = name;
				if (/^inbox-.*\.css$/.test(name)) built.inbox = name;
			}
			for (const [kind, source] of Object.entries(wanted)) built.preload[kind] = modules(bundle, source, built.script);
			for (const icon of icons) built.icons[icon] = copy(icon, out);
			writeFileSync(join(out, 'app.json'), JSON.stringify(built, null, '\t'));
			twins(out);
		},
	};
}

/** Of the owner's page: adds it to what app.json says. */
export function distWindow(): Plugin {
	let out = '';
	return {
		name: 'portico-dist-window',
		apply: 'build',
		configResolved(config) {
			out = join(config.root, config.build.outDir);
		},
		writeBundle(_, bundle) {
			const window = { script: '', style: '', first: [] as string[] };
			for (const [name, part] of Object.entries(bundle)) {
				if (part.type === 'chunk' && part.isEntry && part.name === 'window') {
					window.script = name;
					window.first = [name, ...part.imports];
				}
				if (/^window-.*\.css$/.test(name)) window.style = name;
			}
			const file = join(out, 'app.json');
			writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), window: { ...window, all: Object.keys(bundle) } }, null, '\t'));
			twins(out, Object.keys(bundle));
		},
	};
}

/** A part and everything that it needs at once. */
function modules(bundle: Rollup.OutputBundle, source: string, entry: string): string[] {
	const found = new Set<string>();
	const visit = (name: string) => {
		const part = bundle[name];
		if (!part || part.type !== 'chunk' || name === entry || found.has(name)) return;
		found.add(name);
		part.imports.forEach(visit);
	};
	for (const [name, part] of Object.entries(bundle)) {
		if (part.type === 'chunk' && part.facadeModuleId?.endsWith(`/${source}`)) visit(name);
	}
	return [...found];
}

function copy(icon: string, out: string): string {
	const data = readFileSync(new URL(`../../assets/${icon}`, import.meta.url));
	const digest = createHash('sha256').update(data).digest('base64url').slice(0, 8);
	const name = icon.replace(/(\.\w+)$/, `-${digest}$1`);
	mkdirSync(out, { recursive: true });
	writeFileSync(join(out, name), data);
	return name;
}

function twins(dir: string, names = readdirSync(dir)): void {
	const make: [string, (data: Buffer) => Buffer][] = [
		['.gz', (data) => zlib.gzipSync(data, { level: 9 })],
		['.br', (data) => zlib.brotliCompressSync(data, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 11 } })],
	];
	// Node has zstd from 22.15 on.
	const { zstdCompressSync } = zlib as unknown as { zstdCompressSync?: (data: Buffer, o: object) => Buffer };
	if (zstdCompressSync) make.push(['.zst', (data) => zstdCompressSync(data, { params: { 100: 19 } })]);
	for (const name of names) {
		const file = join(dir, name);
		if (!statSync(file).isFile() || !['.js', '.css', '.svg'].includes(extname(name))) continue;
		const data = readFileSync(file);
		for (const [ending, press] of make) {
			const small = press(data);
			if (small.length < data.length * 0.95) writeFileSync(file + ending, small);
		}
	}
}
