// Short words about what just happened. Good news leaves by itself, bad news stays until it is closed.
import { Trouble } from './net/trouble';
import { Watched } from './watched';
import { t } from './words/t';

export interface Notice {
	id: number;
	bad: boolean;
	text: string;
	more: string;
	action?: { text: string; run: () => void };
	dismissed?: () => void; // closed without the action
}

const stay = 6000;
const stayToUndo = 12_000;

export class Notices extends Watched {
	all: Notice[] = [];
	#next = 1;

	good(text: string, action?: Notice['action']): void {
		const id = this.#add({ bad: false, text, more: '', ...(action ? { action } : {}) });
		setTimeout(() => this.close(id), action ? stayToUndo : stay);
	}

	bad(error: unknown, action?: Notice['action']): void {
		const known = error instanceof Trouble;
		const more = known ? [error.did, error.next].filter(Boolean).join(' ') : '';
		this.#add({ bad: true, text: known ? error.message : t('problem.unknown'), more, ...(action ? { action } : {}) });
	}

	/** Something that may be done, until it is done or closed. */
	offer(text: string, more: string, action: NonNullable<Notice['action']>, dismissed: () => void): void {
		this.#add({ bad: false, text, more, action, dismissed });
	}

	dismiss(id: number): void {
		this.all.find((n) => n.id === id)?.dismissed?.();
		this.close(id);
	}

	close(id: number): void {
		this.all = this.all.filter((n) => n.id !== id);
		this.changed();
	}

	#add(notice: Omit<Notice, 'id'>): number {
		const id = this.#next++;
		// The same words twice are once.
		this.all = [...this.all.filter((n) => n.text !== notice.text), { id, ...notice }].slice(-3);
		this.changed();
		return id;
	}
}
