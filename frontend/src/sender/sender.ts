// Sending, as the page sees it: one queue, one panel, both made when they are first needed.
import '../lib/sprite';
import '../lib/words/later';
import { mount } from 'svelte';
import type { Listing } from '../lib/list/listing';
import { awake } from '../lib/send/awake';
import type { Item } from '../lib/send/item';
import type { Picked } from '../lib/send/picks';
import { Queue, type Choice } from '../lib/send/queue';
import { paced } from '../lib/paced';
import { keepRest, Kept, restBelow } from '../lib/send/remember';
import { send as transport } from '../lib/send/transport';
import Panel from './Panel.svelte';
import { Question } from './question';

const memory = new Kept();
const question = new Question();
export const queue = new Queue({ send: transport, memory, ask: (taken: readonly Item[]) => question.ask<Choice>(taken) });
let shown = false;

awake(queue);

let going = { folder: '', n: -1 }; // -1: what a lost page left may still be kept, also when all goes at once
paced(queue).subscribe(({ phase, totals }) => {
	if (phase === 'idle' || phase === 'checking') return;
	const n = phase === 'done' ? 0 : totals.files - totals.arrived;
	if (n !== going.n) keepRest(going.folder, (going.n = n));
});

export const sending = (): boolean => queue.active;

export interface Place {
	host: string;
	name: string; // of the folder
	path: string; // decoded
	mayReplace: boolean;
}

export function send(picked: Picked, listing: Listing, name: string, more: () => void): void {
	const { host, path, rights } = listing.folder;
	const place = { host, name, path, mayReplace: rights.includes('w') && rights.includes('d') };
	if (queue.phase === 'done') queue.clear();
	if (!queue.active) going = { folder: path, n: -1 };
	if (!shown) {
		shown = true;
		mount(Panel, { target: document.body, props: { queue, question, place, more, done: () => void listing.refresh() } });
	}
	void queue.add(picked, path, place.mayReplace);
}

/** How many uploads an earlier page left unfinished here, and how to forget them. */
export async function unfinished(path: string): Promise<{ n: number; forget: () => void }> {
	const begun = await memory.below(path);
	const forget = () => {
		keepRest('', 0);
		void Promise.all(begun.map((b) => memory.drop(b.key)));
	};
	return { n: Math.max(begun.length, restBelow(path)), forget };
}
