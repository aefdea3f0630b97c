// Settings as people look for them: on which page one stands, what it is called, and its value as text.
import type { Setting, SettingGroup } from '../../lib/api/types';
import { t } from '../../lib/words/t';
import titles from '../../lib/words/en.settings.json';

export type Page = 'general' | 'network' | 'security' | 'protocols' | 'storage';

export const pages = (): [Page, string][] => [
	['general', t('sets.page.general')],
	['network', t('sets.page.network')],
	['security', t('sets.page.security')],
	['protocols', t('sets.page.protocols')],
	['storage', t('sets.page.storage')],
];

// The first that begins a key decides.
const places: [string, Page][] = [
	['general', 'general'],
	['log', 'general'],
	['http.tls', 'security'],
	['http.trusted_proxies', 'security'],
	['http.proxy_header', 'security'],
	['http.public_url', 'network'],
	['limits.file_size', 'storage'],
	['limits.password_checks', 'security'],
	['limits', 'network'],
	['rate', 'network'],
	['discovery', 'network'],
	['network', 'network'],
	['accounts', 'security'],
	['keep.signed_in', 'security'],
	['shares', 'security'],
	['keep', 'storage'],
	['quota', 'storage'],
	['media', 'storage'],
	['index', 'storage'],
	['volumes', 'storage'],
];

/** The page of a setting; a door's, where nothing else is said. */
export function pageOf(key: string): Page {
	return places.find(([start]) => key === start || key.startsWith(`${start}.`))?.[1] ?? 'protocols';
}

/** The name of a setting: ours, or made of its key. */
export function titleOf(key: string): string {
	const known = (titles as Record<string, string>)[key];
	if (known) return known;
	const words = (key.split('.').pop() ?? key).replaceAll('_', ' ');
	return words.charAt(0).toUpperCase() + words.slice(1);
}

export interface Section {
	key: string;
	title: string;
	about: string;
	settings: Setting[];
}

/** What stands on a page; with words, everything on any page that has them. */
export function sections(groups: readonly SettingGroup[], page: Page, words: string): Section[] {
	const find = words.trim().toLowerCase();
	const out: Section[] = [];
	for (const group of groups) {
		const settings = group.settings.filter((one) => (find ? has(one, group, find) : pageOf(one.key) === page));
		if (settings.length) out.push({ key: group.key, title: titleOf(group.key), about: group.about, settings });
	}
	return out;
}

function has(one: Setting, group: SettingGroup, find: string): boolean {
	return [titleOf(one.key), one.key, one.about, titleOf(group.key), ...(one.choices ?? [])].some((text) => text.toLowerCase().includes(find));
}

/** A value as it stands in its field. */
export function shown(one: Pick<Setting, 'kind'>, value: unknown): string {
	if (one.kind === 'list') return Array.isArray(value) ? value.map(String).join('\n') : '';
	if (one.kind === 'map') {
		return value && typeof value === 'object' ? Object.entries(value).map(([name, of]) => `${name} = ${String(of)}`).join('\n') : '';
	}
	return value === null || value === undefined ? '' : String(value);
}

const whole = (text: string): string | number => (/^\d{1,15}$/.test(text) ? Number(text) : text);
const lines = (text: string): string[] => text.split('\n').map((line) => line.trim()).filter(Boolean);

/** The value of a field as the server takes it. What is no number stays a text, so that the server says what is wrong. */
export function value(one: Pick<Setting, 'kind' | 'default' | 'value' | 'min' | 'example'>, text: string): unknown {
	const trimmed = text.trim();
	const of = /=\s*"/.test(one.example ?? '') ? String : whole; // a name may be a number
	switch (one.kind) {
		case 'bool':
			return text === 'true';
		case 'number':
			return whole(trimmed);
		case 'list':
			return lines(text).map((line) => (numbers(one) ? whole(line) : line));
		case 'map':
			return Object.fromEntries(
				lines(text).map((line) => {
					const at = line.lastIndexOf('=');
					const name = (at < 0 ? line : line.slice(0, at)).trim().replace(/^"(.*)"$/, '$1');
					return [name, at < 0 ? '' : of(line.slice(at + 1).trim().replace(/^"(.*)"$/, '$1'))];
				}),
			);
		default:
			return trimmed;
	}
}

/** Whether a list is of numbers: only those have a bound. */
function numbers(one: Pick<Setting, 'default' | 'value' | 'min'>): boolean {
	const some = [one.default, one.value].find((list) => Array.isArray(list) && list.length > 0) as unknown[] | undefined;
	return some ? typeof some[0] === 'number' : Boolean(one.min);
}

/** A default in words. */
export function standard(one: Setting): string {
	if (one.kind === 'bool') return one.default ? t('sets.on') : t('sets.off');
	const text = shown(one, one.default).split('\n').join(', ');
	return text || t('sets.empty');
}
