// The way from the run down to the step, each part of it a button. What does not fit is in a menu.
import { Icon } from '../../components/icons';
import { KindIcon } from '../../components/KindIcon';
import { Menu } from '../../components/Menu';
import { crumbsTo } from '../../domain/crumbs';
import { formatCount, plural } from '../../domain/format';
import { kindOf, nameOf, rowOf, type StepTree } from '../../domain/stepTree';
import { goTo } from '../../state/place';
import styles from './Breadcrumbs.module.css';

/** Steps right above that stand in the line. */
const NEAR = 2;
/** Steps in the menu; a way may be tens of thousands of steps long. */
const MENU = 40;

export function Breadcrumbs({ tree, stepId }: { tree: StepTree; stepId: string }) {
  const row = rowOf(tree, stepId);
  if (row < 0) return null;
  const { top, folded, foldedCount, near } = crumbsTo(tree, row, NEAR, MENU);
  const left = foldedCount - folded.length;
  return (
    <nav className={styles.crumbs} aria-label="Path to this step">
      <ol className={styles.list}>
        {top >= 0 && <Crumb tree={tree} row={top} />}
        {foldedCount > 0 && (
          <li className={`${styles.item} ${styles.menu}`}>
            <Menu
              trigger={
                <button
                  type="button"
                  className={styles.crumb}
                  aria-label={`${plural(foldedCount, 'step')} between`}
                  title={`${plural(foldedCount, 'step')} between`}
                >
                  …
                </button>
              }
              items={[
                ...folded.map((each) => ({
                  label: nameOf(tree, each) || 'unnamed',
                  sign: <KindIcon kind={kindOf(tree, each)} />,
                  onSelect: () => {
                    show(tree, each);
                  },
                })),
                ...(left > 0
                  ? [{ label: `and ${formatCount(left)} above`, disabled: true, onSelect: () => undefined }]
                  : []),
              ]}
            />
            <Between />
          </li>
        )}
        {near.map((each) => (
          <Crumb key={each} tree={tree} row={each} />
        ))}
        <li className={`${styles.item} ${styles.here}`} aria-current="step">
          <span className={styles.crumb}>
            <Name tree={tree} row={row} />
          </span>
        </li>
      </ol>
    </nav>
  );
}

function show(tree: StepTree, row: number): void {
  goTo({ stepId: tree.spanId.get(row) ?? '' }, 'push');
}

function Crumb({ tree, row }: { tree: StepTree; row: number }) {
  return (
    <li className={styles.item}>
      <button
        type="button"
        className={styles.crumb}
        onClick={() => {
          show(tree, row);
        }}
      >
        <Name tree={tree} row={row} />
      </button>
      <Between />
    </li>
  );
}

function Name({ tree, row }: { tree: StepTree; row: number }) {
  const name = nameOf(tree, row);
  return (
    <>
      <KindIcon kind={kindOf(tree, row)} size={13} />
      <span className={styles.name} title={name}>
        {name || <i>unnamed</i>}
      </span>
    </>
  );
}

function Between() {
  return (
    <span className={styles.between} aria-hidden="true">
      <Icon name="next" size={10} />
    </span>
  );
}
