// What was begun and not finished, kept by the browser, so that choosing the same files again goes on
// where the last page stopped. A file is known by where it goes, its name, size and time.

export interface Begun {
	key: string;
	folder: string; // decoded URL path of the target folder
	url: string;
	at: number; // ms since 1970
}

export interface Memory {
	get(key: string): Promise<string | null>;
	set(begun: Begun): Promise<void>;
	drop(key: string): Promise<void>;
	below(folder: string): Promise<Begun[]>;
}

/** The server keeps what was begun for a week. */
const lifetime = 7 * 24 * 3600 * 1000;
const flag = 'portico-cut';
const rest = 'portico-left';

export const keyOf = (path: string, file: File): string => `${path}\n${file.size}\n${file.lastModified}`;

function done<T>(request: IDBRequest<T>): Promise<T> {
	return new Promise((resolve, reject) => {
		request.onsuccess = () => resolve(request.result);
		request.onerror = () => reject(request.error);
	});
}

/** Kept in IndexedDB; where the browser refuses that (private windows), nothing is remembered and nothing fails. */
export class Kept implements Memory {
	#open: Promise<IDBDatabase | null> | null = null;

	#database(): Promise<IDBDatabase | null> {
		this.#open ??= new Promise((resolve) => {
			try {
				const request = indexedDB.open('portico', 1);
				request.onupgradeneeded = () => request.result.createObjectStore('begun', { keyPath: 'key' });
				request.onsuccess = () => resolve(request.result);
				request.onerror = request.onblocked = () => resolve(null);
			} catch {
				resolve(null);
			}
		});
		return this.#open;
	}

	async #with<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T | null> {
		const database = await this.#database();
		if (!database) return null;
		return done(work(database.transaction('begun', mode).objectStore('begun'))).catch(() => null);
	}

	async get(key: string): Promise<string | null> {
		const found = await this.#with<Begun | undefined>('readonly', (store) => store.get(key));
		return found && Date.now() - found.at < lifetime ? found.url : null;
	}

	async set(begun: Begun): Promise<void> {
		await this.#with('readwrite', (store) => store.put(begun));
		try {
			localStorage.setItem(flag, '1');
		} catch {
			// Full or forbidden: the page only asks less well next time.
		}
	}

	async drop(key: string): Promise<void> {
		await this.#with('readwrite', (store) => store.delete(key));
		if ((await this.#with('readonly', (store) => store.count())) === 0) localStorage.removeItem(flag);
	}

	async below(folder: string): Promise<Begun[]> {
		const all = (await this.#with<Begun[]>('readonly', (store) => store.getAll())) ?? [];
		const old = all.filter((b) => Date.now() - b.at >= lifetime);
		for (const b of old) await this.drop(b.key);
		return all.filter((b) => !old.includes(b) && b.folder.startsWith(folder));
	}
}

/** Keeps how many files of a batch are still to go, for a page that is lost on the way. */
export function keepRest(folder: string, n: number): void {
	try {
		if (n) localStorage.setItem(rest, JSON.stringify({ folder, n, at: Date.now() }));
		else localStorage.removeItem(rest);
	} catch {
		// Full or forbidden: the page only asks less well next time.
	}
}

/** How many files a lost page had still to send to this folder or below it. */
export function restBelow(folder: string): number {
	try {
		const kept = JSON.parse(localStorage.getItem(rest) ?? '{}') as { folder?: string; n?: number; at?: number };
		return kept.folder?.startsWith(folder) && Date.now() - (kept.at ?? 0) < lifetime ? (kept.n ?? 0) : 0;
	} catch {
		return 0;
	}
}
