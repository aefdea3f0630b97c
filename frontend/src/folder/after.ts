// What comes right after the first view.
import '../lib/sprite';

export { Live } from '../lib/list/live';
export { default as Notes } from '../lib/Notes.svelte';
export { default as Chosen } from './Chosen.svelte';
