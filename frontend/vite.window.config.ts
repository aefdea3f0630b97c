import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { distWindow } from './scripts/dist.ts';

// The owner's page. It is built by itself, after the visitors' pages (scripts/dist.ts).
export default defineConfig({
	base: '/-/app/',
	publicDir: false,
	plugins: [svelte(), distWindow()],
	build: {
		outDir: 'dist/app',
		emptyOutDir: false,
		assetsDir: '',
		assetsInlineLimit: 0,
		modulePreload: false,
		cssCodeSplit: true,
		// WebKitGTK 2.40 and WebView2 are the oldest that it runs in.
		target: ['es2022', 'chrome111', 'edge111', 'firefox114', 'safari16.4'],
		reportCompressedSize: false,
		rolldownOptions: {
			input: { window: 'src/window/main.ts' },
			treeshake: { moduleSideEffects: [{ test: /custom-element|legacy-client/, sideEffects: false }] },
			output: { entryFileNames: '[name]-[hash].js', chunkFileNames: 'window-[name]-[hash].js', assetFileNames: '[name]-[hash][extname]' },
		},
	},
});
