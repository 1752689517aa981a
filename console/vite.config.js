import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  root: import.meta.dirname,
  base: '/console/',
  plugins: [react()],
  logLevel: 'warn',
  build: {
    outDir: '../dist/console',
    emptyOutDir: true,
    // Data URIs would be scripts and styles in disguise for the page's content security policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 600,
  },
})
