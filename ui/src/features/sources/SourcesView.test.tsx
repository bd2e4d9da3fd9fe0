import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { BackendError } from '../../backend';
import type { SourceConfig, SourceStatus } from '../../backend/bindings';
import { fakeBackend, type Answers } from '../../backend/fake';
import { renderWith } from '../../test/screen';
import { sourceStatus } from '../../test/sources';
import { SourcesView } from './SourcesView';

const CLOSED: SourceStatus = sourceStatus({
  config: { id: 'otlp-http', kind: { type: 'otlp_http', port: 4318 } },
  state: 'failed',
  address: '127.0.0.1:4318',
  message: 'port 4318 is taken by another program: stop that program, or choose another port here',
});

function shown(sources: SourceStatus[] = [sourceStatus({})], answers: Answers = {}) {
  const list = [...sources];
  const backend = fakeBackend({
    source_list: () => [...list],
    source_suggestions: () => [
      {
        label: 'Codex sessions',
        location: '/home/me/.codex/sessions',
        kind: { type: 'folder', path: '/home/me/.codex/sessions' },
        is_followed: false,
      },
    ],
    feed_addresses: () => ({ socket: '/run/feed.sock', otlp_http: 'http://localhost:4318', otlp_grpc: null }),
    source_set: (config) => {
      const index = list.findIndex((each) => each.config.id === config.id);
      const state = config.enabled ? ('listening' as const) : ('off' as const);
      const id = config.id || `new-${list.length}`;
      const status = sourceStatus({
        ...list[index],
        config: { ...config, id },
        is_built_in: index >= 0,
        state,
      });
      if (index < 0) list.push(status);
      else list[index] = status;
      return { id };
    },
    source_remove: ({ id }) => {
      list.splice(
        list.findIndex((each) => each.config.id === id),
        1,
      );
      return {};
    },
    ...answers,
  });
  renderWith(backend, <SourcesView />);
  const stored = () =>
    backend.calls.filter(({ name }) => name === 'source_set').map(({ request }) => request as SourceConfig);
  return { backend, list, stored };
}

const row = (name: string) => screen.findByRole('rowgroup', { name });

describe('sources', () => {
  it('say what they are, how they stand and what came in', async () => {
    shown([
      sourceStatus({
        connections: 2,
        spans_per_s: 41.7,
        spans: 12_400,
        bytes: 1_500_000,
        dropped: 3,
        // Long ago enough that the test's own time makes no difference.
        heard_unix_ms: Date.now() - 5 * 60_000 - 10_000,
      }),
    ]);
    const cells = within(await row('Feed socket'))
      .getAllByRole('cell')
      .map((cell) => cell.textContent);
    expect(cells.slice(1, 11)).toEqual([
      'Feed socket',
      'Listening',
      '/run/feed.sock',
      '2',
      '41.7/s',
      '0',
      '12.4k',
      '1.5 MB',
      '3',
      '5 min ago',
    ]);
  });

  it('are turned off and on with a switch', async () => {
    const { stored } = shown();
    await userEvent.click(await screen.findByRole('switch', { name: 'Feed socket on' }));
    expect(stored()).toEqual([
      { id: 'feed-socket', enabled: false, kind: { type: 'feed_socket', path: null } },
    ]);
    expect(await within(await row('Feed socket')).findByText('Off')).toBeTruthy();
  });

  it('that cannot run say why, and are set up differently', async () => {
    const { stored } = shown([CLOSED]);
    const failing = await row('OTLP over HTTP');
    expect(within(failing).getByText(/Port 4318 is taken/)).toBeTruthy();
    await userEvent.click(within(failing).getByRole('button', { name: 'Set up…' }));
    const port = screen.getByRole('textbox', { name: /^Port/ });
    await userEvent.clear(port);
    await userEvent.type(port, '99999{Enter}');
    expect(screen.getByRole('alert').textContent).toContain('1 to 65535');
    expect(stored()).toEqual([]);
    await userEvent.clear(port);
    await userEvent.type(port, '5318{Enter}');
    await waitFor(() => {
      expect(screen.queryByRole('dialog')).toBeNull();
    });
    expect(stored()[0]).toMatchObject({ id: 'otlp-http', kind: { type: 'otlp_http', port: 5318 } });
  });

  it('that are refused by the engine keep what was typed', async () => {
    shown([], {
      source_set: () => {
        throw new BackendError({ code: 'invalid', message: 'logs is not an absolute path' });
      },
    });
    await userEvent.click(await screen.findByRole('button', { name: 'Add a source' }));
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Followed file…' }));
    const path = screen.getByRole('textbox', { name: /^File/ });
    await userEvent.type(path, 'logs{Enter}');
    expect((await screen.findByRole('alert')).textContent).toBe('logs is not an absolute path');
    expect((path as HTMLInputElement).value).toBe('logs');
  });

  it('that were removed come back with one click', async () => {
    const own = sourceStatus({
      config: { id: 'x', kind: { type: 'file', path: '/var/log/agent.jsonl' } },
      is_built_in: false,
    });
    const { stored, list } = shown([sourceStatus({}), own]);
    await userEvent.click(
      within(await row('Followed file')).getByRole('button', { name: 'Followed file: more' }),
    );
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Remove' }));
    await screen.findByText(/was removed; what it brought stays/);
    expect(list).toHaveLength(1);
    await userEvent.click(screen.getByRole('button', { name: 'Undo' }));
    await row('Followed file');
    expect(stored()).toEqual([{ ...own.config, id: '' }]);
  });

  it('list the last of their problems when asked', async () => {
    shown([sourceStatus({ problems: 7 })], {
      source_problems: () => ({
        total: 7,
        items: [{ path: '/run/feed.sock', byte: 12, line: 3, reason: 'no `type`' }],
      }),
    });
    await userEvent.click(await screen.findByRole('button', { name: '7 problems' }));
    expect((await screen.findByRole('list', { name: 'Problems' })).textContent).toBe('line 3no `type`');
  });

  it('on this machine are offered, and followed only when the person says so', async () => {
    const { stored } = shown();
    await screen.findByText('Codex sessions');
    expect(stored()).toEqual([]);
    await userEvent.click(screen.getByRole('button', { name: 'Follow Codex sessions' }));
    expect(stored()).toEqual([
      { id: '', enabled: true, kind: { type: 'folder', path: '/home/me/.codex/sessions' } },
    ]);
  });
});
