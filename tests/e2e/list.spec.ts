// The trace list: filters, order, keyboard.
import { expect, realFile, test, textFile, type App } from './app.ts';
import { retried, run } from './runs.ts';

const RUNS = [
  run({ id: 'fast', prompt: 'a fast run', latency_ms: 200 }),
  run({ id: 'slow', prompt: 'a slow run', latency_ms: 9000 }),
  run({ id: 'bad', prompt: 'a failed run', latency_ms: 300, status: 'failed' }),
  retried('again', 'a retried run'),
];

async function withRuns(app: App): Promise<void> {
  await app.drop(textFile('runs.json', JSON.stringify(RUNS)));
  await expect(app.count).toHaveText('4 traces');
}

test('the quick filters find the failed, the slow and the retried', async ({ app }) => {
  await withRuns(app);
  await app.quick('Failed').click();
  await expect(app.count).toHaveText('1 of 4 traces');
  await expect(app.row('a failed run')).toBeVisible();
  await app.quick('Failed').click();
  await app.quick('Slow').click();
  await expect(app.count).toHaveText('2 of 4 traces');
  await app.quick('Retried').click();
  await expect(app.count).toHaveText('1 of 4 traces');
  await expect(app.row('a retried run')).toBeVisible();
  await app.quick('Slow').click();
  await app.quick('Retried').click();
  await expect(app.count).toHaveText('4 traces');
});

test('the filters agree with what the files say of themselves', async ({ app }) => {
  await app.openFiles(realFile('tracellm-json/generated/D-full200.json'));
  await expect(app.count).toHaveText('200 traces');
  const { bytes } = realFile('tracellm-json/generated/D-full200.json');
  const traces = JSON.parse(bytes.toString()) as { status: string; latency: number }[];
  const failed = traces.filter(({ status }) => status === 'failed').length;
  const slow = traces.filter(({ latency }) => latency >= 1500).length;
  await app.quick('Failed').click();
  await expect(app.count).toHaveText(`${failed} of 200 traces`);
  await app.quick('Failed').click();
  await app.quick('Slow').click();
  await expect(app.count).toHaveText(`${slow} of 200 traces`);
});

test('a typed filter is in the address, and a wrong one is explained', async ({ app, page }) => {
  await withRuns(app);
  await page.keyboard.press('/');
  await page.keyboard.type('duration:<250ms');
  await expect(app.count).toHaveText('1 of 4 traces');
  await expect(page).toHaveURL(/filter=duration/);
  await page.reload();
  await expect(app.count).toHaveText('1 of 4 traces');
});

test('a wrong filter says what was meant and keeps the list', async ({ app, page, faults }) => {
  await withRuns(app);
  await app.filter.fill('modle:gpt-4.1');
  await expect(page.getByRole('search').getByRole('alert')).toContainText('did you mean model?');
  await app.filter.fill('model:gpt-4.1');
  await expect(page.getByRole('search').getByRole('alert')).toHaveCount(0);
  await expect(app.count).toHaveText('4 traces');
  // The server refused the wrong filter, which the browser notes; here that is what is wanted.
  expect(faults.splice(0).every((fault) => fault.includes('400 (Bad Request)'))).toBe(true);
});

test('a click on a heading sorts', async ({ app, page }) => {
  await withRuns(app);
  await page
    .getByRole('columnheader', { name: /Duration/ })
    .getByRole('button')
    .click();
  await expect(app.rows.first()).toContainText('a slow run');
  await page
    .getByRole('columnheader', { name: /Duration/ })
    .getByRole('button')
    .click();
  await expect(app.rows.first()).toContainText('a fast run');
});

test('the keyboard alone moves, opens and comes back', async ({ app, page }) => {
  await withRuns(app);
  await app.grid.focus();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  const marked = app.grid.locator('[data-marked]');
  await expect(marked).toHaveAttribute('data-index', '1');
  const name = await marked.locator('[role=gridcell]').nth(1).textContent();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  expect(name).toContain(await page.getByRole('heading', { level: 1 }).textContent());
  await page.keyboard.press('Escape');
  await expect(page.getByRole('heading', { level: 1 })).toHaveCount(0);
  await expect(app.count).toHaveText('4 traces');
});
