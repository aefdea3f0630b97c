import { beforeAll, expect, test } from 'vitest';
import type { Fact, Setting, SettingGroup, Share } from '../../lib/api/types';
import later from '../../lib/words/en.later.json';
import panels from '../../lib/words/en.panels.json';
import { learn } from '../../lib/words/t';
import { deviceOf, doorTitle, nameOf, sentenceOf } from './device';
import { everything, kinds, onTop, passes, query } from './facts';
import { listed, people } from './people';
import { pageOf, sections, shown, standard, titleOf, value } from './settings';

beforeAll(() => {
	learn(later);
	learn(panels);
});

const now = 1_800_000_000_000;
let id = 0;
const fact = (over: Partial<Fact>): Fact => ({ id: ++id, time: now, kind: 'created', sentence: 'ada added a.jpg to photos', ...over });

test.each([
	['Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1', 'iPhone · Safari'],
	['Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHT', 'iPhone'],
	['Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36', 'Android phone · Chrome'],
	['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0', 'Windows computer · Edge'],
	['Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0', 'Linux computer · Firefox'],
	['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15', 'Mac · Safari'],
	['curl/8.5.0', 'curl'],
	['rclone/v1.66.0', 'rclone'],
	['Mozilla/5.0', 'Browser'],
	['', ''],
])('a device is named: %s', (client, name) => {
	expect(deviceOf(client)).toBe(name);
});

test('a party is named by what it is known by', () => {
	expect(nameOf({ kind: 'account', name: 'ada', client: 'curl/8' })).toBe('ada · curl');
	expect(nameOf({ kind: 'link', name: 'link “Photos”', client: 'curl/8', remote: '10.0.0.1' })).toBe('curl');
	expect(nameOf({ kind: 'guest', remote: '10.0.0.1' })).toBe('10.0.0.1');
	expect(nameOf({ kind: 'owner', name: 'x', remote: '127.0.0.1' })).toBe('This computer');
	expect(nameOf({})).toBe('Somebody');
});

test('a sentence names the device, not what its browser sends', () => {
	const client = 'Mozilla/5.0 (iPhone; CPU';
	expect(sentenceOf(fact({ client, sentence: `${client} added a.jpg to photos` }))).toBe('iPhone added a.jpg to photos');
	const long = `Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0`;
	expect(sentenceOf(fact({ client: long, sentence: `${long.slice(0, 40)} … added a.jpg` }))).toBe('Android phone · Chrome added a.jpg');
	expect(sentenceOf(fact({ client: long, sentence: `${long.slice(0, 60)}… added a.jpg` }))).toBe('Android phone · Chrome added a.jpg');
	expect(sentenceOf(fact({ client: long, sentence: 'ada added a.jpg' }))).toBe('ada added a.jpg');
	expect(sentenceOf(fact({ client: 'curl/8', sentence: 'curl/8 added a.jpg' }))).toBe('curl/8 added a.jpg');
	expect([doorTitle('http'), doorTitle('sftp'), doorTitle(''), doorTitle('nfs')]).toEqual(['Web', 'SFTP', 'This computer', 'NFS']);
});

test('filters ask the server and pass what arrives alike', () => {
	const filter = { text: ' Ärger ', group: 'arrived' as const, door: 'ftp', span: 'hour' as const };
	const asked = query(filter, now);
	expect(asked.getAll('kind')).toEqual(kinds.arrived);
	expect([asked.get('text'), asked.get('door'), asked.get('since')]).toEqual(['Ärger', 'ftp', String(now - 3_600_000)]);
	expect([...query(everything, now).keys()]).toEqual([]);
	const good = fact({ path: '/Trip to ärger/a.jpg', door: 'ftp' });
	expect(passes(good, filter, now)).toBe(true);
	for (const over of [{ kind: 'read' }, { door: 'http' }, { time: now - 3_700_000 }, { path: '/other' }]) expect(passes({ ...good, ...over }, filter, now)).toBe(false);
	expect(passes(fact({ kind: 'something new' }), everything, now)).toBe(true);
});

test('new lines stand on top, each once, at most so many', () => {
	const [a, b, c] = [fact({}), fact({}), fact({})];
	expect(onTop([b, a], [b, c], 10)).toEqual([c, b, a]);
	expect(onTop([b, a], [c], 2)).toEqual([c, b]);
	expect(onTop([], [a, c, b], 10)).toEqual([c, b, a]);
});

test('people come out of what happened', () => {
	const share = { title: 'Photos', preset: 'inbox' } as Share;
	const visit = { remote: '10.0.0.7', client: 'curl/8', identity: 'link:1', name: 'link “Photos”' };
	const facts = [
		fact({ ...visit, kind: 'opened', path: '/photos', time: now - 600_000 }),
		fact({ ...visit, size: 1000, time: now - 1000 }),
		fact({ ...visit, size: 1000, time: now - 1000 }),
		fact({ kind: 'wrong-secret', remote: '10.0.0.9', time: now - 3_600_000 }),
		fact({ identity: 'owner:', remote: '127.0.0.1' }),
		fact({ kind: 'door-opened' }),
	];
	const all = people(facts, [], [share], now);
	expect(all.map((one) => [one.name, one.here])).toEqual([['curl', true], ['10.0.0.9', false]]);
	expect(all[0]).toMatchObject({ may: 'May add to “Photos”, and sees nothing there.', did: ['sent 2 files (2 KB)'], files: 2, bytes: 2000, first: now - 600_000 });
	expect(all[1]).toMatchObject({ may: 'May do what everybody may.', did: ['gave a wrong password'] });
});

test('devices that the server lists keep their names', () => {
	const device = { id: 'x', name: 'Pixel 8', remote: '10.0.0.7', client: 'curl/8', first: now, last: now, shares: ['Photos'], here: true, files: 3, bytes: 3000, blocked: false };
	expect(listed([device], [])[0]).toMatchObject({ name: 'Pixel 8', client: 'curl', may: 'Came by “Photos”.', did: ['moved 3 files (3 KB)'], kept: true });
	expect(listed([{ ...device, as: 'ada', blocked: true, means: 'It can do nothing.' }, { ...device, as: 'ada' }], []).map((one) => one.may)).toEqual(['It can do nothing.', 'Signed in as ada.']);
	expect(listed([{ ...device, name: '', shares: [], files: 1 }], people([fact({ remote: '10.0.0.7', client: 'curl/8', size: 5 })], [], [], now))[0]).toMatchObject({ name: 'curl', did: ['sent 1 file (5 B)'] });
});

const setting = (over: Partial<Setting>): Setting => ({ key: 'keep.trash', kind: 'duration', value: '30d', default: '30d', about: 'What was removed.', ...over });

test('settings stand on the page where people look', () => {
	expect(['general.name', 'http.tls.mode', 'http.addr', 'limits.file_size', 'limits.connections', 'keep.trash', 'keep.signed_in', 'ftp.addr', 'log.level'].map(pageOf)).toEqual([
		'general', 'security', 'protocols', 'storage', 'network', 'storage', 'security', 'protocols', 'general',
	]);
	expect([titleOf('keep.trash'), titleOf('new.group.some_key')]).toEqual(['Trash', 'Some key']);
});

test('the search finds a setting on any page', () => {
	const groups: SettingGroup[] = [{ key: 'keep', about: '', settings: [setting({}), setting({ key: 'keep.versions', about: 'What was replaced.' })] }];
	expect(sections(groups, 'storage', '')[0]?.settings).toHaveLength(2);
	expect(sections(groups, 'general', '')).toEqual([]);
	expect(sections(groups, 'general', 'REMOVED')[0]?.settings.map((one) => one.key)).toEqual(['keep.trash']);
	expect(sections(groups, 'general', 'nothing like it')).toEqual([]);
});

test.each<[Partial<Setting>, unknown, string]>([
	[{ kind: 'number' }, 12, '12'],
	[{ kind: 'list', default: [80, 0], min: '0' }, [81, 0], '81\n0'],
	[{ kind: 'list', default: [] }, ['10.0.0.0/8', '127.0.0.1'], '10.0.0.0/8\n127.0.0.1'],
	[{ kind: 'map', default: {} }, { ada: '50GB', '*': 0 }, 'ada = 50GB\n* = 0'],
	[{ kind: 'bool' }, true, 'true'],
	[{ kind: 'size' }, '2GB', '2GB'],
])('a value goes into its field and out again: %j', (over, of, text) => {
	const one = setting({ ...over, value: of });
	expect(shown(one, of)).toBe(text);
	expect(value(one, text)).toEqual(of);
});

test('what is no number stays a text, so that the server says what is wrong', () => {
	expect(value(setting({ kind: 'number' }), 'many')).toBe('many');
	expect(value(setting({ kind: 'map' }), '"@lab" = "200GB"\nada')).toEqual({ '@lab': '200GB', ada: '' });
	expect(value(setting({ kind: 'map', example: '{ "192.168.1.31" = "microscope" }' }), '192.168.1.31 = 2024')).toEqual({ '192.168.1.31': '2024' });
	expect([standard(setting({})), standard(setting({ kind: 'bool', default: false })), standard(setting({ kind: 'text', default: '' }))]).toEqual(['30d', 'off', 'empty']);
});
