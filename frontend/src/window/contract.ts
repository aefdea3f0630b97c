// What the owner's page reads and shows, in the one form that cards, dialogs and panels rely on. What an
// older or smaller server leaves out is filled in here, nowhere else.
import type { AnnouncedService, Announcement, Network, NetworkAddress } from '../lib/api/types';

/** A network that this computer is on. */
export interface Net {
	id: string;
	name: string;
	interface: string;
	kind: 'wifi' | 'cable' | 'hotspot' | 'tether' | 'tunnel' | 'virtual';
	/** Of this computer there */
	address: string;
	/** This computer is on it now; else it was */
	here: boolean;
	/** Links show its address */
	best: boolean;
	chosen: boolean;
	/** Links open for visitors from there */
	approved: boolean;
	announced: boolean;
	/** The name under which this computer is announced there now */
	as?: string;
	/** The doors that it tells of, and how, there now */
	services: AnnouncedService[];
	announcements: Announcement[];
	seen?: number;
}

/** Networks as the server tells them. */
export interface NetList {
	networks: (Partial<Net> & Pick<Net, 'id' | 'kind'>)[];
	/** The web door by name; not every phone finds it */
	local?: string;
	/** Links open on approved networks only */
	asking?: boolean;
	/** Whether networks are told at all that this computer is here, and the kinds of announcement that are on */
	announce?: boolean;
	kinds?: string[];
}

export interface Person {
	id: string;
	name: string;
	remote: string;
	client: string;
	first: number;
	last: number;
	/** Titles */
	shares: string[];
	here: boolean;
	files: number;
	bytes: number;
	blocked: boolean;
}

export interface Finding {
	code: string;
	bad: boolean;
	cause: string;
	did: string;
	next: string;
	fix?: { title: string; command?: string; can: boolean };
}

export interface Diagnosis {
	findings: Finding[];
	tested: string[];
	seen?: { at: number; remote: string; name: string };
}

export interface Peer {
	name: string;
	url: string;
	address: string;
	seen: number;
}

export interface Preferences {
	autostart: boolean;
	onClose: 'ask' | 'tray' | 'quit';
	notify: 'all' | 'errors' | 'none';
	fileManager: boolean;
	theme: 'system' | 'light' | 'dark';
	readonly tray: boolean;
	readonly dialogs: boolean;
	readonly notifications: boolean;
	readonly system: 'linux' | 'windows' | 'darwin';
}

/** Somebody who opened a share. */
export interface Visit {
	share: string;
	remote: string;
	name: string;
	at: number;
	first?: boolean;
	/** It is this computer itself */
	here?: boolean;
}

/** A device that waits to be let into a share. */
export interface Waiting {
	id: string;
	/** Id of the share */
	share: string;
	title: string;
	name: string;
	remote: string;
	network?: string;
	/** The answer is about every program at its address */
	program?: boolean;
	at: number;
	until: number;
}

/** What the shell of the desktop tells: something dropped, a place to go to, the window about to close, the end that waits for what moves. */
export interface FromDesktop {
	what: 'dropped' | 'go' | 'closing' | 'finishing';
	paths?: string[];
	page?: string;
	id?: string;
}

export function netOf(raw: NetList['networks'][number]): Net {
	return { name: '', interface: '', address: '', here: true, best: false, chosen: false, approved: true, announced: false, services: [], announcements: [], ...raw };
}

function kind(a: NetworkAddress): Net['kind'] {
	return a.kind === 'lan' ? (a.wireless ? 'wifi' : 'cable') : a.kind;
}

/** Networks as a server tells them that knows addresses only. */
export function networksOf(n: Network): Net[] {
	return n.addresses.map((a, i) => ({
		id: a.interface,
		name: '',
		interface: a.interface,
		kind: kind(a),
		address: a.address,
		here: true,
		best: i === 0,
		chosen: n.chosen === a.interface,
		approved: true,
		announced: false,
		services: [],
		announcements: [],
	}));
}
