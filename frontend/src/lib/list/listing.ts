// The folder that is shown: what is in it, in which order, what of it, and whether it is fresh.
import { hasThumb } from '../format';
import { list, type Entry, type Folder } from '../net/files';
import { Trouble } from '../net/trouble';
import { hrefOf } from '../place';
import { Watched } from '../watched';
import { Finder, foldersFirst, ordered, orders, type Order } from './order';

/** Whether a folder is best shown as pictures: frontend/format.go has the same rule. */
export function pictures(entries: readonly Entry[]): boolean {
	const first = entries.slice(0, 150);
	const n = first.filter((e) => e.k === 'f' && e.s !== 0 && hasThumb(e.n)).length;
	return n >= 6 && n * 10 >= first.length * 7;
}

function tally(entries: readonly Entry[]): { folders: number; files: number; bytes: number } {
	const folders = entries.filter((e) => e.k === 'd').length;
	return { folders, files: entries.length - folders, bytes: entries.reduce((sum, e) => sum + (e.s ?? 0), 0) };
}

const names = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/** Where an entry belongs among others that stand folders first, by name. */
function placeFor(sorted: readonly Entry[], entry: Entry): number {
	let from = 0;
	let to = sorted.length;
	const before = (e: Entry) => (e.k === entry.k || (e.k !== 'd' && entry.k !== 'd') ? names.compare(e.n, entry.n) <= 0 : e.k === 'd');
	while (from < to) {
		const middle = (from + to) >> 1;
		const there = sorted[middle];
		if (there && before(there)) from = middle + 1;
		else to = middle;
	}
	return from;
}

const remembered = 'portico-order';

/** The order of the last visit. */
function order(): Order {
	const kept = localStorage.getItem(remembered) ?? '';
	const by = orders.find((name) => name === kept.replace('-', ''));
	return by ? { by, down: kept.endsWith('-') } : { by: 'name', down: false };
}

export class Listing extends Watched {
	folder: Folder;
	all: readonly Entry[]; // folders first, then by name
	shown: readonly Entry[]; // in the chosen order, filtered
	order: Order = order();
	words = '';
	trouble: Trouble | null = null;
	#finder = new Finder();
	#sorted: readonly Entry[];
	#load: AbortController | null = null;

	constructor(folder: Folder) {
		super();
		this.folder = folder;
		this.all = foldersFirst(folder.entries);
		this.#sorted = this.shown = ordered(this.all, this.order);
	}

	get href(): string {
		return hrefOf(this.folder.path);
	}

	may(right: string): boolean {
		return this.folder.rights.includes(right);
	}

	sortBy(order: Order): void {
		this.order = order;
		localStorage.setItem(remembered, order.by + (order.down ? '-' : ''));
		this.#sorted = ordered(this.all, order);
		this.#show();
	}

	filter(words: string): void {
		this.words = words;
		this.#show();
	}

	/** Makes the first key of the filter as quick as the next ones. */
	prepare(): void {
		this.#finder.prepare(this.all);
	}

	/** Shows another folder; the order stays, the filter goes. */
	replace(folder: Folder): void {
		this.words = '';
		this.#take(folder);
	}

	/** Asks the server again. A failure is kept in trouble beside what was known before. */
	async refresh(): Promise<void> {
		this.#load?.abort();
		const load = (this.#load = new AbortController());
		const path = this.folder.path;
		try {
			const folder = await list(path, load.signal);
			if (load.signal.aborted || this.folder.path !== path) return;
			this.#take(folder);
		} catch (error) {
			if (load.signal.aborted || this.folder.path !== path) return;
			this.trouble = error instanceof Trouble ? error : new Trouble({ cause: String(error) });
			this.changed();
		}
	}

	/** Takes in entries that came or changed, each where its name belongs. */
	put(entries: readonly Entry[]): void {
		const fresh = new Map(entries.map((e) => [e.n, e]));
		const all = this.all.map((e) => {
			const now = fresh.get(e.n);
			fresh.delete(e.n);
			return now ?? e;
		});
		for (const entry of fresh.values()) all.splice(placeFor(all, entry), 0, entry);
		this.#take({ ...this.folder, entries: all, ...tally(all) });
	}

	/** Takes names away at once, before the server's word comes back through the live updates. */
	forget(names: ReadonlySet<string>): void {
		const entries = this.all.filter((e) => !names.has(e.n));
		this.#take({ ...this.folder, entries, ...tally(entries) });
	}

	#take(folder: Folder): void {
		this.folder = folder;
		this.all = foldersFirst(folder.entries);
		this.trouble = null;
		this.#sorted = ordered(this.all, this.order);
		this.#show();
	}

	#show(): void {
		// Few are found: ordering those is less than searching in every order.
		this.shown = this.words.trim() ? ordered(this.#finder.find(this.all, this.words), this.order) : this.#sorted;
		this.changed();
	}
}
