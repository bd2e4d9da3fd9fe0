// Traces whose every field attacks, in the real window: nothing runs, nothing is asked for, nothing becomes more than text. And
// a page that was taken over gets no file that the person did not point to.
import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  attacks, everyMark, everyRun, everyStep, fileNames, openTrap, spanKey, traceKey, zip,
} from '../fixtures/hostile/corpus.mjs';
import {
  ask, becomeMarkup, comparisons, harm, openTraces, overviews, plainLetters, requestsTo, steps, watch,
} from '../fixtures/hostile/walk.mjs';
import { BINARY } from './app.mjs';
import { until } from './program.mjs';
import { windowTest } from './window.mjs';

/** A window that is watched, a trap beside it, and what becomes of both. */
async function watched(open, body) {
  const trap = await openTrap();
  try {
    const app = await open();
    await app.text('[aria-label="No traces yet"]');
    await watch(app);
    const address = await app.script('return location.origin');
    const nothingHappened = async (where) => {
      const went = await app.script('return location.origin === arguments[0] ? [] : [location.href]', address);
      assert.deepEqual([...(await harm(app)), ...went, ...trap.asked], [], where);
    };
    await body({ app, all: attacks(trap.url), nothingHappened, trap });
  } finally {
    await trap.close();
  }
}

/** Imports a text, and gives the ids of traces by their keys once `keys` are there. */
async function imported(app, texts, keys) {
  for (const text of texts) await ask(app, 'import_text', { name: 'hostile.json', text });
  const list = { filter: '', sort: 'started', descending: false, offset: 0, limit: 1000 };
  return until('the traces are there', async () => {
    const { items } = await ask(app, 'trace_list', list);
    const ids = keys.map((key) => items.find((trace) => trace.key === key)?.trace_id);
    return ids.every((id) => id !== undefined) && ids;
  });
}

for (const share of [0, 1, 2]) {
  windowTest(`steps of nothing but attacks are text in every section (${share + 1} of 3)`, async ({ open }) => {
    await watched(open, async ({ app, all, nothingHappened }) => {
      const ours = all.filter((_, index) => index % 3 === share);
      const [trace] = await imported(app, [everyStep(0, ours)], [traceKey(0)]);
      let index = 0;
      for await (const { place, text } of steps(app, trace, ours.map((_, at) => spanKey(at)))) {
        const attack = ours[index++];
        await nothingHappened(`${place}: ${attack.name}`);
        assert.ok(plainLetters(text).includes(plainLetters(attack.text).slice(0, 300)), `${attack.name} is shown`);
      }
      assert.equal(index, ours.length);
    });
  });
}

for (const [what, places] of [
  ['list, count or chart', overviews],
  ['way to show a trace', openTraces],
  ['comparison', comparisons],
]) {
  windowTest(`no ${what} shows an attack as more than text`, async ({ open }) => {
    await watched(open, async ({ app, all, nothingHappened }) => {
      const texts = [everyStep(0, all), everyStep(1, all, ' <b>changed</b>'), everyRun(all), everyMark(all)];
      const keys = [traceKey(0), traceKey(1), `0-${all[0].text}`, traceKey(200), traceKey(206), traceKey(213)];
      const [a, b, marked, ...runs] = await imported(app, texts, keys);
      const address = `${all[1].text}:1`;
      await ask(app, 'source_set', { id: '', enabled: true, kind: { type: 'feed_client', address } });
      const ids = { a, b, marked, runs, needle: 'javascript', stepId: spanKey(1) };
      for await (const { place, text } of places(app, ids)) {
        await nothingHappened(place);
        assert.ok(plainLetters(text).length > 100, `${place} shows something`);
      }
    });
  });
}

windowTest('should text become markup some day, the content policy stops it', async ({ open }) => {
  await watched(open, async ({ app, all, trap }) => {
    await becomeMarkup(app, all);
    assert.equal(await app.script('return window.ran ?? null'), null, 'no script ran');
    assert.deepEqual(requestsTo(trap), [], 'nothing was asked for');
  });
});

windowTest('files and archives of hostile names are imported under them', async ({ open, screen }) => {
  await watched(open, async ({ app, all, nothingHappened }) => {
    const folder = mkdtempSync(join(screen.folder, 'hostile-'));
    const names = fileNames(all);
    const paths = names.map((name, index) => {
      const path = join(folder, name);
      writeFileSync(path, index % 2 === 0 ? everyStep(300 + index, all.slice(index, index + 1)) : name);
      return path;
    });
    const archive = join(folder, `${names[1]}.zip`);
    writeFileSync(archive, zip(names.map((name, index) => [`${all[index].text}/${name}`, name])));
    const second = screen.program(BINARY, ['--', archive, ...paths], { name: 'second-start' });
    await app.listed(Math.ceil(all.length / 2));
    assert.equal(await second.over, 0, second.log());
    await app.settled();
    await nothingHappened('the imports');
  });
});

windowTest('a page that was taken over gets no file that nobody pointed to', async ({ open, screen }) => {
  const app = await open();
  await app.text('[aria-label="No traces yet"]');
  const secret = join(mkdtempSync(join(screen.folder, 'secret-')), 'secret.json');
  writeFileSync(secret, everyStep(0, [{ name: 'secret', text: 'a secret' }]));
  const file = { id: '', enabled: true, kind: { type: 'file', path: secret } };
  // Return is what a person may just be typing: it allows nothing.
  for (const [name, request, key] of [
    ['import_start', { paths: [secret] }, 'Return'],
    ['source_set', file, 'Escape'],
  ]) {
    const asked = ask(app, name, request);
    const [question] = await until('the person is asked', async () => {
      const windows = await screen.windows('Open what was typed');
      return windows.length > 0 && windows;
    });
    await screen.xdotool('windowfocus', '--sync', question);
    await screen.xdotool('key', key);
    const answer = await asked;
    assert.equal(answer.code, 'invalid', JSON.stringify(answer));
    assert.match(answer.message, /was not pointed to by you/);
    await until('the question is gone', async () => (await screen.windows('Open what was typed')).length === 0);
  }
  assert.deepEqual(await ask(app, 'import_list', {}), []);
  // Nor anything else of the shell's.
  for (const command of ['plugin:event|emit', 'plugin:fs|read_file', 'plugin:window|close', 'plugin:path|resolve', 'plugin:webview|create_webview_window']) {
    const refused = await app.script(
      `window.refused = null;
       window.__TAURI_INTERNALS__.invoke(arguments[0], {}).then(() => { window.refused = 'it was done'; }, (error) => { window.refused = String(error); });`,
      command,
    ).then(() => app.until(`${command} is answered`, 'return window.refused'));
    assert.match(refused, /not allowed|not found/, command);
  }
});
