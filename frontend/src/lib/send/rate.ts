// How fast it goes and how long it still takes, from what was acknowledged in the last while.

const span = 20_000;

export class Rate {
	#marks: { at: number; bytes: number }[] = [];

	/** Forgets the past: after a pause it says nothing about now. */
	restart(): void {
		this.#marks = [];
	}

	note(bytes: number, at: number): void {
		this.#marks.push({ at, bytes });
		while (this.#marks.length > 2 && at - (this.#marks[1]?.at ?? at) > span) this.#marks.shift();
	}

	/** Bytes in a second, 0 while too little is known. */
	get speed(): number {
		const from = this.#marks[0];
		const to = this.#marks.at(-1);
		if (!from || !to || to.at - from.at < 1500) return 0;
		return ((to.bytes - from.bytes) * 1000) / (to.at - from.at);
	}

	/** Seconds for so many bytes, null while too little is known. */
	left(bytes: number): number | null {
		return this.speed > 0 ? bytes / this.speed : null;
	}
}
