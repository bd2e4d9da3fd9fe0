// Trace files to open: real ones where they lie beside the checkout, else the one that belongs to it.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
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

/** The folders of real files whose names begin so; none, said aloud, where there are no real files. */
export function realFolders(...prefixes) {
  if (!existsSync(REAL)) {
    console.log(`Passed over: no real files at ${REAL}.`);
    return [];
  }
  const names = readdirSync(REAL).filter((name) => prefixes.some((prefix) => name.startsWith(prefix)));
  return names.sort().map((name) => join(REAL, name));
}

/** How many traces the command line stores of these paths; its counts are held to the catalogue by the engine's tests. */
export function importedByTracex(paths) {
  const folder = mkdtempSync(join(tmpdir(), 'tracex-'));
  const tracex = (...words) =>
    execFileSync(join(root, 'target/debug/tracex'), ['--db', join(folder, 'traces.db'), ...words], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  try {
    tracex('import', ...paths);
    return tracex('list', '--json', '--limit', '0').trim().split('\n').length;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
