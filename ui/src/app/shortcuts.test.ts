import { describe, expect, it, vi } from 'vitest';
import { actionAfter, actionFor, begins, isTyping, matches } from './shortcuts';

const press = (
  key: string,
  held: Partial<Record<'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey', boolean>> = {},
) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...held,
});

describe('keys', () => {
  it('match with their modifiers, and no others', () => {
    expect(matches('Mod+O', press('o', { ctrlKey: true }))).toBe(true);
    expect(matches('Mod+O', press('o', { metaKey: true }))).toBe(true);
    expect(matches('Mod+O', press('O', { ctrlKey: true, shiftKey: true }))).toBe(false);
    expect(matches('Mod+Shift+O', press('O', { ctrlKey: true, shiftKey: true }))).toBe(true);
    expect(matches('j', press('j', { ctrlKey: true }))).toBe(false);
    expect(matches('j', press('J', { shiftKey: true }))).toBe(false);
    expect(matches('Escape', press('Escape'))).toBe(true);
  });

  it('match signs wherever they are on the keyboard', () => {
    expect(matches('?', press('?', { shiftKey: true }))).toBe(true);
    expect(matches('/', press('/', { shiftKey: true }))).toBe(true);
    expect(matches('Mod+,', press(',', { ctrlKey: true }))).toBe(true);
  });
});

describe('actions', () => {
  const run = vi.fn();
  const actions = [
    { id: 'a', label: 'A', group: 'g', keys: ['j'], run },
    { id: 'b', label: 'B', group: 'g', keys: ['j', 'Mod+K'], run },
    { id: 'c', label: 'C', group: 'g', keys: ['Mod+V'], whileTyping: false, run },
    { id: 'd', label: 'D', group: 'g', keys: ['j'] },
    { id: 'e', label: 'E', group: 'g', keys: ['F3', '.'], run },
  ];
  it('the latest registered that can run wins', () => {
    expect(actionFor(actions, press('j'), false)?.id).toBe('b');
  });
  it('leave typing alone, but for keys that type nothing', () => {
    expect(actionFor(actions, press('F3'), true)?.id).toBe('e');
    expect(actionFor(actions, press('.'), true)).toBeUndefined();
    expect(actionFor(actions, press('j'), true)).toBeUndefined();
    expect(actionFor(actions, press('k', { ctrlKey: true }), true)?.id).toBe('b');
    expect(actionFor(actions, press('v', { ctrlKey: true }), true)).toBeUndefined();
    expect(actionFor(actions, press('v', { ctrlKey: true }), false)?.id).toBe('c');
  });
  it('are asked for by two keys, one after the other', () => {
    const sequences = [
      { id: 'x', label: 'X', group: 'g', keys: ['g t'], run },
      { id: 'y', label: 'Y', group: 'g', keys: ['g s', 's'], run },
    ];
    expect(begins(sequences, press('g'))).toBe(true);
    expect(begins(sequences, press('t')), 'only the first key begins').toBe(false);
    expect(begins(sequences, press('g', { ctrlKey: true }))).toBe(false);
    expect(actionAfter(sequences, 'g', press('s'))?.id).toBe('y');
    expect(actionAfter(sequences, 'h', press('s'))).toBeUndefined();
    expect(actionFor(sequences, press('t'), false), 'the second key alone does nothing').toBeUndefined();
  });
  it('know a text field from a button', () => {
    expect(isTyping(document.createElement('textarea'))).toBe(true);
    expect(isTyping(document.createElement('button'))).toBe(false);
    const box = document.createElement('input');
    box.type = 'checkbox';
    expect(isTyping(box)).toBe(false);
  });
});
