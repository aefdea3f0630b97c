// What Activity tells of the last day.
import type { Activity, Fact } from '../../lib/api/types';
import type { House } from '../house.svelte';

const step = 1000;
const pages = 3; // so much of a very busy day is enough to tell who was here

export const aDay = 24 * 3_600_000;

/** Facts of the last day, the oldest first; of these kinds only, where some are given. */
export async function lastDay(house: House, kinds: readonly string[], signal: AbortSignal): Promise<Fact[]> {
	const out: Fact[] = [];
	const query = new URLSearchParams(kinds.map((kind) => ['kind', kind]));
	query.set('since', String(Math.floor(house.now() - aDay)));
	query.set('limit', String(step));
	for (let i = 0; i < pages; i++) {
		const page = await house.ask<Activity>('GET', `/-/api/activity?${query}`, undefined, signal);
		out.push(...page.events);
		const last = page.events.at(-1);
		if (!page.more || !last) break;
		query.set('before', String(last.id));
	}
	return out.toReversed();
}
