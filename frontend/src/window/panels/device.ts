// Who is at the other end, as a person would say it.
import type { Fact, Party } from '../../lib/api/types';
import { t } from '../../lib/words/t';

const machines: [RegExp, () => string][] = [
	[/iPhone|iPod/, () => 'iPhone'],
	[/iPad/, () => 'iPad'],
	[/Android(?!.*Mobile).*Tablet/i, () => t('device.tablet')],
	[/Android/, () => t('device.android')],
	[/CrOS/, () => 'Chromebook'],
	[/Windows/, () => t('device.windows')],
	[/Macintosh|Mac OS X/, () => 'Mac'],
	[/Linux|X11/, () => t('device.linux')],
];

// The order counts: most browsers claim to be several others, too.
const browsers: [RegExp, string][] = [
	[/Edg(?:A|iOS)?\//, 'Edge'],
	[/OPR\/|Opera/, 'Opera'],
	[/SamsungBrowser\//, 'Samsung Internet'],
	[/Firefox\/|FxiOS\//, 'Firefox'],
	[/Chrome\/|CriOS\//, 'Chrome'],
	[/Safari\//, 'Safari'],
];

/** "iPhone · Safari" or "rclone" from what a client calls itself; '' where that says nothing. */
export function deviceOf(client: string | undefined): string {
	if (!client) return '';
	if (!client.startsWith('Mozilla/')) return /^[^\s/(]+/.exec(client)?.[0] ?? '';
	const machine = machines.find(([sign]) => sign.test(client))?.[1]();
	const browser = browsers.find(([sign]) => sign.test(client))?.[1];
	return [machine, browser].filter(Boolean).join(' · ') || t('device.browser');
}

interface Sign {
	kind?: string;
	name?: string | undefined;
	client?: string | undefined;
	remote?: string | undefined;
	door?: string | undefined;
}

/** The name of a party: its own where it has one, else its device, else its address. */
export function nameOf({ kind, name, client, remote }: Sign): string {
	const device = deviceOf(client);
	if (kind === 'owner') return t('device.here');
	if (name && kind !== 'link' && kind !== 'guest') return device ? `${name} · ${device}` : name;
	return device || remote || t('device.unknown');
}

/** The kind of a party out of an identity as events say it ("account:k2f"). */
export const kindOf = (identity: string | undefined): string => identity?.split(':')[0] ?? '';

export const partyKey = (by: Party): string => `${by.kind}\0${by.name}`;

/** The line of Activity, with the device instead of what its browser sends; long ones are cut in it. */
export function sentenceOf(fact: Fact): string {
	const { client = '', sentence } = fact;
	if (!client.startsWith('Mozilla/')) return sentence;
	const at = sentence.indexOf(client.slice(0, 20));
	if (at < 0) return sentence;
	let n = 0;
	while (n < client.length && sentence[at + n] === client[n]) n++;
	return sentence.slice(0, at) + deviceOf(client) + sentence.slice(at + n).replace(/^ ?(…|\.\.\.)/, '');
}

const doors: Record<string, string> = {
	http: 'Web', https: 'Web', web: 'Web', webdav: 'WebDAV', ftp: 'FTP', ftps: 'FTPS', sftp: 'SFTP', tftp: 'TFTP', smb: 'SMB', fuse: 'Disk', api: 'API',
};

/** A door's short name, as its badge has it. */
export function doorTitle(door: string | undefined): string {
	if (!door || ['console', 'control', 'window', 'desktop'].includes(door)) return t('device.here');
	return doors[door] ?? door.toUpperCase();
}

/** The last name of a path; the top has one of ours. */
export const lastName = (path: string): string => path.replace(/\/+$/, '').split('/').pop() || t('moves.top');
