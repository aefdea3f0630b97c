import '../lib/sprite';
import '../lib/words/later';
import type { Boot } from '../lib/boot';
import { standIn } from '../lib/stand';
import Inbox from './Inbox.svelte';

export function start(boot: Boot): void {
	standIn(Inbox, { boot });
}
