import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync('src/styles/tokens.css', 'utf8');

function tokensOf(opening: string): Map<string, string> {
  const start = css.indexOf(opening);
  const body = css.slice(css.indexOf('{', start) + 1, css.indexOf('}', start));
  return new Map([...body.matchAll(/(--[\w-]+):\s*([^;]+);/g)].map((m) => [m[1] ?? '', m[2] ?? '']));
}

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const channel = parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const themes = {
  light: tokensOf(':root {'),
  dark: tokensOf(":root[data-theme='dark']"),
};

describe('colour tokens', () => {
  it('are the same whether the system or the person chose dark', () => {
    expect(tokensOf(":root:not([data-theme='light'])")).toEqual(themes.dark);
    expect([...themes.dark.keys()]).toEqual([...themes.light.keys()]);
  });

  it.each(Object.entries(themes))(
    'give %s text enough contrast on every ground it stands on',
    (_, tokens) => {
      const get = (name: string) => tokens.get(name) ?? `missing ${name}`;
      const texts = [...tokens.keys()].filter((name) =>
        /^--(text|text-muted|accent|kind-\w+|status-\w+)$/.test(name),
      );
      expect(texts.length).toBeGreaterThan(15);
      const grounds = ['--bg', '--surface', '--surface-raised', '--row-hover', '--row-selected'];
      const poor = texts.flatMap((text) =>
        grounds
          .map((ground) => [text, ground, contrast(get(text), get(ground))] as const)
          .filter(([, , ratio]) => !(ratio >= 4.5)),
      );
      expect(poor).toEqual([]);
      for (const status of ['success', 'warning', 'failed', 'running']) {
        expect(contrast(get(`--status-${status}`), get(`--status-${status}-soft`))).toBeGreaterThanOrEqual(
          4.5,
        );
        expect(contrast(get('--text'), get(`--status-${status}-soft`))).toBeGreaterThanOrEqual(4.5);
      }
      for (const bar of texts.filter((name) => /^--(kind|status)/.test(name))) {
        expect(contrast(get('--on-kind'), get(bar)), bar).toBeGreaterThanOrEqual(4.5);
      }
      const marks = [...tokens.keys()].filter((name) => name.startsWith('--chart-'));
      expect(marks.length).toBeGreaterThan(5);
      const faint = marks.flatMap((mark) =>
        ['--surface', '--row-hover', '--row-selected'].filter(
          (ground) => !(contrast(get(mark), get(ground)) >= 3),
        ),
      );
      expect(faint, 'marks in charts stand out from every ground').toEqual([]);
      expect(contrast(get('--on-accent'), get('--accent'))).toBeGreaterThanOrEqual(4.5);
    },
  );
});
