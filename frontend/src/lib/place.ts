// URL paths. A path in the API is the decoded URL path ("/s/k7qf2mzx/My files/"); an href is the same,
// percent-encoded. Names are data: they are encoded one by one and never joined undecoded.
import { href as hrefOf } from './api/client';

export { hrefOf };

/** A name as one segment of an href. */
export const segment = (name: string): string => encodeURIComponent(name);

/** The decoded path of an href's path part. */
export function pathOf(href: string): string {
	return href
		.split('/')
		.map((part) => {
			try {
				return decodeURIComponent(part);
			} catch {
				return part;
			}
		})
		.join('/');
}

/** A child of a folder path; both decoded. */
export const child = (folder: string, name: string): string => `${folder.replace(/\/?$/, '/')}${name}`;

/** The folder that holds a path, ending in a slash. */
export const parent = (path: string): string => path.replace(/[^/]+\/?$/, '');

/** The last name of a path. */
export const nameOf = (path: string): string => /([^/]+)\/?$/.exec(path)?.[1] ?? '';

export interface Crumb {
	name: string;
	href: string;
}

/** The way from the top to a folder below it. */
export function crumbs(top: Crumb, path: string): Crumb[] {
	const all = [top];
	let at = pathOf(top.href).replace(/\/?$/, '/');
	if (!path.toLowerCase().startsWith(at.toLowerCase())) return all;
	for (const name of path.slice(at.length).split('/').filter(Boolean)) {
		at += `${name}/`;
		all.push({ name, href: hrefOf(at) });
	}
	return all;
}
