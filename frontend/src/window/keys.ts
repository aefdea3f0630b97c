// Everything that the window can be told by keys, once for the shortcuts, the command list and the
// list of shortcuts.
import { t } from '../lib/words/t';
import type { View } from './view.svelte';

export interface Command {
	id: string;
	icon: string;
	text: string;
	/** As it is shown: "Ctrl+O" */
	keys?: string;
	run: () => unknown;
}

const apple = /Mac|iPhone|iPad/.test(navigator.platform);
const ctrl = apple ? '⌘' : 'Ctrl+';

/** What can be done now, the most likely first. */
export function commands(view: View): Command[] {
	const { house } = view;
	const share = view.share;
	const title = share?.title ?? '';
	const all: (Command | false | undefined)[] = [
		{ id: 'share', icon: 'new', text: t('w.share.folder'), keys: `${ctrl}O`, run: () => view.shareFolder() },
		house.preferences?.dialogs && { id: 'files', icon: 'file', text: t('w.share.files'), run: () => view.shareFiles() },
		{ id: 'receive', icon: 'inbox', text: t('w.receive'), run: () => view.shareFolder(true) },
		house.desktop && { id: 'clipboard', icon: 'paste', text: t('w.share.clipboard'), keys: `${ctrl}V`, run: () => view.shareClipboard() },
		house.desktop && { id: 'text', icon: 'text', text: t('w.share.text'), run: () => (view.dialog = { kind: 'text' }) },
		share && { id: 'qr', icon: 'qr', text: t('w.do.qr', { title }), keys: t('w.key.space'), run: () => view.showShare(share) },
		share && { id: 'copy', icon: 'link', text: t('w.do.copy', { title }), run: () => view.copyLink(share) },
		share && house.desktop && { id: 'reveal', icon: 'reveal', text: t('w.do.open', { title }), run: () => house.attempt(() => house.reveal({ share: share.id })) },
		share && { id: 'rename', icon: 'rename', text: t('w.do.rename', { title }), keys: 'F2', run: () => (view.dialog = { kind: 'rename', id: share.id }) },
		share &&
			(share.state === 'paused'
				? { id: 'resume', icon: 'play', text: t('w.do.resume', { title }), run: () => house.attempt(() => house.changeShare(share.id, { paused: false })) }
				: { id: 'pause', icon: 'pause', text: t('w.do.pause', { title }), run: () => house.attempt(() => house.changeShare(share.id, { paused: true })) }),
		share && { id: 'stop', icon: 'stop', text: t('w.do.stop', { title }), keys: t('w.key.delete'), run: () => house.endShare(share) },
		{ id: 'transfers', icon: 'send', text: t('w.transfers'), run: () => view.show('transfers') },
		{ id: 'people', icon: 'people', text: t('w.people'), run: () => view.show('people') },
		{ id: 'activity', icon: 'activity', text: t('w.activity'), run: () => view.show('activity') },
		{ id: 'services', icon: 'door', text: t('w.services'), run: () => view.go('services') },
		{ id: 'settings', icon: 'settings', text: t('w.settings'), keys: `${ctrl},`, run: () => view.go('settings') },
		{ id: 'keys', icon: 'keyboard', text: t('w.keys'), keys: '?', run: () => (view.dialog = { kind: 'keys' }) },
		{ id: 'help', icon: 'info', text: t('w.help'), run: () => (view.dialog = { kind: 'help' }) },
		house.desktop && { id: 'quit', icon: 'power', text: t('w.quit'), run: () => house.attempt(() => house.quit()) },
	];
	return all.filter((c) => !!c);
}

/** Commands that have the letters of what was typed in their order; those where they stand together first. */
export function found(all: Command[], typed: string): Command[] {
	const want = typed.toLowerCase().replace(/\s+/g, ' ').trim();
	if (!want) return all;
	const score = (text: string): number => {
		const at = text.indexOf(want);
		if (at === 0) return 0;
		if (at > 0) return text[at - 1] === ' ' ? 1 : 2;
		let i = -1;
		for (const letter of want.replaceAll(' ', '')) {
			i = text.indexOf(letter, i + 1);
			if (i < 0) return -1;
		}
		return 3;
	};
	return all
		.map((c) => ({ c, n: score(c.text.toLowerCase()) }))
		.filter((one) => one.n >= 0)
		.sort((a, b) => a.n - b.n)
		.map((one) => one.c);
}

const inField = (target: EventTarget | null): boolean => target instanceof Element && target.closest('input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]') !== null;

export function keydown(event: KeyboardEvent, view: View): void {
	if (event.defaultPrevented || event.isComposing || event.altKey) return;
	const mod = event.ctrlKey || event.metaKey;
	const key = event.key.toLowerCase();
	if (mod && key === 'k') return act(event, () => (view.dialog = view.dialog?.kind === 'commands' ? null : { kind: 'commands' }));
	// Pages have dialogs of their own.
	if (view.dialog || document.querySelector('dialog[open]')) return;
	const run = (id: string) => act(event, () => commands(view).find((c) => c.id === id)?.run());
	if (mod && key === 'o') return run('share');
	if (mod && key === ',') return run('settings');
	if (inField(event.target)) return;
	if (mod && key === 'v' && view.house.desktop) return run('clipboard');
	if (mod) return;
	const onButton = event.target instanceof Element && event.target.closest('button, a, [role=menu], [role=tab], label, summary, input') !== null;
	const onTitle = event.target instanceof Element && event.target.closest('.card-title') !== null;
	if (key === '?') return run('keys');
	if (view.page !== 'home') {
		if (key === 'escape') act(event, () => view.go('home'));
		return;
	}
	const inCard = event.target instanceof Element && event.target.closest('.share') !== null;
	if (key === 'f2') return run('rename');
	if (key === 'delete' && (inCard || !onButton)) return run('stop');
	if (key === ' ' && (onTitle || !onButton)) return run('qr');
}

function act(event: KeyboardEvent, run: () => unknown): void {
	event.preventDefault();
	run();
}
