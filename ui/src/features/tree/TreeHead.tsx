// What stands above the tree: the field that finds, jumps to errors and retries, folding, and the headings of the columns.
import { IconButton } from '../../components/Button';
import { Icon } from '../../components/icons';
import { StatusIcon } from '../../components/StatusIcon';
import { Tooltip } from '../../components/Tooltip';
import type { FindScope } from '../../domain/finding';
import { formatCount, plural } from '../../domain/format';
import { FindField, FindScopes, type FindFieldProps } from './FindField';
import styles from './Tree.module.css';

interface TreeHeadProps {
  find: FindFieldProps;
  onScope: (scope: FindScope) => void;
  errors: number;
  retries: number;
  onError: () => void;
  onRetry: () => void;
  onExpandAll: () => void;
  onCollapseAll: () => void;
}

export function TreeHead(props: TreeHeadProps) {
  const { find, errors, retries } = props;
  return (
    <div className={styles.head}>
      <div className={styles.tools}>
        <FindField {...find} />
      </div>
      <div className={styles.tools}>
        <FindScopes scope={find.scope} onScope={props.onScope} />
        <span className={styles.space} />
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
      <div className={styles.columns} role="presentation">
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
    </div>
  );
}
