// Parts of the page that come when they are first needed. A part that did not come is asked for again.
import { Trouble } from './net/trouble';
import { t } from './words/t';

let style: Promise<void> | null = null;
let href = '';

/** Tells where the style of the later parts is. */
export function styleAt(place: string): void {
	href = place;
}

function styled(): Promise<void> {
	style ??= new Promise((done, failed) => {
		const link = document.createElement('link');
		link.rel = 'stylesheet';
		link.href = href;
		link.onload = () => done();
		link.onerror = () => {
			link.remove();
			style = null;
			failed(new Error(href));
		};
		document.head.append(link);
	});
	return style;
}

export async function part<T>(load: () => Promise<T>): Promise<T> {
	try {
		return (await Promise.all([load(), styled()]))[0];
	} catch {
		throw new Trouble({ cause: t('problem.chunk'), next: t('problem.chunk.next') });
	}
}
