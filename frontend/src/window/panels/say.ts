// The sentences of Transfers.
import type { UndoAnswer } from '../../lib/api/types';
import { duration, size } from '../../lib/format';
import { t } from '../../lib/words/t';
import { lastName } from './device';
import { left, nothing, type Line } from './moves';

/** "iPhone · Safari sends to photos", "Ada fetched from photos". */
export function headline(line: Pick<Line, 'direction' | 'device' | 'path' | 'state'>): string {
	const words = { device: line.device, folder: lastName(line.path) };
	if (line.state !== 'done') return line.direction === 'in' ? t('moves.sends', words) : t('moves.fetches', words);
	return line.direction === 'in' ? t('moves.sent', words) : t('moves.fetched', words);
}

/** What is known in numbers: how many, how much, how fast, how long. */
export function numbers(line: Line): string[] {
	if (nothing(line)) return [t(line.stopped ? 'moves.stopped' : 'moves.just')];
	const out: string[] = [];
	const { filesDone: n, failed, names, files } = line;
	const done = line.state === 'done';
	const all = line.filesAll > 0 ? line.filesAll : n + files.length;
	if (all > n && (n > 0 || all > 1)) out.push(t('moves.count', { n, all }));
	else if (n) out.push(t('count.files', { n }));
	else if (names.length === 1) out.push(names[0] ?? '');
	if (n || !done) out.push(done || line.total < 0 ? size(line.done) : t('moves.of', { done: size(line.done), all: size(line.total) }));
	if (failed) out.push(t('moves.failed', { n: failed }));
	if (line.stopped) out.push(t('moves.stopped'));
	if (line.undone) out.push(t('moves.undone'));
	if (line.state === 'waiting') out.push(t('moves.waiting'));
	if (line.state !== 'moving') return out;
	if (line.speed > 0) out.push(t('moves.speed', { speed: size(line.speed) }));
	const seconds = left(line);
	if (seconds !== null) out.push(duration(seconds));
	return out;
}

/** Why it does not go on, or not all of it came, and what happens next; '' where nothing is wrong. */
export function note(line: Pick<Line, 'state' | 'direction' | 'files' | 'filesAll' | 'filesDone' | 'failed' | 'why' | 'stopped'>): string {
	if (line.stopped) return '';
	const missing = Math.max(0, line.filesAll - line.filesDone);
	if (line.state === 'waiting') return line.files.length ? t('moves.cut') : t('moves.away', { n: missing });
	if (line.failed) return line.why ? t('moves.why', { why: line.why }) : t('moves.again');
	if (line.state === 'done' && line.direction === 'in' && missing) return t('moves.missing', { n: missing });
	return '';
}

/** What became of Undo. */
export function undone({ removed, restored, stayed, left }: UndoAnswer): string {
	const out: string[] = [];
	if (removed) out.push(t('moves.undo.removed', { n: removed }));
	if (restored) out.push(t('moves.undo.restored', { n: restored }));
	if (stayed) out.push(t('moves.undo.stayed', { n: stayed, why: left[0]?.problem.detail ?? '' }));
	return out.length ? out.join(' ') : t('moves.undo.none');
}
