// Lines to copy that connect an agent, with the addresses that hold here.
import type { FeedAddresses } from '../../backend/bindings';

export interface Snippet {
  id: string;
  label: string;
  /** What to do with it. */
  hint: string;
  code: string;
}

/** For a POSIX shell: nothing in it is taken for anything but itself. */
export function shellQuoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

const PYTHON = (socket: string) => `import json, socket, time, uuid

feed = socket.socket(socket.AF_UNIX)
feed.connect(${JSON.stringify(socket)})
def tell(**line): feed.sendall((json.dumps(line) + "\\n").encode())

run = str(uuid.uuid4())
tell(type="trace.start", trace_id=run, name="my agent", prompt="What is new?")
tell(type="step.start", trace_id=run, step_id="1", tool_name="search", input={"q": "news"})
time.sleep(1)
tell(type="step.end", trace_id=run, step_id="1", output={"hits": 3}, success=True)
tell(type="trace.complete", trace_id=run, response="Not much.", status="success")`;

const TYPESCRIPT = (socket: string) => `import { randomUUID } from "node:crypto";
import { connect } from "node:net";

const feed = connect(${JSON.stringify(socket)});
const tell = (line: object) => feed.write(JSON.stringify(line) + "\\n");

const trace_id = randomUUID();
tell({ type: "trace.start", trace_id, name: "my agent", prompt: "What is new?" });
tell({ type: "step.start", trace_id, step_id: "1", tool_name: "search", input: { q: "news" } });
tell({ type: "step.end", trace_id, step_id: "1", output: { hits: 3 }, success: true });
tell({ type: "trace.complete", trace_id, response: "Not much.", status: "success" });
feed.end();`;

const SHELL = (socket: string) => `printf '%s\\n' \\
  '{"type":"trace.start","trace_id":"t1","name":"my agent","prompt":"What is new?"}' \\
  '{"type":"step.start","trace_id":"t1","step_id":"1","tool_name":"search"}' \\
  '{"type":"step.end","trace_id":"t1","step_id":"1","success":true}' \\
  '{"type":"trace.complete","trace_id":"t1","status":"success"}' |
  nc -NU ${shellQuoted(socket)}`;

/** What an agent's environment has to say to send OpenTelemetry here; `null` while neither endpoint is on. */
export function otlpLines({ otlp_http, otlp_grpc }: FeedAddresses): string | null {
  if (otlp_http !== null) return `export OTEL_EXPORTER_OTLP_ENDPOINT=${shellQuoted(otlp_http)}`;
  if (otlp_grpc === null) return null;
  return `export OTEL_EXPORTER_OTLP_ENDPOINT=${shellQuoted(otlp_grpc)}\nexport OTEL_EXPORTER_OTLP_PROTOCOL=grpc`;
}

/** Ways to connect an agent, the least work first. */
export function snippets(addresses: FeedAddresses): Snippet[] {
  const { otlp_http, otlp_grpc, socket } = addresses;
  const otlp = otlpLines(addresses);
  const both = otlp_http !== null && otlp_grpc !== null;
  const grpc = both
    ? `\n\n# an exporter that speaks gRPC:\n# ${otlpLines({ ...addresses, otlp_http: null })?.replace('\n', '\n# ')}`
    : '';
  return [
    {
      id: 'otlp',
      label: 'OpenTelemetry',
      hint: 'For an agent that is instrumented (OpenInference, OpenLLMetry, GenAI): set this where it starts.',
      code: otlp === null ? '# OTLP is off: turn OTLP over HTTP on above.' : `${otlp}${grpc}`,
    },
    {
      id: 'python',
      label: 'Python',
      hint: 'A line when a step begins and a line when it ends. Nothing to install.',
      code: PYTHON(socket),
    },
    {
      id: 'typescript',
      label: 'TypeScript',
      hint: 'The same from Node.js.',
      code: TYPESCRIPT(socket),
    },
    { id: 'shell', label: 'Shell', hint: 'With OpenBSD’s netcat.', code: SHELL(socket) },
  ];
}
