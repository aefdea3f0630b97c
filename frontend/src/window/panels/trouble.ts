// Whatever went wrong, in words for people.
import { Refusal } from '../../lib/api/client';
import { noAnswer } from '../../lib/net/request';
import { Trouble, troubleOf } from '../../lib/net/trouble';
import { t } from '../../lib/words/t';

export function inWords(error: unknown): Trouble {
	if (error instanceof Trouble) return error;
	if (!(error instanceof Refusal)) return new Trouble({ cause: t('panels.failed') });
	return error.problem.status === 0 ? noAnswer() : troubleOf(error.problem, t('panels.failed'));
}
