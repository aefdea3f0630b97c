// What the window shows now, and the verbs that need a dialog.
import type { Share } from '../lib/api/types';
import { t } from '../lib/words/t';
import type { FromDesktop } from './contract';
import type { House } from './house.svelte';

export type Page = 'home' | 'services' | 'settings';
export type Tab = 'transfers' | 'people' | 'activity';
export type Dialog =
	| { kind: 'share'; id: string }
	| { kind: 'rename'; id: string }
	| { kind: 'path'; inbox: boolean }
	| { kind: 'text' }
	| { kind: 'commands' }
	| { kind: 'keys' }
	| { kind: 'help' }
	| { kind: 'closing' }
	| { kind: 'quit' };

export const tabs: readonly Tab[] = ['transfers', 'people', 'activity'];

export class View {
	page = $state<Page>('home');
	tab = $state<Tab>('transfers');
	dialog = $state.raw<Dialog | null>(null);
	/** Somebody wants to see what happens, also where nothing is shared. */
	looking = $state(false);
	/** The share that shortcuts are about. */
	current = $state('');
	readonly house: House;

	constructor(house: House) {
		this.house = house;
	}

	/** Nothing is shared and nothing moves: the window is one place to drop things. */
	get hollow(): boolean {
		const { house } = this;
		return house.ready && this.page === 'home' && !this.looking && house.standing.length === 0 && house.moving.length === 0;
	}

	get share(): Share | undefined {
		const all = this.house.standing;
		return all.find((s) => s.id === this.current) ?? all[0];
	}

	go(page: Page): void {
		this.page = page;
		this.dialog = null;
		if (page === 'home') this.looking = false;
	}

	show(tab: Tab): void {
		this.page = 'home';
		this.looking = true;
		this.tab = tab;
	}

	showShare(share: Pick<Share, 'id'>): void {
		this.current = share.id;
		this.dialog = { kind: 'share', id: share.id };
	}

	/** Shares what the system's dialog gives, or asks for a path where there is none. */
	async shareFolder(inbox = false): Promise<void> {
		await this.house.attempt(async () => {
			const paths = await this.house.pick('folder', t(inbox ? 'w.pick.inbox' : 'w.pick.folder'));
			if (paths === undefined) this.dialog = { kind: 'path', inbox };
			else if (paths.length > 0) await this.sharePaths(paths, inbox);
		});
	}

	async shareFiles(): Promise<void> {
		await this.house.attempt(async () => {
			const paths = await this.house.pick('files', t('w.pick.files'));
			if (paths === undefined) this.dialog = { kind: 'path', inbox: false };
			else if (paths.length > 0) await this.sharePaths(paths, false, 'tonight');
		});
	}

	async sharePaths(paths: string[], inbox = false, until?: string): Promise<void> {
		const [first] = await this.house.shareFiles(paths, { preset: inbox ? 'inbox' : 'view', ...(until ? { for: until } : {}) });
		if (first) this.showShare(first);
	}

	async shareText(text: string): Promise<void> {
		this.showShare(await this.house.shareText(text));
	}

	async shareClipboard(): Promise<void> {
		await this.house.attempt(async () => {
			const held = await this.house.clipboard();
			if (held && held.paths.length > 0) await this.sharePaths(held.paths, false, 'tonight');
			else if (held?.text.trim()) await this.shareText(held.text);
			else if (held) this.house.notices.good(t('w.clipboard.empty'));
		});
	}

	/** What the shell of the desktop tells. */
	hear(told: FromDesktop): void {
		const { house } = this;
		if (told.what === 'closing') this.dialog = { kind: 'closing' };
		else if (told.what === 'finishing') house.closing = true;
		else if (told.what === 'dropped') {
			if (told.paths?.length) void house.attempt(() => this.sharePaths(told.paths ?? [], false, 'tonight'));
		} else if (told.page === 'share' && told.id) this.showShare({ id: told.id });
		else if (told.page === 'share' || told.page === 'new') void this.shareFolder();
		else if (told.page === 'receive') void this.shareFolder(true);
		else if (told.page === 'text' || told.page === 'help') this.dialog = { kind: told.page };
		else if (told.page === 'settings' || told.page === 'services') {
			this.go(told.page);
			// The tray may know of the door what this window has not heard yet.
			if (told.page === 'services' && told.id) void house.refresh('doors').finally(() => (house.wanted = told.id ?? ''));
		} else if (told.page === 'transfers' || told.page === 'people' || told.page === 'activity') this.show(told.page);
	}

	async copyLink(share: Share): Promise<void> {
		const link = share.links[0] ?? '';
		if (await this.house.copy(link)) this.house.notices.good(t('w.copied', { title: share.title }));
		else this.showShare(share);
	}
}
