/// <reference types="vitest/config" />
import react from '@vitejs/plugin-react';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { licences } from './licences.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const VERSION = /^\[workspace\.package\]\nversion = "([^"]+)"/m.exec(
  readFileSync(`${ROOT}Cargo.toml`, 'utf8'),
)?.[1];

export default defineConfig({
  plugins: [react(), licences(ROOT)],
  define: { APP_VERSION: JSON.stringify(VERSION) },
  resolve: {
    alias: {
      'react-style-singleton': fileURLToPath(new URL('src/styles/noStyleElement.ts', import.meta.url)),
    },
  },
  // The shell opens this exact address in development, so another port would show an empty window.
  server: { port: 1420, strictPort: true, host: '127.0.0.1' },
  clearScreen: false,
  build: { target: 'safari17', outDir: 'dist', emptyOutDir: true, chunkSizeWarningLimit: 1000 },
  test: {
    environment: 'jsdom',
    setupFiles: ['src/test/setup.ts'],
    include: ['src/**/*.test.{ts,tsx}'],
    restoreMocks: true,
    testTimeout: 30_000,
  },
});
