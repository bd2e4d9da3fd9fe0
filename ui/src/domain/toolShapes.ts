// The shapes that tools' inputs and outputs come in, whichever agent called them.
import type { JsonValue } from '../backend/bindings';
import { isBranch, textOf } from './json';

type Entries = { [key: string]: JsonValue };

/** A tool's name without what stands around it: `mcp__files__Read` and `tool.read` are both `read`. */
export function bareToolName(name: string): string {
  return (
    name
      .split(/__|\.|\/|: | /)
      .at(-1)
      ?.toLowerCase() ?? ''
  );
}

/** Named values of which each is taken once; what nobody takes is the rest. */
export class Fields {
  private readonly entries: Entries;
  private readonly taken = new Set<string>();

  constructor(value: JsonValue) {
    this.entries = isBranch(value) && !Array.isArray(value) ? value : {};
  }

  /** The first of these fields that there is. */
  value(...names: string[]): JsonValue {
    const name = names.find((each) => Object.hasOwn(this.entries, each) && this.entries[each] !== null);
    if (name === undefined) return null;
    this.taken.add(name);
    return this.entries[name] ?? null;
  }

  /** The first of these fields that holds text. */
  text(...names: string[]): string | null {
    const name = names.find(
      (each) => Object.hasOwn(this.entries, each) && typeof this.entries[each] === 'string',
    );
    return name === undefined ? null : (this.value(name) as string);
  }

  number(...names: string[]): number | null {
    const name = names.find(
      (each) => Object.hasOwn(this.entries, each) && typeof this.entries[each] === 'number',
    );
    return name === undefined ? null : (this.value(name) as number);
  }

  /** What was not taken; `null` if that is nothing. */
  rest(): JsonValue {
    const left = Object.entries(this.entries).filter(
      ([name, value]) => !this.taken.has(name) && value !== null,
    );
    return left.length === 0 ? null : Object.fromEntries(left);
  }
}

export interface Blocks {
  text: string;
  /** `data:` URLs or addresses of pictures and sounds. */
  media: string[];
}

/** What a list of content blocks says (MCP, Anthropic, OpenAI); `null` if the value is not such a list. */
export function blocksOf(value: JsonValue): Blocks | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  const texts: string[] = [];
  const media: string[] = [];
  for (const block of value) {
    if (!isBranch(block) || Array.isArray(block)) return null;
    // What else a block says would be lost, so it is not taken as one.
    const known = new Set([
      'type',
      'text',
      'source',
      'data',
      'mimeType',
      'image_url',
      'cache_prompt',
      'annotations',
      'cache_control',
    ]);
    if (Object.keys(block).some((key) => !known.has(key))) return null;
    if ((block.type === 'text' || block.type === 'output_text') && block.text !== undefined) {
      // JSON in text has been unfolded on its way here.
      texts.push(textOf(block.text));
      continue;
    }
    const reference = referenceOf(block);
    if (reference === null) return null;
    media.push(reference);
  }
  return { text: texts.join('\n'), media };
}

function referenceOf(block: Entries): string | null {
  const { type, source, data, mimeType, image_url } = block;
  if (typeof type !== 'string' || !/image|audio/.test(type)) return null;
  if (typeof data === 'string' && typeof mimeType === 'string') return `data:${mimeType};base64,${data}`;
  if (typeof image_url === 'string') return image_url;
  if (isBranch(image_url ?? null)) return new Fields(image_url ?? null).text('url');
  const from = new Fields(source ?? null);
  const bytes = from.text('data');
  const media_type = from.text('media_type');
  if (bytes !== null && media_type !== null) return `data:${media_type};base64,${bytes}`;
  return from.text('url', 'path');
}

export interface Answer extends Blocks {
  /** What is not text: fields beside it. */
  rest: JsonValue;
  exit_code: number | null;
}

/** The text that a tool gave, wherever it stands; `null` if it gave none. */
export function answerOf(output: JsonValue): Answer | null {
  if (typeof output === 'string') return { text: output, media: [], rest: null, exit_code: null };
  const blocks = blocksOf(output);
  if (blocks) return { ...blocks, rest: null, exit_code: null };
  if (!isBranch(output) || Array.isArray(output)) return null;
  const fields = new Fields(output);
  const inner = blocksOf(output.content ?? null);
  if (inner) fields.value('content');
  const stderr = fields.text('stderr');
  const text =
    inner?.text ?? fields.text('output', 'stdout', 'content', 'result', 'text') ?? unfolded(fields);
  if (text === null && stderr === null) return null;
  const metadata = new Fields(output.metadata ?? null);
  return {
    text: [text, stderr].filter((each) => each !== null && each !== '').join('\n'),
    media: inner?.media ?? [],
    exit_code:
      fields.number('exit_code', 'exitCode', 'returncode', 'return_code') ??
      metadata.number('exit_code', 'exitCode'),
    rest: fields.rest(),
  };
}

/** Output that was JSON and has been unfolded, as text again. */
function unfolded(fields: Fields): string | null {
  const value = fields.value('output', 'stdout');
  return value === null ? null : textOf(value);
}

export interface NumberedText {
  /** What stands before the numbered lines, and after them. */
  before: string;
  after: string;
  first_line: number;
  text: string;
}

const NUMBERED = [/^ *(\d+)(?:→|\t)(.*)$/, /^(\d+):(.*)$/];

/** Lines whose numbers stand before them, as `cat -n` and agents' file viewers give them; `null` if there are none such. */
export function numberedText(text: string): NumberedText | null {
  const lines = text.split(/\r?\n/);
  for (const pattern of NUMBERED) {
    const start = lines.findIndex((line) => pattern.test(line));
    if (start < 0 || start > 6) continue;
    const first_line = Number(pattern.exec(lines[start] ?? '')?.[1]);
    const found: string[] = [];
    let at = start;
    for (; at < lines.length; at++) {
      const match = pattern.exec(lines[at] ?? '');
      if (!match || Number(match[1]) !== first_line + found.length) break;
      found.push(match[2] ?? '');
    }
    if (found.length < 2 && lines.length > 3) continue;
    return {
      before: lines.slice(0, start).join('\n'),
      after: lines.slice(at).join('\n').trim(),
      first_line,
      text: found.join('\n'),
    };
  }
  return null;
}
