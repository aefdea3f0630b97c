// The file verbs of the API that the page uses. Paths are decoded URL paths.
import { get, post } from './request';

export interface Entry {
	n: string;
	k: 'f' | 'd' | 'l' | 'o';
	s?: number;
	t?: number;
	v?: string;
	p?: 1;
	a?: 1;
	r?: string;
}

export interface Folder {
	path: string;
	title: string;
	host: string;
	rights: string;
	free?: number;
	folders: number;
	files: number;
	bytes: number;
	entries: Entry[] | null;
}

export type OnExist = 'refuse' | 'replace' | 'keep';
export type Preflight = { free: number; fits: boolean; files: { name: string; state: 'new' | 'same' | 'exists' }[] };
export type Removed = {
	removed: { path: string; trash?: string }[] | null;
	failed: { path: string; problem?: { detail?: string } }[] | null;
};

const api = '/-/api/files/';

export const list = (href: string, signal?: AbortSignal): Promise<Folder> => get<Folder>(href, signal);
export const mkdir = (path: string, parents = false): Promise<unknown> => post(`${api}mkdir`, { path, parents });
export const rename = (from: string, to: string, onExist: OnExist = 'refuse'): Promise<unknown> =>
	post(`${api}rename`, { from, to, onExist });
export const remove = (paths: string[]): Promise<Removed> => post(`${api}remove`, { paths });
export const restore = (path: string, trash: string): Promise<unknown> => post(`${api}restore`, { path, trash });
export const preflight = (
	folder: string,
	files: { name: string; size: number; modified: number }[],
	signal?: AbortSignal,
): Promise<Preflight> => post(`${api}preflight`, { folder, files }, signal);
