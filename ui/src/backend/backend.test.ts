import { afterEach, describe, expect, it, vi } from 'vitest';
import { BackendError, backendErrorFrom, untilAborted } from './backend';
import { httpBackend } from './http';

describe('errors of a host', () => {
  it.each([
    ['an object', { code: 'not_found', message: 'gone' }, 'not_found', 'gone'],
    ['JSON text', '{"code":"locked","message":"busy"}', 'locked', 'busy'],
    ['plain text', 'out of order', 'internal', 'out of order'],
    ['an exception', new TypeError('x is not a function'), 'internal', 'x is not a function'],
    ['an abort', new DOMException('stop', 'AbortError'), 'cancelled', 'Cancelled.'],
  ])('given as %s keep code and message', (_, thrown, code, message) => {
    expect(backendErrorFrom(thrown)).toMatchObject({ code, message });
  });
});

it('waiting ends when it is no longer wanted', async () => {
  const stop = new AbortController();
  const waiting = untilAborted(new Promise(() => undefined), stop.signal);
  stop.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
  await expect(untilAborted(Promise.resolve(3), new AbortController().signal)).resolves.toBe(3);
});

describe('the browser host', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });
  const answering = (response: Response | Error) => {
    const ask = vi.fn(() =>
      response instanceof Error ? Promise.reject(response) : Promise.resolve(response),
    );
    vi.stubGlobal('fetch', ask);
    return ask;
  };

  it('posts a command as JSON and gives what comes back', async () => {
    const ask = answering(new Response('{"trace_id":3}'));
    await expect(httpBackend().call('trace_get', { trace_id: 3 })).resolves.toEqual({ trace_id: 3 });
    expect(ask).toHaveBeenCalledWith(
      '/api/call/trace_get',
      expect.objectContaining({ method: 'POST', body: '{"trace_id":3}' }),
    );
  });

  it('turns an error status into the engine’s error', async () => {
    answering(new Response('{"code":"not_found","message":"no trace 3"}', { status: 404 }));
    const failure = httpBackend().call('trace_get', { trace_id: 3 });
    await expect(failure).rejects.toBeInstanceOf(BackendError);
    await expect(failure).rejects.toMatchObject({ code: 'not_found', message: 'no trace 3' });
  });

  it('says so when nobody answers', async () => {
    answering(new TypeError('Failed to fetch'));
    await expect(httpBackend().call('import_list', {})).rejects.toMatchObject({ code: 'io' });
  });

  describe('lets the browser save a comparison by a ticket', () => {
    const request = {
      a: 3,
      b: 12,
      form: 'html' as const,
      ignore: { ids: true, times: true, whitespace: true },
    };
    const saved = (...outcomes: object[]) => {
      const fetched: string[] = [];
      vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
        fetched.push(this.getAttribute('href') ?? '');
      });
      const ask = vi.fn().mockResolvedValueOnce(new Response('7'));
      for (const outcome of outcomes) ask.mockResolvedValueOnce(new Response(JSON.stringify(outcome)));
      vi.stubGlobal('fetch', ask);
      const asked = () => ask.mock.calls.map(([address]) => address as string);
      return { fetched, asked, saving: httpBackend().saveComparison(request) };
    };

    it('and says what was written once all of it was', async () => {
      const written = { bytes: 2048, masked: [{ kind: 'email', count: 1 }] };
      const { fetched, asked, saving } = saved({ state: 'writing' }, { state: 'written', written });
      expect(await saving).toEqual(written);
      expect(fetched).toEqual(['/api/download/7']);
      const outcome = '/api/download/7/outcome';
      expect(asked()).toEqual(['/api/comparison', outcome, outcome]);
    });

    it('and says nothing where it does not fetch the file', async () => {
      expect(await saved({ state: 'waiting' }).saving).toBeNull();
    });

    it('and fails where the file is not whole', async () => {
      const { saving } = saved({ state: 'failed', message: 'it was broken off before its end' });
      await expect(saving).rejects.toThrow('it was broken off before its end');
    });
  });

  it('sends files together, their names and sizes before them', async () => {
    const ask = answering(new Response('{}'));
    await httpBackend().uploadFiles?.([new File(['xyz'], 'a "b"\nc.json'), new File(['{}'], 'd.json')]);
    const [address, { method, body }] = ask.mock.calls[0] as unknown as [
      string,
      { method: string; body: Blob },
    ];
    expect([address, method]).toEqual(['/api/import', 'POST']);
    const [list, contents] = (await body.text()).split('\n');
    expect(JSON.parse(list ?? '')).toEqual([
      { name: 'a "b"\nc.json', size_bytes: 3 },
      { name: 'd.json', size_bytes: 2 },
    ]);
    expect(contents).toBe('xyz{}');
  });
});
