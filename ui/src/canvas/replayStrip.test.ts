import { describe, expect, it } from 'vitest';
import { ownTime, playedSteps, alignedTime } from '../domain/replayClock';
import { stepTreeFrom } from '../domain/stepTree';
import { NO_FOLDS } from '../domain/timeFolds';
import { drawLog } from '../test/drawLog';
import { TEST_PALETTE } from '../test/testPalette';
import { roundsTree, treeOf } from '../test/treeFixture';
import { LANE_PX, drawPlayhead, drawStrip, played_from_px } from './replayStrip';

const runOf = (text: string) => ({ tree: stepTreeFrom(treeOf(text)), folds: NO_FOLDS });

describe('the strip', () => {
  it('has a bar a step, marks what failed and what was tried again', () => {
    const run = runOf(`
      run 0..100 agent
        fetch 0..20 tool error #1/a
        fetch 50..100 tool #2/a
    `);
    const time = ownTime([run]);
    const runs = time.tracks.map((track) => playedSteps(track, run.tree));
    const { pen, of } = drawLog();
    drawStrip(pen, { runs, tracks: time.tracks, total_ns: time.total_ns, width_px: 200 }, TEST_PALETTE);
    const bars = of('fillRect').filter(({ fill }) => fill !== 'sunken');
    expect(bars.map(({ fill, args }) => [fill, args[0], args[2]])).toEqual([
      ['kind-agent', 0, 200],
      ['failed', 0, 40],
      ['kind-tool', 100, 100],
    ]);
    expect(of('stroke').map(({ stroke }) => stroke)).toContain('failed');
    expect(of('fill').map(({ fill }) => fill)).toContain('warning');
  });

  it('does not tell of a failure before it has come', () => {
    const run = runOf('run 0..100 agent error\n  fetch 0..20 tool error');
    const time = ownTime([run]);
    const runs = time.tracks.map((track) => playedSteps(track, run.tree));
    const fills = (known_ns: number) => {
      const { pen, of } = drawLog();
      const scene = { runs, tracks: time.tracks, total_ns: time.total_ns, width_px: 200, known_ns };
      drawStrip(pen, scene, TEST_PALETTE);
      return [...of('fillRect').slice(1), ...of('stroke')].map(({ fill, stroke }) => fill ?? stroke);
    };
    expect(fills(10e6)).not.toContain('failed');
    expect(fills(20e6)).toContain('failed');
    expect(fills(20e6)).toContain('kind-agent');
    expect(fills(100e6)).not.toContain('kind-agent');
  });

  it('shows where a run waits for the other', () => {
    const [a, b] = [runOf('run 0..10 agent'), runOf('run 0..100 agent')];
    const time = alignedTime(a, b, { a: [0], b: [0] });
    const runs = [a, b].flatMap(({ tree }, index) => {
      const track = time.tracks[index];
      return track ? [playedSteps(track, tree)] : [];
    });
    const { pen, of } = drawLog();
    drawStrip(pen, { runs, tracks: time.tracks, total_ns: time.total_ns, width_px: 100 }, TEST_PALETTE);
    expect(of('clip'), 'A alone waits').toHaveLength(1);
  });

  it('draws no more bars than a lane has pixels, however many steps there are', () => {
    const tree = stepTreeFrom(roundsTree(10_000));
    const time = ownTime([{ tree, folds: NO_FOLDS }]);
    const runs = time.tracks.map((track) => playedSteps(track, tree));
    const { pen, of } = drawLog();
    drawStrip(pen, { runs, tracks: time.tracks, total_ns: time.total_ns, width_px: 500 }, TEST_PALETTE);
    expect(of('fillRect').length).toBeLessThan(3 * 500);
  });

  it('veils what is to come only once the replay is begun', () => {
    const scene = { lanes: 1, total_ns: 100, width_px: 200, at_ns: 25, loop: null };
    const begun = drawLog();
    drawPlayhead(begun.pen, { ...scene, isUnderWay: true }, TEST_PALETTE);
    expect(begun.of('fillRect').find(({ fill }) => fill === 'surface')?.args).toEqual([50, 0, 150, LANE_PX]);
    const rest = drawLog();
    drawPlayhead(rest.pen, { ...scene, isUnderWay: false }, TEST_PALETTE);
    expect(rest.of('fillRect').some(({ fill }) => fill === 'surface')).toBe(false);
  });

  it('is pointed at within its ends', () => {
    expect(played_from_px(100, 200, 50)).toBe(25);
    expect([played_from_px(100, 200, -9), played_from_px(100, 200, 900)]).toEqual([0, 100]);
  });
});
