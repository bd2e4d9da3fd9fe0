// Attempts corrected by hand: a split and a join, over a reload, and what the list says then; tries of a whole run.
import { expect, test, textFile, type App } from './app.ts';
import { retried, run, step } from './runs.ts';

async function picture(app: App, name: string): Promise<void> {
  if (!process.env.PICTURES) return;
  for (const scheme of ['light', 'dark'] as const) {
    await app.page.emulateMedia({ colorScheme: scheme });
    await app.page.screenshot({
      path: `output/attempts-${name}-${scheme}.png`,
    });
  }
  await app.page.emulateMedia({ colorScheme: 'light' });
}

test('a split and a join are kept over a reload, and the list follows', async ({ app, page }) => {
  await app.open();
  const other = run({
    id: 'other',
    prompt: 'find boots',
    steps: [
      step({
        id: 'other-1',
        tool: 'fetch',
        at_s: 0,
        error: 'no answer',
        input: { page: 1 },
      }),
      step({ id: 'other-2', tool: 'fetch', at_s: 1, input: { page: 'one' } }),
    ],
  });
  await app.openFiles(textFile('runs.json', JSON.stringify([retried('tried', 'find shoes'), other])));
  await app.row('find shoes').click();
  await app
    .step(/search/)
    .last()
    .click();
  const attempts = app.inspector.getByRole('region', { name: 'Attempts' });
  await expect(attempts).toContainText('2 attempts');
  await expect(attempts.getByRole('row', { name: /Time/ })).toContainText('derived');
  await picture(app, 'detected');
  await app.steps.focus();
  await page.keyboard.press('h');
  const choices = page.getByRole('dialog', {
    name: 'Attempts, corrected by hand',
  });
  await expect(choices).toBeVisible();
  await picture(app, 'choices');
  await choices.getByRole('button', { name: 'These are not attempts at one operation' }).click();
  await expect(attempts).toContainText('Taken out of a group of attempts by hand.');
  await page.reload();
  await expect(attempts).toContainText('Taken out of a group of attempts by hand.');
  await picture(app, 'split');

  await page.goBack();
  await app.row('find boots').click();
  await app.step(/fetch/).last().click();
  await page.keyboard.press('h');
  await choices.getByRole('button', { name: /^fetch/ }).click();
  await expect(attempts).toContainText('Joined by hand');
  await page.reload();
  await expect(attempts).toContainText('Joined by hand');
  await picture(app, 'joined');
  await attempts.getByRole('button', { name: 'As detected' }).click();
  await expect(attempts).not.toBeVisible();
});

test('a run that was tried again says so and leads to its other tries', async ({ app, page }) => {
  const line = (number: number, at_s: number, failed: boolean) => {
    const start = BigInt(Date.UTC(2026, 2, 1, 10, 0, at_s)) * 1_000_000n;
    const text = (key: string, stringValue: string) => ({
      key,
      value: { stringValue },
    });
    return JSON.stringify({
      resourceSpans: [
        {
          scopeSpans: [
            {
              spans: [
                {
                  traceId: String(number).padStart(32, '0'),
                  spanId: String(number).padStart(16, '0'),
                  name: `agent ${number}`,
                  startTimeUnixNano: String(start),
                  endTimeUnixNano: String(start + 1_000_000_000n),
                  status: failed ? { code: 2, message: '503 from the model' } : { code: 1 },
                  attributes: [
                    text('openinference.span.kind', 'AGENT'),
                    text('session.id', 'shop-7'),
                    text('input.value', 'where is my order?'),
                  ],
                },
              ],
            },
          ],
        },
      ],
    });
  };
  await app.open();
  const lines = [line(1, 0, true), line(2, 10, true), line(3, 20, false)];
  await app.openFiles(textFile('runs.jsonl', lines.join('\n')));
  await app.row('agent 2').click();
  const tries = page.getByRole('group', { name: 'Tries of this run' });
  await expect(tries).toContainText('This run is try 2 of 3 in its conversation');
  await picture(app, 'run');
  await tries.getByRole('button', { name: '3 went well' }).click();
  await expect(tries).toContainText('This run is try 3 of 3');
});
