import { useQuery } from '@tanstack/react-query';
import { useBackend } from '../../backend';
import type { SourceKind } from '../../backend/bindings';
import { Button } from '../../components/Button';
import { Icon } from '../../components/icons';
import { suggestionsQuery } from '../../queries/sources';
import styles from './Sources.module.css';
import { KIND_WORDS } from './sourceWords';

/** What on this machine could be followed: offered, never taken without asking. */
export function Suggestions({ onFollow }: { onFollow: (kind: SourceKind) => void }) {
  const { data = [] } = useQuery(suggestionsQuery(useBackend()));
  if (data.length === 0) return null;
  return (
    <section className={styles.section} aria-labelledby="suggestions-title">
      <h2 id="suggestions-title" className={styles.heading}>
        On this machine
      </h2>
      <ul className={styles.suggestions}>
        {data.map(({ label, location, kind, is_followed }) => (
          <li key={location}>
            <Icon name={KIND_WORDS[kind.type].icon} />
            <span className={styles.kind}>{label}</span>
            <span className={styles.address} title={location}>
              {location}
            </span>
            {is_followed ? (
              <span className={styles.followed}>
                <Icon name="check" size={14} />
                followed
              </span>
            ) : (
              <Button
                size="small"
                aria-label={`Follow ${label}`}
                onClick={() => {
                  onFollow(kind);
                }}
              >
                Follow
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
