// How each list of the house is loaded, whole. A list that this server does not keep is empty.
import * as api from '../lib/api/client';
import type { BatchList, FileServer, Network } from '../lib/api/types';
import { told } from '../lib/net/request';
import { netOf, networksOf, type NetList, type Peer, type Person, type Preferences, type Waiting } from './contract';
import type { House } from './house.svelte';

export const lists = ['status', 'shares', 'doors', 'volumes', 'networks', 'batches', 'facts', 'people', 'waiting', 'peers', 'preferences'] as const;
export type List = (typeof lists)[number];

/** The lists that are not what they were when something of a kind has happened. */
export function concerned(kind: string): List[] {
	if (kind === 'notice') return ['networks', 'status', 'shares', 'doors'];
	if (kind.startsWith('door-')) return ['doors'];
	if (kind.startsWith('volume-')) return ['volumes', 'shares'];
	return ['shared', 'unshared', 'paused', 'resumed', 'opened', 'renamed', 'removed', 'restored'].includes(kind) ? ['shares'] : [];
}

export const loaders: Record<List, (house: House) => Promise<void>> = {
	async status(house) {
		house.status = await told(api.status());
	},
	async shares(house) {
		house.shares = (await told(api.shares())).shares;
	},
	async doors(house) {
		house.doors = (await told(api.doors())).doors;
	},
	async volumes(house) {
		house.volumes = (await told(api.volumes())).volumes;
	},
	async networks(house) {
		const list = await house.maybe<NetList>('GET', '/-/api/networks');
		house.asking = list?.asking ?? false;
		house.local = list?.local ?? '';
		house.announcing = list?.announce === undefined ? null : { on: list.announce, kinds: list.kinds ?? [] };
		house.networks = list ? list.networks.map(netOf) : networksOf((await house.maybe<Network>('GET', '/-/api/network')) ?? { chosen: '', addresses: [] });
	},
	async batches(house) {
		house.batches = (await house.maybe<BatchList>('GET', '/-/api/batches'))?.batches ?? [];
	},
	async facts(house) {
		const page = await told(api.activity());
		const newest = page.events[0]?.id ?? 0;
		house.facts = [...house.facts.filter((f) => f.id > newest), ...page.events]; // what was told meanwhile stays
		house.moreFacts = page.more;
	},
	async people(house) {
		house.people = (await house.maybe<{ people: Person[] }>('GET', '/-/api/people'))?.people ?? null;
	},
	async waiting(house) {
		house.waiting = (await house.maybe<{ asking: Waiting[] }>('GET', '/-/api/asking'))?.asking ?? [];
	},
	async peers(house) {
		const found = await house.maybe<{ peers: Peer[]; servers?: FileServer[] }>('GET', '/-/api/peers');
		house.peers = found?.peers ?? [];
		house.servers = found?.servers ?? [];
	},
	async preferences(house) {
		house.preferences = (await house.maybe<Preferences>('GET', '/-/api/desktop/preferences')) ?? null;
	},
};
