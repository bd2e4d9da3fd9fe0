// Ways in: choosing, dropping and pasting; what is said of each.
import { expect, realFile, test, textFile } from './app.ts';
import { retried, run } from './runs.ts';

test('the first screen says how to begin', async ({ page, app: _ }) => {
  await expect(page.getByRole('heading', { name: 'See what your agents did' })).toBeVisible();
  await expect(page.getByText('OpenTelemetry', { exact: true })).toBeVisible();
});

test('a real TraceLLM export, chosen, and a real OTLP file, dropped, are listed with their counts', async ({
  app,
}) => {
  await app.openFiles(realFile('tracellm-json/generated/D-full200.json'));
  await expect(app.importCard('D-full200.json')).toContainText('200 traces added');
  await expect(app.importCard('D-full200.json')).toContainText(/1.540 steps added/);
  await expect(app.count).toHaveText('200 traces');

  await app.drop(realFile('otlp-json/jaegertracing__jaeger-ui/agent-trace.json'));
  await expect(app.importCard('agent-trace.json')).toContainText('1 trace added · 8 steps added');
  await expect(app.count).toHaveText('201 traces');

  await app.importCard('agent-trace.json').getByRole('button', { name: 'Open', exact: true }).click();
  await expect(app.steps).toHaveAttribute('aria-rowcount', '9');
});

test('importing a file twice adds nothing', async ({ app }) => {
  const file = realFile('tracellm-json/generated/D-retries.json');
  await app.openFiles(file);
  await expect(app.count).toHaveText('14 traces');
  await app.drop(file);
  await expect(app.imports.getByText('14 traces were already here')).toBeVisible();
  await expect(app.count).toHaveText('14 traces');
});

test('several files dropped at once are all read', async ({ app }) => {
  const one = (id: string) => textFile(`${id}.json`, JSON.stringify([run({ id, prompt: `prompt ${id}` })]));
  await app.drop(one('a'), one('b'), one('c'));
  await expect(app.count).toHaveText('3 traces');
});

test('pasted text is imported', async ({ app, page }) => {
  await page.getByRole('button', { name: 'Paste…' }).click();
  await page.getByLabel('Traces as text').fill(JSON.stringify(retried('t-1', 'first pasted')));
  await page.getByRole('button', { name: /^Import \d/ }).click();
  await expect(app.importCard('Pasted text')).toContainText('1 trace added');
  await expect(app.row('first pasted')).toBeVisible();
});

test('what could not be read is listed with its place, and the rest is there', async ({ app }) => {
  const whole = JSON.stringify(run({ id: 't-1', prompt: 'the whole one' }));
  await app.drop(
    textFile(
      'torn.jsonl',
      `${whole}\n{"trace_id": "t-2", "steps": 12}\nnot json at all\n${whole.replaceAll('t-1', 't-3')}\n`,
    ),
  );
  const card = app.importCard('torn.jsonl');
  await expect(app.count).not.toHaveText('');
  await card.getByRole('button', { name: /problem/ }).click();
  await expect(card.getByText('line 2').first()).toBeVisible();
  await expect(card.getByText('line 3').first()).toBeVisible();
  await expect(app.row('the whole one').first()).toBeVisible();
});

test('a file of no known format is refused with a reason', async ({ app }) => {
  await app.drop(textFile('diary.txt', 'Dear diary, today nothing was traced.'));
  await expect(app.importCard('diary.txt')).toContainText('no trace format');
});

test('an import in one window shows in another', async ({ app, page, context }) => {
  const other = await context.newPage();
  await other.goto(app.url);
  await expect(other.getByRole('heading', { name: 'See what your agents did' })).toBeVisible();
  await page.bringToFront();
  await app.drop(textFile('run.json', JSON.stringify([run({ id: 't-1', prompt: 'seen by both' })])));
  await expect(app.row('seen by both')).toBeVisible();
  await expect(other.getByRole('grid', { name: 'Traces' }).getByText('seen by both').first()).toBeVisible();
});

test('records of no known format open by a guess that can be corrected, and the correction is remembered', async ({
  app,
  page,
}) => {
  const records = (first: string) =>
    JSON.stringify([
      { key: first, when: 1772359200, time: 1772350000, label: 'same', what: 'fetch', name: 'n' },
      { key: 'k2', when: 1772359201, time: 1772350000, label: 'same', what: 'parse', name: 'n' },
    ]);
  await app.drop(textFile('log.json', records('k1')));
  const card = app.importCard('log.json').first();
  await expect(card).toContainText('1 trace added');
  await card.getByRole('button', { name: 'Fields as guessed…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Which field is what' });
  await expect(dialog.getByLabel(/^Start/)).toHaveValue(/\d/);
  await dialog.getByLabel(/^Start/).selectOption('when');
  await dialog.getByLabel(/^Name/).selectOption('what');
  await dialog.getByRole('button', { name: 'Read again' }).click();
  await expect(dialog).toBeHidden();
  await expect(app.importCard('log.json').first()).toContainText('Fields as set…');
  await expect(app.count).toHaveText('1 trace');
  await app.importCard('log.json').first().getByRole('button', { name: 'Open', exact: true }).click();
  await expect(app.step(/^Step fetch/)).toBeVisible();
  await expect(app.step(/^Step parse/)).toBeVisible();

  await app.drop(textFile('other.json', records('k9')));
  await expect(app.importCard('other.json')).toContainText('Fields as set…');
});
