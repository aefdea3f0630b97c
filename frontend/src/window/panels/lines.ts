// Lines for other programs, ready to be copied: how each door is used from a command line or a set-up form.
import type { Door } from '../../lib/api/types';
import { t } from '../../lib/words/t';
import type { Service } from '../contract';

export type ClientLine = NonNullable<Service['lines']>[number];

interface Place {
	host: string; // with brackets where it is an IPv6 address
	port: string;
	base: string; // without a slash at the end
}

/** Where a door answers for others; null where it is closed. */
export function placeOf(door: Door): Place | null {
	const found = /^(\w+):\/\/(?:[^@/]*@)?(\[[^\]]+\]|[^:/]+)(?::(\d+))?/.exec(door.address ?? '');
	if (!door.open || !found) return null;
	return { host: found[2] ?? '', port: found[3] ?? '', base: (door.address ?? '').replace(/\/+$/, '') };
}

/** The port a door listens at, '' where that is not known. */
export function portOf(door: Service): string {
	if (door.port) return String(door.port);
	const place = placeOf(door);
	if (!place) return '';
	return place.port || ({ http: '80', https: '443', ftp: '21', sftp: '22', tftp: '69', smb: '445' }[door.name] ?? '');
}

const webdav = ({ base }: Place): ClientLine[] => [
	{ for: t('doors.for.drive'), text: base },
	{ for: 'rclone', text: `rclone copy FOLDER :webdav: --webdav-url ${base}/` },
];

const own: Record<string, (place: Place) => ClientLine[]> = {
	http: (place) => [
		{ for: t('doors.for.send'), text: `curl -T FILE ${place.base}/FOLDER/` },
		{ for: t('doors.for.fetch'), text: `curl -OJ ${place.base}/FOLDER/FILE` },
		{ for: t('doors.for.folder'), text: `curl -OJ '${place.base}/FOLDER/?zip'` },
	],
	webdav,
	ftp: ({ base, host, port }) => [
		{ for: t('doors.for.device'), text: t('doors.form', { host, port: port || 21 }) },
		{ for: 'curl', text: `curl -T FILE ${base}/FOLDER/ --user NAME` },
		{ for: 'rclone', text: `rclone copy FOLDER :ftp:FOLDER --ftp-host ${host} --ftp-port ${port || 21} --ftp-user NAME` },
	],
	sftp: ({ host, port }) => [
		{ for: 'sftp', text: `sftp -P ${port || 22} NAME@${host}` },
		{ for: 'rclone', text: `rclone copy FOLDER :sftp:FOLDER --sftp-host ${host} --sftp-port ${port || 22} --sftp-user NAME` },
	],
	tftp: ({ base }) => [{ for: 'curl', text: `curl -T FILE ${base}/FILE` }],
	smb: ({ host, port }) => [
		{ for: 'Windows', text: `\\\\${host}` },
		{ for: 'Linux, macOS', text: `smb://${host}${port && port !== '445' ? `:${port}` : ''}` },
	],
};

/** Lines of a door: the server's where it has some, else these. None of a door that is closed. */
export function linesOf(door: Service): ClientLine[] {
	const place = placeOf(door);
	if (!place) return [];
	if (door.lines?.length) return door.lines;
	return own[door.name]?.(place) ?? [];
}

/** What a door that hides nothing is worth a warning for; '' for others. */
export function warning(door: Service, title: string): string {
	return door.warn || (door.clear ? t('doors.clear', { door: title }) : '');
}
