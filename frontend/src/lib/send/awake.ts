// While something is sent: the screen stays on where the browser can do that, and leaving asks first.
import type { Queue } from './queue';

export function awake(queue: Queue): void {
	let lock: WakeLockSentinel | null = null;
	let asked = false;

	async function hold() {
		if (asked || document.hidden || !('wakeLock' in navigator)) return;
		asked = true;
		// Refused on low battery: sending goes on without it.
		lock = await navigator.wakeLock.request('screen').catch(() => null);
		lock?.addEventListener('release', () => (lock = null));
		asked = false;
		if (!busy()) release();
	}
	function release() {
		void lock?.release();
		lock = null;
	}
	const busy = () => queue.phase === 'sending' || queue.phase === 'checking';
	const leave = (event: BeforeUnloadEvent) => event.preventDefault();

	queue.subscribe(() => {
		if (busy()) void (lock ?? hold());
		else if (lock) release();
		if (queue.active) addEventListener('beforeunload', leave);
		else removeEventListener('beforeunload', leave);
	});
	document.addEventListener('visibilitychange', () => busy() && void hold());
}
