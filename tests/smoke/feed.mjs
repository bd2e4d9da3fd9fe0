// An agent that tells the app of its run, over the feed socket of the person on a screen.
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** Connects to the app's feed socket; gives `tell(line)` and `close()`. */
export async function agent(screen) {
  const feed = connect(join(screen.env.XDG_RUNTIME_DIR, 'tracellm-explorer', 'feed.sock'));
  await new Promise((resolve, reject) => feed.once('data', resolve).once('error', reject));
  return {
    tell: (line) => feed.write(`${JSON.stringify(line)}\n`),
    close: () => feed.end(),
  };
}

/** Runs that have ended, one of them failed, and one half done: it searches, is refused, tries again, and answers still. */
export async function halfDone({ tell }) {
  for (let index = 0; index < 24; index++) {
    const trace_id = `ended-${index}`;
    const failed = index === 9;
    tell({ type: 'trace.start', trace_id, name: 'support agent', prompt: `Where is order ${7100 + index}?`, model_name: 'gpt-4.1' });
    tell({ type: 'step.start', trace_id, step_id: `${trace_id}-1`, tool_name: 'find order', kind: 'tool' });
    await wait(12 + (index % 5) * 9);
    tell({ type: 'step.end', trace_id, step_id: `${trace_id}-1`, success: !failed, ...(failed && { error: 'the order does not exist' }) });
    tell({ type: 'trace.complete', trace_id, status: failed ? 'failed' : 'success', response: 'On its way.' });
  }
  const trace_id = 'half-done';
  const step = async (step_id, tool_name, kind, ms, end) => {
    tell({ type: 'step.start', trace_id, step_id, parent_id: step_id === 'agent' ? null : 'agent', tool_name, kind, input: { question: 'Which boots are in stock?' } });
    if (ms !== undefined) {
      await wait(ms);
      tell({ type: 'step.end', trace_id, step_id, success: true, ...end });
    }
  };
  tell({ type: 'trace.start', trace_id, name: 'shop assistant', prompt: 'Which boots are in stock in size 42?', model_name: 'gpt-4.1', project_id: 'shop' });
  await step('agent', 'answer the question', 'agent');
  await step('embed', 'embed the question', 'embedding', 180);
  await step('find', 'find products', 'retrieval', 260, { output: { documents: 12 } });
  await step('rank', 'rerank', 'rerank', 140);
  await step('plan', 'plan', 'llm', 420, { tokens: { input: 2210, output: 180 } });
  await step('stock-1', 'look up stock', 'tool', 300, { success: false, error: 'the stock service answered 429' });
  await wait(400);
  await step('stock-2', 'look up stock', 'tool', 350, { output: { boots: 4 } });
  await step('write', 'write the answer', 'llm');
}
