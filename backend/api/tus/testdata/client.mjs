// Sends one file with tus-js-client and prints what became of it.
// Arguments: folder whose node_modules has the client, endpoint, URL path, file, chunk size.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const [, , from, endpoint, path, file, chunk] = process.argv;
const tus = createRequire(`${from}/`)('tus-js-client');

const headers = {};
const upload = new tus.Upload(readFileSync(file), {
	endpoint,
	chunkSize: Number(chunk),
	retryDelays: Array(200).fill(20),
	metadata: { path, exists: 'replace' },
	headers: { 'X-Who': 'anna' },
	uploadDataDuringCreation: true,
	onAfterResponse(_, response) {
		for (const name of ['X-Portico-Name', 'X-Portico-Sha256', 'Upload-Offset']) {
			headers[name] = response.getHeader(name) ?? headers[name];
		}
	},
	onError(error) {
		console.log(JSON.stringify({ error: String(error) }));
		process.exit(1);
	},
	onSuccess() {
		console.log(JSON.stringify({ url: upload.url, name: headers['X-Portico-Name'], sha256: headers['X-Portico-Sha256'], offset: headers['Upload-Offset'] }));
	},
});
upload.start();
