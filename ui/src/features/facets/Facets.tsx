// The counts beside the trace list: how its traces spread over time, duration and tokens, and over the values of each facet. All of it
// edits the filter.
import { useQuery } from '@tanstack/react-query';
import {
  useRef,
  useState,
  type FocusEvent,
  type KeyboardEvent,
  type ReactNode,
  useLayoutEffect,
} from 'react';
import { backendErrorFrom, useBackend } from '../../backend';
import type { Overview } from '../../backend/bindings';
import { Button } from '../../components/Button';
import { filterReadQuery, useFilterEdit, type FieldEdit } from '../../queries/filter';
import { overviewQuery } from '../../queries/finding';
import { usePlace } from '../../state/place';
import { FacetValues, type FacetWords } from './FacetValues';
import styles from './Facets.module.css';
import { HistogramChart } from './HistogramChart';

const FACET_VALUES = 60;
const BINS = 40;

const FACET_WORDS: Readonly<Record<string, FacetWords>> = {
  status: { title: 'Status', one: 'a status' },
  project: { title: 'Project', one: 'a project' },
  environment: { title: 'Environment', one: 'an environment' },
  model: { title: 'Model', one: 'a model' },
  tool: { title: 'Tool', one: 'a tool' },
  source: { title: 'Source', one: 'a source' },
  conversation: { title: 'Conversation', one: 'a conversation' },
  tag: { title: 'Tag', one: 'a tag' },
};

const HISTOGRAM_WORDS: Readonly<Record<string, string>> = {
  started: 'Started',
  duration: 'Duration',
  tokens: 'Tokens',
};

export function Facets() {
  const filter = usePlace((place) => place.filter);
  const backend = useBackend();
  const query = useQuery(overviewQuery(backend, { filter, facet_values: FACET_VALUES, bins: BINS }));
  const { data: read } = useQuery(filterReadQuery(backend, filter));
  // The last counts stay until better ones come, also under a filter that cannot be understood.
  const [held, setHeld] = useState<Overview | null>(null);
  if (query.data && query.data !== held) setHeld(query.data);
  const editing = useFilterEdit();
  const error = query.error ? backendErrorFrom(query.error) : null;
  const missing = (read?.reading.terms ?? [])
    .filter(({ field, negated }) => field === 'has' && negated)
    .flatMap(({ values }) => values);

  if (error && error.code !== 'invalid' && error.code !== 'cancelled' && !held) {
    return (
      <div className={styles.failed} role="alert">
        <p>The counts could not be read: {error.message}</p>
        <Button size="small" onClick={() => void query.refetch()}>
          Try again
        </Button>
      </div>
    );
  }
  if (!held && error?.code === 'invalid') {
    return <p className={styles.waiting}>The counts come with a filter that can be applied.</p>;
  }
  if (!held) return <Bones />;
  return (
    <Counts
      overview={held}
      missing={missing}
      isOutdated={query.data === undefined}
      problem={editing.error?.message ?? null}
      onEdit={(edit) => {
        editing.mutate(edit);
      }}
    />
  );
}

interface CountsProps {
  overview: Overview;
  /** Fields that the filter asks for traces without. */
  missing: readonly string[];
  isOutdated: boolean;
  problem: string | null;
  onEdit: (edit: FieldEdit) => void;
}

function Counts({ overview, missing, isOutdated, problem, onEdit }: CountsProps) {
  return (
    <div
      className={isOutdated ? `${styles.counts} ${styles.outdated}` : styles.counts}
      aria-busy={isOutdated}
    >
      {problem !== null && (
        <p className={styles.problem} role="alert">
          {problem}
        </p>
      )}
      <div className={styles.histograms}>
        {overview.histograms.map((histogram) => (
          <HistogramChart
            key={histogram.field}
            label={HISTOGRAM_WORDS[histogram.field] ?? histogram.field}
            histogram={histogram}
            onEdit={(edit) => {
              onEdit({ field: histogram.field, edit });
            }}
          />
        ))}
      </div>
      <Walk>
        {overview.facets.map((facet) => (
          <FacetValues
            key={facet.field}
            facet={facet}
            {...(FACET_WORDS[facet.field] ?? { title: facet.field, one: facet.field })}
            isMissingChosen={missing.includes(facet.field)}
            onEdit={onEdit}
          />
        ))}
      </Walk>
    </div>
  );
}

/** One stop for Tab; the arrows walk through what is marked as a stop inside, and fold and unfold. */
function Walk({ children }: { children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  const current = useRef<string | null>(null);
  const stops = () => [...(box.current?.querySelectorAll<HTMLElement>('[data-stop]') ?? [])];
  const mark = () => {
    const all = stops();
    const marked = all.find(({ dataset }) => dataset.stop === current.current) ?? all[0];
    for (const stop of all) stop.tabIndex = stop === marked ? 0 : -1;
  };
  useLayoutEffect(mark);
  const onFocus = (event: FocusEvent) => {
    const { stop } = (event.target as HTMLElement).dataset;
    if (stop === undefined) return;
    current.current = stop;
    mark();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const all = stops();
    const from = all.findIndex((stop) => stop === event.target);
    if (from < 0) return;
    const target = {
      ArrowDown: from + 1,
      j: from + 1,
      ArrowUp: from - 1,
      k: from - 1,
      Home: 0,
      End: all.length - 1,
    }[event.key];
    const expanded = all[from]?.getAttribute('aria-expanded');
    if (target !== undefined) all[Math.min(Math.max(target, 0), all.length - 1)]?.focus();
    else if (event.key === 'ArrowLeft' && expanded === 'true') all[from]?.click();
    else if (event.key === 'ArrowRight' && expanded === 'false') all[from]?.click();
    else if (event.key === 'ArrowLeft' && expanded === null) {
      // Out to the heading of the values.
      all
        .slice(0, from)
        .findLast((stop) => stop.hasAttribute('aria-expanded'))
        ?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={box}
      onFocus={onFocus}
      onKeyDown={onKeyDown}
      role="group"
      aria-label="Values to filter by"
      data-facets=""
    >
      {children}
    </div>
  );
}

function Bones() {
  return (
    <div className={styles.bones} role="status" aria-label="Counting…">
      {[40, 60, 60, 22, 22, 22, 22, 22, 22, 22].map((height, index) => (
        <i key={index} style={{ height, width: `${height > 30 ? 100 : 55 + ((index * 37) % 40)}%` }} />
      ))}
    </div>
  );
}
