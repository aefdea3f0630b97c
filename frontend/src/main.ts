// The entry. The server's page is already complete; this puts the better one in its place.
import { readBoot, type Boot } from './lib/boot';
import { list } from './lib/net/files';
import { nameHost } from './lib/net/request';
import { pathOf } from './lib/place';
import { Trouble } from './lib/net/trouble';

const boot = readBoot();
nameHost(boot.host);

/** The listing is asked for while the code comes; a busy network gets a few tries, then the plain page stays. */
async function first(boot: Boot) {
	for (let attempt = 1; ; attempt++) {
		try {
			return await list(pathOf(boot.path));
		} catch (error) {
			if (attempt === 4 || (error instanceof Trouble && !error.passing)) throw error;
			await new Promise((done) => setTimeout(done, attempt * 1000));
		}
	}
}

/** Opens the page again as soon as the drive is back. */
function wait() {
	setInterval(async () => {
		if (document.hidden) return;
		const back = await list(pathOf(location.pathname)).catch(() => null);
		if (back) location.reload();
	}, 8000);
}

/** Opens the page again as soon as somebody has said yes or no, or nobody has for too long. */
function bide() {
	setInterval(async () => {
		const trouble: unknown = await list(pathOf(boot.path)).catch((error: unknown) => error);
		if (!(trouble instanceof Trouble) || (trouble.code !== 'LINK-ASK-01' && !trouble.passing)) location.reload();
	}, 2000);
}

async function start() {
	if (boot.kind === 'absent') wait();
	else if (boot.kind === 'waiting') bide();
	else if (boot.kind === 'inbox') (await import('./inbox/start')).start(boot);
	else if (boot.kind === 'folder') {
		const [folder, { start }] = await Promise.all([first(boot), import('./folder/start')]);
		start(boot, folder);
	}
}

start().catch((error: unknown) => console.warn(error));
