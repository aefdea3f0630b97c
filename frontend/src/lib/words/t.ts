// Every text of the page comes out of one table in parts: en.json for the first view, en.later.json for
// what is loaded when it is needed (words/later.ts), en.server.json for what only the server's templates
// say, en.window.json and en.panels.json for the owner's page and its panels. Plural forms follow the language's own rules.
import first from './en.json';
import type later from './en.later.json';
import type panels from './en.panels.json';
import type owner from './en.window.json';

export type Key = keyof typeof first | keyof typeof later | keyof typeof owner | keyof typeof panels;
type Phrase = string | Partial<Record<Intl.LDMLPluralRule, string>>;
type Values = Record<string, string | number>;

export const locale: string = first.locale;

const table: Record<string, Phrase> = first;
const plural = new Intl.PluralRules(locale);
const digits = new Intl.NumberFormat(locale);

/** Adds the words of a part that came later. */
export function learn(more: Record<string, Phrase>): void {
	Object.assign(table, more);
}

/** The text of a key with its {fields} filled in; a number called n also chooses the plural form. */
export function t(key: Key, values: Values = {}): string {
	const phrase = table[key] ?? key;
	const text = typeof phrase === 'string' ? phrase : (phrase[plural.select(Number(values['n'] ?? 0))] ?? phrase.other ?? '');
	return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
		const value = values[name];
		return value === undefined ? whole : typeof value === 'number' ? digits.format(value) : value;
	});
}
