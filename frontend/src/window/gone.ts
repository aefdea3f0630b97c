import type { Refusal } from '../lib/api/client';

/** Which of the files of a request are not there, by the fields that a refusal names. */
export function missingOf(refusal: Refusal): number[] {
	return (refusal.problem.errors ?? []).flatMap((field) => {
		const found = /\bfiles\[(\d+)\]/.exec(field.at);
		return found ? [Number(found[1])] : [];
	});
}

/** What a path of this computer is called. */
export const lastName = (path: string): string => path.split(/[\\/]/).filter(Boolean).pop() ?? path;
