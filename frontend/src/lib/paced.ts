// Follows state that changes very often, at a pace that people can read.
import type { Watched } from './watched';

const pace = 120;

export interface Paced<T> {
	subscribe: (follower: (value: T) => void) => () => void;
}

/** The same state, told now and then at most every pace ms. */
export function paced<T extends Watched>(watched: T): Paced<T> {
	return {
		subscribe(follower) {
			let timer: ReturnType<typeof setTimeout> | undefined;
			let began = false;
			const stop = watched.subscribe(() => {
				if (!began) return;
				timer ??= setTimeout(() => {
					timer = undefined;
					follower(watched);
				}, pace);
			});
			began = true;
			follower(watched);
			return () => {
				stop();
				clearTimeout(timer);
			};
		},
	};
}
