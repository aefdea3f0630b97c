// What moves and what moved, as lines of one device and batch each. Arithmetic only: transfers and facts
// come in, lines go out.
import type { Fact, Transfer } from '../../lib/api/types';
import { kindOf, nameOf } from './device';

/** What a client that names no batch moves within so long of the last file belongs together. */
const gap = 5 * 60_000;
/** So long after it ended Activity has told what was fetched, if anything was. */
const wait = 90_000;
const points = 60; // of a graph: about a minute
const smooth = 5; // points that a time that is left is judged by

export interface Now {
	ids: string[];
	names: string[];
	done: number;
	total: number; // -1 unknown
	speed: number; // bytes a second
	waiting: boolean; // all of it was cut and waits to be gone on with
}

export interface Line {
	key: string;
	direction: 'in' | 'out';
	device: string;
	door: string;
	remote: string;
	client: string;
	name: string;
	batch: string;
	folder: string;
	files: number; // that are done
	failed: number;
	bytes: number; // of those that are done
	since: number;
	last: number;
	now: Now | null;
	graph: number[];
	most: number; // how much of the bar was filled: it never goes back
	/** Fetched just now; Activity tells of it within the minute. */
	fresh: { files: number; bytes: number };
}

interface Mark {
	direction: 'in' | 'out';
	door?: string | undefined;
	remote?: string | undefined;
	client?: string | undefined;
	name?: string | undefined;
	kind: string;
	batch?: string | undefined;
}

const arrives = new Set(['created', 'replaced', 'appended']);
const fails = new Set(['failed', 'refused']);

/** Facts that lines are made of. */
export const movingKinds = [...arrives, 'read', ...fails];

const parent = (path: string): string => path.slice(0, Math.max(path.lastIndexOf('/'), 0)) || '/';
const within = (folder: string, path: string): boolean => folder === '/' || path === folder || path.startsWith(`${folder}/`);

/** The deepest folder that holds both. */
export function common(a: string, b: string): string {
	let at = a;
	while (!within(at, b)) at = parent(at);
	return at;
}

export class Moves {
	#lines = new Map<string, Line>();
	#open = new Map<string, Line>(); // the newest line of each mark
	#count = 0;
	#seen = new Map<string, Transfer>();
	/** Id of the newest fact that was taken. */
	newest = 0;

	/** Takes facts, the oldest first. Those that were taken before are left out. */
	facts(list: readonly Fact[]): void {
		for (const fact of list) {
			if (fact.id <= this.newest) continue;
			this.newest = fact.id;
			this.#fact(fact);
		}
	}

	/** Takes what moves now. */
	transfers(list: readonly Transfer[], at: number): void {
		const now = new Map(list.map((t) => [t.id, t]));
		for (const [id, before] of this.#seen) {
			if (!now.has(id)) this.#left(before, at);
		}
		this.#seen = now;
		const moving = new Map<Line, Transfer[]>();
		for (const one of list) {
			const line = this.#line(markOf(one), parent(one.path), one.waiting ? one.since : at, one.since);
			moving.set(line, [...(moving.get(line) ?? []), one]);
		}
		for (const line of this.#lines.values()) line.now = sum(moving.get(line));
	}

	/** Notes speeds for the graphs; called about once a second. Reports whether there was something to note. */
	tick(): boolean {
		let moved = false;
		for (const line of this.#lines.values()) {
			if (!line.now && line.graph.length === 0) continue;
			moved = true;
			line.graph = line.now ? [...line.graph, line.now.speed].slice(-points) : [];
		}
		return moved;
	}

	/** What moves first, the oldest on top so that nothing jumps; then what is done, the newest on top. */
	list(since: number, at = 0): { moving: Line[]; done: Line[] } {
		const moving: Line[] = [];
		const done: Line[] = [];
		for (const line of this.#lines.values()) {
			if (line.now) moving.push(this.#copy(line));
			else if (line.last >= (nothing(line) ? at - wait : since)) done.push(this.#copy(line));
			else this.#lines.delete(line.key);
		}
		return { moving: moving.sort((a, b) => a.since - b.since), done: done.sort((a, b) => b.last - a.last) };
	}

	#copy(line: Line): Line {
		const part = fraction(line);
		if (part !== null) line.most = Math.max(line.most, part);
		return { ...line };
	}

	#fact(fact: Fact): void {
		const read = fact.kind === 'read';
		const failed = fails.has(fact.kind);
		if (!read && !arrives.has(fact.kind) && !(failed && fact.path)) return;
		const folder = read && (fact.count ?? 0) > 1 ? (fact.path ?? '/') : parent(fact.path ?? '/');
		const mark: Mark = { direction: read ? 'out' : 'in', kind: kindOf(fact.identity), ...pick(fact) };
		const line = this.#line(mark, folder, fact.time, fact.time);
		if (failed) line.failed++;
		else {
			line.files += Math.max(1, fact.count ?? 1);
			line.bytes += fact.size ?? 0;
		}
		if (read) line.fresh = { files: 0, bytes: 0 };
	}

	/** A transfer that is not there any more: a whole one counts until Activity tells of it. */
	#left(one: Transfer, at: number): void {
		if (one.direction !== 'out' || one.total < 0 || one.done < one.total) return;
		const line = this.#line(markOf(one), parent(one.path), at, one.since);
		line.fresh = { files: line.fresh.files + 1, bytes: line.fresh.bytes + one.done };
	}

	#line(mark: Mark, folder: string, at: number, since: number): Line {
		const { direction, door = '', remote = '', client = '', name = '', batch = '' } = mark;
		const id = [batch, direction, door, remote, client, name].join('\0');
		let line = this.#open.get(id);
		if (!line || !this.#lines.has(line.key) || (!batch && !line.now && since - line.last > gap)) {
			const key = `${++this.#count}`;
			line = {
				key, direction, device: nameOf(mark), door, remote, client, name, batch, folder,
				files: 0, failed: 0, bytes: 0, since, last: at, now: null, graph: [], most: 0, fresh: { files: 0, bytes: 0 },
			};
			this.#lines.set(key, line);
			this.#open.set(id, line);
		}
		line.folder = common(line.folder, folder);
		line.since = Math.min(line.since, since);
		line.last = Math.max(line.last, at);
		return line;
	}
}

const pick = ({ door, remote, client, name, batch }: Fact): Pick<Mark, 'door' | 'remote' | 'client' | 'name' | 'batch'> => ({ door, remote, client, name, batch });

function markOf(one: Transfer): Mark {
	return { direction: one.direction, door: one.door, remote: one.remote, client: one.client, name: one.by.name, kind: one.by.kind, batch: one.batch };
}

function sum(list: Transfer[] | undefined): Now | null {
	if (!list) return null;
	const known = list.every((one) => one.total >= 0);
	const add = (of: (one: Transfer) => number) => list.reduce((all, one) => all + of(one), 0);
	return {
		ids: list.map((one) => one.id),
		names: list.map((one) => one.path.slice(one.path.lastIndexOf('/') + 1)),
		done: add((one) => one.done),
		total: known ? add((one) => one.total) : -1,
		speed: add((one) => one.speed),
		waiting: list.every((one) => one.waiting === true),
	};
}

/** Whether nothing is known of a line that does not move. */
export const nothing = (line: Line): boolean => !line.now && line.files + line.failed + line.fresh.files === 0;

/** How much of what is known of a line is done, 0 to 1; null where the size is not known. */
export function fraction({ bytes, now }: Pick<Line, 'bytes' | 'now'>): number | null {
	if (!now || now.total < 0) return null;
	const all = bytes + now.total;
	return all > 0 ? Math.min(1, (bytes + now.done) / all) : null;
}

/** Seconds until what moves now is done; null while too little is known. */
export function left({ now, graph }: Pick<Line, 'now' | 'graph'>): number | null {
	if (!now || now.total < 0 || now.waiting) return null;
	const late = [...graph, now.speed].slice(-smooth);
	const speed = late.reduce((all, one) => all + one, 0) / late.length;
	return speed > 0 ? Math.max(0, now.total - now.done) / speed : null;
}

/** Points of a graph of w × h, the newest at the right; '' while there is nothing to draw. */
export function curve(graph: readonly number[], w: number, h: number): string {
	if (graph.length < 2) return '';
	const top = Math.max(...graph, 1);
	const step = w / (points - 1);
	const from = w - (graph.length - 1) * step;
	return graph.map((one, i) => `${(from + i * step).toFixed(1)},${(h - 1 - (one / top) * (h - 2)).toFixed(1)}`).join(' ');
}
