import { t } from '../lib/words/t';

/** Hands a receipt to the person as a file. */
export function saveText(text: string): void {
	const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
	const link = document.createElement('a');
	link.href = url;
	link.download = `${t('put.receipt.file', { date: new Date().toISOString().slice(0, 10) })}.txt`;
	link.click();
	setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
