// A share in one sentence that a person could say: who may do what until when.
import type { Share } from '../lib/api/types';
import { clock, day } from '../lib/format';
import { locale, t } from '../lib/words/t';

const dayForm = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long' });
const dayOf = (ms: number): number => new Date(ms).setHours(0, 0, 0, 0);

/** Until when, as it stands in a sentence: "until tonight". */
export function until(expires: number | undefined, now: number): string {
	if (!expires) return t('w.until.stop');
	const at = new Date(expires);
	const days = Math.round((dayOf(expires) - dayOf(now)) / 86_400_000);
	if (at.getHours() === 4 && at.getMinutes() === 0 && expires - now < 28 * 3_600_000) return t('w.until.tonight');
	if (days === 0) return t('w.until.today', { time: clock(expires) });
	if (days === 1) return t('w.until.tomorrow', { time: clock(expires) });
	const thisYear = at.getFullYear() === new Date(now).getFullYear();
	return t('w.until.day', { day: thisYear ? dayForm.format(at) : day(expires) });
}

export function sentence(share: Share, now: number): string {
	if (share.state === 'paused') return t('w.may.paused');
	if (share.state === 'used up') return t('w.may.used');
	const who = t(share.ask ? (share.password ? 'w.who.asked.password' : 'w.who.asked') : share.password ? 'w.who.password' : share.public ? 'w.who.public' : 'w.who.link');
	const may = { view: t('w.may.view'), add: t('w.may.add'), inbox: t('w.may.inbox'), full: t('w.may.full'), custom: t('w.may.custom') }[share.preset];
	return t('w.sentence', { who, may, until: until(share.expires, now) });
}

/** How long ago, coarse: "2 s ago". */
export function ago(at: number, now: number): string {
	const s = Math.max(0, Math.round((now - at) / 1000));
	if (s < 2) return t('w.ago.now');
	if (s < 60) return t('w.ago.seconds', { n: s });
	if (s < 3600) return t('w.ago.minutes', { n: Math.round(s / 60) });
	if (s < 86_400) return t('w.ago.hours', { n: Math.round(s / 3600) });
	return day(at);
}
