// Places that a search found, those of a file together.
import { useMemo, useState } from 'react';
import { formatCount } from '../domain/format';
import type { SearchMatch } from '../domain/toolView';
import { visibleText } from '../domain/visibleText';
import styles from './ToolParts.module.css';

const MOST = 100;

export function SearchMatches({ matches }: { matches: readonly SearchMatch[] }) {
  const [most, setMost] = useState(MOST);
  const files = useMemo(() => byFile(matches.slice(0, most)), [matches, most]);
  const left = matches.length - most;
  return (
    <div className={styles.matches}>
      {files.map(({ path, places }, index) => (
        <div key={index}>
          <code className={styles.path}>{visibleText(path)}</code>
          {places.map(({ line, text }, at) => (
            <div key={at} className={styles.match}>
              <span className={styles.line}>{line}</span>
              <span>{visibleText((text ?? '').slice(0, 400))}</span>
            </div>
          ))}
        </div>
      ))}
      {left > 0 && (
        <button
          type="button"
          className={styles.more}
          onClick={() => {
            setMost(most + 10 * MOST);
          }}
        >
          Show more ({formatCount(left)} left)
        </button>
      )}
    </div>
  );
}

interface FileMatches {
  path: string;
  places: SearchMatch[];
}

function byFile(matches: readonly SearchMatch[]): FileMatches[] {
  const files: FileMatches[] = [];
  for (const match of matches) {
    if (files.at(-1)?.path !== match.path) files.push({ path: match.path, places: [] });
    if (match.line !== null) files.at(-1)?.places.push(match);
  }
  return files;
}
