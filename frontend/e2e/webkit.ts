// A page in WebKit, for the scenes that Chromium plays as well.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Found, Hand } from './hand';
import { equip } from './judge';
import { Driver, Refused } from './webdriver';
import { find, type Step, type Want } from './webkit-find';

/** How long anything may take; machines that build are busy. */
const patience = 20_000;
/** How WebDriver calls an element. */
const reference = 'element-6066-11e4-a52e-4f735466cecf';
type Reference = Record<typeof reference, string>;

const keys: Record<string, string> = {
	Backspace: '\ue003',
	Tab: '\ue004',
	Enter: '\ue007',
	Shift: '\ue008',
	Control: '\ue009',
	Escape: '\ue00c',
	Space: ' ',
	End: '\ue010',
	Home: '\ue011',
	ArrowLeft: '\ue012',
	ArrowUp: '\ue013',
	ArrowRight: '\ue014',
	ArrowDown: '\ue015',
	Delete: '\ue017',
	F2: '\ue032',
};

interface ByRole {
	name?: string | RegExp;
	exact?: boolean;
	selected?: boolean;
}

const want = (text: string | RegExp, exact = false): Want => (typeof text === 'string' ? { text, exact } : { text: text.source, flags: text.flags });

export class WebKitPage implements Hand {
	/** What the browser needs around a page. */
	private frame = { width: 0, height: 0 };

	constructor(readonly driver: Driver) {}

	/** Always a new page, also where the address differs in its fragment only. */
	async goto(url: string): Promise<void> {
		await this.driver.ask('POST', '/url', { url: 'about:blank' });
		await this.driver.ask('POST', '/url', { url });
	}

	/** What pages said that they must not: errors, warnings, refusals. */
	wrongs(): string[] {
		return this.driver.said.splice(0).filter((line) => /CONSOLE \S+( \S+)? (ERROR|WARN)/.test(line) && !/Failed to load resource/.test(line));
	}

	async setViewportSize(size: { width: number; height: number }): Promise<void> {
		const { width, height } = size;
		const outer = { width: width + this.frame.width, height: height + this.frame.height };
		for (let i = 0; i < 3; i++) {
			await this.driver.ask('POST', '/window/rect', { x: 0, y: 0, ...outer });
			const inner = await this.evaluate(async () => {
				for (let j = 0; j < 3; j++) await new Promise(requestAnimationFrame);
				return { width: innerWidth, height: innerHeight };
			});
			if (inner.width === width && inner.height === height) return;
			this.frame = { width: outer.width - inner.width, height: outer.height - inner.height };
			outer.width = width + this.frame.width;
			outer.height = height + this.frame.height;
		}
		throw new Error(`the window cannot be ${width} × ${height}`);
	}

	/** A picture of what is seen, for whoever asked for pictures. */
	async shot(name: string): Promise<void> {
		const dir = process.env['PORTICO_SHOTS'];
		if (!dir) return;
		mkdirSync(dir, { recursive: true });
		writeFileSync(join(dir, `webkit ${name}.png`), Buffer.from(await this.driver.ask<string>('GET', '/screenshot'), 'base64'));
	}

	async evaluate<T, A>(run: string | ((given: A) => T | Promise<T>), given?: A): Promise<T> {
		const does = typeof run === 'string' ? `(() => {${run}})` : `(${run.toString()})`;
		const script = `const done = arguments[arguments.length - 1];
			new Promise((kept) => kept(${does}(arguments[0]))).then((value) => done([value]), (error) => done([null, String(error?.stack ?? error)]));`;
		const [value, error] = await this.driver.ask<[T, string?]>('POST', '/execute/async', { script, args: [given ?? null] });
		if (error) throw new Error(error);
		return value;
	}

	keyboard = {
		press: (chord: string) => {
			const all = chord.split('+').map((key) => keys[key] ?? key);
			return this.typed([...all.map((value) => ({ type: 'keyDown', value })), ...all.toReversed().map((value) => ({ type: 'keyUp', value }))]);
		},
		type: (text: string) => this.typed([...text].flatMap((value) => [{ type: 'keyDown', value }, { type: 'keyUp', value }])),
	};

	private typed(actions: object[]): Promise<unknown> {
		return this.driver.ask('POST', '/actions', { actions: [{ type: 'key', id: 'keys', actions }] });
	}

	locator = (css: string, how: { hasText?: string | RegExp } = {}) => new Place(this, []).locator(css, how);
	getByRole = (role: string, how: ByRole = {}) => new Place(this, []).getByRole(role, how);
	getByText = (text: string | RegExp, how: { exact?: boolean } = {}) => new Place(this, []).getByText(text, how);
	getByLabel = (text: string, how: { exact?: boolean } = {}) => new Place(this, []).getByLabel(text, how);
}

/** Where something is in a page, looked for anew whenever it is needed. */
class Place implements Found {
	constructor(
		private readonly page: WebKitPage,
		private readonly steps: Step[],
	) {}

	private then_(step: Step): Place {
		return new Place(this.page, [...this.steps, step]);
	}

	first = () => this.then_({ nth: 0 });
	last = () => this.then_({ nth: -1 });
	or = (other: Found) => this.then_({ or: (other as Place).steps });
	locator = (css: string, how: { hasText?: string | RegExp } = {}) => this.then_({ css, has: how.hasText === undefined ? undefined : want(how.hasText) });
	getByRole = (role: string, how: ByRole = {}) => this.then_({ role, name: how.name === undefined ? undefined : want(how.name, how.exact), selected: how.selected });
	getByText = (text: string | RegExp, how: { exact?: boolean } = {}) => this.then_({ text: want(text, how.exact) });
	getByLabel = (text: string, how: { exact?: boolean } = {}) => this.then_({ label: want(text, how.exact) });

	private async all(): Promise<Reference[]> {
		await equip(this.page);
		return this.page.evaluate(find, this.steps) as unknown as Promise<Reference[]>;
	}

	/** Does something to the one element that is there, as soon as it can be done. */
	private async act<T>(what: string, act: (path: string, element: Reference) => Promise<T>): Promise<T> {
		let why = 'it is not there';
		for (const end = Date.now() + patience; Date.now() < end; await new Promise((again) => setTimeout(again, 50))) {
			try {
				const [element, ...more] = await this.all();
				if (element && !more.length) return await act(`/element/${element[reference]}`, element);
				if (element) why = `${more.length + 1} are there`;
			} catch (error) {
				if (!(error instanceof Refused)) throw error;
				why = error.message; // covered, moving, or just replaced
			}
		}
		throw new Error(`${what} ${JSON.stringify(this.steps)}: ${why}`);
	}

	click = () => this.act('click', (path) => this.page.driver.ask('POST', `${path}/click`));
	innerText = () => this.act('read', (path) => this.page.driver.ask<string>('GET', `${path}/text`));
	count = async () => (await this.all()).length;

	focus = () => this.act('focus', (_, element) => this.page.evaluate((e) => (e as unknown as HTMLElement).focus(), element));

	check = () =>
		this.act('check', async (path) => {
			if (!(await this.page.driver.ask<boolean>('GET', `${path}/selected`))) await this.page.driver.ask('POST', `${path}/click`);
		});

	fill = (text: string) =>
		this.act('fill', async (path) => {
			await this.page.driver.ask('POST', `${path}/clear`);
			await this.page.driver.ask('POST', `${path}/value`, { text });
		});

	/** Gives files to a field that takes some. */
	setInputFiles = (files: string[]) => this.act('choose', (path) => this.page.driver.ask('POST', `${path}/value`, { text: files.join('\n') }));

	async waitFor({ state = 'visible' }: { state?: 'visible' | 'detached' } = {}): Promise<void> {
		if (state === 'visible') {
			await this.act('wait for', async (_, element) => {
				const seen = await this.page.evaluate((e) => (e as unknown as Element).checkVisibility(), element);
				if (!seen) throw new Refused('unseen', 'it is not visible');
			});
			return;
		}
		for (const end = Date.now() + patience; await this.count(); await new Promise((again) => setTimeout(again, 50))) {
			if (Date.now() > end) throw new Error(`${JSON.stringify(this.steps)} stays`);
		}
	}
}
