import { describe, expect, it } from 'vitest';
import { SPAN_STATUSES } from '../backend/bindings';
import { packedTree } from '../test/plainTree';
import { plainTreeOf } from '../test/treeFixture';
import { causeOf } from './cause';
import { nameOf, stepTreeFrom } from './stepTree';

/** The name of the cause of the first step; `unset` names the steps of which the source does not say how they ended. */
function causeIn(text: string, unset: readonly string[] = []): string | null {
  const source = plainTreeOf(text);
  source.status = source.status.map((status, row) =>
    unset.includes(source.strings[source.name[row] ?? -1] ?? '') ? SPAN_STATUSES.indexOf('unset') : status,
  );
  const tree = stepTreeFrom(packedTree(source));
  const row = causeOf(tree, 0);
  return row < 0 ? null : nameOf(tree, row);
}

describe('the cause of a failure', () => {
  it('is as deep as failures go', () => {
    expect(
      causeIn(`
        run 0..100 agent error
          plan 0..10 llm
          act 10..90 chain error
            search 20..80 tool error
              http 20..70 tool error
      `),
    ).toBe('http');
  });

  it('is not below a step that went well in spite of it', () => {
    const text = `
      run 0..100 agent error
        try 0..50 chain
          fetch 0..20 tool error
        answer 50..100 llm error
    `;
    expect(causeIn(text)).toBe('answer');
    expect(causeIn(text.replace('answer 50..100 llm error', 'answer 50..100 llm'))).toBeNull();
  });

  it('is below a step that does not say how it ended', () => {
    const text = `
      run 0..100 agent error
        wrapper 0..50 chain
          fetch 0..20 tool error
    `;
    expect(causeIn(text, ['wrapper'])).toBe('fetch');
    expect(causeIn(text)).toBeNull();
  });

  it('is the last failing attempt, and none of those that were made good', () => {
    expect(
      causeIn(`
        run 0..100 agent error
          first 0..10 tool error #1/a
          second 20..30 tool error #2/a
          third 40..50 tool error #3/a
      `),
    ).toBe('third');
    expect(
      causeIn(`
        run 0..100 agent error
          first 0..10 tool error #1/a
          second 20..30 tool #2/a
      `),
    ).toBeNull();
  });

  it('is the last of several, but of those at the same time the first', () => {
    const early = 'early 0..10 tool error';
    const parallel = `
        left 20..50 tool error
        right 20..30 tool error
        middle 20..55 tool error`;
    expect(
      causeIn(`
      run 0..100 agent error
        ${early}
        late 20..30 tool error
    `),
    ).toBe('late');
    expect(
      causeIn(`
      run 0..100 agent error
        ${early}${parallel}
    `),
    ).toBe('right');
  });

  it('is the step itself where nothing below it failed, and of no step that went well', () => {
    expect(causeIn('run 0..10 agent error\n  ask 0..5 llm')).toBeNull();
    expect(causeIn('run 0..10 agent\n  ask 0..5 llm error')).toBeNull();
  });

  it('is found in a chain of 60,000 steps', () => {
    const count = 60_000;
    const one = plainTreeOf('step 0..10 tool error');
    const fill = (value: number) => Array.from({ length: count }, () => value);
    const rows = Array.from({ length: count }, (_, row) => row);
    const plain = {
      ...one,
      span_id: rows.map((row) => `s${row}`),
      name: fill(0),
      kind: fill(0),
      status: fill(one.status[0] ?? 0),
      parent: rows.map((row) => row - 1),
      depth: rows,
      descendants: rows.map((row) => count - 1 - row),
      start_ns: fill(0),
      duration_ns: fill(1e6),
      tokens: fill(-1),
      cost_usd: fill(-1),
      below_tokens: fill(-1),
      below_cost_usd: fill(-1),
      model: fill(-1),
      attempt: fill(0),
      group: fill(-1),
      flags: fill(0),
    };
    const tree = stepTreeFrom(packedTree(plain));
    expect(causeOf(tree, 0)).toBe(count - 1);
  });
});
