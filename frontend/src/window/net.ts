// What a network is called and which shape stands for it.
import { t } from '../lib/words/t';
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
