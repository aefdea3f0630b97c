// The one question of a batch, put by the queue and answered in the panel.
import type { Item } from '../lib/send/item';
import { Watched } from '../lib/watched';

export class Question extends Watched {
	taken: readonly Item[] | null = null;
	#answer: ((answer: unknown) => void) | null = null;

	ask<T>(taken: readonly Item[]): Promise<T | null> {
		this.#answer?.(null);
		this.taken = taken;
		this.changed();
		return new Promise((done) => {
			this.#answer = done as (answer: unknown) => void;
		});
	}

	answer(answer: unknown): void {
		this.taken = null;
		this.changed();
		this.#answer?.(answer);
		this.#answer = null;
	}
}
