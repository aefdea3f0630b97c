// What scenes do to a page, in whichever browser: the part of Playwright's pages that they use.
// Playwright's Page has it by itself, webkit.ts has it for WebKit.
export interface Found {
	first(): Found;
	last(): Found;
	or(other: Found): Found;
	locator(css: string, how?: { hasText?: string | RegExp }): Found;
	getByRole(role: string, how?: { name?: string | RegExp; exact?: boolean; selected?: boolean }): Found;
	getByText(text: string | RegExp, how?: { exact?: boolean }): Found;
	getByLabel(text: string, how?: { exact?: boolean }): Found;
	click(): Promise<unknown>;
	check(): Promise<unknown>;
	fill(text: string): Promise<unknown>;
	focus(): Promise<unknown>;
	waitFor(how?: { state?: 'visible' | 'detached' }): Promise<unknown>;
	count(): Promise<number>;
	innerText(): Promise<string>;
}

export interface Hand {
	keyboard: { press(keys: string): Promise<unknown>; type(text: string): Promise<unknown> };
	locator(css: string, how?: { hasText?: string | RegExp }): Found;
	getByRole(role: string, how?: { name?: string | RegExp; exact?: boolean; selected?: boolean }): Found;
	getByText(text: string | RegExp, how?: { exact?: boolean }): Found;
	getByLabel(text: string, how?: { exact?: boolean }): Found;
	evaluate<T>(run: string | (() => T | Promise<T>)): Promise<T>;
	evaluate<T, A>(run: string | ((given: A) => T | Promise<T>), given: A): Promise<T>;
}
