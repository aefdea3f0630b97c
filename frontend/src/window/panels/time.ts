// When something was, as short as it can be said.
import { clock } from '../../lib/format';
import { locale } from '../../lib/words/t';

const dayForm = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' });
const fullForm = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'medium' });

/** "14:32" today, "20 Nov 14:32" before. */
export function moment(ms: number, now: number): string {
	const today = new Date(ms).toDateString() === new Date(now).toDateString();
	return today ? clock(ms) : `${dayForm.format(ms)} ${clock(ms)}`;
}

export const full = (ms: number): string => fullForm.format(ms);
