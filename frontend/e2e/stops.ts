// Whether keys alone reach everything that a page offers, and show where one is.
import type { Hand } from './hand';

/** What Tab does not reach, and what does not show that it was reached. */
export async function unreached(page: Hand): Promise<string[]> {
	const count = await page.evaluate(prepare);
	// Once around, and a little further: where a browser has buttons of its own, Tab stays there for a while.
	for (let i = 0; i < count + 4; i++) {
		await page.keyboard.press('Tab');
		if (!(await page.evaluate(strike))) break;
	}
	return page.evaluate(() => {
		const { stops, dim } = window as unknown as Walk;
		return [...[...stops].filter((one) => one.isConnected).map((one) => `Tab does not reach ${one.outerHTML.slice(0, 120)}`), ...dim];
	});
}

interface Walk {
	stops: Set<Element>;
	dim: string[];
}

/** Runs in the page: strikes out what Tab has reached, and returns how much it has not. */
async function strike(): Promise<number> {
	const { stops, dim } = window as unknown as Walk;
	const here = document.activeElement;
	if (here && stops.delete(here)) {
		await new Promise(requestAnimationFrame);
		const ring = [here, here.closest('label') ?? here].some((e) => getComputedStyle(e).outlineStyle !== 'none' || getComputedStyle(e).boxShadow !== 'none');
		if (!ring) dim.push(`no ring around ${here.outerHTML.slice(0, 120)}`);
	}
	return stops.size;
}

/** Runs in the page: lists what Tab shall reach, and goes to where it begins. */
function prepare(): number {
	const walk = window as unknown as Walk;
	const top = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document;
	const all = [...top.querySelectorAll<HTMLElement>('a[href], button, input, select, textarea, summary, [tabindex]')].filter(
		(e) => e.tabIndex >= 0 && !(e as HTMLButtonElement).disabled && e.checkVisibility({ visibilityProperty: true }) && !e.closest('[inert], details:not([open]) > :not(summary)'),
	);
	// Of a group of radio buttons Tab reaches the one that is chosen.
	const stops = all.filter((e) => !(e instanceof HTMLInputElement && e.type === 'radio' && !e.checked));
	[walk.stops, walk.dim] = [new Set(stops), []];
	(document.activeElement as HTMLElement | null)?.blur();
	return stops.length;
}
