// The person's named filters: one click applies filter and order; the present ones can be saved under a name.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { backendErrorFrom, useBackend } from '../../backend';
import type { SavedFilter } from '../../backend/bindings';
import { Button, IconButton } from '../../components/Button';
import { Menu } from '../../components/Menu';
import { savedFilterListQuery, useSavedFilterChanges } from '../../queries/curate';
import { useActions } from '../../state/actions';
import { goTo, usePlace } from '../../state/place';
import styles from './SavedFilters.module.css';

/** Filters that have a key: Alt+1 to Alt+9, in their order. */
const KEYS = 9;

const apply = ({ filter, sort, descending }: SavedFilter) => {
  goTo({ traceId: null, filter, sort, descending }, 'push');
};

export function SavedFilters() {
  const { data: saved = [], error } = useQuery(savedFilterListQuery(useBackend()));
  const changes = useSavedFilterChanges();
  const filter = usePlace((place) => place.filter);
  const sort = usePlace((place) => place.sort);
  const descending = usePlace((place) => place.descending);
  /** The one whose name is being typed; 0 for a new one. */
  const [naming, setNaming] = useState<number | null>(null);
  const isShown = (each: SavedFilter) =>
    each.filter === filter.trim() && each.sort === sort && each.descending === descending;
  const shown = saved.find(isShown);
  const begin = () => {
    setNaming(0);
  };
  useActions([
    {
      id: 'filters.save',
      label: 'Save the filter under a name…',
      group: 'Traces',
      keys: ['Mod+S'],
      run: begin,
    },
    ...saved.map((each, index) => ({
      id: `filters.${each.id}`,
      label: `Apply the filter “${each.name}”`,
      group: 'Traces',
      ...(index < KEYS ? { keys: [`Alt+${index + 1}`] } : {}),
      run: () => {
        apply(each);
      },
    })),
  ]);
  const store = (id: number | null, name: string) => {
    const kept = saved.find((each) => each.id === id);
    changes.save.mutate(kept ? { ...kept, name } : { id: null, name, filter, sort, descending }, {
      onSuccess: () => {
        setNaming(null);
      },
    });
  };
  const move = (index: number, by: number) => {
    const ids = saved.map(({ id }) => id);
    const [id] = ids.splice(index, 1);
    if (id === undefined) return;
    ids.splice(index + by, 0, id);
    changes.reorder.mutate(ids);
  };
  const failure = error ?? changes.save.error ?? changes.remove.error ?? changes.reorder.error;
  return (
    <section className={styles.section} aria-label="Saved filters">
      <div className={styles.head}>
        <h3 className={styles.title}>Saved filters</h3>
        <IconButton
          size="small"
          icon="plus"
          label={shown ? `Saved as “${shown.name}” already` : 'Save the filter and order of the list'}
          shortcut="Mod+S"
          disabled={shown !== undefined}
          onClick={begin}
        />
      </div>
      {naming === 0 && (
        <NameField
          name=""
          onLeave={() => {
            setNaming(null);
          }}
          onName={(name) => {
            store(null, name);
          }}
        />
      )}
      {saved.length === 0 && naming === null && (
        <p className={styles.none}>Filters that you come back to can stand here.</p>
      )}
      <ul className={styles.list}>
        {saved.map((each, index) => (
          <li key={each.id} className={styles.item}>
            {naming === each.id ? (
              <NameField
                name={each.name}
                onLeave={() => {
                  setNaming(null);
                }}
                onName={(name) => {
                  store(each.id, name);
                }}
              />
            ) : (
              <>
                <Button
                  size="small"
                  look="quiet"
                  className={styles.name}
                  aria-pressed={isShown(each)}
                  title={each.filter === '' ? 'All traces' : each.filter}
                  onClick={() => {
                    apply(each);
                  }}
                >
                  <span className={styles.word}>{each.name}</span>
                </Button>
                <Menu
                  trigger={<IconButton size="small" icon="more" label={`More on “${each.name}”`} />}
                  items={[
                    {
                      label: 'Rename…',
                      icon: 'edit',
                      onSelect: () => {
                        setNaming(each.id);
                      },
                    },
                    {
                      label: 'Set to the present filter',
                      icon: 'check',
                      disabled: isShown(each),
                      onSelect: () => {
                        changes.save.mutate({ id: each.id, name: each.name, filter, sort, descending });
                      },
                    },
                    {
                      label: 'Move up',
                      icon: 'up',
                      disabled: index === 0,
                      onSelect: () => {
                        move(index, -1);
                      },
                    },
                    {
                      label: 'Move down',
                      icon: 'down',
                      disabled: index === saved.length - 1,
                      onSelect: () => {
                        move(index, 1);
                      },
                    },
                    {
                      label: 'Remove',
                      icon: 'remove',
                      onSelect: () => {
                        changes.remove.mutate(each.id);
                      },
                    },
                  ]}
                />
              </>
            )}
          </li>
        ))}
      </ul>
      {failure && (
        <p className={styles.error} role="alert">
          {backendErrorFrom(failure).message}
        </p>
      )}
    </section>
  );
}

interface NameFieldProps {
  name: string;
  onName: (name: string) => void;
  onLeave: () => void;
}

function NameField({ name, onName, onLeave }: NameFieldProps) {
  const [text, setText] = useState(name);
  return (
    <input
      className={styles.input}
      aria-label="Name of the filter"
      placeholder="Name"
      autoFocus
      maxLength={80}
      value={text}
      onChange={(event) => {
        setText(event.target.value);
      }}
      onBlur={onLeave}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onLeave();
        else if (event.key === 'Enter') {
          if (text.trim() !== '') onName(text.trim());
        } else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    />
  );
}
