// Which lines of a long list are drawn: arithmetic only.

export interface Frame {
	count: number; // entries
	columns: number; // entries in a line
	line: number; // height of a line, px
	top: number; // how far the list's top is above the top of what is seen, px
	height: number; // of what is seen, px
}

export interface Slice {
	from: number; // first entry drawn
	to: number; // one past the last
	above: number; // px of lines not drawn before
	total: number; // px of all lines
}

/** So few are drawn all, which is best for readers and for the browser's own search. */
const few = 60;

/** The slice to draw, with spare lines on both sides for fast scrolling. */
export function slice({ count, columns, line, top, height }: Frame, spare = 5): Slice {
	const lines = Math.ceil(count / columns);
	if (count <= few) return { from: 0, to: count, above: 0, total: lines * line };
	const first = Math.min(Math.max(0, Math.floor(top / line) - spare), Math.max(0, lines - 1));
	const last = Math.min(lines, Math.ceil((top + height) / line) + spare);
	return {
		from: first * columns,
		to: Math.min(count, Math.max(last, first + 1) * columns),
		above: first * line,
		total: lines * line,
	};
}
