// Tries again what may pass: slower and slower, not all at once, and at once when the network is back.
import { Trouble } from '../net/trouble';

const first = 800;
const longest = 30_000;

/** Milliseconds before the n-th new try (from 1), spread so that many senders do not come together. */
export function pause(n: number, random = Math.random()): number {
	const full = Math.min(longest, first * 2 ** (n - 1));
	return full / 2 + (full / 2) * random;
}

/** Waits, but no longer than until the browser says that there is a network again. */
export function wait(ms: number, signal: AbortSignal): Promise<void> {
	return new Promise((done, failed) => {
		const end = () => {
			clearTimeout(timer);
			globalThis.removeEventListener?.('online', back);
			signal.removeEventListener('abort', stop);
		};
		const back = () => (end(), done());
		const stop = () => (end(), failed(signal.reason));
		const timer = setTimeout(back, ms);
		globalThis.addEventListener?.('online', back);
		signal.addEventListener('abort', stop);
		if (signal.aborted) stop();
	});
}

export interface Trying {
	signal: AbortSignal;
	/** Told when a try failed and another will follow, and with null when one succeeded after that. */
	waiting?: (trouble: Trouble | null) => void;
	/** Anything that grows while work gets on; growing starts the pauses anew. */
	progress?: () => number;
	pause?: ((n: number) => number) | undefined;
}

/** Runs work until it succeeds, fails for good, or is aborted. */
export async function persist<T>(work: () => Promise<T>, o: Trying): Promise<T> {
	let tries = 0;
	let reached = o.progress?.() ?? 0;
	for (;;) {
		try {
			const result = await work();
			if (tries) o.waiting?.(null);
			return result;
		} catch (error) {
			if (o.signal.aborted) throw o.signal.reason;
			if (!(error instanceof Trouble) || !error.passing) throw error;
			const now = o.progress?.() ?? 0;
			if (now > reached) tries = 0;
			reached = now;
			tries++;
			o.waiting?.(error);
			await wait(Math.max((o.pause ?? pause)(tries), error.retryAfter * 1000), o.signal);
		}
	}
}
