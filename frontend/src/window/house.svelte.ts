// The one store of the owner's page: what the house is and does now. One stream of events feeds it;
// each list is loaded once (lists.ts) and kept live. Whatever shows something takes {house} and calls
// its verbs.
import * as api from '../lib/api/client';
import { listen, type Line, type Told } from '../lib/api/stream';
import type { Batch, Change, Door, Fact, FileServer, Hello, Share, ShareChange, ShareList, ShareOptions, Status, Transfer, TransferList, Volume } from '../lib/api/types';
import { told } from '../lib/net/request';
import { Trouble } from '../lib/net/trouble';
import { Notices } from '../lib/notices';
import { t } from '../lib/words/t';
import { byHand } from './byhand';
import { type Diagnosis, type Finding, type FromDesktop, type Net, type Peer, type Person, type Preferences, type Visit, type Waiting } from './contract';
import { endShare } from './ending';
import { lastName, withoutGone } from './gone';
import { concerned, lists, loaders, type List } from './lists';

/** Facts that are kept; Activity asks for older ones. */
const kept = 500;

/** joining: nothing is known yet. ended: the program has said that it ends, and is gone. */
export type State = 'joining' | 'ended' | Line;

export class House {
	line = $state<State>('joining');
	/** Whether everything was loaded once. */
	ready = $state(false);
	status = $state.raw<Status | null>(null);
	shares = $state.raw<Share[]>([]);
	doors = $state.raw<Door[]>([]);
	/** A door that the tray asks to open, until its card has seen to it */
	wanted = $state('');
	volumes = $state.raw<Volume[]>([]);
	/** Also those that this computer is not on now. */
	networks = $state.raw<Net[]>([]);
	/** Links open on approved networks only. */
	asking = $state(false);
	/** How networks are told that this computer is here; null: that cannot be changed. */
	announcing = $state.raw<{ on: boolean; kinds: string[] } | null>(null);
	/** The web door by name, where this computer is announced. */
	local = $state('');
	/** What moves, and what moved within a day. */
	batches = $state.raw<Batch[]>([]);
	transfers = $state.raw<Transfer[]>([]);
	/** Newest first. */
	facts = $state.raw<Fact[]>([]);
	moreFacts = $state(false);
	/** null: this server keeps no list of people. */
	people = $state.raw<Person[] | null>(null);
	/** Devices that wait to be let in, the oldest first. */
	waiting = $state.raw<Waiting[]>([]);
	/** Other Porticos on the network. */
	peers = $state.raw<Peer[]>([]);
	/** Other file servers there. */
	servers = $state.raw<FileServer[]>([]);
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
	through(share: Share): Batch[] {
		return this.moving.filter((b) => b.by.kind === 'link' && b.by.name === share.title);
	}

	get moving(): Batch[] {
		return this.batches.filter((b) => b.state === 'moving');
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

	/** A call whose absence is no trouble: undefined where this server does not know it. */
	async maybe<T>(method: api.Method, url: string, body?: unknown): Promise<T | undefined> {
		try {
			return await api.call<T>(method, url, body);
		} catch (error) {
			if (error instanceof api.Refusal && (error.problem.status === 404 || error.problem.status === 405)) return undefined;
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

	/** Shares files and folders of this computer, whole paths; of what is gone by now it tells, and shares the rest. */
	async shareFiles(paths: string[], more: ShareOptions = {}): Promise<Share[]> {
		const { made, gone } = await withoutGone(paths, async (files) => (await this.ask<ShareList>('POST', '/-/api/desktop/share', { files, share: more })).shares);
		made.toReversed().forEach((s) => this.#have(s));
		if (gone.length) this.notices.bad(new Trouble({ cause: t('w.gone', { n: gone.length, name: lastName(gone[0] ?? '') }) }));
		return made;
	}

	/** A text becomes a link that stands until tonight. */
	async shareText(text: string): Promise<Share> {
		return this.#have((await this.ask<{ share: Share }>('POST', '/-/api/desktop/text', { text })).share);
	}

	async changeShare(id: string, to: ShareChange): Promise<Share> {
		return this.#have(await told(api.changeShare(id, to)));
	}

	/** Stops a share: at once for everybody, for good when Undo was not pressed. */
	endShare(share: Share): Promise<void> {
		return endShare(this, share);
	}

	// Verbs: people, services, networks, settings

	async changePerson(id: string, to: { name?: string; blocked?: boolean }): Promise<void> {
		await this.ask('PATCH', `/-/api/people/${encodeURIComponent(id)}`, to);
		await this.#load('people');
	}

	/** Lets a device in, or not; always: wherever it has to ask. */
	async answer(id: string, allow: boolean, always = false): Promise<void> {
		try {
			await told(api.call('POST', `/-/api/asking/${encodeURIComponent(id)}`, { allow, always }));
		} finally {
			await this.#load('waiting');
		}
	}

	async forgetPerson(id: string): Promise<void> {
		await this.ask('DELETE', `/-/api/people/${encodeURIComponent(id)}`);
		await this.#load('people');
	}

	async changeDoor(name: string, to: { open?: boolean; port?: number }): Promise<Door> {
		const door = await this.ask<Door>('PATCH', `/-/api/doors/${encodeURIComponent(name)}`, to);
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
		return navigator.clipboard ? navigator.clipboard.writeText(text).then(() => true, () => byHand(text)) : byHand(text);
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
		try {
			await this.ask('POST', '/-/api/desktop/quit', now ? { now } : {});
		} catch (error) {
			// No answer is one: it has gone already.
			if (error instanceof api.Refusal && error.problem.status === 0) return;
			this.closing = false;
			throw error;
		}
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
		switch (said.event) {
			case 'hello':
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
				break;
			case 'batch':
				this.#batch(data as Batch);
				break;
			case 'visit':
				this.#tellsVisits = true;
				this.#visit(data as Visit);
				break;
			case 'asking':
				this.waiting = (data as { asking: Waiting[] }).asking;
				break;
			case 'knock':
				this.knock = data as { remote: string; at: number };
				break;
			case 'desktop':
				this.fromDesktop(data as FromDesktop);
		}
	}
	#tellsVisits = false;

	#batch(one: Batch): void {
		const known = this.batches.some((b) => b.id === one.id);
		this.batches = known ? this.batches.map((b) => (b.id === one.id ? one : b)) : [...this.batches, one];
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
		for (const name of concerned(fact.kind)) this.#soon(name, fact.kind === 'notice' ? 300 : undefined);
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

	#load(name: List): Promise<void> {
		return loaders[name](this);
	}

	/** Loads a list again now, for a panel that wants it fresh. */
	refresh(name: List): Promise<boolean> {
		return this.attempt(() => this.#load(name));
	}

	#have(share: Share): Share {
		this.shares = this.shares.some((s) => s.id === share.id) ? this.shares.map((s) => (s.id === share.id ? share : s)) : [share, ...this.shares];
		return share;
	}
}
