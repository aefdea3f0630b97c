// Files that were chosen, and are not there any more when they are to be shared.
import { Refusal } from '../lib/api/client';
import type { Share } from '../lib/api/types';

/** Shares files by whole paths, and where some are gone by now, the rest: a refusal names those. */
export async function withoutGone(paths: string[], share: (files: string[]) => Promise<Share[]>): Promise<{ made: Share[]; gone: string[] }> {
	const gone: string[] = [];
	for (let files = paths; ; ) {
		try {
			return { made: await share(files), gone };
		} catch (error) {
			const missing = error instanceof Refusal ? missingOf(error) : [];
			const rest = files.filter((_, i) => !missing.includes(i));
			if (missing.length === 0 || rest.length === 0) throw error;
			gone.push(...files.filter((_, i) => missing.includes(i)));
			files = rest;
		}
	}
}

/** Which of the files of a request are not there, by the fields that a refusal names. */
export function missingOf(refusal: Refusal): number[] {
	return (refusal.problem.errors ?? []).flatMap((field) => {
		const found = /\bfiles\[(\d+)\]/.exec(field.at);
		return found ? [Number(found[1])] : [];
	});
}

/** What a path of this computer is called. */
export const lastName = (path: string): string => path.split(/[\\/]/).filter(Boolean).pop() ?? path;
