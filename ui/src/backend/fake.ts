// A host for tests: answers are functions, and everything the page asked for can be looked at.
import {
  BackendError,
  failedIn,
  untilAborted,
  type Backend,
  type CommandName,
  type DropHandler,
  type MenuAction,
  type Request,
  type Response,
} from './backend';
import type { Notice } from './bindings';

export type Answers = {
  [N in CommandName]?: (request: Request<N>) => Response<N> | Promise<Response<N>>;
};

export interface FakeBackend extends Backend {
  /** Every command asked for, in order. */
  calls: { name: CommandName; request: unknown }[];
  /** Replaces or adds answers. */
  answer(answers: Answers): void;
  notify(notice: Partial<Notice>): void;
  menu(action: MenuAction): void;
  /** Asks for a trace as a click on a notification does. */
  openTrace(traceId: number): void;
  drag: DropHandler;
}

export function fakeBackend(answers: Answers = {}, host: Partial<Backend> = {}): FakeBackend {
  const known: Answers = { ...answers };
  const calls: FakeBackend['calls'] = [];
  const listeners = new Set<(notice: Notice) => void>();
  const drops = new Set<DropHandler>();
  const menus = new Set<(action: MenuAction) => void>();
  const openers = new Set<(traceId: number) => void>();
  const joined = <T>(set: Set<T>, item: T) => {
    set.add(item);
    return () => {
      set.delete(item);
    };
  };

  return {
    calls,
    answer(more) {
      Object.assign(known, more);
    },
    notify(notice) {
      const whole = {
        revision: 1,
        traces: [],
        many_traces: false,
        imports: false,
        sources: false,
        search: false,
        store: false,
        alerts: [],
        ...notice,
      };
      for (const listener of listeners) listener(whole);
    },
    menu(action) {
      for (const handler of menus) handler(action);
    },
    openTrace(traceId) {
      for (const handler of openers) handler(traceId);
    },
    drag: {
      over() {
        for (const handler of drops) handler.over();
      },
      leave() {
        for (const handler of drops) handler.leave();
      },
      drop(dropped) {
        for (const handler of drops) handler.drop(dropped);
      },
    },
    async call<N extends CommandName>(name: N, request: Request<N>, signal?: AbortSignal) {
      calls.push({ name, request });
      const answer = known[name] as ((request: Request<N>) => Response<N>) | undefined;
      if (!answer) throw new BackendError({ code: 'internal', message: `no answer for ${name}` });
      return untilAborted(
        Promise.resolve().then(() => answer(request)),
        signal,
      ).catch(failedIn(name));
    },
    subscribe: (onNotice, onState) => {
      onState(null);
      return joined(listeners, onNotice);
    },
    onDrop: (handler) => joined(drops, handler),
    onMenu: (handler) => joined(menus, handler),
    takeOpened: () => Promise.resolve({ paths: [], links: [], store: null }),
    onOpened: () => () => undefined,
    onOpenTrace: (handler) => joined(openers, handler),
    exportTraces: () => Promise.resolve(null),
    saveText: () => Promise.resolve(null),
    saveComparison: () => Promise.resolve(null),
    openLink: () => Promise.resolve(),
    ...host,
  };
}
