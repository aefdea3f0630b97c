import { expect, test } from 'vitest';
import { child, crumbs, hrefOf, nameOf, parent, pathOf, segment } from './place';

test.each(['a b', 'ä', '100%', 'a?b#c', '<x>', '..', '%2e%2e', 'a;b', 'a&b', '\u202Egpj.exe', '😀'])('“%s” goes into an href and comes back', (name) => {
	expect(segment(name)).not.toMatch(/[/?#<> "]/);
	const path = `/s/key/${name}/x`;
	expect(pathOf(hrefOf(path))).toBe(path);
});

test('a broken escape stays as it is', () => {
	expect(pathOf('/a%zz/b%20c')).toBe('/a%zz/b c');
});

test('children and parents', () => {
	expect(child('/s/k/', 'a')).toBe('/s/k/a');
	expect(child('/s/k', 'a')).toBe('/s/k/a');
	expect(parent('/s/k/a/')).toBe('/s/k/');
	expect(parent('/s/k/a')).toBe('/s/k/');
	expect(nameOf('/s/k/a b/')).toBe('a b');
});

test('the way to a folder', () => {
	const top = { name: 'Holiday', href: '/s/K7QF2MZX/' };
	expect(crumbs(top, '/s/k7qf2mzx/2024/Ä b/')).toEqual([
		top,
		{ name: '2024', href: '/s/K7QF2MZX/2024/' },
		{ name: 'Ä b', href: '/s/K7QF2MZX/2024/%C3%84%20b/' },
	]);
	expect(crumbs(top, '/s/k7qf2mzx/')).toEqual([top]);
	expect(crumbs({ name: '', href: '/' }, '/photos/')).toEqual([{ name: '', href: '/' }, { name: 'photos', href: '/photos/' }]);
});
