// Which way of showing fits what a tool was asked and what it gave: by its name, and by the shape of both. Whatever a view
// does not show stands in `restInput` and `restOutput`.
import type { JsonValue } from '../backend/bindings';
import { isBranch, jsonInside } from './json';
import { languageOfPath } from './language';
import { changeOf, readPatch, type FileChange } from './lineDiff';
import { answerOf, bareToolName, blocksOf, Fields, numberedText, type Answer } from './toolShapes';

export interface ToolCall {
  name: string;
  input: JsonValue;
  output: JsonValue;
  /** What the source says beside them; some give exit codes or HTTP facts here alone. */
  attributes?: JsonValue;
}

export interface SearchMatch {
  path: string;
  line: number | null;
  text: string | null;
}

export interface FoundDocument {
  title: string | null;
  /** Where it is, shown as text. */
  address: string | null;
  score: number | null;
  text: string;
  rest: JsonValue;
}

export type View =
  | {
      view: 'command';
      command: string;
      language: 'bash' | 'python';
      directory: string | null;
      output: string | null;
      exit_code: number | null;
    }
  | { view: 'edit'; changes: FileChange[]; output: string | null; isFromOutput: boolean }
  | {
      view: 'file';
      path: string;
      language: string | null;
      text: string | null;
      first_line: number;
      /** What the tool says around the text. */
      notes: string[];
      isWritten: boolean;
      output: string | null;
    }
  | { view: 'search'; query: string; where: string | null; matches: SearchMatch[]; notes: string[] }
  | { view: 'documents'; query: string | null; documents: FoundDocument[] }
  | {
      view: 'http';
      method: string | null;
      url: string;
      status: number | null;
      request: { headers: JsonValue; body: JsonValue };
      response: { headers: JsonValue; body: JsonValue };
    }
  | { view: 'table'; columns: string[]; rows: { [key: string]: JsonValue }[] }
  | { view: 'text'; text: string };

export type ToolView = View & {
  restInput: JsonValue;
  restOutput: JsonValue;
  /** Pictures and sounds in the output. */
  media: string[];
};

const SHELLS = new Set([
  'bash', 'shell', 'sh', 'zsh', 'terminal', 'execute_bash', 'run_shell_command', 'bash_command', 'exec_command',
  'run', 'run_command', 'execute_command', 'local_shell', 'run_terminal_cmd', 'exec', 'command',
]); // prettier-ignore
const PYTHONS = new Set([
  'run_ipython',
  'execute_python',
  'python',
  'ipython',
  'execute_ipython_cell',
  'code_interpreter',
]);
const READERS = new Set([
  'read',
  'read_file',
  'view',
  'view_file',
  'open',
  'open_file',
  'cat',
  'goto',
  'scroll_down',
  'scroll_up',
]);
const SEARCHERS = new Set([
  'grep', 'glob', 'search', 'rg', 'find', 'find_file', 'search_file', 'search_dir', 'search_files', 'ls', 'list_directory',
  'grep_search', 'file_search', 'search_file_content', 'list_files',
]); // prettier-ignore
const PATHS = ['file_path', 'path', 'filePath', 'absolute_path', 'filename', 'file', 'target_file'];

/** How to show a call, or `null` where its plain data says it best. */
export function toolView(call: ToolCall): ToolView | null {
  for (const read of [
    readEdit,
    readCommand,
    readFile,
    readSearch,
    readHttp,
    readDocuments,
    readTable,
    readText,
  ]) {
    const view = read(call);
    if (view) return view;
  }
  return null;
}

/** An input that is text in a field of its own, or text alone. */
const textInput = (input: JsonValue) => (typeof input === 'string' ? input : null);

const answerParts = (answer: Answer | null, output: JsonValue) => ({
  restOutput: answer ? answer.rest : output,
  media: answer?.media ?? [],
});

// --- edits ---

function readEdit({ input, output }: ToolCall): ToolView | null {
  const fields = new Fields(input);
  const answer = answerOf(output);
  const finish = (changes: FileChange[], restInput: JsonValue): ToolView => ({
    view: 'edit',
    changes,
    output: answer?.text ?? null,
    isFromOutput: false,
    restInput,
    ...answerParts(answer, output),
  });
  const patch = patchIn(input);
  if (patch) {
    const changes = readPatch(patch.text);
    if (changes && changes.length > 0) return finish(changes, patch.rest);
  }
  const path = fields.text(...PATHS);
  const single = replacementIn(fields);
  if (single) {
    fields.value('command');
    return finish([changeOf(single[0], single[1], path, true)], fields.rest());
  }
  const edits = isBranch(input) && !Array.isArray(input) ? input.edits : null;
  if (Array.isArray(edits) && edits.length > 0) {
    const changes = edits.map((edit) => {
      const each = new Fields(edit);
      const found = replacementIn(each);
      return found && each.rest() === null ? changeOf(found[0], found[1], path, true) : null;
    });
    fields.value('edits');
    if (changes.every((each) => each !== null)) return finish(changes, fields.rest());
  }
  // Some editors are asked in words, and answer with what they did.
  const made = answer && answer.text.length < 2_000_000 ? readPatch(answer.text) : null;
  if (!answer || !made || made.length === 0 || !/^(?:---|diff )/.test(answer.text.trimStart())) return null;
  return {
    view: 'edit',
    changes: made,
    output: null,
    isFromOutput: true,
    restInput: input,
    ...answerParts(answer, output),
  };
}

function replacementIn(fields: Fields): [string, string] | null {
  const before = fields.text('old_string', 'oldText', 'old_str', 'search', 'oldString');
  const after = fields.text('new_string', 'newText', 'new_str', 'replace', 'newString');
  return before === null || after === null ? null : [before, after];
}

function patchIn(input: JsonValue): { text: string; rest: JsonValue } | null {
  const whole = textInput(input);
  if (whole !== null) return { text: whole, rest: null };
  const fields = new Fields(input);
  const command = fields.value('command');
  if (Array.isArray(command)) {
    const text = command.findLast((part) => typeof part === 'string' && part.includes('*** Begin Patch'));
    // Anything beside the patch is part of a program that does more.
    return typeof text === 'string' && text.trimStart().startsWith('*** Begin Patch')
      ? { text, rest: fields.rest() }
      : null;
  }
  const others = new Fields(input);
  const text = others.text('patch', 'input', 'diff', 'patch_text', 'patchText');
  return text === null ? null : { text, rest: others.rest() };
}

// --- commands ---

function readCommand({ name, input, output, attributes = null }: ToolCall): ToolView | null {
  const bare = bareToolName(name);
  const fields = new Fields(input);
  const isPython = PYTHONS.has(bare);
  const answer = answerOf(output);
  let command: string | null;
  if (typeof input === 'string') {
    // SWE-agent's commands are named by their first word.
    const isNamed = input.trimStart().toLowerCase().startsWith(bare) && bare !== '' && !READERS.has(bare);
    command = SHELLS.has(bare) || isPython || isNamed ? input : null;
  } else {
    const given =
      SHELLS.has(bare) || isPython
        ? fields.value('command', 'cmd', 'keystrokes', 'script', 'code', 'commands')
        : null;
    command = typeof given === 'string' ? given : commandLine(given);
  }
  if (command === null) return null;
  return {
    view: 'command',
    command,
    language: isPython && typeof input !== 'string' ? 'python' : 'bash',
    directory: fields.text('workdir', 'cwd', 'working_directory', 'directory'),
    output: answer?.text ?? null,
    exit_code: answer?.exit_code ?? exitCodeIn(attributes) ?? exitCodeSaid(answer?.text ?? ''),
    restInput: typeof input === 'string' ? null : fields.rest(),
    ...answerParts(answer, output),
  };
}

/** `["bash", "-lc", "ls"]` is the line `ls`; other lists are quoted as a shell would need it. */
function commandLine(words: JsonValue): string | null {
  if (!Array.isArray(words) || words.length === 0) return null;
  const texts = words.filter((word) => typeof word === 'string');
  if (texts.length < words.length) return null;
  const [shell = '', flag = '', line] = texts;
  if (
    texts.length === 3 &&
    line !== undefined &&
    /(?:^|\/)(?:ba|z|da)?sh$/.test(shell) &&
    /^-l?c$/.test(flag)
  )
    return line;
  return texts
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ');
}

function exitCodeIn(attributes: JsonValue): number | null {
  const fields = new Fields(attributes);
  const own = fields.number('exit_code', 'exitCode', 'process.exit.code');
  if (own !== null) return own;
  const code = new Fields(fields.value('metadata')).number('exit_code');
  // OpenHands gives -1 for a command that has not ended.
  return code === -1 ? null : code;
}

/** Agents that give text alone say it in the first or last line. */
function exitCodeSaid(text: string): number | null {
  const said =
    /^(?:Exit code|Process exited with code):? (-?\d+)/i.exec(text) ??
    /\bexit code: (-?\d+), stdout: /.exec(text.slice(0, 200)) ??
    /exit code:? (-?\d+)\.?\]?\s*$/.exec(text.slice(-200));
  return said ? Number(said[1]) : null;
}

// --- files ---

function readFile({ name, input, output }: ToolCall): ToolView | null {
  const bare = bareToolName(name);
  const fields = new Fields(input);
  const answer = answerOf(output);
  const command = fields.text('command');
  const words = textInput(input);
  const header = /^\[File: (.+?) \(\d+ lines total\)\]/.exec(answer?.text ?? '');
  const path = fields.text(...PATHS) ?? (words !== null && READERS.has(bare) ? (header?.[1] ?? null) : null);
  if (path === null) return null;
  const shared = { view: 'file', path, language: languageOfPath(path) } as const;
  const written = fields.text('content', 'file_text', 'contents', 'new_content');
  if (written !== null && (command === 'create' || /write|create|save/.test(bare))) {
    return {
      ...shared,
      text: written,
      first_line: 1,
      notes: [],
      isWritten: true,
      output: answer?.text ?? null,
      restInput: fields.rest(),
      ...answerParts(answer, output),
    };
  }
  if (!READERS.has(bare) && command !== 'view') return null;
  const numbered = answer ? numberedText(answer.text) : null;
  const offset = fields.number('offset');
  return {
    ...shared,
    text: numbered?.text ?? (answer && answer.text !== '' ? answer.text : null),
    first_line: numbered?.first_line ?? (offset !== null && offset > 0 ? offset : 1),
    notes: numbered ? [numbered.before, numbered.after].filter((note) => note !== '') : [],
    isWritten: false,
    output: null,
    // The offset is in the line numbers, the path in the head; the rest stays in sight.
    restInput: words ?? fields.rest(),
    ...answerParts(answer, output),
  };
}

// --- searches ---

const MATCH = /^((?:[A-Za-z]:)?[^\s:][^:]*):(\d+)[:-](.*)$/;
const PATH_ALONE = /^(?:\.{0,2}\/|[A-Za-z]:\\)?[\w@.+-]+(?:[/\\][\w@.+ -]*)*$/;

function readSearch({ name, input, output }: ToolCall): ToolView | null {
  if (!SEARCHERS.has(bareToolName(name))) return null;
  const answer = answerOf(output);
  if (!answer) return null;
  const fields = new Fields(input);
  const matches: SearchMatch[] = [];
  const notes: string[] = [];
  for (const line of answer.text.split(/\r?\n/)) {
    const match = MATCH.exec(line);
    if (match) matches.push({ path: match[1] ?? '', line: Number(match[2]), text: match[3] ?? '' });
    else if (PATH_ALONE.test(line) && /[./\\]/.test(line))
      matches.push({ path: line, line: null, text: null });
    else if (line.trim() !== '') notes.push(line);
  }
  // Where most of it is something else, it is not a list of places.
  if (matches.length === 0 || notes.length > matches.length) return null;
  return {
    view: 'search',
    query:
      textInput(input) ?? fields.text('pattern', 'query', 'regex', 'search_term', 'file_name', 'glob') ?? '',
    where: fields.text('path', 'dir', 'directory'),
    matches,
    notes,
    restInput: fields.rest(),
    ...answerParts(answer, output),
  };
}

// --- HTTP ---

function readHttp({ name, input, output, attributes = null }: ToolCall): ToolView | null {
  const asked = new Fields(input);
  const told = new Fields(attributes);
  const inputUrl = asked.text('url', 'uri', 'endpoint');
  const method = asked.text('method') ?? told.text('http.request.method', 'http.method');
  const url =
    inputUrl ?? (method === null ? null : told.text('url.full', 'http.url', 'http.target', 'url.path'));
  if (url === null || (method === null && !/fetch|http|request|curl/.test(name.toLowerCase()))) return null;
  const given = isBranch(output) && !Array.isArray(output) ? new Fields(output) : null;
  const status =
    given?.number('status', 'status_code', 'statusCode') ??
    told.number('http.response.status_code', 'http.status_code');
  const headers = given?.value('headers') ?? null;
  const body = given ? given.value('body', 'data', 'text', 'content', 'json') : output;
  return {
    view: 'http',
    method,
    url,
    status,
    request: { headers: asked.value('headers'), body: asked.value('body', 'data', 'json', 'payload') },
    response: { headers, body },
    restInput: typeof input === 'string' ? input : asked.rest(),
    restOutput: given?.rest() ?? null,
    media: [],
  };
}

// --- documents and tables ---

const TEXTS = [
  'page_content',
  'document.content',
  'content',
  'text',
  'body',
  'snippet',
  'document',
  'chunk',
  'description',
];
const TITLES = ['title', 'name', 'document.id', 'id', 'source'];
const SCORES = ['score', 'document.score', 'relevance_score', 'similarity', 'similarity_score', 'distance'];
const ADDRESSES = ['url', 'href', 'link', 'uri'];

function readDocuments({ input, output }: ToolCall): ToolView | null {
  const { list, rest } = listIn(output, ['documents', 'results', 'matches', 'hits', 'chunks', 'items']);
  if (list === null || list.length === 0) return null;
  const documents: FoundDocument[] = [];
  let isFound = false;
  for (const each of list) {
    const fields = new Fields(each);
    const text = fields.text(...TEXTS);
    if (text === null) return null;
    const score = fields.number(...SCORES);
    const address = fields.text(...ADDRESSES);
    const title = fields.text(...TITLES);
    isFound ||= score !== null || address !== null || (isBranch(each) && 'metadata' in each);
    documents.push({ title, address, score, text, rest: fields.rest() });
  }
  if (!isFound) return null;
  const asked = new Fields(input);
  return {
    view: 'documents',
    query: textInput(input) ?? asked.text('query', 'q', 'question', 'search_query'),
    documents,
    restInput: typeof input === 'string' ? null : Array.isArray(input) ? input : asked.rest(),
    restOutput: rest,
    media: [],
  };
}

const MOST_COLUMNS = 12;

function readTable({ input, output }: ToolCall): ToolView | null {
  const { list, rest } = listIn(output, null);
  const table = list && tableOf(list);
  return table ? { view: 'table', ...table, restInput: input, restOutput: rest, media: [] } : null;
}

/** Rows and columns of a list of objects that are alike; `null` if they are not. */
export function tableOf(
  list: readonly JsonValue[],
): { columns: string[]; rows: { [key: string]: JsonValue }[] } | null {
  if (list.length < 2 || blocksOf([...list])) return null;
  const columns = new Set<string>();
  const rows: { [key: string]: JsonValue }[] = [];
  let cells = 0;
  for (const each of list) {
    if (!isBranch(each) || Array.isArray(each)) return null;
    const keys = Object.keys(each);
    for (const key of keys) columns.add(key);
    if (columns.size > MOST_COLUMNS) return null;
    cells += keys.length;
    rows.push(each);
  }
  // Of a table, most cells are filled.
  return columns.size > 1 && cells >= columns.size * rows.length * 0.6
    ? { columns: [...columns], rows }
    : null;
}

/** A list that is the output, or its only list under one of these names; any name, if none are given. */
function listIn(output: JsonValue, names: string[] | null): { list: JsonValue[] | null; rest: JsonValue } {
  const value = typeof output === 'string' ? jsonInside(output) : output;
  if (Array.isArray(value)) return { list: value, rest: null };
  if (!isBranch(value)) return { list: null, rest: null };
  const lists = Object.keys(value).filter(
    (key) => Array.isArray(value[key]) && (names === null || names.includes(key)),
  );
  const [key] = lists;
  if (lists.length !== 1 || key === undefined) return { list: null, rest: null };
  const fields = new Fields(value);
  return { list: fields.value(key) as JsonValue[], rest: fields.rest() };
}

// --- text ---

/** Content blocks (MCP): what they say, instead of what they are made of. */
function readText({ input, output }: ToolCall): ToolView | null {
  const blocks = blocksOf(output) ?? blocksOf(new Fields(output).value('content'));
  if (!blocks || (jsonInside(blocks.text) && blocks.media.length === 0)) return null;
  const answer = answerOf(output);
  return { view: 'text', text: blocks.text, restInput: input, ...answerParts(answer, output) };
}
