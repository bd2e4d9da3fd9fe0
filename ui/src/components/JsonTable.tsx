import { useState } from 'react';
import type { JsonValue } from '../backend/bindings';
import { formatCount } from '../domain/format';
import { isBranch, preview } from '../domain/json';
import { visibleText } from '../domain/visibleText';
import styles from './JsonTable.module.css';

interface JsonTableProps {
  columns: readonly string[];
  rows: readonly { [key: string]: JsonValue }[];
  label: string;
}

const MOST_ROWS = 50;
const PAGE = 500;
/** Longer cells are cut here; the plain data has all of them. */
const LONGEST_CELL = 300;

/** Objects that are alike, one a row. */
export function JsonTable({ columns, rows, label }: JsonTableProps) {
  const [most, setMost] = useState(MOST_ROWS);
  const left = rows.length - most;
  return (
    <>
      <div className={styles.sheet} tabIndex={0} role="region" aria-label={label}>
        <table className={styles.table} aria-rowcount={rows.length + 1}>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col" className={isNumeric(rows, column) ? styles.number : undefined}>
                  {visibleText(column)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, most).map((row, index) => (
              <tr key={index}>
                {columns.map((column) => {
                  const value = Object.hasOwn(row, column) ? row[column] : undefined;
                  return (
                    <td key={column} className={typeof value === 'number' ? styles.number : undefined}>
                      {value === undefined ? <i className={styles.none}>–</i> : cellText(value)}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {left > 0 && (
        <button
          type="button"
          className={styles.more}
          onClick={() => {
            setMost(most + PAGE);
          }}
        >
          Show more rows ({formatCount(left)} left)
        </button>
      )}
    </>
  );
}

/** Whether a column has numbers and nothing else, as far as the first rows show. */
function isNumeric(rows: JsonTableProps['rows'], column: string): boolean {
  const values = rows.slice(0, MOST_ROWS).flatMap((row) => (Object.hasOwn(row, column) ? [row[column]] : []));
  return values.length > 0 && values.every((value) => typeof value === 'number');
}

function cellText(value: JsonValue): string {
  if (isBranch(value)) return visibleText(preview(value, LONGEST_CELL));
  const text = String(value);
  return visibleText(text.length > LONGEST_CELL ? `${text.slice(0, LONGEST_CELL)}…` : text);
}
