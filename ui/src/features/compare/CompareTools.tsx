// What can be done with a comparison: walking its differences, their list, and keeping it.
import { useState } from 'react';
import { backendErrorFrom, useBackend } from '../../backend';
import type { ComparisonForm, RunDifference } from '../../backend/bindings';
import { Button, IconButton } from '../../components/Button';
import { Menu } from '../../components/Menu';
import { Popover } from '../../components/Popover';
import type { AlignedRuns } from '../../domain/alignedRuns';
import { countBelow, indexOf } from '../../domain/columns';
import { formatBytes, formatCount, plural } from '../../domain/format';
import { maskedWords } from '../../domain/masked';
import { wishFocus } from '../../state/focus';
import { showNumbers, toggleOnlyDifferences, toggleReplay, useLayout } from '../../state/layout';
import { tell, tellFailure } from '../../state/toast';
import styles from './Compare.module.css';
import { DifferenceList } from './DifferenceList';

interface CompareToolsProps {
  a: number;
  b: number;
  runs: AlignedRuns;
  differences: readonly RunDifference[];
  /** Steps in which both did the same, in another time or for other tokens or cost. */
  drifts: readonly RunDifference[];
  selected: number;
  isListOpen: boolean;
  onListOpen: (isOpen: boolean) => void;
  onGo: (pair: number) => void;
  onNext: (direction: 1 | -1) => void;
  onCopy: () => void;
  showsNumbers: boolean;
}

export function CompareTools(props: CompareToolsProps) {
  const {
    a,
    b,
    runs,
    differences,
    drifts,
    selected,
    isListOpen,
    onListOpen,
    onGo,
    onNext,
    onCopy,
    showsNumbers,
  } = props;
  const onlyDifferences = useLayout((layout) => layout.onlyDifferences);
  const showsReplay = useLayout((layout) => layout.showsReplay);
  const { isSaving, save } = useSaving(a, b);
  return (
    <div className={styles.tools} role="toolbar" aria-label="Comparison">
      <IconButton
        icon="up"
        size="small"
        label="Previous difference"
        shortcut="Shift+N"
        onClick={() => {
          onNext(-1);
        }}
      />
      <IconButton
        icon="down"
        size="small"
        label="Next difference"
        shortcut="n"
        onClick={() => {
          onNext(1);
        }}
      />
      <span className={styles.explains}>{placeWords(runs, selected)}</span>
      <Button
        size="small"
        look="quiet"
        disabled={runs.first < 0}
        title="Where the runs part"
        onClick={() => {
          onGo(runs.first);
        }}
      >
        Where they part
      </Button>
      <Popover
        open={isListOpen}
        onOpenChange={onListOpen}
        label="Differences, that which explains most first"
        returnFocus={focusSteps}
        trigger={
          <Button
            size="small"
            look="quiet"
            icon="list"
            title="Differences, that which explains most first (l)"
          >
            {plural(runs.different.length, 'difference')}
          </Button>
        }
      >
        <DifferenceList
          runs={runs}
          differences={differences}
          drifts={drifts}
          onGo={(pair) => {
            onListOpen(false);
            onGo(pair);
          }}
        />
      </Popover>
      <Button
        size="small"
        look="quiet"
        icon="differs"
        aria-pressed={onlyDifferences}
        title="Show only what differs, with a line around it (d)"
        onClick={toggleOnlyDifferences}
      >
        Only differences
      </Button>
      <Button
        size="small"
        look="quiet"
        icon="play"
        aria-pressed={showsReplay}
        title="Show or hide the replay (Shift+L)"
        onClick={toggleReplay}
      >
        Replay
      </Button>
      <Button
        size="small"
        look="quiet"
        icon="insights"
        aria-pressed={showsNumbers}
        title="Show the numbers of both runs in full, or what differs of them in a line"
        onClick={() => {
          showNumbers(!showsNumbers);
        }}
      >
        Numbers
      </Button>
      <span className={styles.space} />
      <IconButton
        icon="link"
        size="small"
        label="Copy a link to this comparison"
        shortcut="y"
        onClick={onCopy}
      />
      <Menu
        trigger={
          <Button size="small" icon="save" disabled={isSaving}>
            {isSaving ? 'Saving…' : 'Save'}
          </Button>
        }
        items={[
          {
            label: 'Save as HTML, for any browser',
            onSelect: () => {
              save('html');
            },
          },
          {
            label: 'Save as JSON',
            onSelect: () => {
              save('json');
            },
          },
        ]}
      />
    </div>
  );
}

const focusSteps = () => {
  wishFocus('steps');
};

/** Saves the comparison, and says what became of it. */
function useSaving(a: number, b: number) {
  const backend = useBackend();
  const ignore = useLayout((layout) => layout.ignored);
  const [isSaving, setSaving] = useState(false);
  const save = (form: ComparisonForm) => {
    setSaving(true);
    backend
      .saveComparison({ a, b, form, ignore })
      .then(
        (saved) => {
          if (!saved) return;
          const masked = maskedWords(saved.masked);
          const done = `Comparison saved (${formatBytes(saved.bytes)})`;
          tell({ text: masked ? `${done}. ${masked}` : done });
        },
        (error: unknown) => {
          tellFailure('Not saved', backendErrorFrom(error));
        },
      )
      .finally(() => {
        setSaving(false);
      });
  };
  return { isSaving, save };
}

/** Which of the differences one is at; a try counts with its operation. */
function placeWords({ different, tryOf }: AlignedRuns, selected: number): string {
  if (different.length === 0) return 'no step differs';
  const operation = tryOf[selected] ?? -1;
  const at = indexOf(different, operation >= 0 ? operation : selected);
  const of = formatCount(different.length);
  return at >= 0
    ? `${formatCount(at + 1)} of ${of}`
    : `${formatCount(countBelow(different, selected))} before, of ${of}`;
}
