// The app's log: what it did and what went wrong, nothing of any trace, and never more than some files of it.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from './program.mjs';
import { windowTest } from './window.mjs';

const SECRET = 'marmalade-4711';

const folderOf = (screen) => join(screen.env.XDG_DATA_HOME, 'tracellm-explorer', 'logs');
const logOf = (screen) => {
  const folder = folderOf(screen);
  return readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8')).join('');
};

windowTest('the log says what failed, and nothing that a trace or a person said', async ({ open, screen }) => {
  const file = join(screen.env.HOME, 'runs.jsonl');
  const span = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', name: SECRET };
  const run = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
  writeFileSync(file, `${run}\n${run}\n{"resourceSpans": "${SECRET}"\n`);
  const app = await open(file);
  await app.listed(1);
  for (const [name, request] of [
    ['trace_list', `{"${SECRET}": 1`],
    ['trace_get', `{"trace_id": "${SECRET}"}`],
    [`read_${SECRET}`, '{}'],
    ['settings_set', `{"theme": "${SECRET}"}`],
  ]) {
    await app.script(
      `window.__TAURI_INTERNALS__.invoke('call', { name: arguments[0], request: arguments[1] }).catch(() => {})`,
      name,
      request,
    );
  }
  await app.press('/', ...`status:${SECRET}`, 'Enter');
  const log = await until('what failed is in the log', () => {
    const text = logOf(screen);
    return /trace_list failed/.test(text) && /trace_get failed/.test(text) && /settings_set failed/.test(text) && text;
  });
  assert.match(log, /version \d/);
  assert.ok(!log.includes('marmalade'), log);
});

windowTest('the log begins anew when it has grown, and old ones go', async ({ open, screen }) => {
  const folder = folderOf(screen);
  mkdirSync(folder, { recursive: true });
  const old = 'what the app did before\n'.repeat(60_000);
  writeFileSync(join(folder, 'explorer_rCURRENT.log'), old);
  for (let number = 0; number < 8; number += 1) writeFileSync(join(folder, `explorer_r0000${number}.log`), old);
  const app = await open();
  await app.text('[aria-label="No traces yet"]');
  await until('old ones are gone', () => readdirSync(folder).length <= 4);
  assert.ok(statSync(join(folder, 'explorer_rCURRENT.log')).size < 1 << 20);
});
