// The file verbs of the API that the page uses. Paths are decoded URL paths.
import type { Listing, MoveRequest, PreflightAnswer, PreflightFile, RemoveAnswer, Row } from '../api/types';
import { get, post } from './request';

export type Entry = Row;
export type Folder = Listing;
export type Removed = RemoveAnswer;

const api = '/-/api/files/';

export const list = (href: string, signal?: AbortSignal): Promise<Folder> => get<Folder>(href, signal);
export const mkdir = (path: string, parents = false): Promise<unknown> => post(`${api}mkdir`, { path, parents });
export const rename = (from: string, to: string, onExist: MoveRequest['onExist'] = 'refuse'): Promise<unknown> =>
	post(`${api}rename`, { from, to, onExist });
export const remove = (paths: string[]): Promise<Removed> => post(`${api}remove`, { paths });
export const restore = (path: string, trash: string): Promise<unknown> => post(`${api}restore`, { path, trash });
export const preflight = (folder: string, files: PreflightFile[], signal?: AbortSignal): Promise<PreflightAnswer> =>
	post(`${api}preflight`, { folder, files }, signal);
