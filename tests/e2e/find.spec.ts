// Finding traces: what is typed, clicked and drawn writes one filter, and every number leads to the traces that it counts.
import type { Locator, Page } from '@playwright/test';
import { expect, test as base, textFile, type App } from './app.ts';
import { otlp } from './otlp.ts';

const CHINESE = '请帮我订一张去上海的机票';

const RUNS = [
  // A task that is run often, and once took far longer.
  ...Array.from({ length: 12 }, (_, index) => ({
    name: 'checkout',
    at_min: index,
    took_ms: index === 7 ? 60_000 : 1000 + 10 * index,
    calls: [{ tool: 'pay' }],
  })),
  // A task that fails for one reason, told with another number each time.
  ...[4711, 4712, 4713].map((order, index) => ({
    name: 'refund',
    at_min: 60 + index,
    took_ms: 3000,
    project: 'helpdesk',
    environment: 'staging',
    calls: [{ tool: 'lookup_order', error: `order ${order} not found` }],
    failed: true,
  })),
  // A conversation, told of in the wrong order.
  ...[2, 1, 3].map((turn) => ({
    name: `turn ${turn}`,
    at_min: 100 + turn,
    took_ms: 500,
    project: 'chat',
    conversation: 'c-berlin',
    prompt: turn === 2 ? 'Which museum is open on Monday?' : `Question ${turn}`,
    answer: turn === 2 ? 'The Museum of Natural History is closed, the Pergamon museum is open.' : 'Yes.',
    calls: turn === 2 ? [{ tool: 'opening_hours', result: 'museum: 10 to 18' }] : [],
  })),
  {
    name: 'travel',
    at_min: 200,
    took_ms: 700,
    project: 'chat',
    prompt: CHINESE,
    answer: '好的,上海的机票已经订好。',
  },
];

const test = base.extend({
  app: async ({ app }, use) => {
    await app.drop(textFile('agents.json', otlp(RUNS)));
    await expect(app.count).toHaveText('19 traces');
    await app.importCard('agents.json').getByRole('button', { name: 'Dismiss' }).click();
    await use(app);
  },
});

const facet = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const value = (page: Page, facetName: string, text: string) =>
  facet(page, facetName).getByRole('button', {
    name: new RegExp(`^${text}(, left out)?, \\d`),
  });
const countOf = async (button: Locator) =>
  Number(/(\d+) traces?$/.exec((await button.getAttribute('aria-label')) ?? '')?.[1]);
const view = (page: Page, name: 'Traces' | 'Insights') =>
  page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name });

/** The server refuses a wrong or half written filter, which the browser notes; here that is what is wanted. */
function onlyRefusals(faults: string[]): void {
  expect(faults.splice(0).every((fault) => fault.includes('400 (Bad Request)'))).toBe(true);
}

/** Waits for the list to hold exactly these, in this order. */
async function listed(app: App, ...names: (string | RegExp)[]): Promise<void> {
  await expect(app.rows).toContainText(names);
  await expect(app.rows).toHaveCount(names.length);
}

test('a filter is written with the keyboard alone, from what is offered', async ({ app, page, faults }) => {
  const offered = page.getByRole('listbox', { name: 'Suggestions' });
  await page.keyboard.press('/');
  await page.keyboard.type('stat');
  await expect(offered.getByRole('option').first()).toContainText('status');
  await page.keyboard.press('Tab');
  await expect(app.filter).toHaveValue('status:');
  await expect(offered.getByRole('option', { name: /^failed/ })).toContainText('3');
  await page.keyboard.type('fa');
  await expect(offered.getByRole('option')).toHaveCount(1);
  await page.keyboard.press('ArrowDown');
  await expect(offered.getByRole('option', { selected: true })).toContainText('failed');
  await page.keyboard.press('Enter');
  await expect(app.filter).toHaveValue('status:failed ');
  await expect(app.count).toHaveText('3 of 19 traces');
  await page.keyboard.press('Enter');
  await expect(app.grid).toBeFocused();
  onlyRefusals(faults);
});

test('a mistake is marked where it stands', async ({ app, page, faults }) => {
  await app.filter.fill('project:shop duration:>soon');
  await expect(page.getByRole('search').getByRole('alert')).toBeVisible();
  await expect(page.getByRole('search').locator('[data-wrong]')).toContainText('soon');
  await expect(page.getByRole('search').locator('[data-wrong]')).not.toContainText('shop');
  await app.filter.fill('project:shop duration:>10s');
  await expect(app.count).toHaveText('1 of 19 traces');
  await expect(page.getByRole('search').locator('[data-wrong]')).toHaveCount(0);
  onlyRefusals(faults);
});

test('every count beside the list is the number of traces that a click on it lists', async ({
  app,
  page,
}) => {
  for (const [name, text] of [
    ['Status', 'Failed'],
    ['Project', 'shop'],
    ['Environment', 'staging'],
    ['Tool', 'lookup_order'],
    ['Conversation', 'c-berlin'],
  ] as const) {
    const button = value(page, name, name === 'Status' ? text.toLowerCase() : text);
    const count = await countOf(button);
    expect(count, `${name} ${text}`).toBeGreaterThan(0);
    await button.click();
    await expect(button).toHaveAttribute('aria-pressed', 'true');
    await expect(app.count).toHaveText(`${count} of 19 traces`);
    await button.click();
    await expect(app.count).toHaveText('19 traces');
  }
});

test('values of one facet are alternatives, and one is left out by key', async ({ app, page }) => {
  await value(page, 'Project', 'chat').click();
  await expect(app.filter).toHaveValue('project:chat');
  await value(page, 'Project', 'helpdesk').click();
  await expect(app.count).toHaveText('7 of 19 traces');
  await expect(facet(page, 'Project')).toContainText('2 asked for');
  await value(page, 'Project', 'helpdesk').press('-');
  await expect(app.count).toHaveText('4 of 19 traces');
  await expect(value(page, 'Project', 'helpdesk')).toHaveAccessibleName(/left out/);
  await page.keyboard.press('-');
  await expect(value(page, 'Project', 'helpdesk')).not.toHaveAccessibleName(/left out/);
});

test('a part of a histogram is asked for by keys and with the pointer', async ({ app, page }) => {
  const durations = facet(page, 'Duration');
  const from = durations.getByRole('slider', { name: 'Duration from' });
  await from.focus();
  await page.keyboard.press('End');
  await expect(app.filter).toHaveValue(/^duration:/);
  await expect(app.count).toHaveText('1 of 19 traces');
  await listed(app, 'checkout');
  await page.keyboard.press('Delete');
  await expect(app.filter).toHaveValue('');
  await expect(app.count).toHaveText('19 traces');

  // The right half of the time holds the conversation and the journey.
  const started = await facet(page, 'Started').locator('svg').boundingBox();
  if (!started) throw new Error('the histogram is not drawn');
  const y = started.y + started.height / 2;
  await page.mouse.move(started.x + started.width / 2 - 20, y);
  await page.mouse.down();
  await page.mouse.move(started.x + started.width / 2, y);
  await page.mouse.move(started.x + started.width + 20, y);
  await page.mouse.up();
  await expect(app.filter).toHaveValue(/^started:/);
  await expect(app.count).toHaveText('4 of 19 traces');
  await page.getByRole('button', { name: 'Clear the filter' }).click();
  await expect(app.count).toHaveText('19 traces');
});

test('a text is found, said where, and walked to in the trace', async ({ app, page }) => {
  await app.filter.fill('museum');
  await expect(app.count).toHaveText('1 of 19 traces');
  const row = app.row('turn 2');
  await expect(row).toContainText('4 hits');
  await expect(row.locator('mark').first()).toHaveText(/^museum$/i);
  await expect(page.getByRole('button', { name: 'Relevance' })).toBeVisible();
  await row.click();
  await expect(app.find).toHaveValue('museum');
  await expect(app.found).toHaveText('2 steps');
  const places = app.inspector.getByRole('region', { name: /^Places/ });
  const steps = new Set<string>();
  for (const ordinal of [1, 2]) {
    await page.keyboard.press('F3');
    await expect(app.found).toHaveText(`${ordinal} of 2 steps`);
    await expect(places.locator('mark').first()).toHaveText(/^museum$/i);
    steps.add((await app.selectedStep.textContent()) ?? '');
  }
  expect(steps.size, 'they are two steps').toBe(2);
  await page.keyboard.press('F3');
  await expect(app.found).toHaveText('1 of 2 steps');
  await page.keyboard.press('Shift+F3');
  await expect(app.found).toHaveText('2 of 2 steps');
});

test('Chinese is found without spaces between words', async ({ app }) => {
  await app.filter.fill('上海');
  await expect(app.count).toHaveText('1 of 19 traces');
  await expect(app.row('travel').locator('mark').first()).toHaveText('上海');
  await app.filter.fill('北京');
  await expect(app.page.getByText('No trace matches')).toBeVisible();
});

test('runs of a conversation stand together, in order', async ({ app, page }) => {
  await app.grid.focus();
  await page.keyboard.press('c');
  await expect(app.rows.filter({ hasText: /turn \d/ })).toContainText(['turn 1', 'turn 2', 'turn 3']);
  await expect(app.grid).toContainText('c-berlin');
  await expect(app.grid).toContainText('3 runs');
  await expect(app.row('turn 2')).toContainText('2/3');
  await app.row('turn 2').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('turn 2');
  await page.keyboard.press('>');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('turn 3');
});

test('a run out of the ordinary says by how much', async ({ app }) => {
  await app.filter.fill('is:outlier');
  await expect(app.count).toHaveText('1 of 19 traces');
  const words = app.row('checkout').getByText(/^Out of the ordinary/);
  await expect(words).toContainText('57× the median of 12 runs of this task (median 1.05 s, limit 1.58 s)');
});

test('picked traces are starred, tagged, deleted, and come back', async ({ app, page }) => {
  await app.filter.fill('project:helpdesk');
  await expect(app.count).toHaveText('3 of 19 traces');
  await app.filter.press('Enter');
  await page.keyboard.press('Control+a');
  const bar = page.getByRole('region', { name: 'Selected traces' });
  await expect(bar).toContainText('All 3 traces selected');
  await bar.getByRole('button', { name: 'Star' }).click();
  await expect(app.grid.getByTitle('Starred')).toHaveCount(3);
  await bar.getByRole('button', { name: 'Tag' }).click();
  await page.getByRole('combobox', { name: 'Tag to add' }).fill('orders');
  await page.keyboard.press('Enter');
  await expect(app.rows.filter({ hasText: 'orders' })).toHaveCount(3);
  await expect(value(page, 'Tag', 'orders')).toHaveAccessibleName(/3 traces/);
  await app.grid.focus();
  await page.keyboard.press('Delete');
  await expect(page.getByText('No trace matches')).toBeVisible();
  await page.getByRole('region', { name: 'Messages' }).getByRole('button', { name: 'Undo' }).click();
  await expect(app.count).toHaveText('3 of 19 traces');
  await expect(app.grid.getByTitle('Starred')).toHaveCount(3);
});

test('a filter is saved under a name and applied by its key', async ({ app, page }) => {
  await app.filter.fill('tool:pay');
  await expect(app.count).toHaveText('12 of 19 traces');
  await app.filter.press('Enter');
  await page.keyboard.press('Control+s');
  await page.getByRole('textbox', { name: 'Name of the filter' }).fill('<b>Pays</b> "all"');
  await page.keyboard.press('Enter');
  const saved = facet(page, 'Saved filters').getByRole('button', {
    name: '<b>Pays</b> "all"',
    exact: true,
  });
  await expect(saved).toHaveAttribute('aria-pressed', 'true');
  await page.getByRole('button', { name: 'Clear the filter' }).click();
  await expect(app.count).toHaveText('19 traces');
  await expect(saved).toHaveAttribute('aria-pressed', 'false');
  await app.grid.focus();
  await page.keyboard.press('Alt+1');
  await expect(app.filter).toHaveValue('tool:pay');
  await expect(app.count).toHaveText('12 of 19 traces');
});

test('what Insights counts leads to the traces behind it, and back', async ({ app, page }) => {
  await view(page, 'Insights').click();
  const reasons = facet(page, 'Reasons of failure');
  await reasons.getByRole('link', { name: /order … not found/ }).click();
  await expect(app.count).toHaveText('3 of 19 traces');
  await expect(app.rows).toContainText(['refund', 'refund', 'refund']);
  await page.goBack();

  await facet(page, 'Tools').getByRole('link', { name: 'pay' }).press('Enter');
  await expect(app.count).toHaveText('12 of 19 traces');
  await page.goBack();

  const runs = page.getByRole('slider', { name: 'Runs', exact: true });
  await runs.focus();
  await page.keyboard.press('End');
  await expect(runs).toHaveAttribute('aria-valuetext', /Succeeded 1/);
  await page.keyboard.press('Enter');
  await listed(app, 'travel');
  await page.goBack();
  await expect(page.getByRole('heading', { name: 'Insights' })).toBeVisible();
});

test('a link opens the same list', async ({ app, page, context }) => {
  await app.filter.fill('project:shop "prompt of checkout" or status:failed');
  await expect(app.count).toHaveText('15 of 19 traces');
  await page
    .getByRole('columnheader', { name: /Duration/ })
    .getByRole('button')
    .click();
  await expect(app.rows.first()).toContainText('1 min');
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: 'Copy a link to this list' }).click();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  const other = await context.newPage();
  await other.goto(link);
  const same = other.getByRole('grid', { name: 'Traces' }).locator('[data-index]');
  await expect(same.first()).toContainText('1 min');
  await expect(other.getByRole('search').locator('output')).toHaveText('15 of 19 traces');
});

test('a hidden project is not listed, unless it is named', async ({ app, page }) => {
  await page.keyboard.press('Control+,');
  await page.getByRole('tab', { name: 'Projects' }).click();
  await page.getByRole('switch', { name: 'List traces of helpdesk' }).click();
  await page.keyboard.press('Escape');
  await expect(app.count).toHaveText('16 traces');
  await expect(app.row('refund')).toHaveCount(0);
  await expect(value(page, 'Project', 'helpdesk')).toHaveCount(0);
  await app.filter.fill('project:helpdesk');
  await expect(app.rows.filter({ hasText: 'refund' })).toHaveCount(3);
});
