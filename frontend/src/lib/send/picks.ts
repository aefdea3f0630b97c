// What a person chose to send, from every way of choosing: files with the path they have below the target.

export interface Pick {
	file: File;
	path: string; // "a.jpg" or "Trip/day 1/a.jpg"
}

export interface Picked {
	picks: Pick[];
	folders: string[]; // empty folders, which no file would bring along
}

const litter = new Set(['.DS_Store', 'Thumbs.db', 'desktop.ini']);

/** Leaves out the litter that systems put into folders; a file chosen by itself is always meant. */
const meant = (pick: Pick): boolean => !pick.path.includes('/') || !litter.has(pick.file.name);

export function fromFiles(files: Iterable<File>): Picked {
	const picks = [...files].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
	return { picks: picks.filter(meant), folders: [] };
}

/** Must be called while the drop is handled: what was dropped is gone afterwards. */
export async function fromDrop(data: DataTransfer): Promise<Picked> {
	const plain = [...data.files];
	const entries = [...data.items].filter((i) => i.kind === 'file').map((i) => i.webkitGetAsEntry?.() ?? null);
	if (!entries.length || entries.some((e) => !e)) return fromFiles(plain);
	const picked: Picked = { picks: [], folders: [] };
	for (const entry of entries) if (entry) await walk(entry, '', picked);
	picked.picks = picked.picks.filter(meant);
	return picked;
}

async function walk(entry: FileSystemEntry, above: string, into: Picked): Promise<void> {
	const path = above + entry.name;
	if (entry.isFile) {
		const file = await new Promise<File>((done, failed) => (entry as FileSystemFileEntry).file(done, failed)).catch(() => null);
		if (file) into.picks.push({ file, path });
		return;
	}
	const reader = (entry as FileSystemDirectoryEntry).createReader();
	let empty = true;
	// A reader gives at most a hundred at a time, until it gives none.
	for (;;) {
		const some = await new Promise<FileSystemEntry[]>((done, failed) => reader.readEntries(done, failed)).catch(() => []);
		if (!some.length) break;
		empty = false;
		for (const child of some) await walk(child, `${path}/`, into);
	}
	if (empty) into.folders.push(path);
}
