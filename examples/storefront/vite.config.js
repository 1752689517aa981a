import { defineConfig } from 'vite'

export default defineConfig({
  root: import.meta.dirname,
  // Wherever the folder is put.
  base: './',
  logLevel: 'warn',
  build: {
    outDir: '../../dist/storefront',
    emptyOutDir: true,
    // Data URIs would be scripts and styles in disguise for the page's content security policy.
    assetsInlineLimit: 0,
  },
})
