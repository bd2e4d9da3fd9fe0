// What the tries of an operation lost, how much of it decided how long the run took, and where each number comes from.
import { useQuery } from '@tanstack/react-query';
import { useBackend } from '../../backend';
import type { AttemptGroup, AttemptWaste as Waste, Provenance } from '../../backend/bindings';
import { formatCostUsd, formatCount, formatDurationNs } from '../../domain/format';
import { idOf, type StepTree } from '../../domain/stepTree';
import { PROVENANCE_WORDS } from '../../domain/words';
import { runTimeQuery } from '../../queries/traces';
import styles from './AttemptWaste.module.css';

interface AttemptWasteProps {
  traceId: number;
  tree: StepTree;
  attempts: AttemptGroup;
}

export function AttemptWaste({ traceId, tree, attempts }: AttemptWasteProps) {
  const { data, isError } = useQuery(runTimeQuery(useBackend(), traceId));
  const { waste_ns, waste_tokens, waste_cost_usd } = attempts;
  if (waste_ns <= 0 && !waste_tokens && !waste_cost_usd) return null;
  const firstId = idOf(tree, attempts.rows[0] ?? -1);
  const waste = data?.attempts.find(({ first_step }) => data.step_ids[first_step] === firstId);
  const isKnown = data !== undefined || isError;
  /** What stands where there is no number: a mark that it is still being worked out, or that it is not known. */
  const none = isKnown ? '–' : '…';
  return (
    <table className={styles.waste}>
      <caption className="visually-hidden">What the attempts lost</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">Lost</th>
          <th
            scope="col"
            title="The part that decided how long the run took; worked out from the critical path"
          >
            On the critical path
          </th>
        </tr>
      </thead>
      <tbody>
        {waste_ns > 0 && tree.clock !== 'order_only' && (
          <Row
            label="Time"
            lost={formatDurationNs(waste_ns)}
            provenance={waste?.time_provenance}
            critical={waste ? criticalTime(waste) : none}
            isKnown={waste !== undefined}
          />
        )}
        {waste_tokens !== null && waste_tokens > 0 && (
          <Row
            label="Tokens"
            lost={formatCount(waste_tokens)}
            provenance={waste?.tokens_provenance}
            critical={waste ? formatCount(waste.critical_tokens ?? 0) : none}
            isKnown={waste !== undefined}
          />
        )}
        {waste_cost_usd !== null && waste_cost_usd > 0 && (
          <Row
            label="Cost"
            lost={formatCostUsd(waste_cost_usd)}
            provenance={waste?.cost_provenance}
            critical={waste ? formatCostUsd(waste.critical_cost_usd ?? 0) : none}
            isKnown={waste !== undefined}
          />
        )}
      </tbody>
    </table>
  );
}

function criticalTime({ critical_failed_ns, critical_pause_ns }: Waste): string {
  const sum = formatDurationNs(critical_failed_ns + critical_pause_ns);
  if (critical_failed_ns === 0 || critical_pause_ns === 0) return sum;
  return `${sum} (attempts ${formatDurationNs(critical_failed_ns)}, pauses ${formatDurationNs(critical_pause_ns)})`;
}

interface RowProps {
  label: string;
  lost: string;
  provenance: Provenance | undefined;
  critical: string;
  isKnown: boolean;
}

function Row({ label, lost, provenance, critical, isKnown }: RowProps) {
  return (
    <tr>
      <th scope="row">{label}</th>
      <td>
        {lost} <From provenance={provenance} />
      </td>
      <td>
        {critical} <From provenance={isKnown ? 'derived' : undefined} />
      </td>
    </tr>
  );
}

function From({ provenance }: { provenance: Provenance | undefined }) {
  if (provenance === undefined) return null;
  const { mark, meaning } = PROVENANCE_WORDS[provenance];
  return (
    <span className={styles.from} title={meaning}>
      {mark ?? 'measured'}
    </span>
  );
}
