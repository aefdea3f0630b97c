// Small files: one request, one answer.
import { hrefOf } from '../place';
import { arrival, refusal, type Arrival, type Target } from './tus';
import type { Send } from './transport';

export async function put(file: File, target: Target, send: Send, headers: Record<string, string>, signal: AbortSignal, left?: (bytes: number) => void): Promise<Arrival> {
	const answer = await send({
		method: 'PUT',
		url: hrefOf(target.path),
		headers: {
			'Content-Type': 'application/octet-stream',
			...headers,
			'X-Portico-Exists': target.exists,
			'X-Portico-Modified': String(target.modified),
		},
		body: file,
		signal,
		...(left ? { left } : {}),
	});
	if (answer.status < 200 || answer.status > 299) throw refusal(answer);
	return arrival(answer);
}
