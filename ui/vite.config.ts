/// <reference types="vitest/config" />
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  resolve: {
    alias: {
      'react-style-singleton': fileURLToPath(new URL('src/styles/noStyleElement.ts', import.meta.url)),
    },
  },
  // The shell opens this exact address in development, so another port would show an empty window.
  server: { port: 1420, strictPort: true, host: '127.0.0.1' },
  clearScreen: false,
  build: { target: 'safari17', outDir: 'dist', emptyOutDir: true, chunkSizeWarningLimit: 900 },
  test: {
    environment: 'jsdom',
    setupFiles: ['src/test/setup.ts'],
    include: ['src/**/*.test.{ts,tsx}'],
    restoreMocks: true,
    testTimeout: 30_000,
  },
});
