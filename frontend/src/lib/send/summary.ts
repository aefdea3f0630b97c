// What the panel says about a queue, in words.
import { duration, isPicture, shapeOf, size } from '../format';
import { t } from '../words/t';
import { counts, type Item } from './item';
import type { Queue } from './queue';

export interface Summary {
	title: string;
	fraction: number; // of what arrived
	leaving: number; // of what left this device
	line: string;
	note: string;
}

export function summary(queue: Queue): Summary {
	const { files, arrived, bytes, sent } = queue.totals;
	const fraction = bytes > 0 ? sent / bytes : files > 0 ? arrived / files : 0;
	const leaving = bytes > 0 ? queue.totals.left / bytes : fraction;
	const only = files === 1 ? queue.items.find(counts) : undefined;
	const many = files ? t('put.title', { n: Math.min(arrived + 1, files), all: files }) : t('put.checking');
	const title = only ? t('put.title.one', { name: only.label }) : many;
	if (queue.phase === 'paused') return { title: t('put.paused'), fraction, leaving, line: left(queue, false), note: t('put.paused.note') };
	if (queue.waiting) {
		const { status, message } = queue.waiting;
		return { title: status ? message : t('put.offline'), fraction, leaving, line: left(queue, false), note: t('put.offline.note') };
	}
	if (queue.phase === 'checking' && !files) return { title, fraction, leaving, line: '', note: t('put.open') };
	return { title, fraction, leaving, line: left(queue, true), note: t('put.open') };
}

function left(queue: Queue, soon: boolean): string {
	const { bytes, sent } = queue.totals;
	const rest = bytes - sent;
	const seconds = soon ? queue.rate.left(rest) : null;
	return seconds === null ? t('put.left', { size: size(rest) }) : t('put.left.soon', { size: size(rest), time: duration(seconds) });
}

const seen = (item: Item): boolean => isPicture(item.file.name) || shapeOf(item.file.name) === 'film';

/** The sentences of the receipt. */
export function receipt(items: readonly Item[], host: string): string[] {
	const of = (state: Item['state']) => items.filter((item) => item.state === state);
	const arrived = of('arrived');
	const failed = of('failed').length;
	const lines: string[] = [];
	if (failed) lines.push(t('put.failed', { n: failed }));
	if (arrived.length)
		lines.push(t(arrived.every(seen) ? 'put.received.photos' : 'put.received.files', { n: arrived.length, host }));
	else if (!failed) lines.push(t('put.received.none'));
	for (const [state, key] of [
		['here', 'put.here'],
		['skipped', 'put.skipped'],
		['stopped', 'put.stopped'],
	] as const) {
		const n = of(state).length;
		if (n) lines.push(t(key, { n }));
	}
	return lines;
}

/** The receipt as a text to keep: what arrived where, when, with the hashes that the server told, and what did not. */
export function receiptFile(items: readonly Item[], host: string, folder: string): string {
	const marks: Partial<Record<Item['state'], string>> = { arrived: '+', here: '=', failed: '!' };
	const lines = items.flatMap((item) => {
		const mark = marks[item.state];
		const name = item.name || item.label;
		return mark ? [[mark, item.file.size, item.sha256 || '-', name, ...(item.trouble ? [item.trouble.message] : [])].join('\t')] : [];
	});
	return [`${new Date().toISOString()}\t${host}\t${folder}`, ...receipt(items, host), '', ...lines, ''].join('\n');
}
