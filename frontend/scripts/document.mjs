// Reads an OpenAPI document on stdin and prints what a foreign checker finds wrong with it.
import { readFileSync } from 'node:fs';
import { createConfig, lintFromString } from '@redocly/openapi-core';

const config = await createConfig({
	extends: ['recommended-strict'],
	rules: {
		'no-invalid-schema-examples': 'error',
		'no-invalid-parameter-examples': 'error',
		'no-invalid-media-type-examples': 'error',
		'operation-operationId': 'error',
		'operation-operationId-url-safe': 'error',
		'operation-operationId-unique': 'error',
		'operation-singular-tag': 'error',
		'operation-tag-defined': 'error',
		'tag-description': 'error',
		'no-duplicated-tag-names': 'error',
		'no-unused-components': 'error',
		'no-required-schema-properties-undefined': 'error',
		'path-params-defined': 'error',
		// The tree lies at "/", so its paths hold everything else.
		'no-ambiguous-paths': 'off',
	},
});
const problems = await lintFromString({ source: readFileSync(0, 'utf8'), absoluteRef: 'openapi.json', config });
for (const p of problems) console.log(`${p.ruleId}: ${p.message} ${p.location.map((l) => l.pointer).join(' ')}`);
process.exit(problems.length > 0 ? 1 : 0);
