// What the person says of steps, and what is odd about a trace: pins, notes, orphans, clocks.
import { expect, test as base, textFile, type App } from './app.ts';
import { Agent } from './feed.ts';
import { retried } from './runs.ts';

const test = base.extend<{ agent: Agent }>({
  agent: async ({ app }, use) => {
    const agent = await Agent.connect(app);
    await use(agent);
    agent.vanish();
  },
});

const START_MS = Date.UTC(2026, 2, 1, 10);

interface Span {
  id: number;
  parent?: number;
  name: string;
  from_ms: number;
  to_ms: number;
  host?: string;
}

/** One trace of these spans as an OTLP document. */
function otlp(spans: Span[]): string {
  const id = (number: number) => number.toString(16).padStart(16, '0');
  const ns = (ms: number) => String(BigInt(START_MS + ms) * 1_000_000n);
  return JSON.stringify({
    resourceSpans: spans.map(({ id: own, parent, name, from_ms, to_ms, host }) => ({
      resource: {
        attributes: host === undefined ? [] : [{ key: 'host.name', value: { stringValue: host } }],
      },
      scopeSpans: [
        {
          scope: { name: 'agents' },
          spans: [
            {
              traceId: '1'.padStart(32, '0'),
              spanId: id(own),
              ...(parent === undefined ? {} : { parentSpanId: id(parent) }),
              name,
              startTimeUnixNano: ns(from_ms),
              endTimeUnixNano: ns(to_ms),
              status: { code: 1 },
            },
          ],
        },
      ],
    })),
  });
}

const LOST = 0x9999;
const BROKEN: Span[] = [
  { id: 1, name: 'support agent', from_ms: 0, to_ms: 1000, host: 'laptop' },
  { id: 2, parent: 1, name: 'call the shop', from_ms: 100, to_ms: 500, host: 'laptop' },
  { id: 3, parent: 2, name: 'serve the call', from_ms: -200, to_ms: 0, host: 'shop' },
  { id: 4, parent: LOST, name: 'look up the order', from_ms: 600, to_ms: 700, host: 'laptop' },
  { id: 5, parent: LOST, name: 'look up the price', from_ms: 700, to_ms: 800, host: 'laptop' },
];

async function openBroken(app: App): Promise<void> {
  await app.drop(textFile('broken.json', otlp(BROKEN)));
  await app.row('support agent').click();
  await expect(app.steps).toBeVisible();
}

const picture = async (app: App, name: string) => {
  for (const colorScheme of ['light', 'dark'] as const) {
    await app.page.emulateMedia({ colorScheme });
    await app.page.screenshot({ path: test.info().outputPath(`${name}-${colorScheme}.png`) });
  }
};

test('a step is pinned and given a note, which stay and are found again', async ({ app, page }) => {
  await app.drop(textFile('runs.json', JSON.stringify([retried('two', 'second run')])));
  await app.row('second run').click();
  // What was tried again is one row until it is unfolded.
  await app.steps.focus();
  await page.keyboard.press('*');
  await app.step(/search.*2\/2/).click();
  await page.keyboard.press('p');
  await expect(app.selectedStep.getByTitle('Pinned')).toBeVisible();
  await page.keyboard.press('o');
  await page.getByRole('textbox', { name: 'Note' }).fill('the second try **worked**\n- why?');
  await page.keyboard.press('Control+Enter');
  await expect(app.inspector.getByRole('note', { name: 'Note' }).getByText('worked')).toBeVisible();
  await picture(app, 'pinned');

  await page.reload();
  await app.steps.focus();
  await app.step(/plan/).click();
  await page.keyboard.press('Shift+P');
  await expect(app.selectedStep).toContainText('search');
  await expect(app.inspector.getByText('worked')).toBeVisible();

  await page.getByRole('button', { name: 'All traces' }).click();
  await app.filter.fill('is:pinned note:worked');
  await expect(app.count).toHaveText('1 trace');
  await app.filter.fill('is:pinned note:nothing');
  await expect(app.rows).toHaveCount(0);
});

test('a long note leaves the sections of its step within reach', async ({ app, page }) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  await app.drop(textFile('runs.json', JSON.stringify([retried('two', 'second run')])));
  await app.row('second run').click();
  await app.steps.focus();
  await page.keyboard.press('r');
  await app.step(/search.*2\/2/).click();
  const panel = app.inspector.getByRole('tabpanel');
  for (const note of ['word '.repeat(3000), Array(12).fill('a line of a note').join('\n')]) {
    await page.keyboard.press('o');
    await page.getByRole('textbox', { name: 'Note' }).fill(note);
    await page.keyboard.press('Control+Enter');
    const all = app.inspector.getByRole('button', { name: /^Show all [\d,]+ characters$/ }).first();
    await all.click();
    await panel.scrollIntoViewIfNeeded();
    await expect(panel).toBeInViewport({ ratio: 0.9 });
    const { height } = (await panel.boundingBox()) ?? { height: 0 };
    expect(height, 'there is room to read in').toBeGreaterThan(100);
    await app.steps.focus();
  }
});

test('steps without a parent stand together, with the reason', async ({ app, page }) => {
  await openBroken(app);
  const remarks = page.getByRole('group', { name: 'Remarks' });
  await expect(remarks).toContainText('2 of 5 steps have no parent');
  await app.step(/Steps without a parent \(2\)/).click();
  const reason = app.inspector.getByRole('region', { name: 'Steps without a parent' });
  await expect(reason.getByRole('row', { name: /9999 .*2 steps/ })).toBeVisible();
  await picture(app, 'orphans');
  await page.keyboard.press('2');
  await picture(app, 'orphans-flame');
  await page.keyboard.press('1');
  await remarks.getByRole('button', { name: 'Show them' }).click();
  await expect(app.selectedStep).toContainText('look up the order');
  await expect(app.inspector.getByRole('list', { name: 'What is odd about this step' })).toContainText(
    '9999',
  );
  await picture(app, 'walk');
});

test('times of clocks that disagree are adjusted where asked, and shown as recorded again', async ({
  app,
  page,
}) => {
  await openBroken(app);
  const remarks = page.getByRole('group', { name: 'Remarks' });
  await expect(remarks).toContainText('Clocks seem to disagree: 1 step would move by up to 400 ms');
  await picture(app, 'skew');
  await remarks.getByRole('button', { name: 'Adjust times' }).click();
  await expect(remarks.getByRole('button', { name: 'Show as recorded' })).toBeVisible();
  await app.step(/serve the call/).click();
  const odd = app.inspector.getByRole('list', { name: 'What is odd about this step' });
  await expect(odd).toContainText('Shifted by +400 ms');
  await picture(app, 'adjusted');
  await page.reload();
  await page.getByRole('button', { name: 'Show as recorded' }).click();
  await expect(page.getByRole('button', { name: 'Adjust times' })).toBeVisible();
  await expect(odd).toContainText('begins before or ends after its parent');
});

test('a step that finds its parent while the run goes on moves, and nothing else does', async ({
  app,
  agent,
}) => {
  agent.start('t-1', 'live agent');
  for (let index = 0; index < 40; index++) {
    agent.step('t-1', `s-${index}`, `work ${index}`);
    agent.endStep('t-1', `s-${index}`);
  }
  agent.step('t-1', 'early', 'early bird', { parent_id: 'late' });
  await app.row('live agent').click();
  await expect(app.steps).toHaveAttribute('aria-rowcount', '44');
  await app.steps.focus();
  await app.page.keyboard.press('End');
  await expect(app.selectedStep).toContainText('early bird');
  const step = app.step(/work 30/);
  const place = async () => Math.round((await step.boundingBox())?.y ?? -1);
  const before = await place();
  agent.step('t-1', 'late', 'late parent');
  await expect(app.step(/late parent/)).toBeVisible();
  await expect(app.steps.getByRole('row', { name: /Steps without a parent/ })).toHaveCount(0);
  await expect(app.selectedStep).toContainText('early bird');
  await expect(app.selectedStep).toHaveAttribute('aria-level', '3');
  await expect.poll(place).toBe(before);
});
