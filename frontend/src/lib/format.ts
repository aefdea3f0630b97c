// Sizes, days and durations as people write them; frontend/format.go writes the same for scripts off.
import { locale, t } from './words/t';
import table from './kinds.json';

const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];

/** Decimal units, two digits that matter. */
export function size(bytes: number): string {
	let n = bytes;
	let unit = 0;
	while (n >= 999.5 && unit < units.length - 1) {
		n /= 1000;
		unit++;
	}
	const text = unit === 0 || n >= 9.95 ? Math.round(n) : Math.round(n * 10) / 10;
	return `${text} ${units[unit]}`;
}

const dayForm = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' });
const clockForm = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

export const day = (ms: number): string => dayForm.format(ms).replace('Sept', 'Sep');
export const clock = (ms: number): string => clockForm.format(ms);

/** How long something still takes, coarse on purpose: a number that jumps is worse than none. */
export function duration(seconds: number): string {
	if (seconds < 20) return t('time.seconds');
	if (seconds < 90) return t('time.minute');
	const minutes = Math.round(seconds / 60);
	if (minutes < 90) return t('time.minutes', { n: minutes });
	return t('time.hours', { n: Math.round(minutes / 60) });
}

const shapes = new Map(Object.entries(table).flatMap(([shape, list]) => list.map((ext) => [ext, shape] as const)));
const thumbed = new Set(['jpg', 'jpeg', 'png', 'gif', 'webp']);

/** The ending of a name that tells its type, with its dot; '' where there is none. */
export function extension(name: string): string {
	const dot = name.lastIndexOf('.');
	const ext = dot > 0 ? name.slice(dot) : '';
	return ext.length < 2 || ext.length > 9 || ext.includes(' ') ? '' : ext;
}

export const bare = (name: string): string => extension(name).slice(1).toLowerCase();
export const shapeOf = (name: string): string => shapes.get(bare(name)) ?? 'file';
export const hasThumb = (name: string): boolean => thumbed.has(bare(name));
export const isPicture = (name: string): boolean => shapeOf(name) === 'image';
export const isMedia = (name: string): boolean => ['film', 'music'].includes(shapeOf(name));
export const isText = (name: string): boolean => ['txt', 'md', 'log', 'csv'].includes(bare(name));
