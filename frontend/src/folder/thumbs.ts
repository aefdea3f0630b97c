// Small pictures are asked for until it is clear that this server has none.
const enough = 4;
let failures = 0;
let any = false;

export const thumbs = {
	get worth(): boolean {
		return any || failures < enough;
	},
	came(): void {
		any = true;
	},
	/** Takes the picture away, so that the shape of the file's kind shows. */
	failed(image: HTMLImageElement): void {
		failures++;
		image.remove();
	},
};
