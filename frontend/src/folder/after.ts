// What comes right after the first view.
export { Live } from '../lib/list/live';
export { default as Chosen } from './Chosen.svelte';
