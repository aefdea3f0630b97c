// What the server put into the page for the script.
import type { Crumb } from './place';

export interface Problem {
	cause: string;
	done?: string;
	action?: string;
	href?: string;
	code?: string;
}

export interface Boot {
	kind: 'folder' | 'inbox' | 'signin' | 'waiting' | 'problem' | 'absent';
	status?: number;
	path: string; // href of the folder
	title: string;
	host: string;
	rights: string;
	encrypted?: boolean;
	share?: boolean;
	who?: string;
	crumbs: Crumb[] | null;
	folders: number;
	files: number;
	bytes: number;
	page: number;
	pages: number;
	tiles?: boolean;
	said?: string;
	problem?: Problem;
	later?: string; // href of the style of the later parts
}

export function readBoot(): Boot {
	return JSON.parse(document.getElementById('boot')?.textContent ?? '{}') as Boot;
}
