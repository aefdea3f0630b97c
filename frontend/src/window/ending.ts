// To stop a share: it opens for nobody at once, and is ended for good when nobody has pressed Undo. Until
// then it is paused, so that Undo brings the same link back.
import type { Share } from '../lib/api/types';
import { t } from '../lib/words/t';
import type { House } from './house.svelte';

const regret = 12_000; // as long as the notice stays

export async function endShare(house: House, share: Share): Promise<void> {
	const paused = share.state === 'paused';
	const address = `/-/api/shares/${encodeURIComponent(share.id)}`;
	house.leaving = new Set([...house.leaving, share.id]);
	if (!paused && !(await house.attempt(() => house.changeShare(share.id, { paused: true })))) return stay();

	let over = false;
	// The window may be closed before: the end is sent with the last breath.
	const leave = () => void house.fetch(address, { method: 'DELETE', keepalive: true });
	const timer = setTimeout(() => {
		if (decided()) return;
		void house.attempt(() => house.ask('DELETE', address)).then(() => house.refresh('shares'));
	}, regret);
	addEventListener('pagehide', leave);
	house.notices.good(t('w.stopped', { title: share.title }), {
		text: t('undo'),
		run: () => {
			if (decided()) return;
			stay();
			if (!paused) void house.attempt(() => house.changeShare(share.id, { paused: false }));
		},
	});

	/** Whether it was decided before; it is now. */
	function decided(): boolean {
		const before = over;
		over = true;
		clearTimeout(timer);
		removeEventListener('pagehide', leave);
		return before;
	}

	function stay(): void {
		const rest = new Set(house.leaving);
		rest.delete(share.id);
		house.leaving = rest;
	}
}
