// The one store of the owner's page: what the house is and does now. One stream of events feeds it;
// each list is loaded once and kept live. Whatever shows something takes {house} and calls its verbs;
// nothing else asks the server.
import { Refusal } from '../lib/api/client';
import * as api from '../lib/api/client';
import type { Heard } from '../lib/api/client';
import { listen, type Line, type Told } from '../lib/api/stream';
import type { Activity, Change, Fact, Hello, Network, Share, ShareChange, ShareList, ShareRequest, Status, Transfer, TransferList, Volume } from '../lib/api/types';
import { told } from '../lib/net/request';
import { Trouble } from '../lib/net/trouble';
import { Notices } from '../lib/notices';
import { t } from '../lib/words/t';
import { moving, netOf, networksOf, type Diagnosis, type Finding, type FromDesktop, type Moving, type Net, type NetList, type Peer, type Person, type Preferences, type RawBatch, type Service, type Visit } from './contract';

/** Facts kept for Activity; older ones are asked for (facts(before)). */
const kept = 500;

/** joining: nothing is known yet. ended: the program has said that it ends, and is gone. */
export type State = 'joining' | 'ended' | Line;

export class House {
	line = $state<State>('joining');
	/** Whether everything was loaded once. */
	ready = $state(false);
	status = $state.raw<Status | null>(null);
	shares = $state.raw<Share[]>([]);
	doors = $state.raw<Service[]>([]);
	volumes = $state.raw<Volume[]>([]);
	/** Also those that this computer is not on now. */
	networks = $state.raw<Net[]>([]);
	/** Links open on approved networks only. */
	asking = $state(false);
	/** The web door by name, where this computer is announced. */
	local = $state('');
	batches = $state.raw<Moving[]>([]);
	transfers = $state.raw<Transfer[]>([]);
	/** Newest first. */
	facts = $state.raw<Fact[]>([]);
	moreFacts = $state(false);
	/** null: this server keeps no list of people. */
	people = $state.raw<Person[] | null>(null);
	/** Other Porticos on the network. */
	peers = $state.raw<Peer[]>([]);
	/** null: there is no desktop around this page (an ordinary browser). */
	preferences = $state.raw<Preferences | null>(null);
	/** The last visit of each share, by its id. */
	visits = $state.raw<Record<string, Visit>>({});
	/** The last packet from an address that was quiet, on any door. */
	knock = $state.raw<{ remote: string; at: number } | null>(null);
	/** The program ends when the transfers are done. */
	closing = $state(false);
	/** Shares that are being stopped; Undo brings them back. */
	leaving = $state.raw<Set<string>>(new Set());
	/** The server's clock minus ours, milliseconds. */
	skew = 0;

	readonly notices = new Notices();
	/** Told by the shell; the frame sets it. */
	fromDesktop: (told: FromDesktop) => void = () => {};

	#headers: Record<string, string>;
	#ears = new Set<Heard>();
	#hello: Hello | null = null;
	#end: (() => void) | null = null;
	#coming: Fact[] = [];
	#flush: ReturnType<typeof setTimeout> | null = null;
	#again = new Map<string, ReturnType<typeof setTimeout>>();

	constructor(token: string) {
		this.#headers = token ? { 'X-Portico-Token': token } : {};
		api.carry(this.#headers);
	}

	start(): void {
		this.#end ??= listen({
			url: '/-/events',
			headers: this.#headers,
			heard: (said) => this.#heard(said),
			line: (state) => this.#lined(state),
		});
	}

	stop(): void {
		this.#end?.();
		this.#end = null;
	}

	// What there is

	get desktop(): boolean {
		return this.preferences !== null;
	}

	/** Shares that stand, newest first. */
	get standing(): Share[] {
		return this.shares.filter((s) => s.state !== 'expired' && s.state !== 'gone' && !this.leaving.has(s.id));
	}

	/** The network whose address links show first. */
	get network(): Net | undefined {
		return this.here.find((n) => n.best) ?? this.here.find((n) => n.chosen) ?? this.here[0];
	}

	/** The networks that this computer is on. */
	get here(): Net[] {
		return this.networks.filter((n) => n.here && n.address !== '');
	}

	/** The network that this computer is on was never approved: links open for nobody from there. */
	get unknown(): Net | undefined {
		return this.asking && this.network && !this.network.approved ? this.network : undefined;
	}

	/** What moves through a share now. */
	through(share: Share): Moving[] {
		return this.batches.filter((b) => b.state === 'moving' && (b.share ? b.share === share.id : b.link !== '' && b.link === share.title));
	}

	now(): number {
		return Date.now() + this.skew;
	}

	// Asking

	/** Any call of the API; failures are a Refusal with the server's own words. */
	ask<T>(method: api.Method, url: string, body?: unknown, signal?: AbortSignal): Promise<T> {
		return api.call<T>(method, url, body, signal);
	}

	/** An answer as it is: a table, a picture. */
	fetch(url: string, init: RequestInit = {}): Promise<Response> {
		return fetch(url, { cache: 'no-store', ...init, headers: { ...this.#headers, ...(init.headers as Record<string, string> | undefined) } });
	}

	/** Follows what happens; who comes late hears the last hello. Returns how to end it. */
	hear(heard: Heard): () => void {
		this.#ears.add(heard);
		const hello = this.#hello;
		if (hello) queueMicrotask(() => this.#ears.has(heard) && heard.hello?.(hello));
		return () => this.#ears.delete(heard);
	}

	/** A call whose absence is no trouble: undefined where this server does not know it. */
	async maybe<T>(method: api.Method, url: string, body?: unknown): Promise<T | undefined> {
		try {
			return await api.call<T>(method, url, body);
		} catch (error) {
			if (error instanceof Refusal && (error.problem.status === 404 || error.problem.status === 405)) return undefined;
			return told<T>(Promise.reject(error as Error));
		}
	}

	/** Does something and says so where it fails. True: it is done. */
	async attempt(what: () => Promise<unknown>): Promise<boolean> {
		try {
			await told((async () => what())());
			return true;
		} catch (error) {
			this.notices.bad(error);
			return false;
		}
	}

	/** Text of an address that needs the token: a QR code. */
	async text(url: string): Promise<string> {
		const answer = await this.fetch(url).catch(() => null);
		if (!answer?.ok) throw new Trouble({ cause: t('problem.unknown') }, answer?.status ?? 0);
		return answer.text();
	}

	// Verbs: shares

	async share(asked: ShareRequest): Promise<Share> {
		return this.#have(await told(api.share(asked)));
	}

	/** Shares files and folders of this computer, whole paths. Only where there is a desktop or a control listener. */
	async shareFiles(paths: string[], more: { preset?: 'view' | 'add' | 'inbox' | 'full'; for?: string; title?: string } = {}): Promise<Share[]> {
		const answer = await this.ask<ShareList & { refused?: { path: string; problem: { detail?: string; title: string } }[] }>('POST', '/-/api/desktop/share', { files: paths, share: more });
		for (const r of answer.refused ?? []) this.notices.bad(new Trouble({ cause: r.problem.detail || r.problem.title }));
		answer.shares.toReversed().forEach((s) => this.#have(s));
		return answer.shares;
	}

	/** A text becomes a link that stands until tonight. */
	async shareText(text: string): Promise<Share> {
		return this.#have((await this.ask<{ share: Share }>('POST', '/-/api/desktop/text', { text })).share);
	}

	async changeShare(id: string, to: ShareChange): Promise<Share> {
		return this.#have(await told(api.changeShare(id, to)));
	}

	/** Stops a share: at once for everybody, for good when Undo was not pressed. */
	async endShare(share: Share): Promise<void> {
		const paused = share.state === 'paused';
		this.leaving = new Set([...this.leaving, share.id]);
		if (!(await this.attempt(() => (paused ? Promise.resolve() : this.changeShare(share.id, { paused: true }))))) {
			this.#stay(share.id);
			return;
		}
		let undone = false;
		const forGood = () => {
			clearTimeout(timer);
			removeEventListener('pagehide', leave);
			if (!undone) void this.attempt(() => told(api.endShare(share.id))).then(() => this.#soon('shares'));
		};
		const leave = () => void fetch(`/-/api/shares/${encodeURIComponent(share.id)}`, { method: 'DELETE', headers: this.#headers, keepalive: true });
		const timer = setTimeout(forGood, 12_000);
		addEventListener('pagehide', leave);
		this.notices.good(t('w.stopped', { title: share.title }), {
			text: t('undo'),
			run: () => {
				undone = true;
				forGood();
				this.#stay(share.id);
				if (!paused) void this.attempt(() => this.changeShare(share.id, { paused: false }));
			},
		});
	}

	// Verbs: what moves, people, services, networks, settings

	stopBatch(id: string): Promise<void> {
		return this.ask('DELETE', `/-/api/batches/${encodeURIComponent(id)}`);
	}

	stopTransfer(id: string): Promise<void> {
		return this.ask('DELETE', `/-/api/transfers/${encodeURIComponent(id)}`);
	}

	/** Loads older facts behind those that are there. */
	async olderFacts(): Promise<void> {
		const before = this.facts.at(-1)?.id ?? 0;
		const page = await told(api.activity(before));
		this.facts = [...this.facts, ...page.events];
		this.moreFacts = page.more;
	}

	async changePerson(id: string, to: { name?: string; blocked?: boolean }): Promise<void> {
		await this.ask('PATCH', `/-/api/people/${encodeURIComponent(id)}`, to);
		await this.#load('people');
	}

	async forgetPerson(id: string): Promise<void> {
		await this.ask('DELETE', `/-/api/people/${encodeURIComponent(id)}`);
		await this.#load('people');
	}

	async changeDoor(name: string, to: { open?: boolean; port?: number }): Promise<Service> {
		const door = await this.ask<Service>('PATCH', `/-/api/doors/${encodeURIComponent(name)}`, to);
		this.doors = this.doors.map((d) => (d.name === name ? { ...d, ...door } : d));
		return door;
	}

	/** Chosen: links show its address first. */
	async changeNetwork(id: string, to: { approved?: boolean; chosen?: boolean; announced?: boolean }): Promise<void> {
		const known = await this.maybe<unknown>('PATCH', `/-/api/networks/${encodeURIComponent(id)}`, to);
		if (known === undefined && to.chosen !== undefined) await told(api.call('PUT', '/-/api/network', { interface: to.chosen ? id : '' }));
		await Promise.all([this.#load('networks'), this.#load('shares'), this.#load('status')]);
	}

	settings<T>(): Promise<T | undefined> {
		return this.maybe('GET', '/-/api/settings');
	}

	/** Why nobody arrives, at one share or at all. */
	diagnosis(share = '', since = 0): Promise<Diagnosis | undefined> {
		return this.maybe('GET', `/-/api/diagnosis?${share ? `share=${encodeURIComponent(share)}&` : ''}since=${Math.round(since)}`);
	}

	fix(code: string, share = ''): Promise<{ done: boolean; finding?: Finding }> {
		return this.ask('POST', `/-/api/diagnosis/${encodeURIComponent(code)}/fix${share ? `?share=${encodeURIComponent(share)}` : ''}`);
	}

	// Verbs: the desktop

	/** Empty: cancelled. Undefined: there are no dialogs here. */
	async pick(what: 'folder' | 'files', title: string): Promise<string[] | undefined> {
		if (!this.preferences?.dialogs) return undefined;
		return (await this.maybe<{ paths: string[] }>('POST', '/-/api/desktop/pick', { what, title }))?.paths;
	}

	reveal(what: { path: string } | { share: string }): Promise<void> {
		return this.ask('POST', '/-/api/desktop/reveal', what);
	}

	open(url: string): Promise<void> {
		return this.ask('POST', '/-/api/desktop/open', { url });
	}

	/** What lies on the desktop's clipboard; undefined where that cannot be asked. */
	clipboard(): Promise<{ text: string; paths: string[] } | undefined> {
		return this.desktop ? this.maybe('GET', '/-/api/desktop/clipboard') : Promise.resolve(undefined);
	}

	/** Copies a text: by the desktop, else by the browser, else by hand. */
	async copy(text: string): Promise<boolean> {
		if (this.desktop && (await this.maybe('POST', '/-/api/desktop/clipboard', { text }).then(() => true, () => false))) return true;
		try {
			await navigator.clipboard.writeText(text);
			return true;
		} catch {
			return byHand(text);
		}
	}

	async changePreferences(to: Partial<Preferences>): Promise<void> {
		this.preferences = (await this.ask<Preferences>('PATCH', '/-/api/desktop/preferences', to)) ?? this.preferences;
	}

	/** Hides the window; everything goes on. */
	hide(): Promise<void> {
		return this.ask('POST', '/-/api/desktop/window', { do: 'hide' });
	}

	async quit(now = false): Promise<void> {
		this.closing = true;
		await this.ask('POST', '/-/api/desktop/quit', now ? { now } : {});
	}

	// Staying live

	#lined(state: Line): void {
		this.line = state === 'lost' && this.closing ? 'ended' : state;
	}

	#heard(said: Told): void {
		let data: unknown;
		try {
			data = JSON.parse(said.data);
		} catch {
			return;
		}
		for (const ear of this.#ears) (ear[said.event as keyof Heard] as ((data: unknown) => void) | undefined)?.(data);
		switch (said.event) {
			case 'hello':
				this.#hello = data as Hello;
				this.skew = (data as Hello).time - Date.now();
				this.closing = false;
				void this.#all();
				break;
			case 'resync':
				void this.#all();
				break;
			case 'change':
				if ((data as Change).fact) this.#fact((data as Change).fact as Fact);
				break;
			case 'transfer':
				this.transfers = (data as TransferList).transfers;
				if (!this.#tellsBatches) this.#soon('batches', 250);
				break;
			case 'batch':
				this.#tellsBatches = true;
				this.#batch(data as { batches?: RawBatch[] } & RawBatch);
				break;
			case 'visit':
				this.#tellsVisits = true;
				this.#visit(data as Visit);
				break;
			case 'knock':
				this.knock = data as { remote: string; at: number };
				break;
			case 'desktop':
				this.fromDesktop(data as FromDesktop);
		}
	}
	#tellsBatches = false;
	#tellsVisits = false;

	#batch(data: { batches?: RawBatch[] } & RawBatch): void {
		if (data.batches) this.batches = data.batches.map(moving);
		else if (data.id) {
			const one = moving(data);
			this.batches = this.batches.some((b) => b.id === one.id) ? this.batches.map((b) => (b.id === one.id ? one : b)) : [...this.batches, one];
		}
	}

	#visit(visit: Visit): void {
		this.visits = { ...this.visits, [visit.share]: visit };
		this.#soon('shares', 500);
		this.#soon('people', 1000);
	}

	/** Facts may come by the hundred; the page is told ten times a second. */
	#fact(fact: Fact): void {
		this.#coming.push(fact);
		this.#flush ??= setTimeout(() => {
			this.#flush = null;
			const known = new Set(this.facts.slice(0, 200).map((f) => f.id));
			const fresh = this.#coming.filter((f) => !known.has(f.id)).toReversed();
			this.#coming = [];
			if (this.facts.length + fresh.length > kept) this.moreFacts = true;
			this.facts = [...fresh, ...this.facts].slice(0, kept);
		}, 100);
		const [kind, id] = (fact.identity ?? '').split(':');
		if (!this.#tellsVisits && fact.kind === 'opened' && kind === 'link' && id) this.#visit({ share: id, remote: fact.remote ?? '', name: fact.client || fact.remote || '', at: fact.time });
		if (['shared', 'unshared', 'paused', 'resumed', 'opened', 'renamed', 'removed', 'restored'].includes(fact.kind)) this.#soon('shares');
		if (fact.kind.startsWith('door-')) this.#soon('doors');
		if (fact.kind.startsWith('volume-')) for (const name of ['volumes', 'shares'] as const) this.#soon(name);
		if (fact.kind === 'notice') for (const name of ['networks', 'status', 'shares', 'doors'] as const) this.#soon(name, 300);
	}

	/** Loads a list again soon, once for many reasons. */
	#soon(name: List, after = 120): void {
		if (this.#again.has(name)) return;
		const timer = setTimeout(() => {
			this.#again.delete(name);
			void this.#load(name).catch(() => {});
		}, after);
		this.#again.set(name, timer);
	}

	async #all(): Promise<void> {
		// What cannot be loaded now comes with the next hello, or stays as it was.
		await Promise.allSettled(lists.map((name) => this.#load(name)));
		this.ready = true;
	}

	async #load(name: List): Promise<void> {
		switch (name) {
			case 'status':
				this.status = await told(api.status());
				break;
			case 'shares':
				this.shares = (await told(api.shares())).shares;
				break;
			case 'doors':
				this.doors = (await told(api.doors())).doors;
				break;
			case 'volumes':
				this.volumes = (await told(api.volumes())).volumes;
				break;
			case 'networks': {
				const list = await this.maybe<NetList>('GET', '/-/api/networks');
				this.asking = list?.asking ?? false;
				this.local = list?.local ?? '';
				this.networks = list ? list.networks.map(netOf) : networksOf((await this.maybe<Network>('GET', '/-/api/network')) ?? { chosen: '', addresses: [] });
				break;
			}
			case 'batches':
				this.batches = ((await this.maybe<{ batches: RawBatch[] }>('GET', '/-/api/batches'))?.batches ?? []).map(moving);
				break;
			case 'facts': {
				const page: Activity = await told(api.activity());
				this.facts = page.events;
				this.moreFacts = page.more;
				break;
			}
			case 'people':
				this.people = (await this.maybe<{ people: Person[] }>('GET', '/-/api/people'))?.people ?? null;
				break;
			case 'peers':
				this.peers = (await this.maybe<{ peers: Peer[] }>('GET', '/-/api/peers'))?.peers ?? [];
				break;
			case 'preferences':
				this.preferences = (await this.maybe<Preferences>('GET', '/-/api/desktop/preferences')) ?? null;
		}
	}

	/** Loads a list again now, for a panel that wants it fresh. */
	refresh(name: List): Promise<boolean> {
		return this.attempt(() => this.#load(name));
	}

	#have(share: Share): Share {
		this.shares = this.shares.some((s) => s.id === share.id) ? this.shares.map((s) => (s.id === share.id ? share : s)) : [share, ...this.shares];
		return share;
	}

	#stay(id: string): void {
		const rest = new Set(this.leaving);
		rest.delete(id);
		this.leaving = rest;
	}
}

const lists = ['status', 'shares', 'doors', 'volumes', 'networks', 'batches', 'facts', 'people', 'peers', 'preferences'] as const;
export type List = (typeof lists)[number];

/** Copies by the old way, which needs no permission and no secure place. */
function byHand(text: string): boolean {
	const field = document.createElement('textarea');
	field.value = text;
	field.className = 'unseen';
	(document.querySelector('dialog[open]') ?? document.body).append(field);
	const before = document.activeElement as HTMLElement | null;
	field.select();
	const done = document.execCommand('copy');
	field.remove();
	before?.focus();
	return done;
}
