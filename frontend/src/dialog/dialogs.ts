// The dialogs, each as one question with one answer; null means that the person changed their mind.
import '../lib/sprite';
import '../lib/words/later';
import { mount, unmount, type Component } from 'svelte';
import type { Listing } from '../lib/list/listing';
import { mkdir, rename as renameEntry, restore, type Entry } from '../lib/net/files';
import { child, nameOf, type Crumb } from '../lib/place';
import { put } from '../lib/send/put';
import { send } from '../lib/send/transport';
import { t } from '../lib/words/t';
import Erase from './Erase.svelte';
import Move from './Move.svelte';
import Name from './Name.svelte';
import Note from './Note.svelte';

type Answer<Props> = Props extends { done: (answer: infer T) => void } ? T : never;

function ask<Props extends Record<string, any>>(question: Component<Props>, props: Omit<Props, 'done'>): Promise<Answer<Props>> {
	return new Promise((resolve) => {
		const done = (answer: Answer<Props>) => {
			void unmount(dialog);
			resolve(answer);
		};
		const dialog = mount(question, { target: document.body, props: { ...props, done } as unknown as Props });
	});
}

export const makeFolder = (listing: Listing): Promise<string | null> =>
	ask(Name, {
		title: t('new.title'),
		label: t('new.name'),
		button: t('new.make'),
		work: (name: string) => mkdir(child(listing.folder.path, name)),
	});

export const rename = (listing: Listing, entry: Entry): Promise<string | null> =>
	ask(Name, {
		title: t('rename.title'),
		label: t('rename.name'),
		button: t('rename.do'),
		name: entry.n,
		work: (name: string) => renameEntry(child(listing.folder.path, entry.n), child(listing.folder.path, name)),
	});

export const move = (listing: Listing, entries: Entry[], top: Crumb): Promise<Set<string> | null> =>
	ask(Move, { folder: listing.folder.path, entries, top });

/** What went, by name, and how to bring it back where the server keeps it. */
export async function erase(listing: Listing, entries: Entry[]): Promise<{ names: Set<string>; undo: (() => Promise<void>) | null } | null> {
	const answer = await ask(Erase, { folder: listing.folder.path, entries });
	const removed = answer?.removed ?? [];
	if (!removed.length) return null;
	const kept = removed.every((r) => r.trash);
	const undo = async () => {
		for (const { path, trash } of removed) if (trash) await restore(path, trash);
	};
	return { names: new Set(removed.map((r) => nameOf(r.path))), undo: kept ? undo : null };
}

/** Sends a text as a file; the answer is the name that it got. */
export function note(listing: Listing, folder: string, text: string): Promise<string | null> {
	const now = new Date();
	const two = (n: number) => String(n).padStart(2, '0');
	const date = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())} ${two(now.getHours())}.${two(now.getMinutes())}`;
	const name = `${t('note.file', { date })}.txt`;
	const work = async (content: string) => {
		const file = new File([content], name, { type: 'text/plain' });
		const target = { path: child(listing.folder.path, name), modified: file.lastModified, exists: 'keep' as const };
		return (await put(file, target, send, {}, new AbortController().signal)).name || name;
	};
	return ask(Note, { folder, text, work });
}
