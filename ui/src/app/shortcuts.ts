// Turns key presses into actions.
import { useEffect } from 'react';
import { allActions, useActionRegistry, type Action } from '../state/actions';

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

/** The action a key press asks for, the latest registered first. */
export function actionFor(actions: Action[], press: Press, typing: boolean): Action | undefined {
  return actions.findLast((action) => {
    if (!action.run) return false;
    const keys = action.keys?.find((each) => matches(each, press));
    if (keys === undefined) return false;
    return !typing || (action.whileTyping ?? /Mod\+/.test(keys));
  });
}

/** Listens to the keyboard for as long as it is mounted. Under an open dialog only the dialog has keys. */
export function useShortcuts(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      if (document.querySelector('[role="dialog"],[role="menu"]')) return;
      const actions = allActions(useActionRegistry.getState());
      const action = actionFor(actions, event, isTyping(event.target));
      if (!action?.run) return;
      event.preventDefault();
      action.run();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => {
      window.removeEventListener('keydown', onKeyDown);
    };
  }, []);
}
