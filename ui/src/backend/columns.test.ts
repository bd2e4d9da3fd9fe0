import { describe, expect, it } from 'vitest';
import { columnsFrom, hasColumns, TextColumn } from './columns';

/** An envelope as the engine makes it: preamble, body, header. */
function envelope(header: unknown, body: number[] = []): ArrayBuffer {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(16 + body.length + text.length);
  bytes.set(new TextEncoder().encode('TLXC'));
  bytes.set(body, 16);
  bytes.set(text, 16 + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(4, 1, true);
  view.setUint32(8, 16 + body.length, true);
  view.setUint32(12, text.length, true);
  return bytes.buffer;
}

const THREE = [1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 128];

describe('an answer with columns', () => {
  it('has its numbers where they came, without a copy', () => {
    const bytes = envelope({ revision: 7, name: { column: 'u32', length: 3, bytes: [16, 12] } }, THREE);
    const { revision, name } = columnsFrom(bytes) as { revision: number; name: Uint32Array };
    expect(revision).toBe(7);
    expect([...name]).toEqual([1, 2, 0x80000000]);
    expect(name.buffer).toBe(bytes);
  });

  it('has those of the objects in it, too', () => {
    const run = { tree: { row: { column: 'i32', length: 3, bytes: [16, 12] } }, tags: ['x'] };
    const { a } = columnsFrom(envelope({ a: run }, THREE)) as {
      a: { tree: { row: Int32Array }; tags: string[] };
    };
    expect([...a.tree.row]).toEqual([1, 2, -0x80000000]);
    expect(a.tags).toEqual(['x']);
  });

  it('has texts in any language, and none', () => {
    const body = [...new TextEncoder().encode('ask模型')];
    while (body.length % 8 !== 0) body.push(0);
    const ends = [3, 0, 0, 0, 3, 0, 0, 0, 9, 0, 0, 0];
    const texts = { column: 'text', length: 3, bytes: [16, 9], ends: [16 + body.length, 12] };
    const { strings } = columnsFrom(envelope({ strings: texts }, [...body, ...ends])) as {
      strings: TextColumn;
    };
    expect([0, 1, 2, 3, -1].map((index) => strings.get(index))).toEqual([
      'ask',
      '',
      '模型',
      undefined,
      undefined,
    ]);
  });

  it('may be empty', () => {
    const { kind, strings } = columnsFrom(
      envelope({
        kind: { column: 'u8', length: 0, bytes: [16, 0] },
        strings: { column: 'text', length: 0, bytes: [16, 0], ends: [16, 0] },
      }),
    ) as { kind: Uint8Array; strings: TextColumn };
    expect(kind).toEqual(new Uint8Array());
    expect(strings.length).toBe(0);
    expect(strings.indexOf('')).toBe(-1);
  });

  it('is told from JSON by its first bytes', () => {
    expect(hasColumns(envelope({}))).toBe(true);
    expect(hasColumns(new TextEncoder().encode('{"TLXC":"TLXC....."}').buffer)).toBe(false);
    expect(hasColumns(new ArrayBuffer(3))).toBe(false);
  });

  const column = (described: object) => envelope({ name: { column: 'u32', length: 3, ...described } }, THREE);
  const longer = envelope({});
  new DataView(longer).setUint32(12, 0xffffffff, true);
  const later = envelope({});
  new DataView(later).setUint32(4, 2, true);
  it.each([
    ['JSON', new TextEncoder().encode('{"name":[1,2,3],"a":1}').buffer],
    ['nothing', new ArrayBuffer(0)],
    ['a header beyond the end', longer],
    ['another version', later],
    ['a header that is no JSON', envelope('{"name":')],
    ['a header that is a list of nothing', envelope('null')],
    ['a column beyond the end', column({ bytes: [16, 4096] })],
    ['a column before the beginning', column({ bytes: [-4, 12] })],
    ['a column between two numbers', column({ bytes: [17, 12] })],
    ['a column that is not whole', column({ bytes: [16, 11] })],
    ['a column without a place', column({})],
    ['a place that is a text', column({ bytes: '16' })],
    ['a column shorter than it says', column({ bytes: [16, 8] })],
    ['an unknown type', column({ column: 'f16', bytes: [16, 12] })],
    ['texts that end before they begin', column({ column: 'text', bytes: [16, 0], ends: [16, 12] })],
    ['texts that are not there', column({ column: 'text', length: 1, bytes: [16, 4], ends: [20, 4] })],
  ])('%s is refused', (_, bytes) => {
    expect(() => columnsFrom(bytes)).toThrow(
      expect.objectContaining({ name: 'BackendError', code: 'internal' }),
    );
  });
});

describe('texts', () => {
  it('are found by what they say', () => {
    const ids = Array.from({ length: 3_000 }, (_, index) => (index === 0 ? '' : `step-${index}-ü`));
    const texts = TextColumn.of(ids);
    expect(ids.every((id, index) => texts.indexOf(id) === index)).toBe(true);
    for (const other of ['step-3000-ü', 'step-1', 'Step-1-ü', ' ']) expect(texts.indexOf(other)).toBe(-1);
  });

  it('that are equal are found at the first of them', () => {
    expect(TextColumn.of(['a', 'b', 'b', 'a']).indexOf('b')).toBe(1);
  });
});
