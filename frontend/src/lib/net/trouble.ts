// What went wrong, in words. One class for every answer that is not a success and for no answer at all.

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

/** Reads a problem+json body; anything else becomes the fallback sentence. Never shows a raw body. */
export function readTrouble(status: number, body: string, fallback: string, retryAfter: string | null): Trouble {
	const seconds = Number(retryAfter ?? 0) || 0;
	try {
		const p = JSON.parse(body) as { detail?: unknown; title?: unknown; did?: unknown; next?: unknown; code?: unknown; retry?: unknown };
		const text = (value: unknown) => (typeof value === 'string' ? value : '');
		const cause = text(p.detail) || text(p.title) || fallback;
		return new Trouble({ cause, did: text(p.did), next: text(p.next) }, status, text(p.code), seconds || Number(p.retry) || 0);
	} catch {
		return new Trouble({ cause: fallback }, status, '', seconds);
	}
}
