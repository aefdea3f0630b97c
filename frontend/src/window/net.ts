// What a network is called and which shape stands for it.
import { t } from '../lib/words/t';
import type { AnnouncedService, Asker } from '../lib/api/types';
import type { Net } from './contract';

const icons: Record<Net['kind'], string> = { wifi: 'wifi', cable: 'cable', hotspot: 'hotspot', tether: 'device', tunnel: 'tunnel', virtual: 'desktop' };

export const iconOf = (net: Net): string => icons[net.kind];

/** What a chip says: where two are called the same, their addresses too. */
export function chipOf(net: Net, all: Net[]): string {
	return all.some((n) => n !== net && nameOf(n) === nameOf(net)) ? `${nameOf(net)} ${net.address}` : nameOf(net);
}

export function nameOf(net: Net): string {
	if (net.name) return net.name;
	const words: Record<Net['kind'], string> = {
		wifi: t('w.kind.wifi'),
		cable: t('w.kind.cable'),
		hotspot: t('w.kind.hotspot'),
		tether: t('w.kind.tether'),
		tunnel: t('w.kind.tunnel'),
		virtual: t('w.kind.virtual'),
	};
	return words[net.kind];
}

/** What a service of DNS-SD is called here; '' where it is none that people know. */
export function doorOf(type: string): string {
	const words: Record<string, string> = {
		http: t('w.door.web'), https: t('w.door.web'), webdav: 'WebDAV', webdavs: 'WebDAV', ftp: 'FTP', ftps: 'FTPS', 'sftp-ssh': 'SFTP', smb: 'SMB', tftp: 'TFTP',
	};
	return words[type.replace(/^_|\._(tcp|udp)$/g, '')] ?? '';
}

/** The doors that a network is told of, each once. */
export const doorsOf = (services: AnnouncedService[]): string => [...new Set(services.map((one) => doorOf(one.type)).filter(Boolean))].join(', ');

/** The kinds of announcement: whom they reach, and what they are called. */
export const kinds = (): [string, string, string][] => [
	['mdns', t('w.found.mdns'), 'mDNS'],
	['ssdp', t('w.found.ssdp'), 'SSDP'],
	['wsd', t('w.found.wsd'), 'WS-Discovery'],
];

/** Who asked by one kind on any of some networks, each once, the latest first. */
export function askersOf(nets: Net[], kind: string): Asker[] {
	const all = nets.flatMap((net) => net.announcements.filter((one) => one.kind === kind).flatMap((one) => one.asked)).sort((a, b) => b.when - a.when);
	return all.filter((one, i) => all.findIndex((other) => other.address === one.address) === i);
}
