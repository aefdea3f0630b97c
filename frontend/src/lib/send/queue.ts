// Everything that is being sent: three files at once, one question about names at most, nothing lost
// by a cut. It knows no page; it is told how to send, what to remember and whom to ask.
import { mkdir } from '../net/files';
import { Trouble } from '../net/trouble';
import { child, nameOf, parent } from '../place';
import { Watched } from '../watched';
import { t } from '../words/t';
import { persist } from './backoff';
import { counts, heading, open, together, type Item, type Sending } from './item';
import type { Picked } from './picks';
import { check } from './preflight';
import { put } from './put';
import { Rate } from './rate';
import { keyOf, type Memory } from './remember';
import type { Send } from './transport';
import { terminate, upload, type Arrival } from './tus';

export type Choice = 'keep' | 'replace' | 'skip';
export type Phase = 'idle' | 'checking' | 'sending' | 'paused' | 'done';

export interface Surroundings {
	send: Send;
	memory: Memory;
	/** The one question of a batch; null: do not send the batch. */
	ask: (taken: readonly Item[]) => Promise<Choice | null>;
	now?: () => number;
	pause?: (n: number) => number; // ms before the n-th new try
}

const abreast = 3;
const small = 8 * 1024 * 1024;

export class Queue extends Watched {
	items: Item[] = [];
	phase: Phase = 'idle';
	waiting: Trouble | null = null; // the connection is gone; tries go on
	full: { free: number; need: number } | null = null;
	trouble: Trouble | null = null; // the batch could not begin
	readonly rate = new Rate();
	#around: Surroundings;
	#next = 0; // index of the first item that may still wait
	#running = 0;
	#ids = 1;
	#batches = 0;
	#stop = new AbortController();
	#stuck = new Set<number>();
	#tally = { files: 0, arrived: 0, bytes: 0, sent: 0, left: 0 };
	#retry: (() => void) | null = null;

	constructor(around: Surroundings) {
		super();
		this.#around = around;
	}

	/** Files and bytes that are to be sent, and that were. What need not be sent does not count. */
	get totals(): { files: number; arrived: number; bytes: number; sent: number; left: number } {
		return this.#tally;
	}

	get active(): boolean {
		return this.phase === 'checking' || this.phase === 'sending' || this.phase === 'paused';
	}

	/** Takes a batch: looks what is there, asks once, and begins. */
	async add(picked: Picked, folder: string, mayReplace: boolean): Promise<void> {
		const all = together();
		const batch = picked.picks.map(({ file, path }) => this.#item(all, file, path, child(folder, path)));
		const folders = new Set(picked.folders.map((path) => child(folder, path)));
		for (const item of batch) if (item.label.includes('/')) folders.add(parent(item.target.path).replace(/\/$/, ''));
		this.full = this.trouble = null;
		this.#batches++;
		this.#set('checking');
		try {
			const ready = await this.#prepare(batch, all, folder, folders, mayReplace);
			if (ready) {
				for (const item of batch) this.#weigh(item, 1);
				this.items = [...this.items, ...batch];
			}
		} catch (error) {
			if (!this.#stop.signal.aborted) {
				this.trouble = error instanceof Trouble ? error : new Trouble({ cause: t('problem.unknown') });
				this.#retry = () => void this.add(picked, folder, mayReplace);
			}
		}
		this.#batches--;
		this.#run();
	}

	/** Begins again with a batch that could not begin. */
	again(): void {
		const retry = this.#retry;
		this.#retry = null;
		retry?.();
	}

	pause(): void {
		this.#set('paused');
		for (const item of this.items) item.stop?.abort('pause');
	}

	resume(): void {
		this.rate.restart();
		this.#set('sending');
		this.#run();
	}

	/** Does not send one file; what the server has of it is thrown away. */
	cancel(item: Item): void {
		if (!open(item)) return;
		this.#change(item, { state: 'stopped' });
		item.stop?.abort('stop');
		if (item.url) terminate(item.url, this.#around.send);
		void this.#around.memory.drop(keyOf(item.target.path, item.file));
		this.#run();
	}

	cancelAll(): void {
		this.#stop.abort('stop');
		this.#stop = new AbortController();
		for (const item of this.items) this.cancel(item);
		this.#settle();
	}

	retryFailed(): void {
		for (const item of this.items) {
			if (item.state === 'failed') this.#change(item, { state: 'waiting', trouble: null });
		}
		this.#next = 0;
		this.rate.restart();
		this.#run();
	}

	/** Begins a new list; the old one is finished. */
	clear(): void {
		if (this.active) return;
		this.items = [];
		this.#next = 0;
		this.full = this.trouble = null;
		this.rate.restart();
		this.#tally = { files: 0, arrived: 0, bytes: 0, sent: 0, left: 0 };
		this.#set('idle');
	}

	#item(together: Sending, file: File, label: string, path: string): Item {
		const target = { path, modified: file.lastModified, exists: 'keep' as const };
		return { id: this.#ids++, file, label, target, together, state: 'waiting', sent: 0, left: 0, url: null, name: '', sha256: '', trouble: null, stop: null, doubt: false };
	}

	/** False when nothing of the batch is to be sent. */
	async #prepare(batch: Item[], all: Sending, folder: string, folders: Set<string>, mayReplace: boolean): Promise<boolean> {
		const { signal } = this.#stop;
		const stubborn = <T>(work: () => Promise<T>) => persist(work, { signal, pause: this.#around.pause, waiting: (trouble) => this.#waits(0, trouble) });
		const asked = batch.map((item) => ({ path: item.label, size: item.file.size, modified: item.target.modified }));
		const found = await stubborn(() => check(folder, asked, signal));
		for (const item of batch) if (found.same.has(item.target.path)) item.state = 'here';
		const taken: Item[] = [];
		for (const item of batch) {
			// One's own unfinished upload holds its name already: that is what will be continued.
			const begun = () => this.#around.memory.get(keyOf(item.target.path, item.file));
			if (found.taken.has(item.target.path) && !(await begun())) taken.push(item);
		}
		if (taken.length) {
			const choice = await this.#around.ask(taken);
			if (!choice || (choice === 'replace' && !mayReplace)) return false;
			for (const item of taken) {
				if (choice === 'skip') item.state = 'skipped';
				else item.target.exists = choice;
			}
		}
		const need = batch.reduce((sum, item) => sum + (item.state === 'waiting' ? item.file.size : 0), 0);
		if (found.free !== null && need > found.free) {
			this.full = { free: found.free, need };
			return false;
		}
		for (const path of [...folders].sort()) await stubborn(() => mkdir(path, true, heading(all)));
		return true;
	}

	#run(): void {
		if (this.phase === 'paused') return this.changed();
		while (this.#running < abreast) {
			const item = this.#waitingItem();
			if (!item) break;
			this.#running++;
			void this.#work(item).finally(() => {
				this.#running--;
				this.#stuck.delete(item.id);
				this.#run();
			});
		}
		this.#settle();
	}

	#waitingItem(): Item | null {
		while (this.#next < this.items.length) {
			const item = this.items[this.#next];
			if (item?.state === 'waiting') return item;
			this.#next++;
		}
		return null;
	}

	#settle(): void {
		if (!this.#stuck.size) this.waiting = null;
		if (this.#running) this.#set(this.phase === 'paused' ? 'paused' : 'sending');
		else if (this.#batches) this.#set('checking');
		else if (this.items.some((item) => item.state === 'waiting')) this.#set(this.phase);
		else this.#set(this.items.length ? 'done' : 'idle');
	}

	async #work(item: Item): Promise<void> {
		const stop = (item.stop = new AbortController());
		this.#change(item, { state: 'sending' });
		try {
			const arrived = await persist(() => this.#send(item, stop.signal), {
				signal: stop.signal,
				pause: this.#around.pause,
				waiting: (trouble) => this.#waits(item.id, trouble),
				progress: () => item.sent,
			});
			const name = arrived.name === nameOf(item.target.path) ? '' : arrived.name;
			this.#change(item, { state: 'arrived', sent: item.file.size, sha256: arrived.sha256, name });
			void this.#around.memory.drop(keyOf(item.target.path, item.file));
		} catch (error) {
			this.#failed(item, stop.signal, error);
		} finally {
			item.stop = null;
		}
	}

	#failed(item: Item, signal: AbortSignal, error: unknown): void {
		if (signal.aborted) {
			// Paused: it waits in its place. Stopped: cancel said so already.
			if (item.state === 'sending') this.#change(item, { state: 'waiting' });
			this.#next = 0;
			return;
		}
		const trouble = error instanceof Trouble ? error : new Trouble({ cause: t('problem.unknown') });
		this.#change(item, { state: 'failed', trouble });
	}

	async #send(item: Item, signal: AbortSignal): Promise<Arrival> {
		const { send, memory } = this.#around;
		const { file, target } = item;
		const key = keyOf(target.path, file);
		const arrived = () => this.#arrived(item, signal);
		// A request is a little longer than its file.
		const left = (n: number) => n > item.left && this.#change(item, { left: Math.min(n, file.size) });
		try {
			if (file.size <= small) {
				if (item.doubt && (await arrived())) return { name: '', sha256: '' };
				item.doubt = true;
				return await put(file, target, send, heading(item.together), signal, left);
			}
			item.url ??= await memory.get(key);
			return await upload({
				file,
				target,
				url: item.url,
				signal,
				send,
				headers: () => heading(item.together),
				arrived,
				left,
				begun: (url) => {
					item.url = url;
					if (url) void memory.set({ key, folder: parent(target.path), url, at: Date.now() });
					else void memory.drop(key);
				},
				acknowledged: (offset) => this.#acknowledged(item, offset),
			});
		} catch (error) {
			if (!signal.aborted && error instanceof Trouble && error.status === 0 && !(await readable(file))) {
				throw new Trouble({ cause: t('put.unreadable') }, 400);
			}
			throw error;
		}
	}

	/** Whether the answer to a request was lost, and not the request. */
	async #arrived(item: Item, signal: AbortSignal): Promise<boolean> {
		const { path, modified } = item.target;
		const found = await check(parent(path), [{ path: nameOf(path), size: item.file.size, modified }], signal);
		return found.same.has(path);
	}

	#acknowledged(item: Item, offset: number): void {
		this.#waits(item.id, null);
		// A server that lost a part makes the page wait, not the bar go back.
		if (offset <= item.sent) return;
		this.#change(item, { sent: offset });
	}

	#waits(id: number, trouble: Trouble | null): void {
		if (trouble) this.#stuck.add(id);
		else this.#stuck.delete(id);
		const before = this.waiting;
		this.waiting = this.#stuck.size ? (trouble ?? this.waiting) : null;
		if (before && !this.waiting) this.rate.restart();
		if (before !== this.waiting) this.changed();
	}

	/** Changes an item and with it the sums, which are never added up anew. */
	#change(item: Item, change: Partial<Item>): void {
		this.#weigh(item, -1);
		Object.assign(item, change);
		this.#weigh(item, 1);
		if (this.phase === 'sending') this.rate.note(this.#tally.sent, (this.#around.now ?? Date.now)());
		this.changed();
	}

	#weigh(item: Item, sign: 1 | -1): void {
		if (!counts(item)) return;
		item.together.files += sign;
		item.together.bytes += sign * item.file.size;
		this.#tally.files += sign;
		this.#tally.bytes += sign * item.file.size;
		this.#tally.sent += sign * item.sent;
		this.#tally.left += sign * Math.max(item.sent, item.left);
		if (item.state === 'arrived') this.#tally.arrived += sign;
	}

	#set(phase: Phase): void {
		this.phase = phase;
		this.changed();
	}
}

/** A file that was moved or changed after it was chosen fails like a lost network; this tells them apart. */
async function readable(file: File): Promise<boolean> {
	try {
		await file.slice(0, 1).arrayBuffer();
		return true;
	} catch {
		return false;
	}
}
