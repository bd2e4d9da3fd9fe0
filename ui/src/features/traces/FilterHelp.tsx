// What can be written into the filter, by example.
import { useQuery } from '@tanstack/react-query';
import { Popover } from 'radix-ui';
import { useBackend } from '../../backend';
import { IconButton } from '../../components/Button';
import { filterCompleteQuery } from '../../queries/filter';
import styles from './FilterHelp.module.css';

const FORMS: readonly (readonly [string, string])[] = [
  ['rate limit', 'both words, anywhere in what was said'],
  ['"rate limit"', 'exactly this'],
  ['status:failed,lost', 'one of several'],
  ['-environment:staging', 'not this'],
  ['model:gpt-4*', '* stands for anything'],
  ['duration:>=1.5s', 'more, less: > >= < <='],
  ['a or b, (a b) or c', 'one or the other'],
];

/** One example for each field, by name. */
const EXAMPLES: Readonly<Record<string, string>> = {
  status: 'status:failed',
  duration: 'duration:>2s',
  started: 'started:>2026-11-20',
  retries: 'retries:>0',
  errors: 'errors:>=3',
  steps: 'steps:>100',
  tokens: 'tokens:>50000',
  cost: 'cost:>0.10',
  model: 'model:gpt-4*',
  tool: 'tool:web_search',
  project: 'project:storefront',
  environment: 'environment:production',
  name: 'name:checkout*',
  format: 'format:otlp',
  source: 'source:*.jsonl',
  conversation: 'conversation:conv-51f2',
  tag: 'tag:"to show"',
  key: 'key:4bf92f*',
  has: 'has:error',
  is: 'is:outlier',
};

export function FilterHelp() {
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <IconButton size="small" icon="info" label="How to write a filter" />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className={styles.help}
          align="end"
          sideOffset={4}
          collisionPadding={8}
          aria-label="How to write a filter"
        >
          <Examples />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Examples() {
  const { data, error } = useQuery(filterCompleteQuery(useBackend(), '', 0));
  const fields =
    data?.completions.items.filter((item) => item.count === null && /:$/.test(item.insert)) ?? [];
  return (
    <>
      <h2 className={styles.title}>Conditions, one after the other; all must hold</h2>
      <dl className={styles.table}>
        {FORMS.map(([example, meaning]) => (
          <Line key={example} example={example} meaning={meaning} />
        ))}
      </dl>
      <h2 className={styles.title}>Fields</h2>
      {error && <p className={styles.error}>The fields could not be read: {error.message}</p>}
      <dl className={styles.table}>
        {fields.map(({ insert, detail }) => (
          <Line key={insert} example={EXAMPLES[insert.slice(0, -1)] ?? insert} meaning={detail} />
        ))}
      </dl>
    </>
  );
}

function Line({ example, meaning }: { example: string; meaning: string }) {
  return (
    <div className={styles.line}>
      <dt>
        <code>{example}</code>
      </dt>
      <dd>{meaning}</dd>
    </div>
  );
}
