import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { dist } from './scripts/dist.ts';

export default defineConfig({
	base: '/-/app/',
	publicDir: false,
	plugins: [svelte(), dist()],
	build: {
		outDir: 'dist/app',
		emptyOutDir: true,
		assetsDir: '',
		assetsInlineLimit: 0,
		modulePreload: false,
		target: ['es2022', 'chrome111', 'edge111', 'firefox114', 'safari16.4'],
		reportCompressedSize: false,
		rolldownOptions: {
			input: { page: 'src/main.ts', style: 'src/lib/ui/index.css', later: 'src/lib/ui/later.css', inbox: 'src/lib/ui/inbox.css' },
			// Svelte defines custom elements when it is loaded; nothing here is one.
			treeshake: { moduleSideEffects: [{ test: /custom-element|legacy-client/, sideEffects: false }] },
			output: { entryFileNames: '[name]-[hash].js', chunkFileNames: '[name]-[hash].js', assetFileNames: '[name]-[hash][extname]' },
		},
	},
	test: { include: ['src/**/*.test.ts'], environment: 'node' },
} as Parameters<typeof defineConfig>[0]);
