// The app on invented data, for looking at it without an engine: `npm run dev`, then /dev/demo.html.
// Trace 2 has 20,000 steps (`&steps=100000` for more), trace 3 gets more with `&grow`, trace 5 has several
// agents and idle time, trace 6 tools of many kinds.
// `?traces=50000` for many, `?traces=0` for none, `&imports` for imports under way, `&live` for traces that arrive,
// `&slow` for slow answers, `&theme=dark`,
// `&rounds=1000` for runs of so many rounds to compare, `&dialog=settings`. Not part of the build.
import { createRoot } from 'react-dom/client';
import { App } from '../src/app/App';
import { fakeBackend } from '../src/backend/fake';
import { createQueryClient } from '../src/queries/client';
import { openDialog, type DialogName } from '../src/state/dialogs';
import { inventedAnswers } from './answers';
import { inventedComparing } from './comparing';
import { inventedSteps } from './steps';
import { inventedStores } from './stores';
import { inventedTrace } from './traces';

const options = new URLSearchParams(window.location.search);
const count = Number(options.get('traces') ?? 412);
const traces = Array.from({ length: count }, (_, index) => inventedTrace(index));
const backend = fakeBackend(
  inventedAnswers(traces, {
    theme: options.get('theme') === 'dark' ? 'dark' : options.get('theme') === 'light' ? 'light' : 'system',
    imports: options.has('imports'),
    pause_ms: options.has('slow') ? 1500 : 0,
    fails: options.has('fails'),
  }),
  {
    pickFiles: () => Promise.resolve(['/home/me/traces/checkout-agent.otlp.json']),
    pickFolder: () => Promise.resolve(['/home/me/traces']),
    stores: inventedStores(options.has('slow') ? 1500 : 200),
  },
);
const steps = inventedSteps(traces, {
  pause_ms: options.has('slow') ? 600 : 0,
  many: Number(options.get('steps') ?? 20_000),
});
backend.answer(steps.answers);
backend.answer(inventedComparing(traces, Number(options.get('rounds') ?? 0)));
if (options.has('grow')) {
  let revision = 1000;
  setInterval(() => {
    steps.grow();
    backend.notify({ revision: ++revision, traces: [3] });
  }, 500);
}
if (options.has('live')) {
  let revision = 1;
  setInterval(() => {
    const trace = { ...inventedTrace(traces.length), start_unix_ms: Date.now(), status: 'running' as const };
    traces.push(trace);
    backend.notify({ revision: ++revision, traces: [trace.trace_id] });
  }, 700);
}
const dialog = options.get('dialog');
if (dialog) openDialog(dialog as DialogName);
const root = document.getElementById('root');
if (root) createRoot(root).render(<App backend={backend} cache={createQueryClient()} />);
