// Who was here, out of what happened and what moves now: for servers that keep no list of devices.
import type { Fact, Share, Transfer } from '../../lib/api/types';
import { size } from '../../lib/format';
import { t } from '../../lib/words/t';
import type { Person as Known } from '../contract';
import { deviceOf, kindOf, lastName, nameOf } from './device';

/** A device as the server lists it. */
export interface Device extends Known {
	as?: string; // whom it signed in as
	means?: string; // what blocking it does, in words
}

/** A device with what can be said of it. */
export interface Person extends Device {
	may: string; // what they may do, in a sentence
	did: string[]; // what they did, in short words
	kept: boolean; // the server knows this device: it can be named, blocked and forgotten
}

const present = 2 * 60_000;

interface Tally {
	person: Person;
	sent: number;
	sentBytes: number;
	fetched: number;
	fetchedBytes: number;
	opened: Set<string>;
	wrong: number;
	removed: number;
	now: 'in' | 'out' | '';
	kind: string;
	by: string;
}

/** Devices of the last while, those that are here first, then the latest. */
export function people(facts: readonly Fact[], transfers: readonly Transfer[], shares: readonly Share[], now: number): Person[] {
	const all = new Map<string, Tally>();
	for (const fact of facts) {
		if (!fact.remote || kindOf(fact.identity) === 'owner') continue;
		note(take(all, { ...fact, kind: kindOf(fact.identity), at: fact.time }), fact);
	}
	for (const one of transfers) {
		if (!one.remote || one.by.kind === 'owner') continue;
		const tally = take(all, { ...one, kind: one.by.kind, name: one.by.name, at: one.since });
		if (one.waiting) continue;
		tally.person.last = now;
		tally.now = one.direction;
	}
	const out = [...all.values()].map((tally) => finish(tally, shares, now));
	return out.sort((a, b) => Number(b.here) - Number(a.here) || b.last - a.last);
}

interface Sign {
	kind: string;
	name?: string | undefined;
	client?: string | undefined;
	remote?: string | undefined;
	at: number;
}

function take(all: Map<string, Tally>, sign: Sign): Tally {
	const { kind, name = '', client = '', remote = '', at } = sign;
	// Guests and visitors with links are told apart by their device alone: one phone opens many links.
	const known = kind === 'account' || kind === 'device' || kind === 'token';
	const id = [known ? name : '', client, remote].join('\0');
	let tally = all.get(id);
	if (!tally) {
		const person: Person = {
			id, name: nameOf({ kind, name, client, remote }), remote, client: deviceOf(client), first: at, last: at,
			shares: [], here: false, files: 0, bytes: 0, may: '', did: [], kept: false, blocked: false,
		};
		tally = { person, sent: 0, sentBytes: 0, fetched: 0, fetchedBytes: 0, opened: new Set(), wrong: 0, removed: 0, now: '', kind, by: name };
		all.set(id, tally);
	}
	tally.person.first = Math.min(tally.person.first, at);
	tally.person.last = Math.max(tally.person.last, at);
	// The link that they came by last says what they may do.
	if (kind === 'link' && name) [tally.kind, tally.by] = [kind, name];
	return tally;
}

function note(tally: Tally, fact: Fact): void {
	const files = Math.max(1, fact.count ?? 1);
	if (['created', 'replaced', 'appended'].includes(fact.kind)) {
		tally.sent += files;
		tally.sentBytes += fact.size ?? 0;
	} else if (fact.kind === 'read') {
		tally.fetched += files;
		tally.fetchedBytes += fact.size ?? 0;
	} else if (fact.kind === 'opened') tally.opened.add(lastName(fact.path ?? ''));
	else if (fact.kind === 'wrong-secret') tally.wrong += files;
	else if (fact.kind === 'removed') tally.removed += files;
}

function finish(tally: Tally, shares: readonly Share[], now: number): Person {
	const { person } = tally;
	const did: string[] = [];
	if (tally.now) did.push(tally.now === 'in' ? t('people.sends') : t('people.fetches'));
	if (tally.sent) did.push(t('people.sent', { n: tally.sent, bytes: size(tally.sentBytes) }));
	if (tally.fetched) did.push(t('people.fetched', { n: tally.fetched, bytes: size(tally.fetchedBytes) }));
	if (tally.removed) did.push(t('people.removed', { n: tally.removed }));
	if (tally.wrong) did.push(t('people.wrong', { n: tally.wrong }));
	return {
		...person, did, may: may(tally.kind, tally.by, shares), shares: [...tally.opened],
		here: now - person.last < present, files: tally.sent + tally.fetched, bytes: tally.sentBytes + tally.fetchedBytes,
	};
}

const says: Record<Share['preset'], (title: string) => string> = {
	view: (title) => t('people.preset.view', { title }),
	add: (title) => t('people.preset.add', { title }),
	inbox: (title) => t('people.preset.inbox', { title }),
	full: (title) => t('people.preset.full', { title }),
	custom: (title) => t('people.link', { title }),
};

/** What somebody may do, as far as the way they came tells. */
export function may(kind: string, name: string, shares: readonly Share[]): string {
	if (kind === 'account') return t('people.account', { name });
	if (kind === 'token') return t('people.token', { name });
	if (kind === 'device') return t('people.device', { name });
	if (kind === 'link') {
		const title = /“(.*)”/.exec(name)?.[1] ?? name;
		const share = shares.find((one) => one.title === title);
		return share ? says[share.preset](title) : t('people.link', { title });
	}
	return t('people.guest');
}

/** Devices as the server lists them, with what they did in the facts at hand. */
export function listed(devices: readonly Device[], derived: readonly Person[]): Person[] {
	const out = devices.map((device) => {
		const same = derived.find((one) => one.remote === device.remote && one.client === deviceOf(device.client)) ?? derived.find((one) => one.remote === device.remote && !one.client);
		// The server counts all of the day; who did what is told as long as all of it is known here.
		const did = same?.did.length && same.files >= device.files ? same.did : device.files ? [t('people.moved', { n: device.files, bytes: size(device.bytes) })] : [];
		const client = deviceOf(device.client) || device.client;
		return { ...device, client, name: device.name || client || device.remote, may: rights(device, same), did, kept: true };
	});
	return out.sort((a, b) => Number(b.here) - Number(a.here) || b.last - a.last);
}

function rights(device: Device, same: Person | undefined): string {
	if (device.blocked && device.means) return device.means;
	if (device.as) return t('people.account', { name: device.as });
	if (same?.may) return same.may;
	return device.shares.length ? t('people.shares', { titles: device.shares.map((one) => `“${one}”`).join(', ') }) : t('people.guest');
}
