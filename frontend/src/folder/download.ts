// Fetches what was chosen: one file as it is, everything else as one zip. The browser does the work,
// so it goes on when the page is left.
import type { Listing } from '../lib/list/listing';
import type { Entry } from '../lib/net/files';
import { segment } from '../lib/place';

/** Longer addresses are cut by proxies; above that the names travel in a form. */
const longest = 1500;

export function download(listing: Listing, entries: Entry[]): void {
	const only = entries.length === 1 ? entries[0] : undefined;
	if (only?.k === 'f') return follow(`${listing.href}${segment(only.n)}?dl`);
	if (entries.length === listing.all.length) return follow(`${listing.href}?zip`);
	const query = entries.map((e) => `&f=${segment(e.n)}`).join('');
	if (query.length < longest) return follow(`${listing.href}?zip${query}`);
	const form = document.createElement('form');
	form.method = 'post';
	form.action = `${listing.href}?zip`;
	form.hidden = true;
	for (const entry of entries) {
		const field = document.createElement('input');
		field.type = 'hidden';
		field.name = 'f';
		field.value = entry.n;
		form.append(field);
	}
	document.body.append(form);
	form.submit();
	form.remove();
}

export function follow(href: string): void {
	const link = document.createElement('a');
	link.href = href;
	link.download = '';
	link.click();
}
