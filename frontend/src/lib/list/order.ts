// The order of a list and what of it is shown.
import type { Entry } from '../net/files';

export type By = 'name' | 'time' | 'size';
export interface Order {
	by: By;
	down: boolean;
}

const weight = (e: Entry): number => (e.k === 'd' ? -1 : (e.s ?? 0));

/** Entries come from the server by name; the other orders keep that one where they see no difference. */
export function ordered(entries: readonly Entry[], { by, down }: Order): readonly Entry[] {
	if (by === 'name') return down ? entries.slice().reverse() : entries;
	const sign = down ? -1 : 1;
	if (by === 'time') return entries.slice().sort((a, b) => sign * ((a.t ?? 0) - (b.t ?? 0)));
	return entries.slice().sort((a, b) => sign * (weight(a) - weight(b)));
}

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
