// What is wrong with a page as it stands: what axe has to say, what is cut off or pushes the page
// sideways, and texts that are no words.
import { readFileSync } from 'node:fs';
import type { Hand } from './hand';

const axe = readFileSync(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');

/** Puts axe into the page, through the debugger, which the page's policy does not concern. */
export async function equip(page: Hand): Promise<void> {
	if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
}

/** A text that is a key of the table, or what a program says when it has no words. */
const raw = /\b(?:moves|people|facts|doors|sets|device|panels|list|put|select|problem|view|note|move|delete|inbox|signin)\.[a-z]+|\bw\.[a-z]+|\[object|undefined|\bNaN\b|ENOENT|EACCES|panic/;

export async function judge(page: Hand, without: string[] = []): Promise<string[]> {
	await equip(page);
	return page.evaluate(look, { rules: Object.fromEntries(without.map((rule) => [rule, { enabled: false }])), raw: raw.source });
}

/** Runs in the page. */
async function look({ rules, raw }: { rules: Record<string, { enabled: boolean }>; raw: string }): Promise<string[]> {
	// As it opens: what somebody has scrolled below the bar is covered by it, as it should be.
	for (const one of document.querySelectorAll('*')) if (one.scrollTop > 0) one.scrollTop = 0;
	// Colours that are still on their way are judged when they have arrived: some set out when what they inherit from has.
	const moves = () => document.getAnimations().some((one) => one.playState === 'running' && one.effect?.getComputedTiming().iterations !== Infinity);
	for (let i = 0; i < 2 || (i < 300 && moves()); i++) await new Promise(requestAnimationFrame);
	const { axe } = window as unknown as { axe: typeof import('axe-core') };
	const result = await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], rules });
	const wide = document.documentElement.scrollWidth > innerWidth + 1 ? [`the page is ${document.documentElement.scrollWidth} wide`] : [];
	const sideways = [...document.querySelectorAll('.tabbed, .content > .page, .sets-page')].filter((one) => one.scrollWidth > one.clientWidth).map((one) => `sideways: ${one.className}`);
	const cut = [...document.querySelectorAll<HTMLElement>('.btn, .chip, h1, h2, .sentence')]
		.filter((one) => one.offsetParent !== null && !one.closest('.unseen, .tabbed, .page') && one.getBoundingClientRect().right > innerWidth + 1)
		.map((one) => `cut off: ${one.textContent?.trim()}`);
	const words = new RegExp(raw).exec(document.body.innerText);
	return [
		...wide,
		...sideways,
		...cut,
		...(words ? [`no words: ${words[0]}`] : []),
		...result.violations.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target.join(' ')} ${n.failureSummary ?? ''}`).join('; ')}`),
	];
}
