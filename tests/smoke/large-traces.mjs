// Made traces of any size, as OTLP JSON lines: an agent whose rounds are a model call and some tool calls, nested, some of
// which fail and are tried again. Small texts: the shape is what matters.
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

const FIRST_NS = 1_767_000_000_000_000_000n;
const SPANS_A_LINE = 5_000;
const TOOLS = ['search', 'read_file', 'fetch', 'run_shell', 'write_file'];

/** Writes a trace of `count` spans to `path`. Equal arguments give equal bytes. */
export async function writeTrace(path, count) {
  const out = createWriteStream(path);
  const traceId = count.toString(16).padStart(32, '0');
  let spans = [];
  for (let index = 0; index < count; index += 1) {
    spans.push(span(traceId, index, count));
    if (spans.length < SPANS_A_LINE && index < count - 1) continue;
    const line = { resourceSpans: [{ resource: {}, scopeSpans: [{ scope: { name: 'made-up' }, spans }] }] };
    spans = [];
    if (!out.write(`${JSON.stringify(line)}\n`)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
}

/** A round has ten spans: itself, a model call, and eight tool calls below that; the root holds all rounds. */
function span(traceId, index, count) {
  const place = (index - 1) % 10;
  const round = Math.floor((index - 1) / 10);
  const idOf = (number) => (number + 1).toString(16).padStart(16, '0');
  const ms = (milliseconds) => String(FIRST_NS + BigInt(Math.round(milliseconds * 1_000)) * 1_000n);
  const start_ms = round * 400;
  const common = { traceId, spanId: idOf(index), kind: 1 };
  if (index === 0) {
    const end_ms = Math.ceil(count / 10) * 400 + 10;
    return { ...common, name: `run of ${count} steps`, startTimeUnixNano: ms(0), endTimeUnixNano: ms(end_ms), ...is('invoke_agent') };
  }
  if (place === 0) {
    return { ...common, parentSpanId: idOf(0), name: 'round', startTimeUnixNano: ms(start_ms + 1), endTimeUnixNano: ms(start_ms + 380) };
  }
  const model = index - place + 1;
  if (place === 1) {
    return { ...common, parentSpanId: idOf(model - 1), name: 'chat gpt-4o', startTimeUnixNano: ms(start_ms + 2), endTimeUnixNano: ms(start_ms + 370), ...is('chat', [text('gen_ai.request.model', 'gpt-4o'), number('gen_ai.usage.input_tokens', 900), number('gen_ai.usage.output_tokens', 100)]) };
  }
  const failed = round % 37 === 0 && place === 4;
  const name = failed || (round % 37 === 0 && place === 5) ? 'fetch' : TOOLS[(index * 7) % TOOLS.length];
  const from_ms = start_ms + 10 + (place - 2) * 40;
  return {
    ...common,
    parentSpanId: idOf(model),
    name: `execute_tool ${name}`,
    startTimeUnixNano: ms(from_ms),
    endTimeUnixNano: ms(from_ms + 5 + (index % 30)),
    ...(failed ? { status: { code: 2, message: 'connection reset' } } : {}),
    ...is('execute_tool', [text('gen_ai.tool.name', name)]),
  };
}

const text = (key, stringValue) => ({ key, value: { stringValue } });
const number = (key, intValue) => ({ key, value: { intValue: String(intValue) } });
const is = (operation, more = []) => ({ attributes: [text('gen_ai.operation.name', operation), ...more] });
