import { expect, test } from 'vitest';
import { bare, clock, day, duration, extension, hasThumb, shapeOf, size } from './format';
import sizes from './sizes.json';
import './words/later';

test.each(sizes as [number, string][])('%d bytes are %s', (bytes, text) => {
	expect(size(bytes)).toBe(text);
});

test.each([
	['a.jpg', '.jpg'],
	['a.tar.gz', '.gz'],
	['.hidden', ''],
	['noending', ''],
	['a.', ''],
	['St. Petersburg', ''],
	['a.verylongending', ''],
	['x.JPG', '.JPG'],
])('the ending of %s is “%s”', (name, ext) => {
	expect(extension(name)).toBe(ext);
});

test('shapes', () => {
	expect([bare('A.JPG'), shapeOf('A.JPG'), hasThumb('A.JPG')]).toEqual(['jpg', 'image', true]);
	expect([shapeOf('a.mov'), shapeOf('a.weird'), hasThumb('a.heic')]).toEqual(['film', 'file', false]);
});

test('days as the server writes them', () => {
	const at = new Date(2026, 8, 3, 7, 5).getTime();
	expect(`${day(at)}, ${clock(at)}`).toBe('3 Sep 2026, 07:05');
});

test.each([
	[3, 'a few seconds'],
	[60, 'about a minute'],
	[150, 'about 3 min'],
	[3600, 'about 60 min'],
	[7200, 'about 2 hours'],
])('%d seconds are %s', (seconds, text) => {
	expect(duration(seconds)).toBe(text);
});
