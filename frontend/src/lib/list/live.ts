// Hears from the server that the folder changed. Nothing is held open while nobody looks.
import { follow } from '../api/client';
import type { Entry } from '../net/files';

/** So many new entries at once are cheaper to list again. */
const many = 200;

/** Puts new entries into the list, or lists again; never more often than the work allows. */
export class Live {
	#path = '';
	#end: (() => void) | null = null;
	#timer = 0;
	#last = 0;
	#cost = 0;
	#came = new Map<string, Entry>();
	#again = false;
	readonly #put: (entries: Entry[]) => void;
	readonly #list: () => Promise<void>;

	constructor(put: (entries: Entry[]) => void, list: () => Promise<void>) {
		this.#put = put;
		this.#list = list;
		document.addEventListener('visibilitychange', () => {
			if (document.hidden) this.#close();
			else if (this.#path && !this.#end) {
				this.#open();
				this.#soon(null);
			}
		});
		addEventListener('online', () => this.#path && this.#soon(null));
	}

	watch(path: string): void {
		if (path === this.#path) return;
		this.#path = path;
		this.#close();
		if (!document.hidden) this.#open();
	}

	#open(): void {
		this.#end = follow(this.#path, {
			change: ({ what, entry }) => this.#soon(what === 'put' && entry ? entry : null),
			resync: () => this.#soon(null),
		});
	}

	#close(): void {
		this.#end?.();
		this.#end = null;
		clearTimeout(this.#timer);
		this.#timer = 0;
		this.#came.clear();
	}

	#soon(entry: Entry | null): void {
		if (entry) this.#came.set(entry.n, entry);
		else this.#again = true;
		if (this.#timer) return;
		const wait = Math.max(300, this.#last + this.#cost * 8 - performance.now());
		this.#timer = window.setTimeout(() => void this.#work(), wait);
	}

	async #work(): Promise<void> {
		const start = performance.now();
		const came = [...this.#came.values()];
		const again = this.#again || came.length > many;
		this.#came.clear();
		this.#again = false;
		if (again) await this.#list();
		else this.#put(came);
		this.#last = performance.now();
		this.#cost = this.#last - start;
		this.#timer = 0;
		if (this.#came.size || this.#again) this.#soon(this.#came.values().next().value ?? null);
	}
}
