// Shows one picture or text over the page.
import '../lib/sprite';
import '../lib/words/later';
import { mount, unmount } from 'svelte';
import type { Listing } from '../lib/list/listing';
import type { Entry } from '../lib/net/files';
import View from './View.svelte';

export function show(entry: Entry, listing: Listing): void {
	const done = () => void unmount(view);
	const view = mount(View, { target: document.body, props: { entry, listing, done } });
}
