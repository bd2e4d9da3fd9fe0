// The readers of text: terminal output, Markdown, rows, places, media, differences.
import { describe, expect, it } from 'vitest';
import { ansiPieces, withoutAnsi } from './ansi';
import { languageNamed, languageOfPath } from './language';
import { changeOf } from './lineDiff';
import { readMarkdown, type MarkdownNode } from './markdown';
import { looksLikeMarkdown } from './markdownSigns';
import { describeDataUrl, mediaDataOf } from './mediaData';
import { TextFind } from './textFind';
import { TextRows } from './textRows';
import { visibleText } from './visibleText';

describe('terminal output', () => {
  it('gives tones for colours of every kind', () => {
    const pieces = ansiPieces('a\u001b[31;1mb\u001b[0mc\u001b[38;5;46md\u001b[38;2;0;0;250me\u001b[92mf');
    expect(pieces.map(({ text, tone, bold }) => [text, tone, bold])).toEqual([
      ['a', null, false],
      ['b', 'red', true],
      ['c', null, false],
      ['d', 'green', false],
      ['e', 'blue', false],
      ['f', 'green', false],
    ]);
  });

  it('takes out titles, links and moves, and hides nothing', () => {
    const source =
      '\u001b]0;title\u0007\u001b]8;;https://evil\u001b\\here\u001b]8;;\u001b\\\u001b[2J\u001b[8msecret\u001b[0m\u001b[1A\rover';
    expect(withoutAnsi(source)).toBe('heresecret\nover');
    expect(
      ansiPieces(source)
        .map(({ text }) => text)
        .join(''),
    ).toBe('heresecret\nover');
    expect(withoutAnsi('wait -\b\\\b|\bdone')).toBe('wait done');
  });
});

describe('characters that deceive', () => {
  it('are made visible, and line ends and tabs kept', () => {
    expect(visibleText('a\u202eb\tc\nd\u001be\u0000')).toBe('a⟨U+202E⟩b\tc\nd⟨U+001B⟩e⟨U+0000⟩');
  });
});

const kinds = (nodes: readonly MarkdownNode[]): string[] =>
  nodes.flatMap((node) => [
    node.type === 'element' ? node.tag : node.type,
    ...('children' in node ? kinds(node.children) : []),
  ]);

describe('Markdown', () => {
  it('is read as a tree', () => {
    expect(kinds(readMarkdown('# a\n\n- b **c**\n\n| d |\n|---|\n| `e` |\n\n```py\nf\n```\n\n---'))).toEqual([
      'h1',
      'text',
      'ul',
      'li',
      'text',
      'strong',
      'text',
      'table',
      'thead',
      'tr',
      'th',
      'text',
      'tbody',
      'tr',
      'td',
      'code',
      'fence',
      'rule',
    ]);
  });

  it('has no HTML, whatever is written', () => {
    const nodes = readMarkdown(
      '<script>alert(1)</script>\n\n<b onclick=x>y</b> [a](javascript:x) ![b](http://c/d.png)',
    );
    expect(new Set(kinds(nodes))).toEqual(new Set(['p', 'text', 'link', 'image']));
  });

  it('is read in depth and length without failing', () => {
    expect(() => readMarkdown(`${'>'.repeat(20_000)} a`)).not.toThrow();
    expect(() => readMarkdown(`${'['.repeat(20_000)}a`)).not.toThrow();
    expect(() => readMarkdown(`${'*'.repeat(20_000)}a`)).not.toThrow();
  });

  it('is known by its signs', () => {
    expect(['# a', '- a', 'a `b`', '**a**', '[a](b)', '```\na'].every(looksLikeMarkdown)).toBe(true);
    expect(['a plain sentence.', 'Two lines\nof text', '3 * 4 = 12'].some(looksLikeMarkdown)).toBe(false);
  });
});

describe('rows of a text', () => {
  const all = (rows: TextRows) => {
    while (!rows.isComplete) rows.find();
    return Array.from({ length: rows.count }, (_, index) => {
      const { from, to, line } = rows.row(index);
      return [line, rows.text.slice(from, to)];
    });
  };

  it('are its lines, long ones broken', () => {
    expect(all(new TextRows('ab\r\n\ncdefg\n', 3))).toEqual([
      [1, 'ab'],
      [2, ''],
      [3, 'cde'],
      [3, 'fg'],
    ]);
    expect(all(new TextRows('', 3))).toEqual([[1, '']]);
    expect(all(new TextRows('a😀😀', 2)).map(([, text]) => text)).toEqual(['a', '😀', '😀']);
  });

  it('are found a slice at a time, however long the text', () => {
    const text = 'x'.repeat(3_000_000);
    const rows = new TextRows(text, 100);
    expect(rows.count).toBe(200);
    expect(all(rows).length).toBe(30_000);
    expect(rows.rowAt(2_999_999)).toBe(29_999);
  });
});

describe('finding in a text', () => {
  it('finds across slices, whatever the capitals, and signs as they are', () => {
    const text = `${'.'.repeat(999_998)}NeeDle${'.'.repeat(500)}needle`;
    const find = new TextFind(text, 'needle');
    find.step();
    expect(find.isComplete).toBe(false);
    while (!find.isComplete) find.step();
    expect(find.places).toEqual([999_998, 1_000_504]);
    expect(find.after(1_000_000)).toBe(1);
    expect(find.within(1_000_000, 1_000_002)).toEqual([[1_000_000, 1_000_002]]);
    const signs = new TextFind('a.b a+b (a', 'a+b');
    signs.step();
    expect(signs.places).toEqual([4]);
  });
});

describe('media', () => {
  it('are pictures and sounds of known kinds alone', () => {
    expect(mediaDataOf('data:image/png;base64,AAAA')).toMatchObject({ kind: 'image', bytes: 3 });
    expect(mediaDataOf('data:audio/wav;base64,AAAA')).toMatchObject({ kind: 'audio' });
    for (const reference of [
      'data:image/svg+xml;base64,AAAA',
      'data:text/html,<b>',
      'data:text/html;base64,AAAA',
      'data:image/png,AAAA',
      'data:image/png;base64,<x>',
      'https://a/b.png',
      'blob:x',
      'javascript:x',
    ])
      expect(mediaDataOf(reference)).toBeNull();
    expect(describeDataUrl('data:text/html;base64,AAAA')).toEqual({ mime_type: 'text/html', bytes: 3 });
  });
});

describe('languages', () => {
  it('are known by names and endings, and by no name that objects have', () => {
    expect([languageNamed('py'), languageNamed('Console'), languageOfPath('a/b.TSX')]).toEqual([
      'python',
      'bash',
      'typescript',
    ]);
    expect([
      languageNamed('constructor'),
      languageOfPath('a.__proto__'),
      languageOfPath('a.toString'),
    ]).toEqual([null, null, null]);
  });
});

describe('a difference', () => {
  it('folds what is far from a change and marks the words that differ', () => {
    const lines = Array.from({ length: 30 }, (_, index) => `line ${index}`);
    const { lines: shown } = changeOf(lines.join('\n'), lines.with(20, 'line twenty').join('\n'), 'a', false);
    expect(shown[0]).toMatchObject({ kind: 'gap', parts: [{ text: '17 unchanged lines' }] });
    const removed = shown.find(({ kind }) => kind === 'removed');
    expect(removed).toMatchObject({ before: 21, after: null });
    expect(removed?.parts).toEqual([
      { text: 'line ', isMarked: false },
      { text: '20', isMarked: true },
    ]);
  });

  it('says so where texts are too long to be lined up', () => {
    expect(changeOf('a\n'.repeat(300_000), 'b\n', null, true).isRough).toBe(true);
  });
});
