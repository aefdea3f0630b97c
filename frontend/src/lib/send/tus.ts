// A client for tus 1.0 (creation, creation-with-upload, termination): as much of it as the page needs.
// What counts as sent is only what the server acknowledged.
import { t } from '../words/t';
import { readTrouble, Trouble } from '../net/trouble';
import type { Answer, Send } from './transport';

export const chunk = 8 * 1024 * 1024;
const endpoint = '/-/tus/';
const version = { 'Tus-Resumable': '1.0.0' };
const bytes = { ...version, 'Content-Type': 'application/offset+octet-stream' };

export interface Target {
	path: string; // decoded URL path of the file
	modified: number; // ms since 1970
	exists: 'keep' | 'replace' | 'skip';
}

export interface Arrival {
	name: string; // final name, '' when the server did not say
	sha256: string;
}

export interface Upload {
	file: Blob;
	target: Target;
	url: string | null; // of an upload begun earlier
	signal: AbortSignal;
	send: Send;
	headers: () => Record<string, string>; // that go with every request
	begun: (url: string | null) => void; // the address to continue at; null: it is gone
	acknowledged: (offset: number) => void;
	left?: (offset: number) => void; // how far bytes left this device
	arrived: () => Promise<boolean>; // whether the whole file is there, asked when the server forgot the upload
	size?: number; // of a chunk, for tests
}

const base64 = (text: string): string => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

function metadata({ path, modified, exists }: Target): string {
	return Object.entries({ path, modified: String(modified), exists })
		.map(([key, value]) => `${key} ${base64(value)}`)
		.join(',');
}

export const arrival = (answer: Answer): Arrival => ({
	name: decoded(answer.header('X-Portico-Name') ?? ''),
	sha256: answer.header('X-Portico-Sha256') ?? '',
});

function decoded(name: string): string {
	try {
		return decodeURIComponent(name);
	} catch {
		return name;
	}
}

export const refusal = (answer: Answer): Trouble =>
	readTrouble(answer.status, answer.text, t('problem.unknown'), answer.header('Retry-After'));

/** One run at an upload: throws Trouble where it stopped; calling it again with the last url goes on from there. */
export async function upload(u: Upload): Promise<Arrival> {
	const step = u.size ?? chunk;
	let url = u.url;
	let offset = 0;
	let last: Answer | null = null;

	if (url) {
		const found = await look(url, u);
		if (found === null) {
			u.begun((url = null));
			// The last answer may have been lost on the way: sending again would make a second copy.
			if (await u.arrived()) return { name: '', sha256: '' };
		} else {
			offset = Number(found.header('Upload-Offset') ?? 0);
			if (offset === u.file.size && found.header('X-Portico-Name')) return arrival(found);
		}
	}
	if (!url) {
		const answer = await u.send({
			method: 'POST',
			url: endpoint,
			headers: { ...u.headers(), ...bytes, 'Upload-Length': String(u.file.size), 'Upload-Metadata': metadata(u.target) },
			body: u.file.slice(0, step),
			signal: u.signal,
			left: (n) => u.left?.(n),
		});
		if (answer.status !== 201) throw refusal(answer);
		url = answer.header('Location');
		if (!url) throw new Trouble({ cause: t('problem.unknown') }, 502);
		offset = Number(answer.header('Upload-Offset') ?? 0);
		last = answer;
		u.begun(url);
	}
	u.acknowledged(offset);

	while (offset < u.file.size || !last) {
		const from = offset;
		last = await u.send({
			method: 'PATCH',
			url,
			headers: { ...u.headers(), ...bytes, 'Upload-Offset': String(offset) },
			body: u.file.slice(offset, offset + step),
			signal: u.signal,
			left: (n) => u.left?.(from + n),
		});
		if (last.status !== 204 && last.status !== 200) {
			// Somebody's bytes came further than this page knows, or the upload is gone: ask and go on.
			if (last.status === 409 || last.status === 404 || last.status === 410) throw new Trouble({ cause: t('problem.unknown') }, 0);
			throw refusal(last);
		}
		offset = Number(last.header('Upload-Offset') ?? offset);
		u.acknowledged(offset);
	}
	return arrival(last);
}

/** Asks how far the server has it; null when it no longer knows the upload. */
async function look(url: string, u: Upload): Promise<Answer | null> {
	const answer = await u.send({ method: 'HEAD', url, headers: { ...u.headers(), ...version }, body: null, signal: u.signal });
	if ([403, 404, 410].includes(answer.status)) return null;
	if (answer.status !== 200 && answer.status !== 204) throw refusal(answer);
	return Number(answer.header('Upload-Length') ?? u.file.size) === u.file.size ? answer : null;
}

/** Tells the server to forget an upload. Whether it heard is not waited for: it forgets by itself in time. */
export function terminate(url: string, send: Send): void {
	send({ method: 'DELETE', url, headers: version, body: null, signal: new AbortController().signal }).catch(() => undefined);
}
