import { Icon, type IconName } from './icons';
import styles from './SegmentedControl.module.css';
import { Tooltip } from './Tooltip';

interface Segment<V extends string> {
  value: V;
  label: string;
  icon: IconName;
  /** What choosing it shows; its tooltip. */
  hint: string;
  shortcut?: string;
}

interface SegmentedControlProps<V extends string> {
  /** What is chosen. */
  label: string;
  segments: readonly Segment<V>[];
  value: V;
  onChange: (value: V) => void;
}

/** One of a few, all of them in sight. Where there is little room, only their icons are shown. */
export function SegmentedControl<V extends string>(props: SegmentedControlProps<V>) {
  const { label, segments, value, onChange } = props;
  return (
    <div className={styles.segments} role="group" aria-label={label}>
      {segments.map((segment) => (
        <Tooltip
          key={segment.value}
          text={segment.hint}
          {...(segment.shortcut ? { shortcut: segment.shortcut } : {})}
        >
          <button
            type="button"
            aria-label={segment.label}
            aria-pressed={segment.value === value}
            className={styles.segment}
            onClick={() => {
              onChange(segment.value);
            }}
          >
            <Icon name={segment.icon} size={13} />
            <span className={styles.word}>{segment.label}</span>
          </button>
        </Tooltip>
      ))}
    </div>
  );
}
