/** Copies by the old way, which needs no permission and no secure place. */
export function byHand(text: string): boolean {
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
