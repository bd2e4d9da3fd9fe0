// One facet: its values with their counts, what is asked for and what is left out.
import { useState, type CSSProperties } from 'react';
import type { Facet, FacetValue } from '../../backend/bindings';
import { Icon } from '../../components/icons';
import { StatusIcon, type StatusWord } from '../../components/StatusIcon';
import { formatCount, plural } from '../../domain/format';
import { visibleText } from '../../domain/visibleText';
import type { FieldEdit } from '../../queries/filter';
import { foldFacet, useLayout } from '../../state/layout';
import styles from './Facets.module.css';

/** Values shown until more are asked for. */
const FIRST_VALUES = 6;

export interface FacetWords {
  /** Its heading. */
  title: string;
  /** What a trace has none of, with its article. */
  one: string;
}

interface FacetValuesProps extends FacetWords {
  facet: Facet;
  /** Whether the filter asks for traces without a value. */
  isMissingChosen: boolean;
  onEdit: (edit: FieldEdit) => void;
}

export function FacetValues({ facet, title, one, isMissingChosen, onEdit }: FacetValuesProps) {
  const { field, values, more, missing } = facet;
  const isFolded = useLayout((layout) => layout.facetsFolded.includes(field));
  const [showsAll, setShowsAll] = useState(false);
  const isAsked = ({ is_chosen, is_excluded }: FacetValue) => is_chosen || is_excluded;
  // What the filter names is shown wherever it stands.
  const shown = showsAll ? values : values.filter((value, index) => index < FIRST_VALUES || isAsked(value));
  const hidden = values.length - shown.length;
  const asked = values.filter(isAsked).length + (isMissingChosen ? 1 : 0);
  const most = Math.max(1, ...values.map(({ count }) => count));
  return (
    <section className={styles.facet} aria-label={title}>
      <h3 className={styles.heading}>
        <button
          type="button"
          data-stop={field}
          aria-expanded={!isFolded}
          className={styles.fold}
          onClick={() => {
            foldFacet(field, !isFolded);
          }}
        >
          <Icon name={isFolded ? 'next' : 'down'} size={12} />
          {title}
          {asked > 0 && <span className={styles.asked}>{asked} asked for</span>}
        </button>
      </h3>
      {!isFolded && (
        <ul>
          {shown.map((value) => (
            <Value
              key={value.value}
              field={field}
              value={value}
              share={value.count / most}
              onToggle={() => {
                onEdit({ field, edit: { type: 'toggle', value: value.value } });
              }}
              onExclude={() => {
                onEdit({ field, edit: { type: 'exclude', value: value.value } });
              }}
            />
          ))}
          {values.length === 0 && missing === 0 && <li className={styles.note}>None</li>}
          {(hidden > 0 || (showsAll && values.length > FIRST_VALUES)) && (
            <li>
              <button
                type="button"
                data-stop={`${field} more`}
                className={styles.more}
                onClick={() => {
                  setShowsAll(!showsAll);
                }}
              >
                {showsAll ? 'Fewer' : `${formatCount(hidden + more)} more`}
              </button>
            </li>
          )}
          {showsAll && more > 0 && (
            <li className={styles.note}>
              and {formatCount(more)} rarer ones: type {field}: into the filter to find them
            </li>
          )}
          {missing > 0 && (
            <li className={styles.row} data-chosen={isMissingChosen || undefined}>
              <button
                type="button"
                data-stop={`${field} without`}
                aria-pressed={isMissingChosen}
                aria-label={`without ${one}, ${plural(missing, 'trace')}`}
                className={styles.value}
                onClick={() => {
                  onEdit({ field: 'has', edit: { type: 'exclude', value: field } });
                }}
              >
                <Sign sign={isMissingChosen ? 'chosen' : null} />
                <span className={styles.without}>without {one}</span>
                <span className={styles.count}>{formatCount(missing)}</span>
              </button>
            </li>
          )}
        </ul>
      )}
    </section>
  );
}

interface ValueProps {
  field: string;
  value: FacetValue;
  /** Of the most frequent value's count. */
  share: number;
  onToggle: () => void;
  onExclude: () => void;
}

function Value({ field, value, share, onToggle, onExclude }: ValueProps) {
  const { value: text, count, is_chosen, is_excluded } = value;
  const shown = visibleText(text);
  const sign = is_excluded ? 'excluded' : is_chosen ? 'chosen' : null;
  return (
    <li
      className={styles.row}
      data-chosen={is_chosen || undefined}
      data-excluded={is_excluded || undefined}
      style={{ '--share': `${100 * share}%` } as CSSProperties}
    >
      <button
        type="button"
        data-stop={`${field} = ${text}`}
        aria-pressed={is_chosen}
        aria-keyshortcuts="-"
        aria-label={`${shown}${is_excluded ? ', left out' : ''}, ${plural(count, 'trace')}`}
        title={shown}
        className={styles.value}
        onClick={(event) => {
          if (event.altKey || event.shiftKey) onExclude();
          else onToggle();
        }}
        onKeyDown={(event) => {
          if (event.key === '-' || event.key === 'Delete') onExclude();
        }}
      >
        <Sign sign={sign} />
        <Words field={field} text={text} />
        <span className={styles.count}>{formatCount(count)}</span>
      </button>
      <button
        type="button"
        tabIndex={-1}
        className={styles.exclude}
        aria-label={is_excluded ? `No longer leave out ${shown}` : `Leave out ${shown}`}
        title={is_excluded ? 'No longer leave out (-)' : 'Leave out (-)'}
        onClick={onExclude}
      >
        <Icon name={is_excluded ? 'close' : 'minus'} size={12} />
      </button>
    </li>
  );
}

/** What a row calls by one of two words, as its source went silent or just stops, is one value here. */
const LOST_WORDS = 'Unfinished or lost';

const STATUSES: readonly StatusWord[] = ['success', 'warning', 'failed', 'running', 'lost'];

function Words({ field, text }: { field: string; text: string }) {
  const status = field === 'status' ? STATUSES.find((each) => each === text) : undefined;
  if (status) {
    return (
      <span className={styles.words}>
        <StatusIcon status={status} {...(status === 'lost' ? { label: LOST_WORDS } : {})} withLabel />
      </span>
    );
  }
  // Of a path its end says most.
  const words = field === 'source' ? (text.split(/[/\\]/).findLast((part) => part !== '') ?? text) : text;
  return <span className={styles.words}>{words === '' ? 'empty' : visibleText(words)}</span>;
}

/** A box with a tick, a box with a minus, an empty box. */
function Sign({ sign }: { sign: 'chosen' | 'excluded' | null }) {
  return (
    <span className={styles.sign} data-sign={sign} aria-hidden="true">
      {sign !== null && <Icon name={sign === 'chosen' ? 'check' : 'minus'} size={10} />}
    </span>
  );
}
