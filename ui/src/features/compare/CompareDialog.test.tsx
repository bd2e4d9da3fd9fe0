import { act, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { fakeBackend } from '../../backend/fake';
import { compare, endComparing } from '../../state/comparing';
import { goTo, START, usePlace } from '../../state/place';
import { renderWith } from '../../test/screen';
import { traceSummary } from '../../test/traces';
import { treeOf } from '../../test/treeFixture';
import { CompareDialog } from './CompareDialog';

const TREES = [
  treeOf(`
    agent       0..100 agent
      search    0..20 tool
      answer    20..90 llm
  `),
  treeOf(`
    agent       0..900 agent
      search    0..300 tool error
      search    300..700 tool
      answer    700..770 llm
  `),
];

function shown() {
  const traces = [
    traceSummary({ trace_id: 1, name: 'quick', duration_ns: 1e8, errors: 0, retries: 0, cost_usd: null }),
    traceSummary({ trace_id: 2, name: 'slow', duration_ns: 9e8, errors: 1, retries: 1, cost_usd: 0.5 }),
  ];
  renderWith(
    fakeBackend({
      trace_get: ({ trace_id }) => ({
        summary: traces[trace_id - 1] ?? traceSummary({ trace_id }),
        facts: [],
        content: null,
        attributes: null,
        long_texts: [],
      }),
      span_tree: ({ trace_id }) => TREES[trace_id - 1] ?? treeOf(''),
    }),
    <CompareDialog />,
  );
  act(() => {
    compare(1, 2);
  });
}

const cells = (name: string | RegExp) =>
  within(screen.getByRole('row', { name }))
    .getAllByRole('cell')
    .map((cell) => cell.textContent);

describe('two traces side by side', () => {
  beforeEach(() => {
    goTo(START, 'replace');
    endComparing();
  });

  it('differ in numbers', async () => {
    shown();
    await screen.findByText('Steps by kind and name');
    expect(cells(/^Duration/)).toEqual(['100 ms', '900 ms', '+800 ms (+800 %)']);
    expect(cells(/^Retries/)).toEqual(['0', '1', '+1']);
    expect(cells(/^Cost/)).toEqual(['–', '$0.5000', '–']);
  });

  it('differ in steps, those that were taken more often first', async () => {
    shown();
    await screen.findByText('Steps by kind and name');
    expect(cells(/search/)).toEqual(['1', '2, 1 failed', '20 ms', '700 ms', '+680 ms']);
    const names = screen.getAllByRole('rowheader').map((header) => header.textContent);
    expect(names.slice(-3)).toEqual(['search', 'agent', 'answer']);
    expect(cells(/answer/)).toEqual(['1', '1', '70 ms', '70 ms', 'the same']);
  });

  it('open from there', async () => {
    shown();
    const buttons = await screen.findAllByRole('button', { name: 'Open' });
    await userEvent.click(buttons[1] ?? document.body);
    expect(usePlace.getState().traceId).toBe(2);
    expect(screen.queryByRole('dialog')).toBeNull();
  });
});
