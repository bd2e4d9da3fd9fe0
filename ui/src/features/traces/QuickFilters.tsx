// What is asked for most, one click away.
import type { FilterEdit, FilterReading } from '../../backend/bindings';
import { Button } from '../../components/Button';
import { formatDurationMs } from '../../domain/format';
import type { FieldEdit } from '../../queries/filter';
import { asks } from './filterPieces';

interface Quick {
  label: string;
  title?: string;
  field: string;
  isOn: boolean;
  on: FilterEdit;
  off: FilterEdit;
}

interface QuickFiltersProps {
  reading: FilterReading;
  /** From here on a run is slow. */
  slow_ms: number;
  className: string | undefined;
  onEdit: (edit: FieldEdit) => void;
}

export function QuickFilters({ reading, slow_ms, className, onEdit }: QuickFiltersProps) {
  return (
    <div className={className} role="group" aria-label="Quick filters">
      {quicksOf(reading, slow_ms).map(({ label, title, field, isOn, on, off }) => (
        <Button
          key={label}
          size="small"
          aria-pressed={isOn}
          title={title}
          onClick={() => {
            onEdit({ field, edit: isOn ? off : on });
          }}
        >
          {label}
        </Button>
      ))}
    </div>
  );
}

function quicksOf(reading: FilterReading, slow_ms: number): Quick[] {
  const one = (is: (value: string) => boolean) => (values: string[]) =>
    values.length === 1 && is(values[0] ?? '');
  const set = (value: string): FilterEdit => ({ type: 'set', values: [value] });
  const outlier: FilterEdit = { type: 'toggle', value: 'outlier' };
  return [
    {
      label: 'Failed',
      field: 'status',
      isOn: asks(
        reading,
        'status',
        one((value) => value.toLowerCase() === 'failed'),
      ),
      on: set('failed'),
      off: { type: 'clear' },
    },
    {
      label: 'Slow',
      title: `Took ${formatDurationMs(slow_ms)} or more`,
      field: 'duration',
      isOn: asks(
        reading,
        'duration',
        one((value) => least_ms(value) === slow_ms),
      ),
      on: set(`>=${slow_ms}ms`),
      off: { type: 'clear' },
    },
    {
      label: 'Retried',
      title: 'Tried something again',
      field: 'retries',
      isOn: asks(
        reading,
        'retries',
        one((value) => /^(>0|>=1)$/.test(value)),
      ),
      on: set('>0'),
      off: { type: 'clear' },
    },
    {
      label: 'Outliers',
      title: 'Out of the ordinary for their task: far above the median of its runs',
      field: 'is',
      isOn: asks(reading, 'is', (values) => values.includes('outlier')),
      on: outlier,
      off: outlier,
    },
  ];
}

const MS_PER: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1e3,
  m: 6e4,
  min: 6e4,
  h: 3.6e6,
};

/** The shortest time that a condition like `>=1.5s` allows; `null` if it is another condition. */
function least_ms(value: string): number | null {
  const [, number, unit = ''] = /^>=\s*(\d+(?:\.\d+)?)\s*(\D+)$/.exec(value) ?? [];
  const factor = MS_PER[unit.toLowerCase()];
  return number === undefined || factor === undefined
    ? null
    : Math.round(Number(number) * factor * 1e6) / 1e6;
}
