import styles from './Kbd.module.css';

const isMac = typeof navigator !== 'undefined' && /Mac/.test(navigator.platform);

const WORDS: Record<string, string> = {
  Mod: isMac ? '⌘' : 'Ctrl',
  Shift: isMac ? '⇧' : 'Shift',
  Alt: isMac ? '⌥' : 'Alt',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
  ' ': 'Space',
  PageUp: 'PgUp',
  PageDown: 'PgDn',
};

/** Keys as on the keyboard: `Mod+Shift+O`; `g t` for two keys one after the other. */
export function Kbd({ keys }: { keys: string }) {
  const parts = keys === '+' ? ['+'] : keys === ' ' ? [' '] : keys.split(/[+ ]/);
  return (
    <kbd className={styles.keys}>
      {parts.map((part) => (
        <kbd className={styles.key} key={part}>
          {WORDS[part] ?? (part.length === 1 && parts.length > 1 ? part.toUpperCase() : part)}
        </kbd>
      ))}
    </kbd>
  );
}
