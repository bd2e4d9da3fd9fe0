// The field that finds in a trace: what is looked for, which of the steps that have it one is at, and the way to the others.
import type { KeyboardEvent, RefObject } from 'react';
import { IconButton } from '../../components/Button';
import { Icon } from '../../components/icons';
import { SegmentedControl } from '../../components/SegmentedControl';
import { FIND_SCOPES, type FindScope } from '../../domain/finding';
import styles from './FindField.module.css';

export interface FindFieldProps {
  input: RefObject<HTMLInputElement | null>;
  text: string;
  /** Whether the text is that of the list's filter. */
  isOfFilter: boolean;
  scope: FindScope;
  /** Which step that has it one is at, of how many. */
  words: string;
  problem: string | null;
  hasFinds: boolean;
  onSearch: (text: string) => void;
  /** Moves to the next (1) or previous (-1) step that has it. */
  onFind: (direction: 1 | -1) => void;
  onClear: () => void;
  /** Gives the keyboard back to the tree. */
  onLeave: () => void;
}

const SCOPE_WORDS: Record<FindScope, { label: string; hint: string; placeholder: string }> = {
  everything: {
    label: 'All texts',
    hint: 'Find in names, inputs, outputs, messages, errors and attributes',
    placeholder: 'Find in all texts',
  },
  names: { label: 'Names', hint: 'Find in the names of steps', placeholder: 'Find a step by name' },
};

export function FindField(props: FindFieldProps) {
  const { input, text, isOfFilter, scope, words, problem, hasFinds, onFind, onLeave } = props;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') onFind(event.shiftKey ? -1 : 1);
    else if (event.key === 'ArrowDown') onLeave();
    else if (event.key === 'Escape') {
      if (text === '') onLeave();
      else props.onClear();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <label className={styles.field} title={isOfFilter ? 'The text of the filter of the list' : undefined}>
      <Icon name="search" size={14} />
      <input
        ref={input}
        className={isOfFilter ? styles.given : undefined}
        value={text}
        placeholder={SCOPE_WORDS[scope].placeholder}
        aria-label="Find in this trace"
        spellCheck={false}
        onChange={(event) => {
          props.onSearch(event.target.value);
        }}
        onKeyDown={onKeyDown}
      />
      <span
        className={problem === null ? styles.words : `${styles.words} ${styles.failed}`}
        role="status"
        title={problem ?? undefined}
      >
        {words}
      </span>
      {text !== '' && (
        <>
          <IconButton
            size="small"
            icon="up"
            label="Previous step that has it"
            shortcut="Shift+F3"
            disabled={!hasFinds}
            onClick={() => {
              onFind(-1);
            }}
          />
          <IconButton
            size="small"
            icon="down"
            label="Next step that has it"
            shortcut="F3"
            disabled={!hasFinds}
            onClick={() => {
              onFind(1);
            }}
          />
          <IconButton size="small" icon="close" label="Find nothing any more" onClick={props.onClear} />
        </>
      )}
    </label>
  );
}

interface FindScopesProps {
  scope: FindScope;
  onScope: (scope: FindScope) => void;
}

/** Where is looked. */
export function FindScopes({ scope, onScope }: FindScopesProps) {
  return (
    <SegmentedControl
      label="Find in"
      segments={FIND_SCOPES.map((value) => ({
        value,
        icon: value === 'names' ? 'traces' : 'conversation',
        label: SCOPE_WORDS[value].label,
        hint: SCOPE_WORDS[value].hint,
      }))}
      value={scope}
      onChange={onScope}
    />
  );
}
