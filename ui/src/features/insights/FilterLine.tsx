// Which runs are counted: the filter of the trace list, and a stretch of time that is a part of it.
import { useRef, type FormEvent, type KeyboardEvent } from 'react';
import { Button, IconButton } from '../../components/Button';
import { Icon } from '../../components/icons';
import { Kbd } from '../../components/Kbd';
import { useActions } from '../../state/actions';
import { useDraft } from '../../state/draft';
import { goTo, usePlace } from '../../state/place';
import styles from './FilterLine.module.css';
import { STRETCHES } from './useStretch';

interface FilterLineProps {
  /** The chosen stretch; `undefined` where the filter asks for another one. */
  stretch: string | null | undefined;
  onStretch: (value: string | null) => void;
  /** Why the filter, or a change of it, makes no sense. */
  error: string | null;
}

export function FilterLine({ stretch, onStretch, error }: FilterLineProps) {
  const input = useRef<HTMLInputElement>(null);
  useActions([
    {
      id: 'insights.filter',
      label: 'Filter the runs that are counted',
      group: 'Insights',
      keys: ['/'],
      run: () => {
        input.current?.focus();
        input.current?.select();
      },
    },
  ]);
  const filter = usePlace((place) => place.filter);
  const [text, setText] = useDraft(filter);
  const apply = (next: string) => {
    goTo({ view: usePlace.getState().view, filter: next.trim() }, 'push');
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    apply(text);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    setText(filter);
    input.current?.blur();
  };

  return (
    <div className={styles.line} role="search">
      <form className={styles.field} onSubmit={onSubmit}>
        <Icon name="search" />
        <input
          ref={input}
          type="text"
          className={styles.input}
          value={text}
          placeholder="All runs. Filter: words, status:failed, project:shop, model:gpt-4*"
          aria-label="Filter the runs that are counted"
          aria-invalid={error !== null}
          aria-describedby={error === null ? undefined : 'insights-filter-error'}
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="off"
          onChange={(event) => {
            setText(event.target.value);
          }}
          onKeyDown={onKeyDown}
        />
        <span className={styles.end}>
          {text !== filter ? (
            <Kbd keys="Enter" />
          ) : filter === '' ? (
            <Kbd keys="/" />
          ) : (
            <IconButton
              size="small"
              icon="close"
              label="Clear the filter"
              onClick={() => {
                apply('');
                input.current?.focus();
              }}
            />
          )}
        </span>
      </form>
      <div className={styles.stretches} role="group" aria-label="Runs that started in the last">
        {STRETCHES.map(({ value, label }) => (
          <Button
            key={label}
            size="small"
            aria-pressed={value === stretch}
            onClick={() => {
              onStretch(value);
            }}
          >
            {label}
          </Button>
        ))}
      </div>
      {error !== null && (
        <p id="insights-filter-error" className={styles.error} role="alert">
          <Icon name="warning" size={14} />
          {error}
        </p>
      )}
    </div>
  );
}
