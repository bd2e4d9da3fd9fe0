// The licences of what others wrote and this program carries.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Address } from '../../components/Address';
import { packagesWith, type LicensedPackage, type Licences } from '../../domain/licences';
import styles from './LicenceList.module.css';

const load = async () => JSON.parse((await import('virtual:licences')).default) as Licences;

export function LicenceList() {
  const { data, error } = useQuery({ queryKey: ['licences'], queryFn: load, staleTime: Infinity });
  const [words, setWords] = useState('');
  if (error) return <p role="alert">The licences could not be read: {error.message}</p>;
  if (!data) return <p className={styles.count}>Reading the licences…</p>;
  const shown = packagesWith(data.packages, words);
  return (
    <>
      <div className={styles.head}>
        <input
          className={styles.words}
          type="search"
          aria-label="Find a package or a licence"
          placeholder="Package or licence"
          value={words}
          onChange={(event) => {
            setWords(event.target.value);
          }}
        />
        <span className={styles.count} role="status">
          {shown.length === data.packages.length
            ? `${shown.length} packages`
            : `${shown.length} of ${data.packages.length} packages`}
        </span>
      </div>
      <ul className={styles.list} aria-label="Packages and their licences">
        {shown.map((found) => (
          <li key={`${found.name} ${found.version}`}>
            <Package found={found} texts={data.texts} />
          </li>
        ))}
      </ul>
      {shown.length === 0 && <p className={styles.count}>No package has these words.</p>}
    </>
  );
}

function Package({ found, texts }: { found: LicensedPackage; texts: readonly string[] }) {
  const [open, setOpen] = useState(false);
  return (
    <details
      open={open}
      onToggle={(event) => {
        setOpen(event.currentTarget.open);
      }}
    >
      <summary className={styles.package}>
        <span className={styles.name}>{found.name}</span>
        <span className={styles.version}>{found.version}</span>
        <span className={styles.licence}>{found.licence}</span>
      </summary>
      {open && (
        <div className={styles.whole}>
          {found.address !== '' && <Address target={found.address} />}
          {found.texts.length === 0 && <p>The package names its licence and brings no text of it.</p>}
          {found.texts.map((at) => (
            <pre key={at} className={styles.text}>
              {texts[at]}
            </pre>
          ))}
        </div>
      )}
    </details>
  );
}
