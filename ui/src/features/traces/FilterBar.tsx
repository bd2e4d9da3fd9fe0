import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { Button, IconButton } from '../../components/Button';
import { Icon } from '../../components/icons';
import { Kbd } from '../../components/Kbd';
import { formatCount, formatDurationMs, plural } from '../../domain/format';
import { useSettings } from '../../queries/about';
import { useActions } from '../../state/actions';
import { followNewest, useLayout } from '../../state/layout';
import { goTo, usePlace } from '../../state/place';
import { isOn, quickToggles, toggled } from './filterText';
import styles from './FilterBar.module.css';
import { isNewestFirst } from './listWindow';

interface FilterBarProps {
  /** Traces shown and in the store; `null` before it is known. */
  total: number | null;
  totalUnfiltered: number | null;
  /** Why the filter cannot be applied, in words. */
  error: string | null;
  /** Gives the keyboard to the list. */
  onLeave: () => void;
}

/** Typing rests this long before the list follows. */
const TYPING_PAUSE_MS = 180;

export function FilterBar({ total, totalUnfiltered, error, onLeave }: FilterBarProps) {
  const filter = usePlace((place) => place.filter);
  const { slow_ms } = useSettings();
  const newestFirst = usePlace(isNewestFirst);
  const follows = useLayout((layout) => layout.followsNewest) && newestFirst;
  const toggleFollow = () => {
    if (!follows) goTo({ sort: 'started', descending: true }, 'push');
    followNewest(!follows);
  };
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useDraft(filter);

  useActions([
    {
      id: 'traces.filter',
      label: 'Filter traces',
      group: 'Traces',
      keys: ['/'],
      run: () => {
        input.current?.focus();
        input.current?.select();
      },
    },
    { id: 'traces.follow', label: 'Follow the newest run', group: 'Traces', keys: ['n'], run: toggleFollow },
    ...(filter === ''
      ? []
      : [
          {
            id: 'traces.clearFilter',
            label: 'Clear the filter',
            group: 'Traces',
            run: () => {
              goTo({ filter: '' }, 'push');
            },
          },
        ]),
  ]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' || event.key === 'ArrowDown') goTo({ filter: text }, 'replace');
    else if (event.key !== 'Escape') return;
    event.preventDefault();
    onLeave();
  };
  const set = (next: string) => {
    setText(next);
    goTo({ filter: next }, 'push');
  };

  return (
    <div role="search" className={styles.bar}>
      <div className={styles.field}>
        <Icon name="search" />
        <input
          ref={input}
          className={styles.input}
          type="text"
          value={text}
          placeholder="Filter: words, status:failed, duration:>2s, model:gpt-4*"
          aria-label="Filter traces"
          aria-invalid={error !== null}
          aria-describedby={error === null ? undefined : 'filter-error'}
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="off"
          onChange={(event) => {
            setText(event.target.value);
          }}
          onKeyDown={onKeyDown}
        />
        {text === '' ? (
          <span className={styles.hint} aria-hidden="true">
            <Kbd keys="/" />
          </span>
        ) : (
          <IconButton
            className={styles.clear}
            size="small"
            icon="close"
            label="Clear the filter"
            onClick={() => {
              set('');
              input.current?.focus();
            }}
          />
        )}
      </div>
      <div className={styles.quick} role="group" aria-label="Quick filters">
        {quickToggles(slow_ms).map((quick) => (
          <Button
            key={quick.id}
            size="small"
            look="plain"
            aria-pressed={isOn(text, quick)}
            title={quick.id === 'slow' ? `Took ${formatDurationMs(slow_ms)} or more` : undefined}
            onClick={() => {
              set(toggled(text, quick));
            }}
          >
            {quick.label}
          </Button>
        ))}
      </div>
      <Button
        size="small"
        look="plain"
        icon="follow"
        aria-pressed={follows}
        title="Keeps the newest run at the top, and the newest step of an open run in view (n)"
        onClick={toggleFollow}
      >
        Follow newest
      </Button>
      <output className={styles.count} aria-live="polite">
        {countText(total, totalUnfiltered)}
      </output>
      {error !== null && (
        <p id="filter-error" className={styles.error} role="alert">
          <Icon name="warning" size={14} />
          {error}
        </p>
      )}
    </div>
  );
}

/** `412 traces`, or `37 of 412 traces` under a filter. */
export function countText(total: number | null, totalUnfiltered: number | null): string {
  if (total === null || totalUnfiltered === null) return '';
  const all = plural(totalUnfiltered, 'trace');
  return total === totalUnfiltered ? all : `${formatCount(total)} of ${all}`;
}

/** The text in the field: ahead of the place while typing, following it when it changes by other means. */
function useDraft(filter: string): [string, (text: string) => void] {
  const [draft, setDraft] = useState({ text: filter, from: filter });
  const followed = draft.from === filter ? draft : { text: filter, from: filter };
  const { text } = followed;
  useEffect(() => {
    if (text === filter) return;
    const timer = setTimeout(() => {
      goTo({ filter: text }, 'replace');
    }, TYPING_PAUSE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [text, filter]);
  return [
    text,
    (next) => {
      setDraft({ text: next, from: filter });
    },
  ];
}
