// What stands above the tree: search, jumps to errors and retries, folding, and the headings of the columns.
import type { KeyboardEvent, RefObject } from 'react';
import { IconButton } from '../../components/Button';
import { Icon } from '../../components/icons';
import { StatusIcon } from '../../components/StatusIcon';
import { Tooltip } from '../../components/Tooltip';
import { formatCount, plural } from '../../domain/format';
import styles from './Tree.module.css';

interface TreeHeadProps {
  search: string;
  onSearch: (text: string) => void;
  /** Moves to the next (1) or previous (-1) find. */
  onFind: (direction: 1 | -1) => void;
  /** Which find is selected, from 1 (0: none), and how many there are. */
  found: { ordinal: number; total: number };
  input: RefObject<HTMLInputElement | null>;
  /** Gives the keyboard back to the tree. */
  onLeave: () => void;
  errors: number;
  retries: number;
  onError: () => void;
  onRetry: () => void;
  onExpandAll: () => void;
  onCollapseAll: () => void;
}

export function TreeHead(props: TreeHeadProps) {
  const { search, onSearch, onFind, found, input, onLeave, errors, retries } = props;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') onFind(event.shiftKey ? -1 : 1);
    else if (event.key === 'ArrowDown') onLeave();
    else if (event.key === 'Escape') {
      if (search === '') onLeave();
      else onSearch('');
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className={styles.head}>
      <div className={styles.tools}>
        <label className={styles.search}>
          <Icon name="search" size={14} />
          <input
            ref={input}
            value={search}
            placeholder="Find a step"
            aria-label="Find a step by name"
            spellCheck={false}
            onChange={(event) => {
              onSearch(event.target.value);
            }}
            onKeyDown={onKeyDown}
          />
          {search.trim() !== '' && (
            <span className={styles.found} role="status">
              {found.total === 0 ? 'none' : `${found.ordinal || '–'}/${formatCount(found.total)}`}
            </span>
          )}
        </label>
        {errors > 0 && (
          <Tooltip text={`Next of ${plural(errors, 'failed step')}`} shortcut="e">
            <button
              type="button"
              className={styles.jump}
              aria-label={`Next of ${plural(errors, 'failed step')}`}
              onClick={props.onError}
            >
              <StatusIcon status="failed" />
              {formatCount(errors)}
            </button>
          </Tooltip>
        )}
        {retries > 0 && (
          <Tooltip text={`Next of ${plural(retries, 'retry', 'retries')}`} shortcut="r">
            <button
              type="button"
              className={styles.jump}
              aria-label={`Next of ${plural(retries, 'retry', 'retries')}`}
              onClick={props.onRetry}
            >
              <span className={styles.retry}>
                <Icon name="retry" size={14} />
              </span>
              {formatCount(retries)}
            </button>
          </Tooltip>
        )}
        <span className={styles.folding}>
          <IconButton
            size="small"
            icon="expand"
            label="Expand all"
            shortcut="*"
            onClick={props.onExpandAll}
          />
          <IconButton size="small" icon="collapse" label="Collapse all" onClick={props.onCollapseAll} />
        </span>
      </div>
      <div className={styles.headings} role="row" aria-rowindex={1}>
        <span role="columnheader">Step</span>
        <span role="columnheader" className={styles.marks}>
          <span className="visually-hidden">Attempt and status</span>
        </span>
        <span role="columnheader" className={styles.tokens}>
          Tokens
        </span>
        <span role="columnheader" className={styles.cost}>
          Cost
        </span>
        <span role="columnheader" className={styles.duration}>
          Duration
        </span>
      </div>
    </div>
  );
}
