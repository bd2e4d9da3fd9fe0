import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useBackend } from '../../backend';
import { Button, IconButton } from '../../components/Button';
import { CopyButton } from '../../components/CopyButton';
import { formatCount, plural } from '../../domain/format';
import { isLink } from '../../domain/traceLinks';
import { useSettings } from '../../queries/about';
import { filterReadQuery, useFilterEdit } from '../../queries/filter';
import { useLinks } from '../../queries/links';
import { useActions, type Action } from '../../state/actions';
import { useDraft } from '../../state/draft';
import { followNewest, toggleFacets, useLayout } from '../../state/layout';
import { goTo, hashFromPlace, usePlace } from '../../state/place';
import { FilterField } from './FilterField';
import { FilterHelp } from './FilterHelp';
import { carried, NOTHING_READ } from './filterPieces';
import styles from './FilterBar.module.css';
import { isNewestFirst } from './listWindow';
import { QuickFilters } from './QuickFilters';

interface FilterBarProps {
  /** Traces shown and in the store; `null` before it is known. */
  total: number | null;
  totalUnfiltered: number | null;
  /** Why the filter cannot be applied, in words. */
  error: string | null;
  /** Gives the keyboard to the list. */
  onLeave: () => void;
  /** Whether something stands beside the list that can be hidden. */
  hasAside: boolean;
}

/** Typing rests this long before the list follows. */
const TYPING_PAUSE_MS = 180;

export function FilterBar({ total, totalUnfiltered, error, onLeave, hasAside }: FilterBarProps) {
  const filter = usePlace((place) => place.filter);
  const { slow_ms } = useSettings();
  const newestFirst = usePlace(isNewestFirst);
  const facetsOpen = useLayout((layout) => layout.facetsOpen);
  const follows = useLayout((layout) => layout.followsNewest) && newestFirst;
  const toggleFollow = () => {
    if (!follows) goTo({ sort: 'started', descending: true }, 'push');
    followNewest(!follows);
  };
  const isGrouped = usePlace((place) => place.sort === 'conversation');
  const toggleGroups = () => {
    goTo({ sort: isGrouped ? 'started' : 'conversation', descending: true }, 'push');
  };
  const links = useLinks();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useTypedFilter(filter);
  const { data: read } = useQuery(filterReadQuery(useBackend(), text));
  const reading = read ? carried(read.reading, read.filter, text) : NOTHING_READ;
  const editing = useFilterEdit();
  const focusField = () => {
    input.current?.focus();
    input.current?.select();
  };
  const clear = () => {
    setText('');
    goTo({ filter: '' }, 'push');
  };

  const clearing: Action = {
    id: 'traces.clearFilter',
    label: 'Clear the filter',
    group: 'Traces',
    run: clear,
  };
  useActions([
    { id: 'traces.filter', label: 'Filter traces', group: 'Traces', keys: ['/'], run: focusField },
    { id: 'traces.complete', label: 'What can be written here', group: 'Traces', keys: ['Mod+Space'] },
    { id: 'traces.follow', label: 'Follow the newest run', group: 'Traces', keys: ['n'], run: toggleFollow },
    {
      id: 'traces.group',
      label: 'Group by conversation, or no longer',
      group: 'Traces',
      keys: ['c'],
      run: toggleGroups,
    },
    ...(filter === '' ? [] : [clearing]),
  ]);

  return (
    <div role="search" className={styles.bar}>
      {hasAside && (
        <IconButton
          size="small"
          icon="facets"
          label={facetsOpen ? 'Hide the counts beside the list' : 'Show the counts beside the list'}
          shortcut="Shift+F"
          aria-pressed={facetsOpen}
          onClick={toggleFacets}
        />
      )}
      <FilterField
        input={input}
        text={text}
        reading={reading}
        error={reading.error?.message ?? error ?? editing.error?.message ?? null}
        onText={(next) => {
          setText(next);
          editing.reset();
        }}
        onClear={() => {
          clear();
          input.current?.focus();
        }}
        onSubmit={() => {
          if (isLink(text)) {
            setText(filter);
            links.open(text);
            return;
          }
          goTo({ filter: text }, 'replace');
          onLeave();
        }}
        onLeave={onLeave}
      />
      <FilterHelp />
      <QuickFilters
        className={styles.quick}
        reading={reading}
        slow_ms={slow_ms}
        onEdit={(edit) => {
          goTo({ filter: text }, 'replace');
          editing.mutate(edit);
        }}
      />
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
      <Button
        size="small"
        look="plain"
        icon="conversation"
        aria-label="Group by conversation"
        aria-pressed={isGrouped}
        title="Runs of one conversation stand together, in order (c)"
        onClick={toggleGroups}
      >
        <span className={styles.wide}>By conversation</span>
      </Button>
      <output className={styles.count} aria-live="polite">
        {countText(total, totalUnfiltered)}
      </output>
      <CopyButton label="Copy a link to this list" text={linkToList} />
    </div>
  );
}

/** The address of the list as it is, whatever trace is open. */
function linkToList(): string {
  const place = { ...usePlace.getState(), traceId: null, stepId: null };
  return new URL(hashFromPlace(place), window.location.href).href;
}

/** `412 traces`, or `37 of 412 traces` under a filter. */
export function countText(total: number | null, totalUnfiltered: number | null): string {
  if (total === null || totalUnfiltered === null) return '';
  const all = plural(totalUnfiltered, 'trace');
  return total === totalUnfiltered ? all : `${formatCount(total)} of ${all}`;
}

/** The text in the field; the list follows once typing rests. */
function useTypedFilter(filter: string): [string, (text: string) => void] {
  const [text, setText] = useDraft(filter);
  useEffect(() => {
    // A link leads elsewhere, and is no text to look for.
    if (text === filter || isLink(text)) return;
    const timer = setTimeout(() => {
      goTo({ filter: text }, 'replace');
    }, TYPING_PAUSE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [text, filter]);
  return [text, setText];
}
