// The order of a list and what of it is shown.
import { bare, shapeOf } from '../format';
import type { Entry } from '../net/files';

export const orders = ['name', 'time', 'size', 'kind'] as const;
export type By = (typeof orders)[number];
export interface Order {
	by: By;
	down: boolean;
}

/** Folders before everything else, each in the order of the server: by name, as people count. */
export function foldersFirst(entries: readonly Entry[]): readonly Entry[] {
	const folders = entries.filter((e) => e.k === 'd');
	return folders.length ? [...folders, ...entries.filter((e) => e.k !== 'd')] : entries;
}

/** Orders entries that stand as foldersFirst gives them; folders stay first, and what is alike stays by name. */
export function ordered(entries: readonly Entry[], { by, down }: Order): readonly Entry[] {
	if (by === 'name' && !down) return entries;
	const border = entries.findIndex((e) => e.k !== 'd');
	const cut = border < 0 ? entries.length : border;
	const parts = [entries.slice(0, cut), entries.slice(cut)];
	if (by === 'name') return parts.flatMap((part) => part.reverse());
	const key = keys[by];
	const sign = down ? -1 : 1;
	const sorted = (part: Entry[]) =>
		part
			.map((entry) => ({ entry, key: key(entry) }))
			.sort((a, b) => (a.key < b.key ? -sign : a.key > b.key ? sign : 0))
			.map(({ entry }) => entry);
	return parts.flatMap(sorted);
}

const keys: Record<Exclude<By, 'name'>, (e: Entry) => number | string> = {
	time: (e) => e.t ?? 0,
	size: (e) => e.s ?? 0,
	kind: (e) => (e.k === 'f' ? `${shapeOf(e.n)} ${bare(e.n)}` : e.k),
};

const marks = /\p{M}+/gu;

/** Folds a text so that case and accents do not matter. */
export function fold(text: string): string {
	const low = text.toLowerCase();
	// Most names are plain; taking the others apart is what costs.
	return /^[\x20-\x7e]*$/.test(low) ? low : low.normalize('NFKD').replace(marks, '');
}

/** Finds names that hold every word. Folded names are kept, so that a key costs one pass of searching. */
export class Finder {
	#entries: readonly Entry[] = [];
	#folded: string[] = [];

	/** Folds the names, which is most of the work, before anybody searches. */
	prepare(entries: readonly Entry[]): void {
		if (this.#entries === entries) return;
		this.#entries = entries;
		this.#folded = entries.map((e) => fold(e.n));
	}

	find(entries: readonly Entry[], words: string): readonly Entry[] {
		const wanted = fold(words).split(/\s+/).filter(Boolean);
		if (!wanted.length) return entries;
		this.prepare(entries);
		return entries.filter((_, i) => wanted.every((word) => this.#folded[i]?.includes(word)));
	}
}
