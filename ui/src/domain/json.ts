// Values as a person reads them: one-line previews, entries a page at a time, JSON inside of strings.
import type { JsonValue } from '../backend/bindings';
import { formatCount, plural } from './format';

export type Branch = JsonValue[] | { [key: string]: JsonValue };

export function isBranch(value: JsonValue): value is Branch {
  return typeof value === 'object' && value !== null;
}

export function sizeOf(value: Branch): number {
  return Array.isArray(value) ? value.length : Object.keys(value).length;
}

/** Whether a value has more than `most` parts, itself and all below it counted. Looks at no more of them than that. */
export function hasMoreNodes(value: JsonValue, most: number): boolean {
  let left = most;
  const open: JsonValue[] = [value];
  while (open.length > 0) {
    const next = open.pop() ?? null;
    if (--left < 0) return true;
    if (!isBranch(next)) continue;
    if (sizeOf(next) > left) return true;
    for (const each of Array.isArray(next) ? next : Object.values(next)) open.push(each);
  }
  return false;
}

/** `3 items`, `12 fields`. */
export function sizeWords(value: Branch): string {
  return Array.isArray(value) ? plural(value.length, 'item') : plural(sizeOf(value), 'field');
}

/** Some of the entries of an array or object: the first `most`. */
export function entriesOf(value: Branch, most: number): [string, JsonValue][] {
  if (Array.isArray(value)) return value.slice(0, most).map((each, index) => [String(index), each]);
  return Object.keys(value)
    .slice(0, most)
    .map((key) => [key, value[key] ?? null]);
}

/** Text longer than this is not looked into for JSON. */
const LONGEST_PARSED = 4_000_000;

/** The array or object that a string holds as JSON, if it does. */
export function jsonInside(text: string): Branch | null {
  const first = text.trimStart()[0];
  if ((first !== '{' && first !== '[') || text.length > LONGEST_PARSED) return null;
  try {
    const value = JSON.parse(text) as JsonValue;
    return isBranch(value) ? value : null;
  } catch {
    return null;
  }
}

/** A value in one line of at most `most` characters, or a little more. */
export function preview(value: JsonValue, most = 60): string {
  const text = started(value, most);
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

function started(value: JsonValue, most: number): string {
  if (typeof value === 'string') return JSON.stringify(value.length > most ? value.slice(0, most) : value);
  if (!isBranch(value)) return String(value);
  const isList = Array.isArray(value);
  let text = '';
  for (const [key, each] of entriesOf(value, most)) {
    const head = isList ? '' : `${key}: `;
    text += `${text === '' ? '' : ', '}${head}${started(each, most - text.length)}`;
    if (text.length > most) break;
  }
  return isList ? `[${text}]` : text === '' ? '{}' : `{ ${text} }`;
}

/** Whether a value fits into one line of `most` characters in full. */
export function fitsInLine(value: JsonValue, most: number): boolean {
  return started(value, most).length <= most && !hasLineBreak(value);
}

function hasLineBreak(value: JsonValue): boolean {
  if (typeof value === 'string') return value.includes('\n');
  return isBranch(value) && entriesOf(value, 40).some(([, each]) => hasLineBreak(each));
}

/** What copying a value gives: text as it is, all else as JSON. */
export function textOf(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

/** `12,431 characters`, with the thousands as elsewhere. */
export function lengthWords(text: string): string {
  return `${formatCount(text.length)} characters`;
}

export interface Row {
  key: string;
  value: JsonValue;
}

/** Key-value pairs of which the key or the value contains `text`. */
export function rowsContaining(rows: readonly Row[], text: string): readonly Row[] {
  const wanted = text.trim().toLocaleLowerCase();
  if (wanted === '') return rows;
  return rows.filter(({ key, value }) => `${key} ${textOf(value)}`.toLocaleLowerCase().includes(wanted));
}

/** The top level of a value as rows; a lone value is a row without a name. */
export function rowsOf(value: JsonValue): Row[] {
  if (value === null) return [];
  if (!isBranch(value)) return [{ key: '', value }];
  return entriesOf(value, Infinity).map(([key, each]) => ({ key, value: each }));
}
