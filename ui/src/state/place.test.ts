import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keepPart } from './layout';
import { canGoBack, canGoForward, goBack, goForward, useHistory } from './history';
import { START, followAddress, goTo, hashFromPlace, placeFromHash, usePlace, type Place } from './place';

describe('the address', () => {
  it.each<Place>([
    START,
    {
      ...START,
      view: 'sources',
      span: '24h',
      traceId: 12,
      stepId: 'a/b c&d=é',
      part: 'conversation',
      filter: 'status:failed "two words" #x',
      sort: 'duration',
      descending: false,
    },
    { ...START, view: 'monitor', traceId: 0, sort: 'cost' },
    { ...START, view: 'insights', filter: 'duration:>=1.5s %41' },
    { ...START, view: 'compare', compare: { a: 7, b: 12, stepA: 'a,b&c', stepB: null } },
    { ...START, view: 'matrix', matrix: { runs: [3, 1, 2], reference: 2 } },
    {
      ...START,
      view: 'compare',
      compare: { a: 3, b: 1, stepA: '', stepB: '' },
      matrix: { runs: [3, 1, 2], reference: null },
    },
  ])('holds a place without loss: %o', (place) => {
    expect(placeFromHash(hashFromPlace(place))).toEqual(place);
  });

  it('is empty at the start, and nonsense in it leads there', () => {
    expect(hashFromPlace(START)).toBe('#/');
    expect(
      placeFromHash('#/?trace=x&step=1&sort=nope&order=sideways&view=moon&span=1y&compare=1&matrix=4,x'),
    ).toEqual(START);
    expect(placeFromHash('')).toEqual(START);
  });
});

describe('going', () => {
  let stop: () => void;
  beforeEach(() => {
    window.history.replaceState(null, '', '#/');
    stop = followAddress();
  });
  afterEach(() => {
    stop();
  });

  it('to another trace lets go of the selected step', () => {
    goTo({ traceId: 1, stepId: 'a' }, 'push');
    goTo({ traceId: 2 }, 'push');
    expect(usePlace.getState()).toMatchObject({ traceId: 2, stepId: null });
  });

  it('to another trace shows the part that was looked at last', () => {
    keepPart('conversation');
    goTo({ traceId: 3 }, 'push');
    expect(usePlace.getState().part).toBe('conversation');
    expect(window.location.hash).toContain('part=conversation');
    keepPart('steps');
    goTo({ traceId: 4 }, 'push');
    expect(usePlace.getState().part).toBe('steps');
  });

  it('to a trace or a filter leads to the traces, whichever view is shown', () => {
    goTo({ view: 'monitor' }, 'push');
    goTo({ span: '7d' }, 'replace');
    expect(usePlace.getState()).toMatchObject({ view: 'monitor', span: '7d' });
    goTo({ traceId: 1 }, 'push');
    expect(usePlace.getState()).toMatchObject({ view: 'traces', traceId: 1 });
    goTo({ view: 'sources' }, 'push');
    expect(usePlace.getState().traceId, 'it is there to come back to').toBe(1);
    goTo({ filter: 'x' }, 'push');
    expect(usePlace.getState().view).toBe('traces');
    goTo(START, 'replace');
  });

  it('back returns to what was pushed, not to what was replaced', async () => {
    goTo({ filter: 'a' }, 'replace');
    goTo({ filter: 'ab' }, 'replace');
    goTo({ traceId: 7 }, 'push');
    goTo({ stepId: 's' }, 'replace');
    window.history.back();
    await vi.waitFor(() => {
      expect(usePlace.getState()).toEqual({ ...START, filter: 'ab' });
    });
    window.history.forward();
    await vi.waitFor(() => {
      expect(usePlace.getState()).toMatchObject({ traceId: 7, stepId: 's' });
    });
  });

  it('back and forward is offered where there is somewhere to go', async () => {
    const can = () => [canGoBack(useHistory.getState()), canGoForward(useHistory.getState())];
    expect(can(), 'what came before the page is not its own').toEqual([false, false]);
    goBack();
    goTo({ traceId: 7 }, 'push');
    goTo({ stepId: 'a' }, 'push');
    expect(can()).toEqual([true, false]);
    goBack();
    await vi.waitFor(() => {
      expect(usePlace.getState().stepId).toBeNull();
    });
    expect(can()).toEqual([true, true]);
    stop();
    stop = followAddress();
    expect(can(), 'also after the page was loaded anew').toEqual([true, true]);
    goForward();
    await vi.waitFor(() => {
      expect(usePlace.getState().stepId).toBe('a');
    });
    expect(can()).toEqual([true, false]);
    goBack();
    await vi.waitFor(() => {
      expect(usePlace.getState().stepId).toBeNull();
    });
    goTo({ stepId: 'b' }, 'push');
    expect(can(), 'another way was taken').toEqual([true, false]);
  });

  it('to an address that was typed is a place like any other', async () => {
    window.location.hash = '#/?view=monitor';
    await vi.waitFor(() => {
      expect(usePlace.getState().view).toBe('monitor');
    });
    expect(canGoBack(useHistory.getState())).toBe(true);
  });

  it('to where one is adds nothing to the history', () => {
    const before = window.history.length;
    goTo({ filter: '' }, 'push');
    expect(window.history.length).toBe(before);
  });
});
