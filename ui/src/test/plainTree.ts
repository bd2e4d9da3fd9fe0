// A tree with lists in place of columns, for whoever makes one up step by step.
import type { SpanTree } from '../backend/bindings';
import { TextColumn } from '../backend/columns';

type Plain<Value> = Value extends TextColumn
  ? string[]
  : Value extends Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array
    ? number[]
    : Value;

/** What the engine would answer, its columns as lists. */
export type PlainTree = { [Name in keyof SpanTree]: Plain<SpanTree[Name]> };

/** What the engine would answer. */
export function packedTree(plain: PlainTree): SpanTree {
  return {
    ...numbersPacked(plain),
    strings: TextColumn.of(plain.strings),
    span_id: TextColumn.of(plain.span_id),
    name: new Uint32Array(plain.name),
    kind: new Uint8Array(plain.kind),
    status: new Uint8Array(plain.status),
    parent: new Int32Array(plain.parent),
    depth: new Uint16Array(plain.depth),
    descendants: new Uint32Array(plain.descendants),
    model: new Int32Array(plain.model),
    attempt: new Uint16Array(plain.attempt),
    group: new Int32Array(plain.group),
    flags: new Uint32Array(plain.flags),
  };
}

/** The tree with its lists of numbers as `f64`, as most columns are; `remarks`, `groups`, `awaited` and `apart_rows` are no columns. */
function numbersPacked(plain: PlainTree): SpanTree {
  const isNumbers = (value: unknown): value is number[] =>
    Array.isArray(value) && value.every((each) => typeof each === 'number');
  const { groups, awaited, apart_rows, remarks, ...rest } = plain;
  const packed = Object.entries(rest).map(([name, value]) => [
    name,
    isNumbers(value) ? new Float64Array(value) : value,
  ]);
  return { ...(Object.fromEntries(packed) as SpanTree), groups, awaited, apart_rows, remarks };
}
