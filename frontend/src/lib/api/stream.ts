// Server-sent events by fetch, for whoever carries a token in a header, which EventSource cannot send.
// It goes on from the last event after a cut, waits longer each time, and takes silence for a cut: the
// server says something every 15 seconds.

export interface Told {
	event: string;
	data: string;
	id: string;
}

/** open: events come. lost: it tries again by itself. refused: the server does not want us; it has ended. */
export type Line = 'open' | 'lost' | 'refused';

export interface Stream {
	url: string;
	headers: Record<string, string>;
	heard: (told: Told) => void;
	line: (state: Line) => void;
	/** Milliseconds; the first wait, which doubles up to the last. */
	wait?: [number, number];
	/** Milliseconds without a word after which the line counts as cut. */
	silence?: number;
}

/** Cuts a stream of text into events, however the network has cut it. */
export function reader(heard: (told: Told) => void): (text: string) => void {
	let left = '';
	let event = '';
	let id = '';
	let data: string[] = [];
	const line = (text: string) => {
		if (text === '') {
			if (data.length > 0) heard({ event: event || 'message', data: data.join('\n'), id });
			event = '';
			data = [];
			return;
		}
		const at = text.indexOf(':');
		const name = at < 0 ? text : text.slice(0, at);
		const value = at < 0 ? '' : text.slice(at + 1).replace(/^ /, '');
		if (name === 'event') event = value;
		else if (name === 'data') data.push(value);
		else if (name === 'id') id = value;
	};
	return (text) => {
		const lines = (left + text).split(/\r\n|\n|\r(?!$)/);
		left = lines.pop() ?? '';
		lines.forEach(line);
	};
}

/** Follows a stream until the returned function is called. */
export function listen(stream: Stream): () => void {
	const [first, most] = stream.wait ?? [400, 8000];
	const silence = stream.silence ?? 40_000;
	let last = '';
	let pause = first;
	let ended = false;
	let cut = new AbortController();
	let timer: ReturnType<typeof setTimeout> | undefined;

	const hush = () => {
		clearTimeout(timer);
		timer = setTimeout(() => cut.abort(), silence);
	};

	async function once(): Promise<boolean> {
		cut = new AbortController();
		hush();
		const headers = { Accept: 'text/event-stream', ...stream.headers, ...(last ? { 'Last-Event-ID': last } : {}) };
		const response = await fetch(stream.url, { headers, signal: cut.signal, cache: 'no-store', credentials: 'omit' });
		if (response.status === 401 || response.status === 403) return false;
		if (!response.ok || !response.body) throw new Error(String(response.status));
		stream.line('open');
		pause = first;
		const take = reader((told) => {
			if (told.id) last = told.id;
			stream.heard(told);
		});
		const from = response.body.getReader();
		const text = new TextDecoder();
		for (;;) {
			const { done, value } = await from.read();
			if (done) return true;
			hush();
			take(text.decode(value, { stream: true }));
		}
	}

	async function run() {
		while (!ended) {
			const stands = await once().catch(() => true);
			clearTimeout(timer);
			if (ended) return;
			stream.line(stands ? 'lost' : 'refused');
			if (!stands) return;
			const now = pause * (0.75 + Math.random() / 2);
			pause = Math.min(pause * 2, most);
			await new Promise((done) => setTimeout(done, now));
		}
	}

	void run();
	return () => {
		ended = true;
		clearTimeout(timer);
		cut.abort();
	};
}
