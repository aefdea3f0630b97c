import { defineConfig } from 'vitest/config';

// Browser tests against the real server: PORTICO_BIN is the built program (../portico), or PORTICO_URL
// and PORTICO_DIR name one that runs already (e2e/house.ts says with which folders).
export default defineConfig({
	test: {
		include: ['e2e/**/*.test.ts'],
		environment: 'node',
		fileParallelism: false,
		testTimeout: 60_000,
		hookTimeout: 120_000,
	},
});
