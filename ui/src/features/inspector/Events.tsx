import type { StepDetail, StepLink } from '../../backend/bindings';
import { JsonView } from '../../components/JsonView';
import { formatDurationNs } from '../../domain/format';
import { isBranch, sizeOf } from '../../domain/json';
import { rowOf, type StepTree } from '../../domain/stepTree';
import { visibleText } from '../../domain/visibleText';
import { goTo, usePlace } from '../../state/place';
import styles from './Inspector.module.css';

/** Points in time inside a step, and its links to other steps. */
export function Events({ step, tree }: { step: StepDetail; tree: StepTree }) {
  return (
    <div className={styles.events}>
      {step.events.map((event, index) => (
        <div key={index} className={styles.event}>
          <span className={styles.offset}>
            {event.offset_ns === null ? '' : `+${formatDurationNs(event.offset_ns)}`}
          </span>
          <div className={styles.eventBody}>
            <b>{visibleText(event.name)}</b>
            {isBranch(event.attributes) && sizeOf(event.attributes) > 0 && (
              <JsonView value={event.attributes} />
            )}
          </div>
        </div>
      ))}
      {step.links.map((link, index) => (
        <Link key={`link ${index}`} link={link} tree={tree} />
      ))}
    </div>
  );
}

function Link({ link, tree }: { link: StepLink; tree: StepTree }) {
  const here = usePlace((place) => place.traceId);
  const { trace_id } = link;
  const isHere = trace_id !== null && (trace_id !== here || rowOf(tree, link.span_id) >= 0);
  return (
    <div className={styles.event}>
      <span className={styles.offset}>link</span>
      <div className={styles.eventBody}>
        <code>{link.span_id}</code>
        {isHere ? (
          <button
            type="button"
            className={styles.follow}
            onClick={() => {
              goTo({ traceId: trace_id, stepId: link.span_id }, 'push');
            }}
          >
            Go there
          </button>
        ) : (
          <span className={styles.muted}> in trace {link.trace_key}, which is not here</span>
        )}
        {isBranch(link.attributes) && sizeOf(link.attributes) > 0 && <JsonView value={link.attributes} />}
      </div>
    </div>
  );
}
