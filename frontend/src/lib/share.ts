// Hands files to the device's own sheet, from where a phone saves pictures among its photos. Browsers
// have it on secure pages only.
import type { Entry } from './net/files';
import { segment } from './place';
import { noAnswer } from './net/request';

/** The files travel through memory. */
const most = 200_000_000;
const many = 100;

export function sharable(entries: readonly Entry[]): boolean {
	if (typeof navigator.canShare !== 'function' || entries.length > many) return false;
	const fits = entries.every((e) => e.k === 'f' && !e.p) && entries.reduce((sum, e) => sum + (e.s ?? 0), 0) <= most;
	return fits && navigator.canShare({ files: [new File([''], 'a.png', { type: 'image/png' })] });
}

/** Fetches the files of a folder whose href is given. */
export async function fetched(folder: string, entries: readonly Entry[]): Promise<File[]> {
	const files: File[] = [];
	for (const { n } of entries) {
		const answer = await fetch(folder + segment(n)).catch(() => null);
		if (!answer?.ok) throw noAnswer();
		const content = await answer.blob();
		files.push(new File([content], n, { type: content.type }));
	}
	return files;
}

/** Shows the sheet. False: it took so long to fetch them that the browser wants another press first. */
export async function handOver(files: File[]): Promise<boolean> {
	try {
		await navigator.share({ files });
	} catch (error) {
		return !(error instanceof DOMException && error.name === 'NotAllowedError');
	}
	return true;
}
