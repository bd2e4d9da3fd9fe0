// What can be done with the traces picked out: the buttons of the selection bar.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { backendErrorFrom, useBackend } from '../../backend';
import type { TraceSelection } from '../../backend/bindings';
import { Button } from '../../components/Button';
import { Popover } from '../../components/Popover';
import { formatBytes, plural } from '../../domain/format';
import { maskedWords } from '../../domain/masked';
import { useMarkTraces, type Marking } from '../../queries/curate';
import { traceListQuery } from '../../queries/traces';
import { useActions } from '../../state/actions';
import { usePlace } from '../../state/place';
import { useSelection } from '../../state/selection';
import { tell, tellFailure } from '../../state/toast';
import { NoteEditor } from './NoteEditor';
import { TagInput } from './TagInput';
import { useDeleting } from './useDeleting';

/** As many runs stand side by side in a matrix. */
const MOST_COMPARED = 50;

/** Why what is picked out cannot be compared; `null` if it can. */
function cannotCompareWords(count: number): string | null {
  if (count < 2) return 'Select two traces to compare them, or more for a matrix of their steps.';
  return count > MOST_COMPARED ? `At most ${MOST_COMPARED} traces can be compared.` : null;
}

interface SelectionActionsProps {
  /** Sets traces side by side. */
  onCompare: (traces: readonly number[]) => void;
}

export function SelectionActions({ onCompare }: SelectionActionsProps) {
  const backend = useBackend();
  const cache = useQueryClient();
  const { ids, all } = useSelection();
  const filter = usePlace((place) => place.filter);
  const marking = useMarkTraces();
  const { isDeleting, deleteTraces } = useDeleting();
  const [open, setOpen] = useState<'tag' | 'note' | null>(null);
  const [isExporting, setExporting] = useState(false);

  const selection: TraceSelection = all ? { trace_ids: [], filter } : { trace_ids: [...ids], filter: null };
  const isAny = all || ids.size > 0;
  const [first] = ids;
  const single = !all && ids.size === 1 ? first : undefined;
  const mark = (change: Omit<Marking, 'selection'>, done: (traces: number) => string) => {
    marking.mutate(
      { ...change, selection },
      {
        onSuccess: ({ traces }) => {
          tell({ text: traces === 0 ? 'Nothing to change: they are so already' : done(traces) });
        },
        onError: (error) => {
          tellFailure('Not changed', backendErrorFrom(error));
        },
      },
    );
  };
  const star = () => {
    mark({ starred: true }, (traces) => `${plural(traces, 'trace')} starred`);
  };
  const exportThem = () => {
    setExporting(true);
    backend
      .exportTraces(selection)
      .then(
        (written) => {
          if (written) {
            const masked = maskedWords(written.masked);
            const exported = `${plural(written.traces, 'trace')} exported (${formatBytes(written.bytes)})`;
            const damaged =
              written.damaged > 0 &&
              `${plural(written.damaged, 'step')} damaged in the store: left out, or exported without content`;
            tell({ text: [exported, masked, damaged].filter(Boolean).join('. ') });
          }
        },
        (error: unknown) => {
          tellFailure('Not exported', backendErrorFrom(error));
        },
      )
      .finally(() => {
        setExporting(false);
      });
  };
  const remove = () => {
    deleteTraces(selection);
  };
  const action = (id: string, label: string, keys: string[], run: () => void) => ({
    id: `selection.${id}`,
    label,
    group: 'Selected traces',
    keys,
    run,
  });
  useActions(
    isAny
      ? [
          action('star', 'Star the selected traces', [], star),
          action('tag', 'Tag the selected traces…', ['t'], () => {
            setOpen('tag');
          }),
          action('export', 'Export the selected traces…', [], exportThem),
          action('delete', 'Delete the selected traces', ['Delete'], remove),
        ]
      : [],
  );
  // Of all that the filter finds, as many as tell whether they are too many.
  const firstOfAll = traceListQuery(backend, {
    filter,
    sort: 'started',
    descending: true,
    offset: 0,
    limit: MOST_COMPARED + 1,
  });
  const found = useQuery({ ...firstOfAll, enabled: all }).data?.list.items.length;
  // Not known yet is no reason.
  const cannotCompare = all && found === undefined ? null : cannotCompareWords(all ? (found ?? 0) : ids.size);
  const compare = () => {
    if (cannotCompare !== null) {
      tell({ text: cannotCompare });
      return;
    }
    if (!all) {
      onCompare([...ids]);
      return;
    }
    cache.fetchQuery(firstOfAll).then(
      ({ list }) => {
        const cannot = cannotCompareWords(list.items.length);
        if (cannot === null) onCompare(list.items.map(({ trace_id }) => trace_id));
        else tell({ text: cannot });
      },
      (error: unknown) => {
        tellFailure('Not compared', backendErrorFrom(error));
      },
    );
  };

  return (
    <>
      <Button size="small" icon="star" disabled={!isAny || marking.isPending} onClick={star}>
        Star
      </Button>
      <Popover
        open={open === 'tag'}
        onOpenChange={(isOpen) => {
          setOpen(isOpen ? 'tag' : null);
        }}
        label="Tag the selected traces"
        trigger={
          <Button size="small" icon="tag" disabled={!isAny} title="Tag the selected traces (t)">
            Tag
          </Button>
        }
      >
        <TagInput
          label="Tag to add"
          without={[]}
          autoFocus
          onAdd={(tag) => {
            setOpen(null);
            mark({ add_tags: [tag] }, (traces) => `${plural(traces, 'trace')} tagged “${tag}”`);
          }}
          onLeave={() => {
            setOpen(null);
          }}
        />
      </Popover>
      <Popover
        open={open === 'note' && single !== undefined}
        onOpenChange={(isOpen) => {
          setOpen(isOpen ? 'note' : null);
        }}
        label="Note"
        trigger={
          <Button
            size="small"
            icon="edit"
            disabled={single === undefined}
            title={single === undefined ? 'A note is about one trace: select one' : undefined}
          >
            Note
          </Button>
        }
      >
        {single !== undefined && (
          <NoteEditor
            key={single}
            traceId={single}
            onDone={() => {
              setOpen(null);
            }}
          />
        )}
      </Popover>
      <Button size="small" icon="save" disabled={!isAny || isExporting} onClick={exportThem}>
        {isExporting ? 'Exporting…' : 'Export'}
      </Button>
      <Button
        size="small"
        icon="compare"
        // Not disabled: of a disabled button nobody can read why it is.
        aria-disabled={cannotCompare !== null}
        title={cannotCompare ?? undefined}
        onClick={compare}
      >
        Compare
      </Button>
      <Button
        size="small"
        icon="remove"
        disabled={!isAny || isDeleting}
        title="Delete the selected traces (Delete); this can be undone"
        onClick={remove}
      >
        Delete
      </Button>
    </>
  );
}
