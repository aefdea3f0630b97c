// What went wrong, in words. One class for every answer that is not a success and for no answer at all.
import type { Problem } from '../api/types';

export interface Words {
	cause: string;
	did?: string | undefined;
	next?: string | undefined;
}

export class Trouble extends Error {
	readonly status: number; // HTTP status; 0: no answer came
	readonly code: string;
	readonly did: string;
	readonly next: string;
	readonly retryAfter: number; // seconds; 0: not said

	constructor(words: Words, status = 0, code = '', retryAfter = 0) {
		super(words.cause);
		this.status = status;
		this.code = code;
		this.did = words.did ?? '';
		this.next = words.next ?? '';
		this.retryAfter = retryAfter;
	}

	/** Whether the same request may succeed later without anybody doing anything. */
	get passing(): boolean {
		return this.status === 0 || this.status === 408 || this.status === 423 || this.status === 425 || this.status === 429 || (this.status >= 500 && this.status !== 507 && this.status !== 501);
	}
}

/** A problem as the server writes it; where it has no words, or they are none of ours, the fallback stands. */
export function troubleOf(problem: Partial<Problem>, fallback: string, retryAfter = 0): Trouble {
	const text = (value: unknown) => (typeof value === 'string' ? value : '');
	const ours = text(problem.code) !== 'NET-ANSWER-01';
	const cause = (ours && (text(problem.detail) || text(problem.title))) || fallback;
	const words = { cause, did: text(problem.did), next: text(problem.next) };
	return new Trouble(words, problem.status ?? 0, text(problem.code), retryAfter || (Number(problem.retry) || 0));
}

/** Reads the body of an answer that is no success. Anything but a problem is never shown. */
export function readTrouble(status: number, body: string, fallback: string, retryAfter: string | null): Trouble {
	let problem: Partial<Problem> = {};
	try {
		problem = JSON.parse(body) as Partial<Problem>;
	} catch {
		// Not ours: a proxy speaks.
	}
	return troubleOf({ ...problem, status }, fallback, Number(retryAfter ?? 0) || 0);
}
