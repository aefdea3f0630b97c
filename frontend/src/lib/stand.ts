// Puts a component where the server's part of the page was, in one step that nobody sees.
import { flushSync, mount, type Component } from 'svelte';

export function standIn<Props extends Record<string, unknown>>(component: Component<Props>, props: Props): void {
	const server = document.getElementById('server');
	const target = document.createElement('div');
	server?.before(target);
	try {
		mount(component, { target, props });
		flushSync();
	} catch (error) {
		// The server's page stays: it can everything that matters.
		target.remove();
		throw error;
	}
	server?.remove();
}
