// Plain state that components can follow: it keeps the contract of Svelte's stores and nothing else,
// so that state is tested without a page.

export class Watched {
	#followers = new Set<(self: never) => void>();

	subscribe(follower: (self: this) => void): () => void {
		this.#followers.add(follower);
		follower(this);
		return () => this.#followers.delete(follower);
	}

	/** Tells the followers that something changed. */
	protected changed(): void {
		for (const follower of this.#followers) follower(this as never);
	}
}
