import { expect, it } from 'vitest';
import { COLUMNS, columnsFitting } from './columns';

const shown = (width_px: number) => columnsFitting(width_px).columns.map(({ id }) => id);

it('all columns stand where there is room', () => {
  expect(shown(1900)).toEqual(COLUMNS.map(({ id }) => id));
});

it('columns give way in order, and the ones that matter most stay', () => {
  expect(shown(1280)).not.toContain('source');
  expect(shown(1280)).toEqual(expect.arrayContaining(['retries', 'tokens', 'cost', 'model']));
  expect(shown(380)).toEqual(
    ['status', 'name', 'started', 'duration'].filter((id) => shown(380).includes(id as never)),
  );
  expect(shown(220)).toEqual(['status', 'name', 'duration']);
});

it('what stands fits, and the name keeps room', () => {
  for (let width_px = 300; width_px < 2200; width_px += 20) {
    const { template } = columnsFitting(width_px);
    const fixed_px = [...template.matchAll(/(\d+)px/g)].reduce((sum, found) => sum + Number(found[1]), 0);
    expect(width_px - fixed_px, `name at ${width_px} px`).toBeGreaterThanOrEqual(150);
  }
});
