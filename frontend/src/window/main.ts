// The entry of the owner's page. The token comes in the fragment of the address, which is never sent;
// it is taken out of the address at once and kept for this window only.
import '../lib/words/later';
import { nameHost } from '../lib/net/request';
import owner from '../lib/words/en.window.json';
import panels from '../lib/words/en.panels.json';
import { learn, t } from '../lib/words/t';
import { mount } from 'svelte';
import { House } from './house.svelte';
import { View } from './view.svelte';
import Window from './Window.svelte';
import './style/index.css';

const place = 'portico-token';

function token(): string {
	const given = location.hash.slice(1);
	if (given) {
		history.replaceState(null, '', location.pathname);
		sessionStorage.setItem(place, given);
	}
	return given || (sessionStorage.getItem(place) ?? '');
}

learn(owner);
learn(panels);
nameHost(t('w.program'));
const house = new House(token());
const target = document.getElementById('window');
if (target) {
	target.replaceChildren();
	mount(Window, { target, props: { house, view: new View(house) } });
	house.start();
}
