// One request with a body. XMLHttpRequest, because only it tells that bytes still leave: a request
// that is stuck is given up and tried again, which no time limit for the whole could decide.
import { noAnswer } from '../net/request';

export interface Answer {
	status: number;
	header: (name: string) => string | null;
	text: string;
}

export interface Question {
	method: string;
	url: string;
	headers: Record<string, string>;
	body: Blob | null;
	signal: AbortSignal;
	/** Told how many bytes of the body left this device; whether they arrived is another matter. */
	left?: (bytes: number) => void;
}

export type Send = (question: Question) => Promise<Answer>;

/** Without a sign of life for this long, a request counts as lost. */
const still = 45_000;
/** After the phone was locked or the network came back, this much is enough. */
const stillAwake = 6_000;

/** Rejects with Trouble of status 0 when no answer came, with the signal's reason when aborted. */
export const send: Send = ({ method, url, headers, body, signal, left }) =>
	new Promise((done, failed) => {
		const request = new XMLHttpRequest();
		let timer = 0;
		let last = 0;
		const alive = () => {
			last = Date.now();
			clearTimeout(timer);
			timer = window.setTimeout(() => request.abort(), still);
		};
		const abort = () => request.abort();
		const awoken = () => {
			if (!document.hidden && Date.now() - last > stillAwake) abort();
		};
		const end = () => {
			clearTimeout(timer);
			signal.removeEventListener('abort', abort);
			document.removeEventListener('visibilitychange', awoken);
			removeEventListener('online', awoken);
		};
		request.open(method, url);
		for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
		request.upload.onprogress = (event) => {
			alive();
			left?.(event.loaded);
		};
		request.onload = () => {
			end();
			done({ status: request.status, header: (name) => request.getResponseHeader(name), text: request.responseText });
		};
		request.onerror = request.onabort = () => {
			end();
			failed(signal.aborted ? signal.reason : noAnswer());
		};
		signal.addEventListener('abort', abort);
		document.addEventListener('visibilitychange', awoken);
		addEventListener('online', awoken);
		alive();
		if (signal.aborted) return abort();
		request.send(body);
	});
