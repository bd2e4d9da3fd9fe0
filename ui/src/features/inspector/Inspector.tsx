// Everything about the selected step, or about the run itself.
import { lazy, Suspense, useId, useMemo, type ReactNode } from 'react';
import type { StepDetail } from '../../backend/bindings';
import { Button } from '../../components/Button';
import { CopyButton } from '../../components/CopyButton';
import { LongTexts } from '../../components/LongTexts';
import { EmptyState, ErrorState } from '../../components/States';
import { WholeText } from '../../components/WholeText';
import { useBackend } from '../../backend';
import { formatBytes } from '../../domain/format';
import { choiceKey, SECTION_WORDS, sectionShown, sectionsOf, type Section } from '../../domain/sections';
import type { StepTree } from '../../domain/stepTree';
import { storedText } from '../../domain/storedText';
import { chooseSection, useSteps } from '../../state/steps';
import { Attempts } from './Attempts';
import { Attributes } from './Attributes';
import { Breadcrumbs } from './Breadcrumbs';
import { Cause } from './Cause';
import { Conversation } from './Conversation';
import { Data } from './Data';
import { Errors } from './Errors';
import { Events } from './Events';
import { PlainSwitch } from './PlainSwitch';
import styles from './Inspector.module.css';
import { StepHeader } from './StepHeader';
import { useAttemptCorrection, type AttemptCorrection } from './useAttemptCorrection';
import { useStep } from './useStep';

const CodeView = lazy(() => import('../../components/CodeView'));

/** What content as the source has it is called, in the sections that are set for reading. */
const PLAIN_WORDS: Partial<Record<Section, string>> = { conversation: 'As written', data: 'As data' };

interface InspectorProps {
  traceId: number;
  stepId: string;
  tree: StepTree;
  /** What can be done with the step, beside its name. */
  actions?: (step: StepDetail) => ReactNode;
  /** What stands between the head of the step and its content. */
  beside?: (step: StepDetail) => ReactNode;
  /** What stands between the step's head and its sections: places that a search has found. */
  matches?: ReactNode;
}

export function Inspector({ traceId, stepId, tree, actions, beside, matches }: InspectorProps) {
  const found = useStep(traceId, stepId);
  const correction = useAttemptCorrection(traceId, tree, stepId);
  return (
    <>
      <Breadcrumbs tree={tree} stepId={stepId} />
      {found.state === 'loading' && <Skeleton />}
      {found.state === 'failed' && (
        <ErrorState title="This step cannot be read" text={found.message}>
          <Button onClick={found.retry}>Try again</Button>
        </ErrorState>
      )}
      {found.state === 'there' && (
        <LongTexts traceId={traceId} stepId={found.step.span_id} texts={found.step.long_texts}>
          <Step
            step={found.step}
            tree={tree}
            traceId={traceId}
            correction={correction}
            actions={actions}
            beside={beside}
            matches={matches}
          />
        </LongTexts>
      )}
    </>
  );
}

interface StepProps extends Omit<InspectorProps, 'stepId'> {
  step: StepDetail;
  correction: AttemptCorrection;
}

function Step({ traceId, step, tree, correction, actions, beside, matches }: StepProps) {
  const kind = choiceKey(step);
  const sections = sectionsOf(step);
  const chosen = useSteps((steps) => steps.sections[kind]);
  const shown = sectionShown(sections, chosen);
  const counts: Partial<Record<Section, number>> = {
    events: step.events.length + step.links.length,
    conversation: step.content.input_messages.length + step.content.output_messages.length,
  };
  return (
    <>
      <StepHeader traceId={traceId} step={step} tree={tree} actions={actions?.(step)} />
      <Cause tree={tree} stepId={step.span_id} />
      <Attempts traceId={traceId} step={step} tree={tree} correction={correction} />
      {beside?.(step)}
      {matches}
      {shown === null ? (
        <EmptyState
          title="Nothing recorded"
          text="The source gives times for this step, but no input, output or attributes."
        />
      ) : (
        <Tabs
          sections={sections}
          shown={shown}
          counts={counts}
          onChoose={(section) => {
            chooseSection(kind, section);
          }}
        >
          <SectionBody key={step.span_id} section={shown} traceId={traceId} step={step} tree={tree} />
        </Tabs>
      )}
    </>
  );
}

interface TabsProps {
  sections: readonly Section[];
  shown: Section;
  counts: Partial<Record<Section, number>>;
  onChoose: (section: Section) => void;
  children: ReactNode;
}

function Tabs({ sections, shown, counts, onChoose, children }: TabsProps) {
  const id = useId();
  const go = (by: number) => {
    const next = sections[(sections.indexOf(shown) + by + sections.length) % sections.length];
    if (!next) return;
    onChoose(next);
    document.getElementById(`${id}${next}`)?.focus();
  };
  return (
    <>
      <div className={styles.tabRow}>
        <div
          role="tablist"
          aria-label="Sections of the step"
          className={styles.tabs}
          onKeyDown={(event) => {
            if (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft') return;
            event.preventDefault();
            event.stopPropagation();
            go(event.key === 'ArrowRight' ? 1 : -1);
          }}
        >
          {sections.map((section) => (
            <button
              key={section}
              id={`${id}${section}`}
              type="button"
              role="tab"
              aria-selected={section === shown}
              aria-controls={`${id}body`}
              tabIndex={section === shown ? 0 : -1}
              className={`${styles.tab} ${section === 'error' ? styles.failed : ''}`}
              onClick={() => {
                onChoose(section);
              }}
            >
              {SECTION_WORDS[section]}
              {counts[section] !== undefined && <span className={styles.count}>{counts[section]}</span>}
            </button>
          ))}
        </div>
        {PLAIN_WORDS[shown] !== undefined && <PlainSwitch label={PLAIN_WORDS[shown]} />}
      </div>
      <div
        id={`${id}body`}
        role="tabpanel"
        aria-labelledby={`${id}${shown}`}
        data-scrolls
        className={styles.body}
      >
        {children}
      </div>
    </>
  );
}

interface SectionProps {
  section: Section;
  traceId: number;
  step: StepDetail;
  tree: StepTree;
}

function SectionBody({ section, traceId, step, tree }: SectionProps) {
  switch (section) {
    case 'error':
      return <Errors step={step} />;
    case 'conversation':
      return <Conversation content={step.content} />;
    case 'data':
      return <Data content={step.content} name={step.name} attributes={step.attributes} />;
    case 'events':
      return <Events step={step} tree={tree} />;
    case 'attributes':
      return <Attributes attributes={step.attributes} origin={step.origin} />;
    case 'raw':
      return step.long_texts.length > 0 || step.raw_bytes > LARGEST_SET_OUT_BYTES ? (
        <LargeRaw traceId={traceId} step={step} />
      ) : (
        <Raw step={step} />
      );
  }
}

/** A larger payload is shown as it lies in the store, not set out in lines. */
const LARGEST_SET_OUT_BYTES = 1_000_000;

function LargeRaw({ traceId, step }: { traceId: number; step: StepDetail }) {
  const { call } = useBackend();
  const { span_id, raw_bytes } = step;
  const cut = useMemo(() => {
    const place = { trace_id: traceId, span_id, place: '/raw' };
    const source = storedText(call, place, { bytes: raw_bytes, items: null });
    return { start: '', source, items: null };
  }, [call, traceId, span_id, raw_bytes]);
  return (
    <div className={styles.raw}>
      <div className={styles.bar}>
        <span>As stored, {formatBytes(raw_bytes)}, not set out in lines for its size</span>
      </div>
      <WholeText text="" cut={cut} label="The step as stored, as JSON">
        <Lines />
      </WholeText>
    </div>
  );
}

function Raw({ step }: { step: StepDetail }) {
  const text = useMemo(() => JSON.stringify(step.raw, null, 2), [step.raw]);
  return (
    <div className={styles.raw}>
      <div className={styles.bar}>
        <span>As stored, {formatBytes(step.raw_bytes)}</span>
        <CopyButton text={text} label="Copy all" withLabel />
      </div>
      <div className={styles.code}>
        <Suspense fallback={<Lines />}>
          <CodeView text={text} label="The step as stored, as JSON" />
        </Suspense>
      </div>
    </div>
  );
}

function Lines() {
  return (
    <div className={styles.skeleton} aria-hidden="true">
      <i style={{ width: '70%' }} />
      <i style={{ width: '45%' }} />
      <i style={{ width: '60%' }} />
    </div>
  );
}

function Skeleton() {
  return (
    <div role="status" aria-label="Reading the step…">
      <Lines />
    </div>
  );
}
