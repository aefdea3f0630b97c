// The file verbs that the page uses. Paths are URL paths that are not percent-encoded.
import * as api from '../api/client';
import type { Listing, Placed, PreflightAnswer, PreflightFile, RemoveAnswer, Row } from '../api/types';
import { told } from './request';

export type Entry = Row;
export type Folder = Listing;
export type Removed = RemoveAnswer;

export const list = (path: string, signal?: AbortSignal): Promise<Folder> => told(api.list(path, signal));
export const mkdir = (path: string, parents = false, headers?: Record<string, string>): Promise<Placed> => told(api.mkdir({ path, parents }, headers));
export const rename = (from: string, to: string): Promise<Placed> => told(api.rename({ from, to }));
export const remove = (paths: string[]): Promise<Removed> => told(api.remove(paths));
export const restore = (path: string, trash: string): Promise<Placed> => told(api.restore({ path, trash }));
export const preflight = (folder: string, files: PreflightFile[], signal: AbortSignal): Promise<PreflightAnswer> =>
	told(api.preflight({ folder, files }, signal));
