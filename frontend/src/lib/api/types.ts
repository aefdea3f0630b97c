// Written from the API's own document by the build program; changes here are lost.
// Times are milliseconds since 1970, sizes are bytes, paths are URL paths that are not percent-encoded.

export interface AcceptRequest {
	/** Its place in the tree, or its name */
	volume: string;
}

export interface Account {
	/** May administer this server */
	admin?: boolean;
	/** Is kept out */
	disabled?: boolean;
	/** Was named when this server started, and is changed there; comes by SMB with the password that it was given */
	given?: boolean;
	id: string;
	name: string;
	/** When it signed in last, milliseconds since 1970 */
	seen?: number;
	/** May sign in by SMB */
	smb?: boolean;
}

export interface AccountList {
	accounts: Account[];
}

export interface Activity {
	/** With after: oldest first; else newest first */
	events: Fact[];
	/** There is more in that direction */
	more: boolean;
}

export interface AnnouncedService {
	/** Below which its files are */
	path?: string;
	port: number;
	/** As DNS-SD names it (RFC 6763) */
	type: string;
}

export interface Announcement {
	/** The name under which it does */
	as: string;
	/** Who looked for this computer in that way, the latest first; the last eight */
	asked: Asker[];
	/** mdns: to most programs and systems; ssdp, wsd: to Windows */
	kind: "mdns" | "ssdp" | "wsd";
}

export interface Answer {
	/** It may come in */
	allowed: boolean;
	/** Into everything that the maker of the share shares */
	always?: boolean;
	/** When it was answered, milliseconds since 1970 */
	at: number;
	/** What the client called itself */
	client: string;
	id: string;
	/** What the device is called, as far as it told; empty: that was not noted */
	name: string;
	/** It keeps no cookies: the answer is about every program at its address */
	program?: boolean;
	/** When it asked */
	remote?: string;
}

export interface AnswerList {
	/** Newest first */
	answers: Answer[];
}

export interface Asker {
	address: string;
	/** The last time, milliseconds since 1970 */
	when: number;
}

export interface Asking {
	/** Since when, milliseconds since 1970 */
	at: number;
	/** What the client calls itself */
	client: string;
	id: string;
	/** What the device is called, as far as it tells */
	name: string;
	/** The network that it comes from, where that is known */
	network?: string;
	/** It keeps no cookies: the answer is about every program at its address */
	program?: boolean;
	remote: string;
	/** Id of the share */
	share: string;
	/** Of the share */
	title: string;
	/** Then it is told that nobody answered */
	until: number;
}

export interface AskingAnswer {
	/** It may come in, or not, until the share ends */
	allow: boolean;
	/** With allow: into everything that the maker of the share shares */
	always?: boolean;
}

export interface AskingList {
	/** Who waits for longest first */
	asking: Asking[];
}

export interface Batch {
	/** What the client calls the batch; Activity can be asked for what of it is done */
	batch?: string;
	by: Party;
	/** What the client calls itself */
	client?: string;
	/** in: it comes to this computer */
	direction: "in" | "out";
	/** Bytes on the disk, or sent */
	done: number;
	door: string;
	/** Seconds until it is done, -1 unknown */
	eta: number;
	failed: number;
	/** Ids of the transfers that move now, or wait */
	files: string[];
	/** As the client says, which may be wrong; -1 unknown */
	filesAll: number;
	filesDone: number;
	/** Id of its first event */
	first?: number;
	id: string;
	/** Its last sign of life, milliseconds since 1970 */
	last: number;
	/** Path of the file that came last */
	latest?: string;
	/** Id of its newest event */
	newest?: number;
	/** Folder in the tree that holds all its files */
	path: string;
	remote?: string;
	/** Milliseconds since 1970 */
	since: number;
	/** Bytes a second of late */
	speed: number;
	/** waiting: it was cut, or more was announced than came; the device may go on with it */
	state: "moving" | "waiting" | "done";
	/** Whoever administers stopped it */
	stopped?: boolean;
	/** Bytes in all, as the client says or as far as is known; -1 unknown */
	total: number;
	/** What arrived can be taken back, once nothing of it moves */
	undo: boolean;
	/** It was taken back */
	undone?: boolean;
	/** Why the latest that failed did, in words */
	why?: string;
}

export interface BatchAnswer {
	/** In the order of the request; shorter when it stopped early */
	done: BatchResult[];
	/** Operations that were not tried */
	left: number;
}

export interface BatchList {
	/** The oldest first */
	batches: Batch[];
}

export interface BatchOp {
	/** Of rename and copy */
	from?: string;
	/** Of rename and copy */
	onExist?: "refuse" | "replace" | "keep";
	op: "mkdir" | "rename" | "copy" | "remove";
	/** Of mkdir */
	parents?: boolean;
	/** Of mkdir and remove */
	path?: string;
	/** Of rename and copy */
	to?: string;
}

export interface BatchRequest {
	/** Go on after an operation that failed; else the rest is left undone */
	continue?: boolean;
	ops: BatchOp[];
}

export interface BatchResult {
	/** Of mkdir, rename and copy */
	placed?: Placed;
	/** Why it was not done */
	problem?: Problem;
	/** Of remove */
	removed?: Removed;
}

export interface Change {
	entry?: Row;
	fact?: Fact;
	/** URL path of the entry, or of the folder */
	path?: string;
	/** put: entry is new or has changed; gone: something went, list the folder again; over: the folder itself is not there for you any more, the stream ends; fact: see fact */
	what: "put" | "gone" | "over" | "fact";
}

export interface CopyRequest {
	text: string;
}

export interface DesktopChange {
	autostart?: boolean;
	fileManager?: boolean;
	notify?: "all" | "errors" | "none";
	onClose?: "ask" | "tray" | "quit";
	theme?: "system" | "light" | "dark";
}

export interface DesktopClipboard {
	/** Files and folders of this computer, whole names */
	paths: string[];
	text: string;
}

export interface DesktopEvent {
	id?: string;
	/** share: the share id; new, text, receive: the beginning of a new one */
	page?: "share" | "new" | "text" | "receive" | "transfers" | "services" | "settings" | "help";
	/** Whole names; one that is not there any more is among them */
	paths?: string[];
	/** dropped: paths were dropped on the window; go: show a page; closing: ask whether closing means the tray or the end; finishing: the program ends when what moves is done */
	what: "dropped" | "go" | "closing" | "finishing";
}

export interface DesktopPreferences {
	/** It starts, hidden, when this user signs in */
	autostart: boolean;
	/** The system's dialogs can be shown */
	dialogs: boolean;
	/** The file manager has an entry that shares */
	fileManager: boolean;
	/** Somebody shows notifications here */
	notifications: boolean;
	notify: "all" | "errors" | "none";
	/** What closing the window means */
	onClose: "ask" | "tray" | "quit";
	system: "linux" | "windows" | "darwin";
	theme: "system" | "light" | "dark";
	/** There is a tray, and Portico is in it */
	tray: boolean;
}

export interface DesktopText {
	text: string;
}

export interface DesktopTextAnswer {
	share: Share;
}

export interface DiagnosisFinding {
	/** It is in the way; else it may be */
	bad: boolean;
	/** In a sentence */
	cause: string;
	/** Stable English code to search for */
	code: string;
	/** What was already done */
	did: string;
	fix?: DiagnosisFix;
	/** What to do now */
	next: string;
}

export interface DiagnosisFix {
	/** It can be done from here, after the system has asked for a password */
	can: boolean;
	/** What would be done, exactly, for whoever does it by hand */
	command: string;
	/** Of the button */
	title: string;
}

export interface DiagnosisReport {
	/** What is in the way; the most probable first */
	findings: DiagnosisFinding[];
	/** Who came last from another device; missing: nobody */
	seen?: Sighting;
	/** What was looked at and how it stands, a line each */
	tested: string[];
}

export interface Door {
	address?: string;
	/** It hides nothing on the network, passwords included */
	clear?: boolean;
	/** Ready-made lines for its clients, while it is open */
	lines?: DoorLine[];
	name: string;
	open: boolean;
	port?: number;
	/** Why it is not open, or not as it should be, in words */
	problem?: string;
	/** As people read it */
	title: string;
	/** What to know before it is opened, in words */
	warn?: string;
}

export interface DoorChange {
	/** false: closed; running transfers may end */
	open?: boolean;
	/** 0: any free one */
	port?: number;
}

export interface DoorLine {
	/** The program, or what the line does */
	for: string;
	text: string;
}

export interface DoorList {
	doors: Door[];
}

export interface DropRequest {
	/** Files and folders of this computer, whole paths as the system writes them */
	files: string[];
	/** Missing: view, until it is stopped */
	share?: ShareOptions;
}

export interface EjectRequest {
	/** Also while files move there; their transfers end */
	now?: boolean;
	/** Its place in the tree, or its name */
	volume: string;
}

export interface Fact {
	/** Groups what was sent or fetched together */
	batch?: string;
	/** What the client calls itself */
	client?: string;
	code?: string;
	/** Files, where it tells of several */
	count?: number;
	door?: string;
	/** Of renamed and copied */
	from?: string;
	id: number;
	/** Who it was, for filtering */
	identity?: string;
	/** The verb: created, replaced, removed, renamed, read, signed-in, shared … */
	kind: string;
	/** Who it was, for reading */
	name?: string;
	/** Path in the tree */
	path?: string;
	remote?: string;
	/** The line as a person reads it */
	sentence: string;
	sha256?: string;
	/** Bytes */
	size?: number;
	/** Milliseconds since 1970 */
	time: number;
}

export interface Failure {
	path: string;
	problem: Problem;
}

export interface Field {
	/** Where it is */
	at: string;
	/** What is wrong with it */
	text: string;
}

export interface FileServer {
	address: string;
	name: string;
	/** Id of the network where it was found; missing where that is not certain */
	network?: string;
	port: number;
	/** Milliseconds since 1970 */
	seen: number;
	/** As DNS-SD names it (RFC 6763) */
	type: string;
	url: string;
}

export interface FixAnswer {
	/** What was found is not there any more */
	done: boolean;
	/** What is found now where it did not help */
	finding?: DiagnosisFinding;
}

export interface Health {
	status: "ok";
}

export interface Hello {
	/** Id of the newest event; what was loaded after this hello is not older */
	newest: number;
	/** The server's clock, milliseconds since 1970 */
	time: number;
}

export interface Knock {
	/** Milliseconds since 1970 */
	at: number;
	door: string;
	remote: string;
}

export interface Listing {
	/** Sum of the files' sizes */
	bytes: number;
	/** Sorted by name, folders and files mixed */
	entries: Row[];
	files: number;
	folders: number;
	/** Bytes free; -1 where that is unknown */
	free: number;
	/** Who shares this */
	host: string;
	identity: Party;
	/** URL path of the folder, not percent-encoded, with a slash at its end */
	path: string;
	/** With ?info only: what is known of the one entry */
	record?: Provenance;
	/** Letters: r read, w add, m move, d delete, g get, a administer, . see dotfiles */
	rights: string;
	title: string;
}

export interface LocalNetwork {
	/** Of this computer there */
	address?: string;
	/** This computer may tell others there that it is here */
	announced: boolean;
	/** How it tells so there now, one for each kind that is heard there */
	announcements?: Announcement[];
	/** Links open for visitors from there */
	approved: boolean;
	/** The name under which it tells so now; missing: it does not */
	as?: string;
	/** Links and QR codes show its address */
	best?: boolean;
	/** Because somebody chose it */
	chosen?: boolean;
	/** This computer is on it now */
	here: boolean;
	/** The same whenever this computer comes back */
	id: string;
	/** As the system calls it */
	interface?: string;
	/** hotspot: one of this computer; tether: a phone's; tunnel: a VPN; virtual: of virtual machines */
	kind: "wifi" | "cable" | "hotspot" | "tether" | "tunnel" | "virtual";
	name: string;
	/** When this computer came there last, milliseconds since 1970 */
	seen?: number;
	/** What it tells there now */
	services?: AnnouncedService[];
	/** Where the web door answers there; missing: it does not */
	url?: string;
}

export interface LocalNetworkList {
	/** The setting network.announce: whether any network is told that this computer is here */
	announce: boolean;
	/** Links open on approved networks only */
	asking: boolean;
	/** The setting network.announce_kinds: those kinds of announcement that are on */
	kinds: string[];
	/** The web door by name, where this computer is announced; not every phone finds it */
	local?: string;
	/** The best first */
	networks: LocalNetwork[];
}

export interface MkdirRequest {
	/** Make missing folders on the way, and be content if it exists */
	parents?: boolean;
	/** URL path of the new folder */
	path: string;
}

export interface MoveRequest {
	from: string;
	/** When the name is taken: refuse, replace what is there, or keep both */
	onExist?: "refuse" | "replace" | "keep";
	/** URL path that it shall have, name included */
	to: string;
}

export interface Network {
	/** The best first; links and QR codes show the first */
	addresses: NetworkAddress[];
	/** Interface whose addresses come first; empty: the best by itself */
	chosen: string;
}

export interface NetworkAddress {
	address: string;
	/** As the system calls it */
	interface: string;
	/** lan: a network with others; hotspot: one of this computer; tether: a phone's; tunnel: a VPN; virtual: of virtual machines */
	kind: "lan" | "hotspot" | "tether" | "tunnel" | "virtual";
	/** Where the web door answers there; missing: it does not */
	url?: string;
	wireless?: boolean;
}

export interface NetworkChange {
	/** false: nobody there is told that this computer is here */
	announced?: boolean;
	/** false: links open for nobody from there, and whoever came from there has to leave */
	approved?: boolean;
	/** Show its address first, here and whenever this computer comes back here */
	chosen?: boolean;
	/** Empty: its own name */
	name?: string;
}

export interface NetworkChoice {
	/** Empty: the best by itself. One that is not there now counts when it comes back */
	interface: string;
}

export interface NotUndone {
	path: string;
	problem: Problem;
}

export interface OpenRequest {
	/** http, https or mailto */
	url: string;
}

export interface Party {
	kind: "guest" | "owner" | "account" | "device" | "link" | "token";
	/** Empty for guests */
	name: string;
}

export interface Peer {
	address: string;
	name: string;
	/** Milliseconds since 1970 */
	seen: number;
	url: string;
}

export interface PeerList {
	peers: Peer[];
	/** Other file servers, by type and name */
	servers: FileServer[];
}

export interface Person {
	/** The account, token or device that it signed in as */
	as?: string;
	blocked: boolean;
	/** Sent or fetched within the last day */
	bytes: number;
	/** What the client calls itself */
	client: string;
	/** Sent or fetched within the last day */
	files: number;
	/** Milliseconds since 1970, as far as is remembered */
	first: number;
	/** It is connected, or was a moment ago */
	here: boolean;
	id: string;
	/** Milliseconds since 1970 */
	last: number;
	/** Of a blocked one: what blocking does and what it cannot do, in words */
	means?: string;
	/** Given by whoever administers, else what the device is called */
	name: string;
	/** The name was given */
	named?: boolean;
	/** Its latest address */
	remote: string;
	/** Titles of the shares that it opened */
	shares: string[];
}

export interface PersonChange {
	/** true: it can do nothing here any more, what it does now is cut */
	blocked?: boolean;
	/** Empty: what the device is called */
	name?: string;
}

export interface PersonList {
	people: Person[];
}

export interface PickAnswer {
	/** Whole names of this computer; empty: it was cancelled */
	paths: string[];
}

export interface PickRequest {
	title?: string;
	what: "folder" | "files";
}

export interface Placed {
	entry: Row;
	/** URL path, not percent-encoded */
	path: string;
}

export interface PreflightAnswer {
	/** In the order of the request */
	files: PreflightState[];
	/** Whether all files that are not the same fit */
	fits: boolean;
	/** Bytes free there; -1 where that is unknown */
	free: number;
}

export interface PreflightFile {
	/** Milliseconds since 1970 */
	modified: number;
	/** Path below the folder, slashes between */
	name: string;
	/** Bytes */
	size: number;
}

export interface PreflightRequest {
	files: PreflightFile[];
	/** URL path of the folder */
	folder: string;
}

export interface PreflightState {
	name: string;
	/** new: nothing of that name can be seen; same: same size and time within two seconds; exists: something else has that name */
	state: "new" | "same" | "exists";
}

export interface Problem {
	/** Stable English code to search for */
	code: string;
	/** The cause, in a sentence for a person */
	detail?: string;
	/** What was already done */
	did?: string;
	/** Which fields of the request were wrong */
	errors?: Field[];
	/** By whom or by what the thing is held, where that may be told */
	held?: string;
	/** What to do now */
	next?: string;
	/** Seconds to wait before trying again */
	retry?: number;
	/** HTTP status of the answer */
	status: number;
	/** What it is, in a few words; the same for every problem of this code */
	title: string;
}

export interface Provenance {
	/** Milliseconds since 1970 */
	arrived?: number;
	/** Who sent it */
	by?: string;
	/** Through which door */
	door?: string;
	/** Lower-case hex */
	sha256?: string;
}

export interface QuitRequest {
	/** Without waiting for transfers */
	now?: boolean;
}

export interface RemoveAnswer {
	failed: Failure[];
	removed: Removed[];
}

export interface RemoveRequest {
	/** URL paths; folders go with all they hold */
	paths: string[];
}

export interface Removed {
	bytes: number;
	/** Files in it */
	files: number;
	/** Folders in it, itself included */
	folders: number;
	path: string;
	/** Id for restore; missing where nothing is kept */
	trash?: string;
}

export interface RestoreRequest {
	onExist?: "refuse" | "keep";
	/** URL path that it had when it was removed */
	path: string;
	/** Id from the answer to remove */
	trash: string;
}

export interface Resync {
	/** Id of the newest event */
	newest: number;
}

export interface RevealRequest {
	/** Path in the tree */
	path?: string;
	/** Id of a share */
	share?: string;
}

export interface Row {
	/** 1: its drive is not connected */
	a?: 1;
	/** f file, d folder, l broken link, o other */
	k: "f" | "d" | "l" | "o";
	/** 1: another volume begins here */
	m?: 1;
	/** Name, the last part of the path */
	n: string;
	/** 1: one's own upload that is not finished */
	p?: 1;
	/** Rights here, only where they differ from the folder's */
	r?: string;
	/** Bytes; missing for folders */
	s?: number;
	/** Last change, milliseconds since 1970 */
	t: number;
	/** Opaque; equal versions of one path mean equal bytes */
	v?: string;
}

export interface SMBPassword {
	/** Kept nowhere in a form in which it could be told again */
	password: string;
}

export interface Setting {
	/** What it is for and what follows from it, in sentences */
	about: string;
	choices?: string[];
	/** What holds when nobody sets it */
	default: unknown;
	/** As in the settings file */
	example?: string;
	key: string;
	/** size: "2GB"; duration: "7d"; list and map: of texts, or of numbers and sizes */
	kind: "text" | "bool" | "number" | "size" | "duration" | "choice" | "list" | "map";
	max?: string;
	min?: string;
	/** What may go wrong, or who loses something, when it is changed */
	risk?: string;
	/** Its value is not the default */
	set?: boolean;
	/** As JSON; sizes and durations are texts */
	value: unknown;
}

export interface SettingAnswer {
	/** These hold from the next start on; all others hold now */
	later: string[];
}

export interface SettingChange {
	key: string;
	/** Missing: the default */
	value?: unknown;
}

export interface SettingGroup {
	/** What the section is for */
	about: string;
	key: string;
	settings: Setting[];
}

export interface SettingList {
	groups: SettingGroup[];
}

export interface SettingsRequest {
	changes: SettingChange[];
}

export interface Share {
	/** A new device waits until it is let in */
	ask?: boolean;
	/** Who made it; the share may never do more than its maker may now */
	by: Party;
	/** Milliseconds since 1970 */
	created: number;
	/** Missing: until it is stopped */
	expires?: number;
	/** It is a single file */
	file?: boolean;
	id: string;
	/** Only these names of the folder are shared; missing: all of it */
	items?: string[];
	/** What is in the link; capitals mean the same */
	key: string;
	/** Whole addresses, the best first; draw the first as a QR code */
	links: string[];
	/** Visitors at most; missing: no limit */
	maxUses?: number;
	/** Only from there; empty: from local networks, or from anywhere if public */
	networks: string[];
	/** When somebody opened it last */
	opened?: number;
	/** It has a password */
	password?: boolean;
	/** Path in the tree */
	path: string;
	preset: "view" | "add" | "inbox" | "full" | "custom";
	/** It may be reached from outside of local networks */
	public?: boolean;
	/** After a change: its key is a new one, links have to be handed out anew */
	rekeyed?: boolean;
	rights: string;
	/** Whether it can be opened, and if not why */
	state: "open" | "paused" | "expired" | "used up" | "gone";
	title: string;
	/** Visitors so far */
	uses: number;
}

export interface ShareChange {
	/** Whoever was inside before is no new device */
	ask?: boolean;
	/** From now on; empty: until it is stopped */
	for?: string;
	/** 0: no limit */
	maxUses?: number;
	networks?: string[];
	/** Empty: none */
	password?: string;
	/** A paused share opens for nobody */
	paused?: boolean;
	preset?: "view" | "add" | "inbox" | "full" | "custom";
	public?: boolean;
	/** With preset custom */
	rights?: string;
	title?: string;
}

export interface ShareList {
	/** Newest first */
	shares: Share[];
}

export interface ShareOptions {
	/** A new device waits until it is let in, see asking */
	ask?: boolean;
	/** How long it stands: tonight, 7d, 1h30m; missing: until it is stopped */
	for?: string;
	/** Visitors at most */
	maxUses?: number;
	password?: string;
	/** As for shares */
	preset?: "view" | "add" | "inbox" | "full";
	/** May be reached from outside of local networks; its key is long then */
	public?: boolean;
	/** Missing: the name of what is shared */
	title?: string;
}

export interface ShareRequest {
	/** A new device waits until it is let in, see asking */
	ask?: boolean;
	/** How long it stands: tonight, 7d, 1h30m; missing: until it is stopped */
	for?: string;
	/** Only these names of the folder: files, and folders with all they hold. They can be looked at and downloaded. A name that is given to something else later shows that */
	items?: string[];
	/** A key of one's own choice */
	key?: string;
	/** Visitors at most */
	maxUses?: number;
	networks?: string[];
	password?: string;
	/** URL path of a folder or file */
	path: string;
	/** view: look and download; add: and add; inbox: only add, see nothing; full: and change */
	preset?: "view" | "add" | "inbox" | "full" | "custom";
	/** May be reached from outside of local networks; its key is long then */
	public?: boolean;
	/** With custom: letters as in listings */
	rights?: string;
	/** Missing: the name of what is shared */
	title?: string;
}

export interface Sighting {
	/** Milliseconds since 1970 */
	at: number;
	/** Missing: it connected, but opened no share */
	name?: string;
	remote: string;
}

export interface SignInRequest {
	/** Empty: by password alone, for accounts that allow it */
	name: string;
	password: string;
}

export interface Status {
	/** Base addresses that other devices can open, the best first */
	addresses: string[];
	doors: Door[];
	/** Name of this computer as visitors read it */
	host: string;
	/** How many shares are open */
	shares: number;
	/** Milliseconds since 1970 */
	started: number;
	/** How many files move now */
	transfers: number;
	version: string;
	/** Filled by the API itself */
	volumes: Volume[];
}

export interface TextAnswer {
	placed: Placed;
	share?: Share;
}

export interface TextRequest {
	/** URL path of the folder that gets the file */
	folder: string;
	/** Missing: made from the time. One that is taken gets a number */
	name?: string;
	/** Make a link to the file; missing: none */
	share?: ShareOptions;
	text: string;
}

export interface Transfer {
	/** Groups what is sent or fetched together */
	batch?: string;
	by: Party;
	/** What the client calls itself */
	client?: string;
	/** in: it comes to this computer */
	direction: "in" | "out";
	/** Bytes on the disk, or sent */
	done: number;
	door: string;
	id: string;
	/** Path in the tree */
	path: string;
	remote?: string;
	/** Milliseconds since 1970 */
	since: number;
	/** Bytes a second of late, in three digits; 0 at the first look */
	speed: number;
	/** Bytes in all, -1 unknown */
	total: number;
	/** It was cut and waits to be gone on with; to stop it removes it */
	waiting?: boolean;
}

export interface TransferList {
	transfers: Transfer[];
}

export interface UndoAnswer {
	/** Of these, why; the first hundred */
	left: NotUndone[];
	/** Files that went into the trash */
	removed: number;
	/** Files that are again what they were before */
	restored: number;
	/** Files that were not taken back */
	stayed: number;
}

export interface UnlockRequest {
	/** Key of the share, as in /s/KEY */
	key: string;
	password: string;
}

export interface Visit {
	/** Milliseconds since 1970 */
	at: number;
	/** This device was not seen at this share before, as far as is remembered */
	first: boolean;
	/** It is this computer itself */
	here?: boolean;
	/** What the device is called, as far as it tells */
	name: string;
	remote: string;
	/** Id of the share */
	share: string;
}

export interface Volume {
	/** Its drive is not connected */
	absent?: boolean;
	/** Bytes; -1 unknown */
	free: number;
	name: string;
	/** Where it is mounted in the tree */
	path: string;
	readOnly?: boolean;
	/** Bytes; 0 unknown */
	total: number;
}

export interface VolumeList {
	volumes: Volume[];
}

export interface Who {
	/** Whether one may see and do what concerns everybody */
	admin: boolean;
	/** URL path where one's own files begin */
	home: string;
	/** Who shares this */
	host: string;
	identity: Party;
	/** Whether this connection is encrypted */
	secure: boolean;
}

export interface WindowRequest {
	do: "show" | "hide" | "front";
}
