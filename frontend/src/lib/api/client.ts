// Typed calls of the API (types.ts is written from its document). Every failure is a Refusal with the
// server's own words; when no answer came its status is 0. Uploads and downloads are not here.
import type {
	Activity,
	BatchAnswer,
	BatchRequest,
	Change,
	DoorList,
	Hello,
	Listing,
	MkdirRequest,
	MoveRequest,
	Placed,
	PreflightAnswer,
	PreflightRequest,
	Problem,
	RemoveAnswer,
	RestoreRequest,
	Resync,
	Share,
	ShareChange,
	ShareList,
	ShareRequest,
	SignInRequest,
	Status,
	TransferList,
	UnlockRequest,
	VolumeList,
	Who,
} from './types';

/** Why a call did not do what it was asked for. */
export class Refusal extends Error {
	readonly problem: Problem;

	constructor(problem: Problem) {
		super(problem.detail ?? problem.title);
		this.problem = problem;
	}
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

const unclear = (status: number): Problem => ({ status, code: 'NET-ANSWER-01', title: 'No clear answer' });

async function refusal(response: Response): Promise<Refusal> {
	try {
		const said = (await response.json()) as Partial<Problem>;
		if (typeof said.code === 'string' && typeof said.title === 'string') return new Refusal({ ...said, status: response.status } as Problem);
	} catch {
		// Not ours: a proxy speaks. Its words are not shown.
	}
	return new Refusal(unclear(response.status));
}

let carried: Record<string, string> = {};

/** Sends these headers with every call from now on: the owner's page has a token where visitors have a cookie. */
export function carry(headers: Record<string, string>): void {
	carried = headers;
}

export async function call<T>(method: Method, url: string, body?: unknown, signal?: AbortSignal, headers?: Record<string, string>): Promise<T> {
	const init: RequestInit = { method, credentials: 'same-origin', cache: 'no-store', headers: { Accept: 'application/json', ...carried, ...headers } };
	if (body !== undefined) {
		init.headers = { ...init.headers, 'Content-Type': 'application/json' };
		init.body = JSON.stringify(body);
	}
	if (signal) init.signal = signal;
	let response: Response;
	try {
		response = await fetch(url, init);
	} catch (error) {
		if (signal?.aborted) throw error;
		throw new Refusal(unclear(0));
	}
	if (!response.ok) throw await refusal(response);
	if (response.status === 204) return undefined as T;
	try {
		return (await response.json()) as T;
	} catch {
		throw new Refusal(unclear(response.status));
	}
}

const id = encodeURIComponent;

/** A URL path as bodies have it, percent-encoded for an address. */
export const href = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

export const list = (path: string, signal?: AbortSignal): Promise<Listing> => call('GET', href(path), undefined, signal);
export const mkdir = (asked: MkdirRequest, headers?: Record<string, string>): Promise<Placed> => call('POST', '/-/api/files/mkdir', asked, undefined, headers);
export const rename = (asked: MoveRequest): Promise<Placed> => call('POST', '/-/api/files/rename', asked);
export const copy = (asked: MoveRequest): Promise<Placed> => call('POST', '/-/api/files/copy', asked);
export const remove = (paths: string[]): Promise<RemoveAnswer> => call('POST', '/-/api/files/remove', { paths });
export const restore = (asked: RestoreRequest): Promise<Placed> => call('POST', '/-/api/files/restore', asked);
export const batch = (asked: BatchRequest): Promise<BatchAnswer> => call('POST', '/-/api/files/batch', asked);
export const preflight = (asked: PreflightRequest, signal?: AbortSignal): Promise<PreflightAnswer> =>
	call('POST', '/-/api/files/preflight', asked, signal);

export const who = (): Promise<Who> => call('GET', '/-/api/session');
export const signIn = (asked: SignInRequest): Promise<Who> => call('POST', '/-/api/session', asked);
export const signOut = (): Promise<void> => call('DELETE', '/-/api/session');
export const unlock = (asked: UnlockRequest): Promise<void> => call('POST', '/-/api/unlock', asked);

export const shares = (): Promise<ShareList> => call('GET', '/-/api/shares');
export const share = (asked: ShareRequest): Promise<Share> => call('POST', '/-/api/shares', asked);
export const changeShare = (share: string, asked: ShareChange): Promise<Share> => call('PATCH', `/-/api/shares/${id(share)}`, asked);
export const endShare = (share: string): Promise<void> => call('DELETE', `/-/api/shares/${id(share)}`);

export const status = (): Promise<Status> => call('GET', '/-/api/status');
export const doors = (): Promise<DoorList> => call('GET', '/-/api/doors');
export const volumes = (): Promise<VolumeList> => call('GET', '/-/api/volumes');
export const activity = (before = 0, limit = 100): Promise<Activity> => call('GET', `/-/api/activity?before=${before}&limit=${limit}`);
export const transfers = (): Promise<TransferList> => call('GET', '/-/api/transfers');
export const stop = (transfer: string): Promise<void> => call('DELETE', `/-/api/transfers/${id(transfer)}`);

/** Address of the QR code that leads to a link. */
export const picture = (link: string, form: 'svg' | 'png' = 'svg'): string => `/-/qr?u=${id(link)}&f=${form}`;

export interface Heard {
	hello?: (said: Hello) => void;
	change?: (said: Change) => void;
	transfer?: (said: TransferList) => void;
	resync?: (said: Resync) => void;
}

/** Follows one folder, or everything (path ''; for whoever administers). Returns how to end it. */
export function follow(path: string, heard: Heard): () => void {
	const source = new EventSource(path ? `/-/events?path=${id(path)}` : '/-/events');
	const on = <T>(name: keyof Heard, tell: ((said: T) => void) | undefined) => {
		if (tell) source.addEventListener(name, (event) => tell(JSON.parse((event as MessageEvent<string>).data) as T));
	};
	on('hello', heard.hello);
	on('change', heard.change);
	on('transfer', heard.transfer);
	on('resync', heard.resync);
	return () => source.close();
}
