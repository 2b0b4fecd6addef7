import { defineConfig } from 'vite'

/** The page as the admin listener serves it: few files, nothing inlined, so that a strict content security policy holds. */
export default defineConfig({
  base: './',
  build: {
    outDir: '../dist/dashboard',
    emptyOutDir: true,
    target: ['chrome125', 'firefox125', 'safari18'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
})
