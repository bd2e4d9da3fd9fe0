import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../backend/bindings';
import { toolView, type ToolView } from './toolView';

const of = (name: string, input: JsonValue, output: JsonValue, attributes: JsonValue = null): ToolView => {
  const view = toolView({ name, input, output, attributes });
  if (!view) throw new Error(`${name} is shown as data`);
  return view;
};
const diffText = (view: ToolView) =>
  view.view === 'edit'
    ? view.changes.map(({ path, lines }) => [
        path,
        ...lines.map(({ kind, parts }) => `${kind} ${parts.map((part) => part.text).join('')}`),
      ])
    : null;

// Shapes as Claude Code, Codex, SWE-agent, OpenHands, pi, Gemini CLI, Phoenix and MCP servers write them.
describe('how a tool is shown', () => {
  it('knows shell commands, and finds exit codes where each agent puts them', () => {
    expect(of('Bash', { command: 'ls -la', description: 'List' }, 'total 0')).toMatchObject({
      view: 'command',
      command: 'ls -la',
      output: 'total 0',
      exit_code: null,
      restInput: { description: 'List' },
    });
    expect(
      of(
        'shell',
        { command: ['zsh', '-lc', 'ls'], workdir: '.' },
        { output: 'a\n', metadata: { exit_code: 0, duration_seconds: 0 } },
      ),
    ).toMatchObject({ command: 'ls', directory: '.', exit_code: 0 });
    expect(of('shell', 'bash -lc ls', 'a', { exit_code: 2 })).toMatchObject({ exit_code: 2 });
    expect(
      of('execute_bash', { command: 'ls' }, 'x\n[The command completed with exit code 3.]'),
    ).toMatchObject({ exit_code: 3 });
    expect(
      of('shell', { command: ['a b', "c'd"] }, 'failed in sandbox, exit code: 1, stdout: , stderr: x'),
    ).toMatchObject({ command: `'a b' 'c'\\''d'`, exit_code: 1 });
    expect(of('pip', 'pip install x', 'ok')).toMatchObject({ view: 'command', command: 'pip install x' });
    expect(
      of('terminal', { command: 'ls' }, { content: [{ type: 'text', text: 'no' }], exit_code: -1 }),
    ).toMatchObject({ output: 'no', exit_code: -1 });
  });

  it('keeps output that was JSON and came unfolded', () => {
    expect(
      of('shell', { command: 'cat a.json' }, { output: { a: 1 }, metadata: { exit_code: 0 } }),
    ).toMatchObject({
      output: '{\n  "a": 1\n}',
    });
  });

  it('shows edits as diffs, whatever the fields are called', () => {
    for (const [before, after] of [
      ['old_string', 'new_string'],
      ['oldText', 'newText'],
      ['old_str', 'new_str'],
      ['search', 'replace'],
    ]) {
      const input = { path: 'a.py', [before ?? '']: 'x\nold\n', [after ?? '']: 'x\nnew\n' };
      expect(diffText(of('edit', input, 'done'))).toEqual([['a.py', 'same x', 'removed old', 'added new']]);
    }
    expect(
      diffText(
        of(
          'MultiEdit',
          {
            file_path: 'a',
            edits: [
              { old_string: 'a', new_string: 'b' },
              { old_string: '', new_string: 'c' },
            ],
          },
          null,
        ),
      ),
    ).toEqual([
      ['a', 'removed a', 'added b'],
      ['a', 'added c'],
    ]);
  });

  it('shows patches, those of agents and those of git', () => {
    const patch =
      '*** Begin Patch\n*** Update File: a.py\n@@ def f\n a\n-b\n+c\n*** Add File: d\n+e\n*** End Patch';
    const lines = [
      ['a.py', 'gap def f', 'same a', 'removed b', 'added c'],
      ['d', 'added e'],
    ];
    expect(diffText(of('apply_patch', patch, 'ok'))).toEqual(lines);
    expect(diffText(of('shell', { command: ['apply_patch', patch] }, 'ok'))).toEqual(lines);
    const view = of(
      'submit',
      null,
      'diff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -7,2 +7,2 @@\n-- old\n+- new\n same',
    );
    expect(diffText(view)).toEqual([['f', 'removed - old', 'added - new', 'same same']]);
    expect(view).toMatchObject({ isFromOutput: true });
    expect(
      view.view === 'edit' && view.changes[0]?.lines.map(({ before, after }) => [before, after]),
    ).toEqual([
      [7, null],
      [null, 7],
      [8, 8],
    ]);
  });

  it('takes line numbers out of files that were read', () => {
    expect(of('Read', { file_path: 'a.ts' }, '     7→one\n     8→two\n\n<note>')).toMatchObject({
      view: 'file',
      text: 'one\ntwo',
      first_line: 7,
      language: 'typescript',
      notes: ['<note>'],
    });
    expect(of('open', 'open "s.py"', '[File: s.py (2 lines total)]\r\n1:a\r\n2:b')).toMatchObject({
      path: 's.py',
      text: 'a\nb',
    });
    expect(of('write', { path: 'a', content: 'x' }, [{ type: 'text', text: 'ok' }])).toMatchObject({
      view: 'file',
      isWritten: true,
      text: 'x',
      output: 'ok',
    });
  });

  it('lists what searches found, and leaves prose alone', () => {
    expect(of('Grep', { pattern: 'f' }, '/a/b.py:6:def f():\n/a/c.py')).toMatchObject({
      view: 'search',
      query: 'f',
      matches: [
        { path: '/a/b.py', line: 6, text: 'def f():' },
        { path: '/a/c.py', line: null },
      ],
    });
    expect(toolView({ name: 'Grep', input: { pattern: 'f' }, output: 'No files found' })).toBeNull();
  });

  it('knows documents, HTTP, tables and content blocks', () => {
    expect(
      of('query', null, [{ 'document.id': 'd', 'document.score': 0.25, 'document.content': 'text', x: 1 }]),
    ).toMatchObject({
      view: 'documents',
      documents: [{ title: 'd', score: 0.25, text: 'text', rest: { x: 1 } }],
    });
    expect(
      of('GET /x', null, null, {
        'http.request.method': 'GET',
        'url.full': 'https://a/x',
        'http.response.status_code': 404,
      }),
    ).toMatchObject({ view: 'http', method: 'GET', status: 404 });
    expect(
      of(
        'rows',
        { a: 1 },
        {
          total: 2,
          rows: [
            { a: 1, b: 2 },
            { a: 3, b: null },
          ],
        },
      ),
    ).toMatchObject({
      view: 'table',
      columns: ['a', 'b'],
      restOutput: { total: 2 },
    });
    expect(
      of(
        'mcp__x__shot',
        {},
        {
          content: [
            { type: 'text', text: 'hi' },
            { type: 'image', data: 'AAAA', mimeType: 'image/png' },
          ],
        },
      ),
    ).toMatchObject({ view: 'text', text: 'hi', media: ['data:image/png;base64,AAAA'] });
  });

  it('leaves everything else as data', () => {
    for (const [name, input, output] of [
      ['get_weather', { city: 'Berlin' }, 'Cloudy'],
      ['constructor', { constructor: 'x' }, { __proto__: 1 }],
      ['Read', null, null],
      ['list', null, [1, 2, 3]],
      ['', null, []],
    ] as [string, JsonValue, JsonValue][])
      expect(toolView({ name, input, output })).toBeNull();
  });
});
