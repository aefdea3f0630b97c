// Filters of Activity: as the server is asked, and the same for what arrives while the page is open.
import type { Fact } from '../../lib/api/types';
import { t } from '../../lib/words/t';

export type Group = 'all' | 'arrived' | 'fetched' | 'changed' | 'shares' | 'people' | 'trouble' | 'house';
export type Span = 'all' | 'hour' | 'day' | 'week';

export interface Filter {
	text: string;
	group: Group;
	door: string;
	span: Span;
}

export const everything: Filter = { text: '', group: 'all', door: '', span: 'all' };

/** Verbs of each group. */
export const kinds: Record<Exclude<Group, 'all'>, string[]> = {
	arrived: ['created', 'replaced', 'appended', 'folder'],
	fetched: ['read'],
	changed: ['renamed', 'copied', 'removed', 'restored'],
	shares: ['shared', 'unshared', 'paused', 'resumed', 'opened'],
	people: ['signed-in', 'signed-out', 'wrong-secret'],
	trouble: ['refused', 'failed', 'wrong-secret', 'volume-absent'],
	house: ['door-opened', 'door-closed', 'volume-absent', 'volume-back', 'notice'],
};

export const groups = (): [Group, string][] => [
	['all', t('facts.group.all')],
	['arrived', t('facts.group.arrived')],
	['fetched', t('facts.group.fetched')],
	['changed', t('facts.group.changed')],
	['shares', t('facts.group.shares')],
	['people', t('facts.group.people')],
	['trouble', t('facts.group.trouble')],
	['house', t('facts.group.house')],
];

export const spans = (): [Span, string][] => [
	['all', t('facts.span.all')],
	['hour', t('facts.span.hour')],
	['day', t('facts.span.day')],
	['week', t('facts.span.week')],
];

const hours: Record<Span, number> = { all: 0, hour: 1, day: 24, week: 168 };

/** The moment from which on a filter looks, 0 for ever. */
export const since = (span: Span, now: number): number => (hours[span] ? now - hours[span] * 3_600_000 : 0);

/** The filter as the server takes it. */
export function query(filter: Filter, now: number): URLSearchParams {
	const out = new URLSearchParams();
	if (filter.group !== 'all') for (const kind of kinds[filter.group]) out.append('kind', kind);
	if (filter.text.trim()) out.set('text', filter.text.trim());
	if (filter.door) out.set('door', filter.door);
	const from = since(filter.span, now);
	if (from) out.set('since', String(Math.floor(from)));
	return out;
}

/** Whether a fact passes a filter, as the server would say. */
export function passes(fact: Fact, filter: Filter, now: number): boolean {
	if (filter.group !== 'all' && !kinds[filter.group].includes(fact.kind)) return false;
	if (filter.door && fact.door !== filter.door) return false;
	if (fact.time < since(filter.span, now)) return false;
	const words = filter.text.trim().toLowerCase();
	if (!words) return true;
	return [fact.sentence, fact.path, fact.from, fact.remote, fact.client, fact.name].some((text) => text?.toLowerCase().includes(words));
}

/** Facts newest first, each once; newer ones on top, at most so many. */
export function onTop(shown: readonly Fact[], fresh: readonly Fact[], most: number): Fact[] {
	const newest = shown[0]?.id ?? 0;
	const add = fresh.filter((fact) => fact.id > newest).sort((a, b) => b.id - a.id);
	return [...add, ...shown].slice(0, most);
}

/** The shape that stands for a fact. */
export function iconOf(kind: string): string {
	if (kinds.arrived.includes(kind)) return 'falling';
	if (kind === 'read') return 'rising';
	if (['refused', 'failed', 'wrong-secret', 'volume-absent'].includes(kind)) return 'alert';
	if (kinds.changed.includes(kind)) return kind === 'removed' ? 'delete' : 'move';
	if (kinds.shares.includes(kind) || kind === 'paused' || kind === 'resumed') return 'share';
	if (kinds.people.includes(kind)) return 'person';
	return kind.startsWith('door') ? 'door' : 'info';
}

export const isTrouble = (kind: string): boolean => kinds.trouble.includes(kind);
