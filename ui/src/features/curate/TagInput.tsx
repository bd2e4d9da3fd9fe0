// A field for a tag that offers those in use.
import { useQuery } from '@tanstack/react-query';
import { useId, useState, type KeyboardEvent } from 'react';
import { useBackend } from '../../backend';
import { formatCount } from '../../domain/format';
import { tagListQuery } from '../../queries/curate';
import { tagError, tagsMatching } from './tags';
import styles from './TagInput.module.css';

interface TagInputProps {
  label: string;
  /** Tags that are not offered. */
  without: readonly string[];
  autoFocus?: boolean;
  onAdd: (tag: string) => void;
  /** The person wants out of it. */
  onLeave: () => void;
}

export function TagInput({ label, without, autoFocus = false, onAdd, onLeave }: TagInputProps) {
  const { data: known = [] } = useQuery(tagListQuery(useBackend()));
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(-1);
  const id = useId();
  const offered = tagsMatching(
    known.filter(({ tag }) => !without.includes(tag)),
    text,
  );
  const error = tagError(text);
  const current = Math.min(chosen, offered.length - 1);
  const add = (tag: string) => {
    onAdd(tag.trim());
    setText('');
    setChosen(-1);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setChosen(offered.length === 0 ? -1 : (current + 1) % offered.length);
    else if (event.key === 'ArrowUp') setChosen(current <= 0 ? offered.length - 1 : current - 1);
    else if (event.key === 'Enter') {
      const tag = offered[current]?.tag ?? text;
      if (tag.trim() !== '' && error === null) add(tag);
    } else if (event.key === 'Escape') onLeave();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className={styles.box}>
      <input
        className={styles.input}
        role="combobox"
        aria-label={label}
        aria-expanded={offered.length > 0}
        aria-controls={`${id}-list`}
        aria-activedescendant={current >= 0 ? `${id}-${current}` : undefined}
        aria-invalid={error !== null}
        autoFocus={autoFocus}
        data-autofocus={autoFocus || undefined}
        autoComplete="off"
        spellCheck={false}
        placeholder="Tag"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setChosen(-1);
        }}
        onKeyDown={onKeyDown}
      />
      {error && (
        <p className={styles.error} role="alert">
          {error}
        </p>
      )}
      <ul id={`${id}-list`} role="listbox" aria-label="Tags in use" className={styles.list}>
        {offered.map(({ tag, traces }, index) => (
          <li
            key={tag}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === current}
            className={styles.item}
            onPointerDown={(event) => {
              // The field keeps the keyboard.
              event.preventDefault();
            }}
            onClick={() => {
              add(tag);
            }}
          >
            <span className={styles.tag}>{tag}</span>
            <span className={styles.count}>{formatCount(traces)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
