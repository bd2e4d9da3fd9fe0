import { useState } from 'react';
import type { JsonValue } from '../../backend/bindings';
import { CopyButton } from '../../components/CopyButton';
import { Icon } from '../../components/icons';
import { JsonView } from '../../components/JsonView';
import { isBranch, rowsContaining, rowsOf, textOf, type Row } from '../../domain/json';
import { plural } from '../../domain/format';
import { visibleText } from '../../domain/visibleText';
import styles from './Inspector.module.css';

interface AttributesProps {
  attributes: JsonValue;
  /** Attributes of the resource and scope. */
  origin: JsonValue;
}

/** What the source says of the step, searchable. */
export function Attributes({ attributes, origin }: AttributesProps) {
  const [search, setSearch] = useState('');
  const own = rowsOf(attributes);
  const from = rowsOf(origin);
  const shownOwn = rowsContaining(own, search);
  const shownFrom = rowsContaining(from, search);
  const none = shownOwn.length + shownFrom.length === 0;
  return (
    <>
      <div className={styles.bar}>
        <label className={styles.search}>
          <Icon name="search" size={14} />
          <input
            value={search}
            placeholder={`Search ${plural(own.length + from.length, 'attribute')}`}
            aria-label="Search attributes"
            spellCheck={false}
            onChange={(event) => {
              setSearch(event.target.value);
            }}
          />
        </label>
        <CopyButton
          text={() => textOf(origin === null ? attributes : { attributes, origin })}
          label="Copy all"
        />
      </div>
      {none && <p className={styles.nothing}>No attribute contains “{search}”.</p>}
      <Table rows={shownOwn} />
      {shownFrom.length > 0 && <h3 className={styles.subhead}>Resource and scope</h3>}
      <Table rows={shownFrom} />
    </>
  );
}

function Table({ rows }: { rows: readonly Row[] }) {
  if (rows.length === 0) return null;
  return (
    <dl className={styles.table}>
      {rows.map(({ key, value }) => (
        <div key={key} className={isBranch(value) || String(value).length > 60 ? styles.wide : styles.pair}>
          <dt>{visibleText(key)}</dt>
          <dd>
            <JsonView value={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
