// A table of figures: sorted by any column, with bars in its cells, each row a link to what it counts.
// One stop of the Tab key: arrow keys move among the rows.
import {
  Fragment,
  useState,
  type FocusEvent,
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
} from 'react';
import { plural, UNKNOWN } from '../domain/format';
import { visibleText } from '../domain/visibleText';
import { Button, IconButton } from './Button';
import styles from './DataTable.module.css';
import { Icon } from './icons';
import { Table } from './Table';

export interface Column<Row> {
  label: string;
  /** What it means, where the label leaves that open. */
  title?: string;
  /** What it is sorted by, and how long its bar is; `null` where it is not known, which comes last. */
  value: (row: Row) => number | string | null;
  /** What stands in the cell, as it came: the table shows what would hide or reorder a text. */
  text: (row: Row) => string;
  /** Draws the value as a bar, as long as it is beside the largest one. */
  bar?: 'plain' | 'failed';
}

export interface SortOrder {
  /** Index of the column. */
  column: number;
  descending: boolean;
}

interface DataTableProps<Row> {
  label: string;
  rows: readonly Row[];
  /** The first one names the row; the others are numbers. */
  columns: readonly Column<Row>[];
  rowKey: (row: Row) => string;
  /** How the rows stand at first. */
  order: SortOrder;
  /** What stands for the name, if not its text alone; `text` is that, fit to be shown. */
  name?: (row: Row, text: string) => ReactNode;
  /** Where a row leads. */
  href: (row: Row) => string;
  onOpen: (row: Row) => void;
  /** What unfolds below a row, and what it is called. */
  detail?: { noun: string; of: (row: Row) => ReactNode };
  /** Rows shown until more are asked for. */
  most?: number;
  /** What is counted in "Show all 12 …": one, and several. */
  noun: [string, string];
}

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, rows, columns, rowKey, name, href, onOpen, detail, most = 8, noun } = props;
  const [order, setOrder] = useState(props.order);
  // While the person is in the table its rows keep their places, whatever comes in.
  const [held, setHeld] = useState<readonly string[] | null>(null);
  const [isWhole, setIsWhole] = useState(false);
  const [focused, setFocused] = useState<string | null>(null);
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set());

  const ordered = held === null ? sorted(rows, columns, order) : inPlaces(rows, rowKey, held);
  const shown = isWhole ? ordered : ordered.slice(0, most);
  const largest = columns.map(({ value, bar }) =>
    bar ? Math.max(0, ...rows.map((row) => numberOf(value(row)))) : 0,
  );
  const stop = shown.some((row) => rowKey(row) === focused) ? focused : shown[0] && rowKey(shown[0]);

  const hold = () => {
    setHeld((before) => before ?? ordered.map(rowKey));
  };
  const letGo = (event: FocusEvent | MouseEvent) => {
    const isInside = (other: EventTarget | null) =>
      other instanceof Node && event.currentTarget.contains(other);
    if (event.type === 'blur' ? isInside(event.relatedTarget) : isInside(document.activeElement)) return;
    setHeld(null);
  };
  const sortBy = (column: number) => {
    const isText =
      typeof rows.map((row) => columns[column]?.value(row) ?? null).find((each) => each !== null) ===
      'string';
    const next = { column, descending: order.column === column ? !order.descending : !isText };
    setOrder(next);
    setHeld(sorted(rows, columns, next).map(rowKey));
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTableElement>) => {
    const links = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-row-link]')];
    const from = links.findIndex((each) => each === document.activeElement);
    if (from < 0) return;
    const next = { ArrowDown: from + 1, ArrowUp: from - 1, Home: 0, End: links.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    links[Math.min(Math.max(next, 0), links.length - 1)]?.focus();
  };
  const open = (row: Row) => (event: MouseEvent) => {
    // A click that asks the browser for another tab or window is the browser's.
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    if (event.target instanceof Element && event.target.closest('button')) return;
    event.preventDefault();
    onOpen(row);
  };
  const toggle = (id: string) => {
    const next = new Set(unfolded);
    if (!next.delete(id)) next.add(id);
    setUnfolded(next);
  };

  return (
    <div className={styles.box}>
      <Table
        className={styles.table}
        aria-label={label}
        onPointerEnter={hold}
        onFocus={hold}
        onPointerLeave={letGo}
        onBlur={letGo}
        onKeyDown={onKeyDown}
      >
        <thead>
          <tr>
            {columns.map((column, index) => (
              <th
                key={column.label}
                className={index === 0 ? styles.name : styles.number}
                aria-sort={index !== order.column ? undefined : order.descending ? 'descending' : 'ascending'}
                title={column.title}
              >
                <button
                  type="button"
                  className={styles.sort}
                  onClick={() => {
                    sortBy(index);
                  }}
                >
                  {column.label}
                  <span className={styles.sign}>
                    {index === order.column && <Icon name={order.descending ? 'down' : 'up'} size={10} />}
                  </span>
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => {
            const id = rowKey(row);
            const isUnfolded = unfolded.has(id);
            const named = visibleText(columns[0]?.text(row) ?? '');
            return (
              <Fragment key={id}>
                <tr className={styles.row} onClick={open(row)}>
                  <td className={styles.name}>
                    <div className={styles.label}>
                      {detail && (
                        <IconButton
                          className={styles.toggle}
                          size="small"
                          icon={isUnfolded ? 'down' : 'next'}
                          label={`${isUnfolded ? 'Hide' : 'Show'} the ${detail.noun}`}
                          aria-expanded={isUnfolded}
                          onClick={() => {
                            toggle(id);
                          }}
                        />
                      )}
                      <a
                        className={styles.link}
                        href={href(row)}
                        title={named}
                        data-row-link
                        tabIndex={id === stop ? 0 : -1}
                        onFocus={() => {
                          setFocused(id);
                        }}
                      >
                        {name ? name(row, named) : named}
                      </a>
                    </div>
                  </td>
                  {columns.slice(1).map((column, index) => (
                    <Cell key={column.label} row={row} column={column} largest={largest[index + 1] ?? 0} />
                  ))}
                </tr>
                {detail && isUnfolded && (
                  <tr className={styles.detail}>
                    <td colSpan={columns.length}>{detail.of(row)}</td>
                  </tr>
                )}
              </Fragment>
            );
          })}
        </tbody>
      </Table>
      {rows.length > most && (
        <div className={styles.more}>
          <Button
            size="small"
            look="quiet"
            onClick={() => {
              setIsWhole(!isWhole);
            }}
          >
            {isWhole ? `Show the first ${most}` : `Show all ${plural(rows.length, ...noun)}`}
          </Button>
        </div>
      )}
    </div>
  );
}

function Cell<Row>({ row, column, largest }: { row: Row; column: Column<Row>; largest: number }) {
  const text = visibleText(column.text(row));
  const share = largest > 0 ? numberOf(column.value(row)) / largest : 0;
  const words = <span className={[UNKNOWN, '0', '0%'].includes(text) ? styles.none : undefined}>{text}</span>;
  return (
    <td className={`${styles.number} ${styles.cell}`}>
      {column.bar ? (
        <div className={styles.measure}>
          <span className={styles.track} aria-hidden="true">
            {share > 0 && (
              <span
                className={styles.bar}
                data-tone={column.bar}
                style={{ width: `${(share * 100).toFixed(1)}%` }}
              />
            )}
          </span>
          <span className={styles.text}>{words}</span>
        </div>
      ) : (
        words
      )}
    </td>
  );
}

const numberOf = (value: number | string | null): number => (typeof value === 'number' ? value : 0);

/** Rows in an order; those that stand alike stay as they came, those without a value come last. */
function sorted<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  { column, descending }: SortOrder,
): Row[] {
  const value = (row: Row) => columns[column]?.value(row) ?? null;
  return [...rows].sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x === y) return 0;
    if (x === null) return 1;
    if (y === null) return -1;
    return (x < y ? -1 : 1) * (descending ? -1 : 1);
  });
}

/** Rows where they stood; new ones at the end. */
function inPlaces<Row>(rows: readonly Row[], rowKey: (row: Row) => string, places: readonly string[]): Row[] {
  const place = new Map(places.map((id, index) => [id, index]));
  const placeOf = (row: Row) => place.get(rowKey(row)) ?? places.length;
  return [...rows].sort((a, b) => placeOf(a) - placeOf(b));
}
