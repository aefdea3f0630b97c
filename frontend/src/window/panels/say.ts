// The sentences of Transfers.
import { duration, size } from '../../lib/format';
import { t } from '../../lib/words/t';
import { lastName } from './device';
import { left, nothing, type Line } from './moves';

/** "iPhone · Safari sends to photos", "Ada fetched from photos". */
export function headline(line: Pick<Line, 'direction' | 'device' | 'folder' | 'now'>): string {
	const words = { device: line.device, folder: lastName(line.folder) };
	if (line.now) return line.direction === 'in' ? t('moves.sends', words) : t('moves.fetches', words);
	return line.direction === 'in' ? t('moves.sent', words) : t('moves.fetched', words);
}

/** What is known in numbers: how many, how much, how fast, how long. */
export function numbers(line: Line): string[] {
	const files = line.files + line.fresh.files;
	const bytes = line.bytes + line.fresh.bytes;
	const out: string[] = [];
	if (nothing(line)) return [t('moves.just')];
	if (!line.now) {
		if (files) out.push(t('count.files', { n: files }), size(bytes));
		if (line.failed) out.push(t('moves.failed', { n: line.failed }));
		return out;
	}
	const { now } = line;
	if (files) out.push(t('moves.count', { n: files, all: files + now.ids.length }));
	else out.push(now.ids.length === 1 ? (now.names[0] ?? '') : t('count.files', { n: now.ids.length }));
	out.push(now.total < 0 ? size(bytes + now.done) : t('moves.of', { done: size(bytes + now.done), all: size(bytes + now.total) }));
	if (line.failed) out.push(t('moves.failed', { n: line.failed }));
	if (now.waiting) return [...out, t('moves.waiting')];
	if (now.speed > 0) out.push(t('moves.speed', { speed: size(now.speed) }));
	const seconds = left(line);
	if (seconds !== null) out.push(duration(seconds));
	return out;
}
