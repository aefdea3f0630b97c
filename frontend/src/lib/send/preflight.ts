// Asks before the first byte: what is there already, what has the same name, is there room.
import { preflight } from '../net/files';
import { Trouble } from '../net/trouble';
import { child } from '../place';

export interface Asked {
	path: string; // below the folder
	size: number;
	modified: number;
}

export interface Found {
	same: Set<string>; // whole paths that hold the same file
	taken: Set<string>; // whole paths that hold another
	free: number | null; // bytes; null: not told
}

const batch = 2000;

/** Who may not look is told nothing, and sends. */
export async function check(folder: string, files: readonly Asked[], signal: AbortSignal): Promise<Found> {
	const found: Found = { same: new Set(), taken: new Set(), free: null };
	for (let i = 0; i < files.length; i += batch) {
		const some = files.slice(i, i + batch).map((f) => ({ name: f.path, size: f.size, modified: f.modified }));
		try {
			const answer = await preflight(folder, some, signal);
			if (answer.free >= 0) found.free = answer.free;
			for (const { name, state } of answer.files) {
				if (state === 'same') found.same.add(child(folder, name));
				if (state === 'exists') found.taken.add(child(folder, name));
			}
		} catch (error) {
			if (!(error instanceof Trouble) || error.status !== 403) throw error;
		}
	}
	return found;
}
