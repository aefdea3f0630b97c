// The API's client with every failure as Trouble, which has words for people.
import { Refusal } from '../api/client';
import { t } from '../words/t';
import { Trouble, troubleOf } from './trouble';

let host = '';

/** Tells whose computer the sentences about the network are to name. */
export function nameHost(name: string): void {
	host = name;
}

export const noAnswer = (): Trouble =>
	new Trouble({ cause: t('problem.network', { host }), next: t('problem.network.next') });

export async function told<T>(answer: Promise<T>): Promise<T> {
	try {
		return await answer;
	} catch (error) {
		if (!(error instanceof Refusal)) throw error;
		throw error.problem.status === 0 ? noAnswer() : troubleOf(error.problem, t('problem.unknown'));
	}
}

export async function text(url: string, signal: AbortSignal): Promise<string> {
	const answer = await fetch(url, { signal }).catch((error: unknown) => {
		throw signal.aborted ? error : noAnswer();
	});
	if (!answer.ok) throw new Trouble({ cause: t('problem.unknown') }, answer.status);
	return answer.text();
}
