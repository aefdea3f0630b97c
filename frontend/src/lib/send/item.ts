// One file on its way.
import type { Trouble } from '../net/trouble';
import type { Target } from './tus';

export type State = 'waiting' | 'sending' | 'arrived' | 'here' | 'skipped' | 'stopped' | 'failed';

/** What is sent together, and how much of it there is to send: the other side shows that. */
export interface Sending {
	readonly id: string;
	files: number;
	bytes: number;
}

/** Base 32, 50 bits: unlike any other batch of this page or another one. */
export const together = (): Sending => ({ id: [...crypto.getRandomValues(new Uint8Array(10))].map((n) => (n % 32).toString(32)).join(''), files: 0, bytes: 0 });

export const heading = ({ id, files, bytes }: Sending): Record<string, string> => ({ 'X-Portico-Batch': `${id}; files=${files}; bytes=${bytes}` });

export interface Item {
	readonly id: number;
	readonly file: File;
	readonly label: string; // path below the folder that was open
	readonly target: Target;
	readonly together: Sending;
	state: State;
	sent: number; // bytes acknowledged, never less than before
	left: number; // bytes that left this device, arrived or not
	url: string | null; // where a large upload goes on
	name: string; // final name, when it differs
	sha256: string;
	trouble: Trouble | null;
	stop: AbortController | null; // while sending
	doubt: boolean; // a request went out whose answer never came
}

export const counts = (item: Item): boolean => item.state !== 'here' && item.state !== 'skipped' && item.state !== 'stopped';
export const open = (item: Item): boolean => item.state === 'waiting' || item.state === 'sending';
