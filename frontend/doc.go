// Package frontend is what a visitor sees: the HTML pages, complete with scripts off, and the built
// script, style and icons that make them better with scripts on.
//
// The owner's page (window.go, src/window) is another one: only control listeners serve it, it is built by
// itself and shares no file with the visitors' pages. Everything it shows comes over the API into one
// store (src/window/house.svelte.ts), which the cards, the dialogs and the panels read.
//
// It renders what it is given and serves its own files. It must not look at served files, judge a
// right, read a request's secret or hold state: the web door does that and hands over a Page.
//
// The built files are not kept in the repository; `npm ci && npm run build` in this folder makes them
// in dist/app before the program is built. A program built without them still answers with the pages
// for scripts off, in the same style.
package frontend
