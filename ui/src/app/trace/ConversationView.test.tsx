import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConversationOutline, ConversationTurn, Message, TurnMessage } from '../../backend/bindings';
import { fakeBackend, type Answers } from '../../backend/fake';
import { stepTreeFrom } from '../../domain/stepTree';
import { goTo, START, usePlace } from '../../state/place';
import { giveRoom, renderWith } from '../../test/screen';
import { contentOf, stepOf } from '../../test/stepFixture';
import { treeOf } from '../../test/treeFixture';
import { useShortcuts } from '../shortcuts';
import { ConversationView } from '../../features/conversation/ConversationView';

const TREE = stepTreeFrom(
  treeOf(`
  run 0..100 agent
    ask 0..10 llm
    search 10..20 tool error
    ask 20..30 llm
    delegate 30..60 tool
      helper 31..59 agent
        help 32..50 llm
`),
);

const message = (role: string, ...parts: Message['parts']): Message => ({
  role,
  name: null,
  parts,
  finish_reason: null,
});
const text = (said: string) => ({ type: 'text', text: said }) as const;

function shown(
  origin: TurnMessage['origin'],
  place: number,
  said: Message,
  change: Partial<TurnMessage> = {},
): TurnMessage {
  return {
    origin,
    place,
    message: said,
    whole_bytes: said.parts.map(() => 0),
    tools: said.parts.map(() => null),
    ...change,
  };
}

function turn(span_id: string, change: Partial<ConversationTurn> = {}): ConversationTurn {
  return {
    span_id,
    name: 'ask',
    model: 'gpt-4o',
    status: 'ok',
    error: null,
    start_ns: 0,
    duration_ns: 10e6,
    first_token_ns: 2e6,
    input_tokens: 1200,
    output_tokens: 30,
    cache_read_tokens: null,
    total_tokens: 1230,
    tokens_provenance: 'reported',
    cost_usd: null,
    cost_provenance: 'reported',
    finish_reason: 'stop',
    parameters: [{ name: 'temperature', value: 0.5 }],
    tools: 2,
    tools_changed: false,
    system_messages: 1,
    system: [],
    history: {
      relation: 'continues',
      before_span_id: null,
      kept: 0,
      removed: [],
      removed_characters: 0,
      in_their_place: 0,
      edited: 0,
      answer: 'none',
      compacted_span_id: null,
    },
    added: [],
    answer: [],
    left_out: 0,
    ...change,
  };
}

const FAILED_TOOL = {
  span_id: 's2',
  name: 'search',
  status: 'error',
  error: 'no index',
  duration_ns: 10e6,
} as const;
const DELEGATE = { span_id: 's4', name: 'delegate', status: 'ok', error: null, duration_ns: 30e6 } as const;
const CALL = { type: 'tool_call', id: 'c1', name: 'search', arguments: { q: 'shoes' } } as const;

const FIRST = turn('s1', {
  system: [shown('system', 0, message('system', text('Be brief. '.repeat(40))))],
  added: [shown('added', 1, message('user', text('Where are <b>shoes</b>?')))],
  answer: [
    shown('answer', 0, message('assistant', { type: 'reasoning', text: 'hm '.repeat(200) }, CALL), {
      tools: [null, FAILED_TOOL],
    }),
  ],
});
const SECOND = turn('s3', {
  status: 'error',
  error: 'the context is too long',
  added: [
    shown(
      'added',
      3,
      message('tool', { type: 'tool_result', id: 'c1', result: 'nothing', is_error: false }),
      {
        tools: [FAILED_TOOL],
      },
    ),
  ],
  answer: [
    shown('answer', 0, message('assistant', { ...CALL, id: 'c2', name: 'delegate' }), { tools: [DELEGATE] }),
  ],
  history: {
    ...turn('').history,
    before_span_id: 's1',
    kept: 2,
    removed: [1],
    removed_characters: 24,
    in_their_place: 1,
  },
});

const OUTLINE: ConversationOutline = {
  revision: 1,
  threads: [
    {
      name: 'support run',
      agent_span_id: null,
      called_by_span_id: null,
      depth: 0,
      span_ids: ['s1', 's3'],
      failed: [0, 1],
    },
    {
      name: 'helper',
      agent_span_id: 's5',
      called_by_span_id: 's4',
      depth: 1,
      span_ids: ['s6'],
      failed: [],
    },
  ],
  empty_reason: null,
};

const onShowSteps = vi.fn();

function Screen() {
  useShortcuts();
  return <ConversationView traceId={1} tree={TREE} onInspect={vi.fn()} onShowSteps={onShowSteps} />;
}

function open(answers: Answers = {}) {
  const backend = fakeBackend({
    conversation_outline: () => OUTLINE,
    run_conversation: ({ thread, offset }) => ({
      revision: 1,
      total: thread === 0 ? 2 : 1,
      turns: (thread === 0
        ? [FIRST, SECOND]
        : [turn('s6', { answer: [shown('answer', 0, message('assistant', text('helped')))] })]
      ).slice(offset),
    }),
    step_get: ({ span_id }) =>
      stepOf({
        span_id,
        content: contentOf({
          input_messages: [message('system', text('x')), message('user', text(`history of ${span_id}`))],
        }),
      }),
    ...answers,
  });
  renderWith(backend, <Screen />);
  return backend;
}

beforeEach(() => {
  giveRoom(900, 700);
  onShowSteps.mockReset();
  goTo({ ...START, traceId: 1, part: 'conversation' }, 'replace');
});

describe('a turn', () => {
  it('says what it was, what it added and what it answered', async () => {
    open();
    const article = await screen.findByRole('article', { name: 'Turn 1, gpt-4o' });
    expect(article.textContent).toContain('1,200 in → 30 out');
    expect(article.textContent).toContain('temperature 0.5');
    expect(within(article).getByText('2 ms')).toBeTruthy();
    expect(within(article).getByRole('region', { name: 'user' }).textContent).toContain('<b>shoes</b>');
    const system = within(article).getByRole('button', { name: /^system/i });
    expect(system.getAttribute('aria-expanded')).toBe('false');
    const reasoning = within(article).getByRole('button', { name: /^Reasoning/ });
    await userEvent.click(reasoning);
    expect(reasoning.getAttribute('aria-expanded')).toBe('true');
  });

  it('shows the step of a tool beside its call and its result', async () => {
    open();
    const article = await screen.findByRole('article', { name: 'Turn 2, gpt-4o' });
    expect(article.textContent).toContain('Failed of search');
    expect(article.textContent).toContain('no index');
    await userEvent.click(within(article).getAllByTitle('no index')[0] as HTMLElement);
    expect(usePlace.getState().stepId).toBe('s2');
  });

  it('opens as many messages as it says were kept, the answer before among them', async () => {
    const history = { ...SECOND.history, removed: [], removed_characters: 0, in_their_place: 0 };
    const said = ['x', 'asked', 'answered', 'nothing'];
    open({
      run_conversation: () => ({
        revision: 1,
        total: 2,
        turns: [FIRST, { ...SECOND, history: { ...history, kept: 1, answer: 'kept' } }],
      }),
      step_get: ({ span_id }) =>
        stepOf({
          span_id,
          content: contentOf({
            input_messages: (['system', 'user', 'assistant', 'tool'] as const).map((role, place) =>
              message(role, text(said[place] ?? '')),
            ),
          }),
        }),
    });
    await userEvent.click(await screen.findByRole('button', { name: '2 messages kept' }));
    const kept = await screen.findByRole('region', { name: 'Messages kept' });
    await within(kept).findByText('asked');
    expect(within(kept).getByText('answered')).toBeTruthy();
    expect(within(kept).queryByText('nothing')).toBeNull();
  });

  it('says what compaction took, and reads it when asked', async () => {
    const backend = open();
    const removed = await screen.findByRole('button', {
      name: /Compaction removed 1 message \(24 characters/,
    });
    expect(backend.calls.some(({ name }) => name === 'step_get')).toBe(false);
    await userEvent.click(removed);
    expect((await screen.findByRole('region', { name: 'Messages removed' })).textContent).toContain(
      'history of s1',
    );
  });
});

describe('moving', () => {
  it('goes by turn and by failure, and from a turn to its step', async () => {
    open();
    await screen.findByRole('article', { name: 'Turn 1, gpt-4o' });
    await userEvent.keyboard('j');
    expect(usePlace.getState().stepId).toBe('s1');
    await userEvent.keyboard('j');
    expect(usePlace.getState().stepId).toBe('s3');
    await waitFor(() => {
      expect(screen.getByRole('article', { current: true }).getAttribute('aria-posinset')).toBe('2');
    });
    await userEvent.keyboard('e');
    expect(usePlace.getState().stepId).toBe('s1');
    screen.getByRole('feed').focus();
    await userEvent.keyboard('{Enter}');
    expect(onShowSteps).toHaveBeenCalledOnce();
  });

  it('waits with a key for the turns', async () => {
    let answer: (outline: ConversationOutline) => void = () => undefined;
    open({ conversation_outline: () => new Promise((resolve) => (answer = resolve)) });
    await screen.findByText('Reading the conversation…');
    await userEvent.keyboard('j');
    expect(usePlace.getState().stepId).toBeNull();
    answer(OUTLINE);
    await waitFor(() => {
      expect(usePlace.getState().stepId).toBe('s1');
    });
  });

  it('leads to the conversation of a sub-agent where it was called, and back by the list', async () => {
    open();
    await userEvent.click(await screen.findByRole('button', { name: /1 turn of helper/ }));
    expect(await screen.findByText('helped')).toBeTruthy();
    await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Conversation shown' }), '0');
    expect(await screen.findByRole('article', { name: 'Turn 2, gpt-4o' })).toBeTruthy();
  });

  it('shows the conversation that the selected step belongs to', async () => {
    goTo({ stepId: 's6' }, 'replace');
    open();
    expect(await screen.findByText('helped')).toBeTruthy();
  });
});

it('says why there is nothing', async () => {
  open({
    conversation_outline: () => ({ revision: 1, threads: [], empty_reason: 'This run has no model calls.' }),
  });
  expect(await screen.findByText('This run has no model calls.')).toBeTruthy();
});

it('keeps its place and its selection while turns come', async () => {
  const backend = open();
  await screen.findByRole('article', { name: 'Turn 2, gpt-4o' });
  await userEvent.keyboard('j');
  const more = {
    ...OUTLINE.threads[0],
    span_ids: ['s1', 's3', 's9'],
  } as ConversationOutline['threads'][number];
  backend.answer({
    conversation_outline: () => ({ ...OUTLINE, threads: [more] }),
    run_conversation: () => ({
      revision: 2,
      total: 3,
      turns: [FIRST, SECOND, turn('s9', { model: 'gpt-5' })],
    }),
  });
  backend.notify({ traces: [1], revision: 2 });
  expect(await screen.findByRole('article', { name: 'Turn 3, gpt-5' })).toBeTruthy();
  expect(usePlace.getState().stepId).toBe('s1');
});
