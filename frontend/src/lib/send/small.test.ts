import { afterEach, expect, test, vi } from 'vitest';
import { noAnswer } from '../net/request';
import { readTrouble, Trouble } from '../net/trouble';
import '../words/later';
import { pause, persist, wait } from './backoff';
import type { Item } from './item';
import { fromFiles } from './picks';
import { keepRest, restBelow } from './remember';
import { Rate } from './rate';
import { receipt, receiptFile } from './summary';

afterEach(() => vi.unstubAllGlobals());

test('pauses grow, spread, and have an end', () => {
	expect([1, 2, 3].map((n) => pause(n, 1))).toEqual([800, 1600, 3200]);
	expect([1, 2, 3].map((n) => pause(n, 0))).toEqual([400, 800, 1600]);
	expect(pause(50, 1)).toBe(30_000);
});

test('persists through what passes, starts pauses anew when it got on', async () => {
	const { signal } = new AbortController();
	let reached = 0;
	const pauses: number[] = [];
	const said: (number | null)[] = [];
	const result = await persist(
		() => {
			reached += said.length === 2 ? 1 : 0;
			return said.length < 4 ? Promise.reject(noAnswer()) : Promise.resolve('there');
		},
		{ signal, progress: () => reached, pause: (n) => (pauses.push(n), 0), waiting: (trouble) => said.push(trouble?.status ?? null) },
	);
	expect(result).toBe('there');
	expect(pauses).toEqual([1, 2, 1, 2]);
	expect(said).toEqual([0, 0, 0, 0, null]);
});

test('does not persist in what cannot pass', async () => {
	const { signal } = new AbortController();
	const refused = new Trouble({ cause: 'no' }, 403);
	await expect(persist(() => Promise.reject(refused), { signal })).rejects.toBe(refused);
	await expect(persist(() => Promise.reject(new TypeError('bug')), { signal })).rejects.toThrow('bug');
});

test('waiting ends when the network is back, and when it is stopped', async () => {
	const target = new EventTarget();
	vi.stubGlobal('addEventListener', target.addEventListener.bind(target));
	vi.stubGlobal('removeEventListener', target.removeEventListener.bind(target));
	const stop = new AbortController();
	const back = wait(1e9, stop.signal);
	target.dispatchEvent(new Event('online'));
	await back;
	const stopped = wait(1e9, stop.signal);
	stop.abort('pause');
	await expect(stopped).rejects.toBe('pause');
	await expect(wait(1, stop.signal)).rejects.toBe('pause');
});

test('a body that is no problem is never shown', () => {
	expect(readTrouble(502, '<html>nginx</html>', 'Broken.', null).message).toBe('Broken.');
	expect(readTrouble(500, '{"detail":{"a":1},"title":["x"]}', 'Broken.', null).message).toBe('Broken.');
	const trouble = readTrouble(429, '{"detail":"Too many.","next":"Wait.","did":"Nothing.","code":"A-1","retry":7}', '', null);
	expect(trouble).toMatchObject({ message: 'Too many.', next: 'Wait.', did: 'Nothing.', code: 'A-1', retryAfter: 7, passing: true });
	expect(readTrouble(429, '', 'x', '60').retryAfter).toBe(60);
});

test('the rate looks at the last while only', () => {
	const rate = new Rate();
	expect([rate.speed, rate.left(10)]).toEqual([0, null]);
	for (let s = 0; s <= 60; s++) rate.note(s < 30 ? s * 1000 : 30_000 + (s - 30) * 5000, s * 1000);
	expect(rate.speed).toBe(5000);
	expect(rate.left(50_000)).toBe(10);
	rate.restart();
	expect(rate.left(1)).toBeNull();
});

test('litter of folders is left out, a file chosen by itself never', () => {
	const inFolder = (path: string) => Object.defineProperty(new File(['x'], path.split('/').at(-1) ?? ''), 'webkitRelativePath', { value: path });
	const { picks } = fromFiles([inFolder('Trip/a.jpg'), inFolder('Trip/.DS_Store'), inFolder('Trip/x/Thumbs.db'), new File(['x'], 'Thumbs.db')]);
	expect(picks.map((p) => p.path)).toEqual(['Trip/a.jpg', 'Thumbs.db']);
});

test('receipts', () => {
	const item = (name: string, state: Item['state'], change: Partial<Item> = {}): Item => ({
		id: 1,
		file: new File(['12345'], name),
		label: name,
		target: { path: `/x/${name}`, modified: 0, exists: 'keep' },
		together: { id: 'b', files: 1, bytes: 5 },
		state,
		sent: 0,
		left: 0,
		url: null,
		name: '',
		sha256: '',
		trouble: null,
		stop: null,
		doubt: false,
		...change,
	});
	const items = [item('a.jpg', 'arrived', { sha256: 'ff', name: 'a-1.jpg' }), item('b.mov', 'arrived'), item('c.txt', 'failed', { trouble: new Trouble({ cause: 'No.' }, 403) }), item('d.txt', 'skipped')];
	expect(receipt(items, 'Studio')).toEqual(['1 file could not be sent.', '2 photos received by Studio.', '1 was skipped.']);
	expect(receipt([item('a', 'here')], 'Studio')).toEqual(['Nothing had to be sent.', '1 was already there.']);
	expect(receipt([item('a', 'failed')], 'Studio')).toEqual(['1 file could not be sent.']);
	expect(receiptFile(items, 'Studio', 'Trip')).toContain('+\t5\tff\ta-1.jpg\n+\t5\t-\tb.mov\n!\t5\t-\tc.txt\tNo.\n');
});

test('what a lost page had still to send is asked for where it was going, and for a week', () => {
	const kept = new Map<string, string>();
	vi.stubGlobal('localStorage', {
		getItem: (key: string) => kept.get(key) ?? null,
		setItem: (key: string, value: string) => void kept.set(key, value),
		removeItem: (key: string) => void kept.delete(key),
	});
	keepRest('/s/k/trip/', 12);
	expect([restBelow('/s/k/trip/'), restBelow('/s/k/'), restBelow('/s/other/')]).toEqual([12, 12, 0]);
	vi.useFakeTimers({ now: Date.now() + 8 * 24 * 3600 * 1000 });
	expect(restBelow('/s/k/trip/')).toBe(0);
	vi.useRealTimers();
	keepRest('/s/k/trip/', 0);
	expect(restBelow('/s/k/trip/')).toBe(0);
	kept.set('portico-left', 'nonsense');
	expect(restBelow('/s/k/')).toBe(0);
	vi.unstubAllGlobals();
});
