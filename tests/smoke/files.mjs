// Trace files to open: real ones where they lie beside the checkout, else the one that belongs to it.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const REAL = resolve(root, '../shared/data');

/** Three traces of an invented library desk: one went well, one needed a retry, one failed. */
export const INVENTED = join(root, 'tests/fixtures/tracellm-export.json');

/** The real files of these names that are there, else the invented one. */
export function traceFiles(...names) {
  const real = names.map((name) => join(REAL, name)).filter(existsSync);
  if (real.length === names.length) return real;
  console.log(`No real files at ${REAL}: an invented one stands in.`);
  return [INVENTED];
}

/** How many traces are in TraceLLM exports, counted without the app. */
export function tracesIn(files) {
  return files.reduce((sum, file) => sum + JSON.parse(readFileSync(file, 'utf8')).length, 0);
}
