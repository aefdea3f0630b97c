import type { Boot } from '../lib/boot';
import type { Folder } from '../lib/net/files';
import { styleAt } from '../lib/lazy';
import { standIn } from '../lib/stand';
import App from './App.svelte';

export function start(boot: Boot, first: Folder): void {
	styleAt(boot.later ?? '');
	const y = (history.state as { y?: number } | null)?.y;
	standIn(App, { boot, first });
	// The whole list is here now: pages of it are for reading without scripts.
	if (location.search.includes('page=')) history.replaceState(history.state, '', boot.path);
	if (y) scrollTo({ top: y, behavior: 'instant' });
}
