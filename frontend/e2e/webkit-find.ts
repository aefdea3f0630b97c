// Where something is in a page, by what people see and hear: found in the page itself, with axe's idea of
// what is called how.

/** A text, or a pattern of one. */
export interface Want {
	text: string;
	exact?: boolean;
	flags?: string; // then text is a pattern
}

export type Step =
	| { css: string; has?: Want | undefined }
	| { role: string; name?: Want | undefined; selected?: boolean | undefined }
	| { text: Want }
	| { label: Want }
	| { nth: number }
	| { or: Step[] };

/** Runs in the page: all elements at the end of the steps, in the order of the page. */
export function find(steps: Step[]): Element[] {
	type Axe = typeof import('axe-core') & {
		commons: { aria: { getRole: (e: Element) => string | null }; text: { accessibleText: (e: Element) => string }; dom: { isVisibleToScreenReaders: (e: Element) => boolean } };
	};
	const { axe } = window as unknown as { axe: Axe };
	const squeeze = (text: string) => text.replace(/\s+/g, ' ').trim();
	const fits = (said: string, want: Want) => {
		if (want.flags !== undefined) return new RegExp(want.text, want.flags).test(squeeze(said));
		return want.exact ? squeeze(said) === want.text : squeeze(said).toLowerCase().includes(want.text.toLowerCase());
	};
	const under = (roots: ParentNode[], css: string) => [...new Set(roots.flatMap((root) => [...root.querySelectorAll(css)]))];
	const name = (e: Element) => axe.commons.text.accessibleText(e);
	const heard = (e: Element) => axe.commons.dom.isVisibleToScreenReaders(e);
	const written = (e: Element) => (e as HTMLElement).innerText ?? '';
	const ordered = (all: Element[]) => [...new Set(all)].sort((a, b) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
	const take = (roots: ParentNode[], step: Step, before: ParentNode): Element[] => {
		const all = roots as Element[];
		if ('nth' in step) return all.at(step.nth) ? [all.at(step.nth) as Element] : [];
		if ('or' in step) return ordered([...all, ...walk(step.or, before)]);
		if ('css' in step) return under(roots, step.css).filter((e) => !step.has || fits(written(e), step.has));
		if ('role' in step) {
			const chosen = (e: Element) => step.selected === undefined || e.ariaSelected === String(step.selected);
			return under(roots, '*').filter((e) => axe.commons.aria.getRole(e) === step.role && chosen(e) && heard(e) && (!step.name || fits(name(e), step.name)));
		}
		if ('label' in step) return under(roots, 'input, select, textarea, button, [role]').filter((e) => heard(e) && fits(name(e), step.label));
		const fitting = under(roots, 'body *:not(script, style)').filter((e) => fits(written(e), step.text));
		return fitting.filter((e) => !fitting.some((other) => other !== e && e.contains(other)));
	};
	const walk = (path: Step[], top: ParentNode) => path.reduce<ParentNode[]>((roots, step) => take(roots, step, top), [top]) as Element[];
	axe.setup(document.documentElement);
	try {
		return walk(steps, document);
	} finally {
		axe.teardown();
	}
}
