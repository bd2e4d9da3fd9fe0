import type { ErrorDetail, StepDetail } from '../../backend/bindings';
import { CopyButton } from '../../components/CopyButton';
import { LongText } from '../../components/LongText';
import { plural } from '../../domain/format';
import { visibleText } from '../../domain/visibleText';
import { Block } from './Block';
import styles from './Inspector.module.css';

/** What went wrong in a step: its own errors and those of its exception events. */
export function Errors({ step }: { step: StepDetail }) {
  const { errors } = step.content;
  const shown: ErrorDetail[] =
    errors.length > 0 ? errors : [{ kind: null, message: step.error ?? '', stack: null }];
  return shown.map((error, index) => <ErrorView key={index} error={error} />);
}

function ErrorView({ error }: { error: ErrorDetail }) {
  const { kind, message, stack } = error;
  return (
    <div className={styles.error}>
      <div className={styles.errorHead}>
        <b>{kind === null ? 'Error' : visibleText(kind)}</b>
        <CopyButton text={() => [kind, message, stack].filter(Boolean).join('\n')} label="Copy the error" />
      </div>
      <div className={styles.errorMessage}>
        {message === '' ? <i>The source gives no message.</i> : <LongText text={message} />}
      </div>
      {stack !== null && stack !== '' && (
        <Block
          title="Stack"
          what="the stack"
          copy={() => stack}
          note={plural(stack.trimEnd().split('\n').length, 'line')}
        >
          <pre className={styles.stack}>
            <LongText mono text={stack} most={6000} />
          </pre>
        </Block>
      )}
    </div>
  );
}
