// Follows state that changes very often, at a pace that people can read.
import type { Watched } from './watched';

const pace = 120;

/** Calls told now and then at most every pace ms; returns how to stop. */
export function paced(watched: Watched, told: () => void): () => void {
	let timer: ReturnType<typeof setTimeout> | undefined;
	const stop = watched.subscribe(() => {
		timer ??= setTimeout(() => {
			timer = undefined;
			told();
		}, pace);
	});
	return () => {
		stop();
		clearTimeout(timer);
	};
}
