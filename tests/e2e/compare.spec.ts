// Two runs side by side with the real engine: where they part, what differs, pairs corrected by hand, the comparison as a file,
// several runs at once.
import { readFileSync } from 'node:fs';
import { expect, test, textFile, type App } from './app.ts';
import { Agent } from './feed.ts';
import { run, step } from './runs.ts';

/** A plan, a search for `query`, and, where there is a second one, that as well. */
function shopping(id: string, queries: string[], latency_ms: number, buy = 'buy'): object {
  const searches = queries.map((query, index) =>
    step({ id: `${id}-s${index}`, tool: 'search', at_s: 1 + index, input: { query }, output: { hits: [query] } }),
  );
  return run({
    id,
    prompt: 'find shoes',
    latency_ms,
    steps: [
      step({ id: `${id}-plan`, tool: 'plan', at_s: 0, input: { goal: 'shoes' }, output: { plan: 'search' } }),
      ...searches,
      step({ id: `${id}-buy`, tool: buy, at_s: 4, input: { item: queries[0] }, output: { ok: true } }),
    ],
  });
}

async function compared(app: App, ...runs: object[]): Promise<void> {
  await app.open();
  await app.openFiles(textFile('runs.json', JSON.stringify(runs)));
  await expect(app.rows).toHaveCount(runs.length);
  for (let index = 0; index < runs.length; index++) {
    await app.rows.nth(index).getByRole('checkbox').check();
  }
  await app.page.getByRole('button', { name: /^Compare/ }).click();
}

test('two runs part where one searches for something else', async ({ app, page }) => {
  await compared(app, shopping('one', ['red shoes'], 5_000), shopping('two', ['blue boots', 'green boots'], 9_000));
  const differs = page.getByRole('region', { name: 'What differs' });
  await expect(differs).toContainText('They part at step');
  await expect(differs).toContainText('search once');
  const pairs = page.getByRole('treegrid', { name: 'Aligned steps' });
  await expect(pairs.getByRole('row', { name: /plan/ })).toBeVisible();

  const steps = page.getByRole('region', { name: 'The two steps' });
  await expect(steps.getByRole('region', { name: /Input: differences/ })).toContainText('red shoes');
  await page.reload();
  await expect(page.getByRole('region', { name: 'What differs' })).toContainText('They part at step');
  await page.goBack();
  await expect(app.grid).toBeVisible();
});

test('a comparison is saved as a page that shows all of it without a network', async ({ app, page, browser }) => {
  const hostile = '"><script>document.title = "taken"</script><img src="http://127.0.0.1:9/x">';
  const long = shopping('two', [hostile], 9_000, `buy_${'shoes'.repeat(60)}`);
  await compared(app, shopping('one', ['red shoes'], 5_000), long);
  await expect(page.getByRole('region', { name: 'What differs' })).toContainText('They part at step');
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('menuitem', { name: /HTML/ }).click();
  const html = readFileSync(await (await saving).path(), 'utf8');

  const context = await browser.newContext({ offline: true });
  const alone = await context.newPage();
  const asked: string[] = [];
  await context.route(/.*/, async (route) => {
    if (route.request().url() === 'http://file.test/') return route.fulfill({ contentType: 'text/html', body: html });
    asked.push(route.request().url());
    return route.abort();
  });
  await alone.goto('http://file.test/');
  await expect(alone.getByRole('heading', { name: 'Two runs side by side' })).toBeVisible();
  await expect(alone.getByText('They part at step').first()).toBeVisible();
  await expect(alone.getByText('taken', { exact: false }).first()).toBeVisible();
  expect(await alone.title()).toBe('Two runs side by side');
  expect(await alone.locator('script, img, iframe, object, link').count()).toBe(0);
  expect(asked).toEqual([]);
  // A name of any length is broken, the page is not wider than the window.
  const width = () => alone.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(await width()).toBe(0);
  await context.close();
});

test('three runs stand side by side as a matrix', async ({ app, page }) => {
  await compared(
    app,
    shopping('one', ['red shoes'], 5_000),
    shopping('two', ['red shoes'], 6_000),
    shopping('three', ['blue boots'], 7_000),
  );
  const matrix = page.getByRole('grid', { name: 'Steps by runs' });
  await expect(matrix.getByRole('row', { name: /search/ })).toBeVisible();
  await expect(matrix.getByRole('columnheader')).toHaveCount(4);
});

test('a comparison is linked to, and the link leads to the pair: in the commands, and as an address', async ({ app, page }) => {
  await compared(app, shopping('one', ['red shoes'], 5_000), shopping('two', ['blue boots'], 9_000));
  const selected = page.getByRole('treegrid', { name: 'Aligned steps' }).locator('[role=row][aria-selected=true]');
  await expect(selected).toContainText('search');
  await page.keyboard.press('ArrowDown');
  await expect(selected).toContainText('buy');
  const address = page.url();
  await page.evaluate(() => {
    const held = window as unknown as { copied?: string };
    navigator.clipboard.writeText = (text) => {
      held.copied = text;
      return Promise.resolve();
    };
  });
  await page.keyboard.press('y');
  const copied = () => page.evaluate(() => (window as unknown as { copied?: string }).copied ?? '');
  await expect.poll(copied).toMatch(/^tracellm:\/\/compare\//);
  const link = await copied();

  const leads = async () => {
    await expect(page.getByRole('region', { name: 'What differs' })).toBeVisible();
    await expect(selected).toContainText('buy');
  };
  await page.keyboard.press('Escape');
  await expect(app.grid).toBeVisible();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Command' }).fill(link);
  await page.getByRole('option', { name: /Open this link/ }).click();
  await leads();

  await page.goto(`${app.url}#${link}`);
  await leads();
  await page.keyboard.press('Escape');
  await expect(app.grid).toBeVisible();
  await page.goto(address);
  await leads();
});

test('the heads of two runs stand still while one of them goes on, and when it ends', async ({ app, page }) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  const agent = await Agent.connect(app);
  agent.run('done', 'triage of the mail of this morning, as every day');
  agent.start('live', 'triage of the mail of this morning, as every day');
  agent.step('live', 'live-1', 'search');
  await expect(app.rows).toHaveCount(2);
  for (const index of [0, 1]) await app.rows.nth(index).getByRole('checkbox').check();
  await page.getByRole('button', { name: /^Compare/ }).click();
  await expect(page.getByRole('treegrid', { name: 'Aligned steps' })).toBeVisible();
  const heads = page.getByRole('region', { name: /^Run [AB]$/ });
  const live = heads.filter({ hasText: 'Running' });
  await expect(live).toHaveCount(1);
  const heights = () => heads.evaluateAll((all) => all.map((head) => head.getBoundingClientRect().height));
  const before = await heights();
  // From milliseconds to seconds, which are written in other widths.
  await expect(live).toContainText(/[1-9]\.\d\d s/);
  expect(await heights()).toEqual(before);
  expect(await heads.evaluateAll((all) => all.every((head) => head.scrollHeight <= head.clientHeight))).toBe(true);
  agent.endStep('live', 'live-1');
  agent.complete('live');
  await expect(heads.filter({ hasText: 'Running' })).toHaveCount(0);
  expect(await heights()).toEqual(before);
  agent.vanish();
});

test('what has no room beside a pair ends in a sign that it is cut', async ({ app, page }) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  await compared(app, shopping('one', ['red shoes'], 5_000), shopping('two', ['blue boots'], 9_000));
  const words = page.getByRole('row', { name: /here the runs part/ }).getByRole('gridcell').nth(1);
  await expect(words).toContainText('Here the runs part');
  // In a row of boxes the browser draws no sign: what is said is a line of text in a box of its own.
  const style = await words.locator('> span').first().evaluate((line) => {
    const { textOverflow, overflowX, display } = getComputedStyle(line);
    return { textOverflow, overflowX, display };
  });
  expect(style).toEqual({ textOverflow: 'ellipsis', overflowX: 'hidden', display: 'block' });
  await expect(words).toHaveAttribute('title', /here the runs part/);
});

test('however fast a replay runs, its list is full in every frame', async ({ app, page }) => {
  const long = (id: string) =>
    run({
      id,
      prompt: 'long run',
      latency_ms: 1_000_000,
      steps: Array.from({ length: 1_000 }, (_, at_s) => step({ id: `${id}-${at_s}`, tool: 'look', at_s })),
    });
  await compared(app, long('one'), long('two'));
  await expect(page.getByRole('treegrid', { name: 'Aligned steps' })).toBeFocused();
  for (let each = 0; each < 12; each++) await page.keyboard.press('+');
  await expect(page.getByRole('button', { name: 'Speed: 50 times' })).toBeVisible();
  await page.keyboard.press(' ');
  // How many rows are there, each time the screen has been painted, until the list has moved on by some pages.
  const fewest = await page.getByRole('treegrid', { name: 'Aligned steps' }).evaluate(
    (grid) =>
      new Promise<number>((resolve) => {
        let least = Infinity;
        const painted = new MessageChannel();
        painted.port1.onmessage = () => {
          const { top, bottom } = grid.getBoundingClientRect();
          const rows = [...grid.querySelectorAll('[role="row"]')].filter((row) => {
            const box = row.getBoundingClientRect();
            return box.bottom > top + box.height && box.top < bottom;
          });
          least = Math.min(least, rows.length * 24 - (bottom - top - 24));
          if (grid.scrollTop > 5_000) resolve(least);
          else requestAnimationFrame(after);
        };
        const after = () => painted.port2.postMessage(0);
        after();
      }),
  );
  expect(fewest, 'pixels of the list without a row').toBeGreaterThanOrEqual(0);
});
