// Turns key presses into actions.
import { useEffect } from 'react';
import { allActions, useActionRegistry, type Action } from '../state/actions';
import { holdKey } from '../state/heldKeys';

/** The second key of a sequence comes within this time. */
const SEQUENCE_MS = 1500;

/** Keys that no field takes for text: with Ctrl or Cmd, and F1 to F12. */
const TYPES_NOTHING = /Mod\+|\bF\d+$/;

type Press = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>;

/** Whether a key press is `keys` (`Mod+Shift+O`, `?`, `[`). */
export function matches(keys: string, press: Press): boolean {
  const parts = keys === '+' ? ['+'] : keys.split('+');
  const key = parts.at(-1) ?? '';
  if (parts.includes('Mod') !== (press.ctrlKey || press.metaKey)) return false;
  if (parts.includes('Alt') !== press.altKey) return false;
  // A sign like ? may need Shift on one keyboard and not on another; a letter or a named key says so itself.
  const sign = key.length === 1 && key.toLowerCase() === key.toUpperCase();
  if (!sign && parts.includes('Shift') !== press.shiftKey) return false;
  return key.length === 1 ? key.toLowerCase() === press.key.toLowerCase() : key === press.key;
}

/** Whether the person is typing into `target`. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest('[contenteditable="true"]')) return true;
  if (target instanceof HTMLInputElement)
    return !['checkbox', 'radio', 'button', 'range'].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

/** Whether Space and Enter press what has the focus. */
function isPressed(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('button,a[href],summary,[role="button"]') !== null;
}

/** The two keys of `g t`, one after the other; `null` for keys that are pressed at once. */
function sequenceOf(keys: string): readonly [string, string] | null {
  const [first, second] = keys.split(' ');
  return first && second ? [first, second] : null;
}

/** Whether a key press begins a sequence that an action asks for. */
export function begins(actions: Action[], press: Press): boolean {
  return actions.some(({ run, keys = [] }) => {
    const firsts = keys.map((each) => sequenceOf(each)?.[0]).filter((first) => first !== undefined);
    return run !== undefined && firsts.some((first) => matches(first, press));
  });
}

/** The action that a key press asks for after `first`, the latest registered first. */
export function actionAfter(actions: Action[], first: string, press: Press): Action | undefined {
  const isAskedFor = (keys: string) => {
    const sequence = sequenceOf(keys);
    return sequence !== null && sequence[0] === first && matches(sequence[1], press);
  };
  return actions.findLast(({ run, keys = [] }) => run !== undefined && keys.some(isAskedFor));
}

/** The action a key press asks for, the latest registered first. */
export function actionFor(actions: Action[], press: Press, typing: boolean): Action | undefined {
  return actions.findLast((action) => {
    if (!action.run) return false;
    const keys = action.keys?.find((each) => matches(each, press));
    if (keys === undefined) return false;
    // Keys that type nothing mean the same wherever the keyboard is.
    return !typing || (action.whileTyping ?? TYPES_NOTHING.test(keys));
  });
}

/** Listens to the keyboard for as long as it is mounted. Under an open dialog only the dialog has keys. */
export function useShortcuts(): void {
  useEffect(() => {
    let first: { key: string; at_ms: number } | null = null;
    const isOurs = (event: KeyboardEvent) =>
      !event.defaultPrevented &&
      !event.isComposing &&
      !document.querySelector('[role="dialog"],[role="menu"]');
    const offered = () => allActions(useActionRegistry.getState());

    const take = (event: KeyboardEvent, action: Action | undefined) => {
      if (!action?.run) return;
      event.preventDefault();
      event.stopPropagation();
      action.run();
    };
    // Before the widget that has the focus sees them: keys with Alt, for it would take the arrow and not look at Alt, and the
    // second key of a sequence, which alone may mean something there.
    const onCapture = (event: KeyboardEvent) => {
      if (event.altKey && isOurs(event)) take(event, actionFor(offered(), event, isTyping(event.target)));
      const before = first;
      if (before === null || event.key === 'Shift') return;
      first = null;
      if (!isOurs(event) || isTyping(event.target) || event.timeStamp - before.at_ms > SEQUENCE_MS) return;
      take(event, actionAfter(offered(), before.key, event));
    };
    const onKeyDown = (event: KeyboardEvent) => {
      if (!isOurs(event)) return;
      const actions = offered();
      const typing = isTyping(event.target);
      if ((event.key === ' ' || event.key === 'Enter') && isPressed(event.target)) return;
      const action = actionFor(actions, event, typing);
      if (action?.run) {
        event.preventDefault();
        action.run();
      } else if (!typing && begins(actions, event)) {
        first = { key: event.key, at_ms: event.timeStamp };
      } else if (!typing && holdKey(event)) {
        event.preventDefault();
      }
    };
    window.addEventListener('keydown', onCapture, { capture: true });
    window.addEventListener('keydown', onKeyDown);
    return () => {
      window.removeEventListener('keydown', onCapture, { capture: true });
      window.removeEventListener('keydown', onKeyDown);
    };
  }, []);
}
