// An agent as the app sees one: lines of JSON on the feed socket.
import { connect, type Socket } from 'node:net';
import type { App } from './app.ts';

/** What can be asked of the engine behind the page, past the page. */
export async function ask<T>(app: App, command: string, request: object): Promise<T> {
  const answer = await fetch(new URL(`/api/call/${command}`, app.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });
  if (!answer.ok) throw new Error(`${command}: ${await answer.text()}`);
  return (await answer.json()) as T;
}

export class Agent {
  private constructor(private readonly socket: Socket) {}

  /** Connects, and waits until the app says that it listens. */
  static async connect(app: App): Promise<Agent> {
    const addresses = await ask<{ socket: string }>(app, 'feed_addresses', {});
    const socket = connect(addresses.socket);
    await new Promise((resolve, reject) => {
      socket.once('data', resolve);
      socket.once('error', reject);
    });
    return new Agent(socket);
  }

  tell(line: object): void {
    this.socket.write(`${JSON.stringify(line)}\n`);
  }

  start(trace_id: string, name: string): void {
    this.tell({ type: 'trace.start', trace_id, name, prompt: `prompt of ${name}` });
  }

  step(trace_id: string, step_id: string, tool_name: string, more: object = {}): void {
    this.tell({ type: 'step.start', trace_id, step_id, tool_name, kind: 'tool', ...more });
  }

  endStep(trace_id: string, step_id: string, more: object = {}): void {
    this.tell({ type: 'step.end', trace_id, step_id, success: true, ...more });
  }

  complete(trace_id: string, more: object = {}): void {
    this.tell({ type: 'trace.complete', trace_id, status: 'success', ...more });
  }

  /** A run from beginning to end. */
  run(trace_id: string, name: string): void {
    this.start(trace_id, name);
    this.step(trace_id, `${trace_id}-1`, 'search');
    this.endStep(trace_id, `${trace_id}-1`);
    this.complete(trace_id);
  }

  /** Goes away without a word. */
  vanish(): void {
    this.socket.destroy();
  }
}
