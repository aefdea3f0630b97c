// Which entries are chosen, by name. A range goes from the last one touched.
import type { Entry } from '../net/files';
import { Watched } from '../watched';

export class Selection extends Watched {
	#names = new Set<string>();
	#anchor = '';

	get size(): number {
		return this.#names.size;
	}

	get names(): ReadonlySet<string> {
		return this.#names;
	}

	has(name: string): boolean {
		return this.#names.has(name);
	}

	toggle(name: string): void {
		if (!this.#names.delete(name)) this.#names.add(name);
		this.#anchor = name;
		this.changed();
	}

	/** Chooses everything from the last touched entry to this one, in the order shown. */
	extend(name: string, shown: readonly Entry[]): void {
		const from = shown.findIndex((e) => e.n === this.#anchor);
		const to = shown.findIndex((e) => e.n === name);
		if (from < 0 || to < 0) return this.toggle(name);
		for (let i = Math.min(from, to); i <= Math.max(from, to); i++) {
			const entry = shown[i];
			if (entry) this.#names.add(entry.n);
		}
		this.changed();
	}

	/** Chooses all that is shown, or nothing when all of it was chosen. */
	toggleAll(shown: readonly Entry[]): void {
		if (shown.length && shown.every((e) => this.#names.has(e.n))) return this.clear();
		this.#names = new Set(shown.map((e) => e.n));
		this.changed();
	}

	clear(): void {
		if (!this.#names.size) return;
		this.#names = new Set();
		this.#anchor = '';
		this.changed();
	}

	/** Lets go of names that are no longer in the folder. */
	keep(all: readonly Entry[]): void {
		if (!this.#names.size) return;
		const there = new Set(all.map((e) => e.n));
		const kept = new Set([...this.#names].filter((name) => there.has(name)));
		if (kept.size === this.#names.size) return;
		this.#names = kept;
		this.changed();
	}

	of(all: readonly Entry[]): Entry[] {
		return all.filter((e) => this.#names.has(e.n));
	}
}
