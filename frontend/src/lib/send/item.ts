// One file on its way.
import type { Trouble } from '../net/trouble';
import type { Target } from './tus';

export type State = 'waiting' | 'sending' | 'arrived' | 'here' | 'skipped' | 'stopped' | 'failed';

export interface Item {
	readonly id: number;
	readonly file: File;
	readonly label: string; // path below the folder that was open
	readonly target: Target;
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
