// JSON over fetch, with every failure as Trouble.
import { t } from '../words/t';
import { readTrouble, Trouble } from './trouble';

let host = '';

/** Tells whose computer the sentences about the network are to name. */
export function nameHost(name: string): void {
	host = name;
}

export const noAnswer = (): Trouble =>
	new Trouble({ cause: t('problem.network', { host }), next: t('problem.network.next') });

async function ask(url: string, init: RequestInit): Promise<Response> {
	let response: Response;
	try {
		response = await fetch(url, { credentials: 'same-origin', cache: 'no-store', ...init });
	} catch (error) {
		if (init.signal?.aborted) throw error;
		throw noAnswer();
	}
	if (response.ok) return response;
	const body = await response.text().catch(() => '');
	throw readTrouble(response.status, body, t('problem.unknown'), response.headers.get('Retry-After'));
}

async function json<T>(response: Response): Promise<T> {
	if (response.status === 204) return undefined as T;
	try {
		return (await response.json()) as T;
	} catch {
		throw new Trouble({ cause: t('problem.unknown') }, 502);
	}
}

const wanted = { Accept: 'application/json' };

export async function get<T>(url: string, signal?: AbortSignal): Promise<T> {
	return json<T>(await ask(url, signal ? { headers: wanted, signal } : { headers: wanted }));
}

export async function getText(url: string, signal: AbortSignal): Promise<string> {
	return (await ask(url, { signal })).text();
}

export async function post<T>(url: string, body: unknown, signal?: AbortSignal): Promise<T> {
	const init: RequestInit = {
		method: 'POST',
		headers: { ...wanted, 'Content-Type': 'application/json' },
		body: JSON.stringify(body),
	};
	if (signal) init.signal = signal;
	return json<T>(await ask(url, init));
}
