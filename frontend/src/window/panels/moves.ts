// What moves and what moved, as lines of one device and batch each: what the server tells of batches, and
// what only a page keeps of them. Arithmetic only.
import type { Batch, Transfer } from '../../lib/api/types';
import { nameOf } from './device';

/** So long after it ended Activity has told what was fetched, if anything was. */
const wait = 90_000;
const points = 60; // of a graph: about a minute
const smooth = 5; // points that a time that is left is judged by

export interface Line extends Batch {
	device: string;
	names: string[]; // of what moves now
	graph: number[];
	most: number; // how much of the bar was filled: it never goes back
}

/** Facts that lines are made of. */
export const movingKinds = ['created', 'replaced', 'appended', 'read', 'failed', 'refused'];

export class Moves {
	#kept = new Map<string, { graph: number[]; most: number }>();

	/** Notes speeds for the graphs; called about once a second. Reports whether there was something to note. */
	tick(batches: readonly Batch[]): boolean {
		let moved = false;
		for (const one of batches) {
			const kept = this.#of(one.id);
			if (one.state !== 'moving' && kept.graph.length === 0) continue;
			moved = true;
			kept.graph = one.state === 'moving' ? [...kept.graph, one.speed].slice(-points) : [];
		}
		return moved;
	}

	/** What moves first, the oldest on top so that nothing jumps; then what is done, the newest on top. */
	list(batches: readonly Batch[], transfers: readonly Transfer[], since: number, at = 0): { moving: Line[]; done: Line[] } {
		const names = new Map(transfers.map((one) => [one.id, one.path.slice(one.path.lastIndexOf('/') + 1)]));
		const there = new Set(batches.map((one) => one.id));
		for (const id of this.#kept.keys()) if (!there.has(id)) this.#kept.delete(id);
		const lines = batches
			.filter((one) => one.state !== 'done' || one.last >= (nothing(one) ? at - wait : since))
			.map((one): Line => {
				const kept = this.#of(one.id);
				kept.most = Math.max(kept.most, fraction(one) ?? 0);
				const device = nameOf({ kind: one.by.kind, name: one.by.name, client: one.client, remote: one.remote, door: one.door });
				return { ...one, ...kept, device, names: one.files.flatMap((id) => names.get(id) ?? []) };
			});
		return {
			moving: lines.filter((line) => line.state !== 'done').sort((a, b) => a.since - b.since),
			done: lines.filter((line) => line.state === 'done').sort((a, b) => b.last - a.last),
		};
	}

	#of(id: string): { graph: number[]; most: number } {
		let kept = this.#kept.get(id);
		if (!kept) this.#kept.set(id, (kept = { graph: [], most: 0 }));
		return kept;
	}
}

/** Whether nothing is known of a batch that does not move. */
export const nothing = (one: Pick<Batch, 'state' | 'filesDone' | 'failed'>): boolean => one.state === 'done' && one.filesDone + one.failed === 0;

/** How much of what is known of a batch is done, 0 to 1; null where the size is not known. */
export const fraction = ({ done, total }: Pick<Batch, 'done' | 'total'>): number | null => (total > 0 ? Math.min(1, done / total) : null);

/** Seconds until it is done; null while too little is known. */
export function left({ state, done, total, speed, graph }: Pick<Line, 'state' | 'done' | 'total' | 'speed' | 'graph'>): number | null {
	if (total < 0 || state !== 'moving') return null;
	const late = [...graph, speed].slice(-smooth);
	const now = late.reduce((all, one) => all + one, 0) / late.length;
	return now > 0 ? Math.max(0, total - done) / now : null;
}

/** Points of a graph of w × h, the newest at the right; '' while there is nothing to draw. */
export function curve(graph: readonly number[], w: number, h: number): string {
	if (graph.length < 2) return '';
	const top = Math.max(...graph, 1);
	const step = w / (points - 1);
	const from = w - (graph.length - 1) * step;
	return graph.map((one, i) => `${(from + i * step).toFixed(1)},${(h - 1 - (one / top) * (h - 2)).toFixed(1)}`).join(' ');
}
