// The field that the filter is typed into: coloured as it is understood, with what could be written next below it.
//
// The input's own letters are transparent. The same text lies over it in colours, with the same font and place, and is
// scrolled along with it.
import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type RefObject } from 'react';
import type { FilterCompletion, FilterReading } from '../../backend/bindings';
import { IconButton } from '../../components/Button';
import { Icon } from '../../components/icons';
import { Kbd } from '../../components/Kbd';
import { formatCount, plural } from '../../domain/format';
import { piecesOf } from './filterPieces';
import styles from './FilterField.module.css';
import { useCompletion, type Completion } from './useCompletion';

interface FilterFieldProps {
  input: RefObject<HTMLInputElement | null>;
  text: string;
  reading: FilterReading;
  /** Why the filter cannot be applied, in words. */
  error: string | null;
  onText: (text: string) => void;
  onClear: () => void;
  /** The person is done, and wants it applied. */
  onSubmit: () => void;
  onLeave: () => void;
}

export function FilterField(props: FilterFieldProps) {
  const { input, text, reading, error, onText, onClear, onSubmit, onLeave } = props;
  const [cursor, setCursor] = useState(text.length);
  const [isFocused, setFocused] = useState(false);
  const wanted = useRef<number | null>(null);
  const completion = useCompletion(text, Math.min(cursor, text.length));
  const { isOpen, items, chosen, place } = completion;

  // What is put in leaves the cursor behind it, not at the end of the text.
  useLayoutEffect(() => {
    if (wanted.current === null) return;
    input.current?.setSelectionRange(wanted.current, wanted.current);
    wanted.current = null;
  }, [input, text]);

  const accept = (item: FilterCompletion | undefined) => {
    if (!item || !place) return;
    const rest = text.slice(place.to);
    const insert = item.ends_term && rest === '' ? `${item.insert} ` : item.insert;
    wanted.current = place.from + insert.length;
    onText(text.slice(0, place.from) + insert + rest);
    setCursor(wanted.current);
    if (item.ends_term) completion.close();
    input.current?.focus();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const isTab = event.key === 'Tab' && !event.shiftKey && isOpen && (place?.from ?? 0) < (place?.to ?? 0);
    if (event.key === ' ' && event.ctrlKey) completion.open();
    else if (isOpen && event.key === 'ArrowDown') completion.choose((chosen + 1) % items.length);
    else if (isOpen && event.key === 'ArrowUp')
      completion.choose(chosen <= 0 ? items.length - 1 : chosen - 1);
    else if (isOpen && event.key === 'Enter' && chosen >= 0) accept(items[chosen]);
    else if (isTab) accept(items[Math.max(chosen, 0)]);
    else if (isOpen && event.key === 'Escape') completion.close();
    else if (event.key === 'Escape') onLeave();
    else if (event.key === 'Enter' || event.key === 'ArrowDown') onSubmit();
    else return;
    event.preventDefault();
  };

  return (
    <div className={styles.field} data-focused={isFocused || undefined}>
      <Icon name="search" />
      <div className={styles.box}>
        <input
          ref={input}
          className={styles.input}
          type="text"
          role="combobox"
          aria-autocomplete="list"
          aria-haspopup="listbox"
          aria-expanded={isOpen}
          aria-controls={isOpen ? LIST : undefined}
          aria-activedescendant={isOpen && chosen >= 0 ? optionId(chosen) : undefined}
          value={text}
          placeholder="Filter: words, status:failed, duration:>2s, model:gpt-4*"
          aria-label="Filter traces"
          aria-invalid={error !== null}
          aria-describedby={error === null ? undefined : 'filter-error'}
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="off"
          onChange={(event) => {
            onText(event.target.value);
            setCursor(event.target.selectionStart ?? event.target.value.length);
            completion.open();
          }}
          onSelect={(event) => {
            setCursor(event.currentTarget.selectionStart ?? 0);
          }}
          onFocus={() => {
            setFocused(true);
          }}
          onBlur={() => {
            setFocused(false);
            completion.close();
          }}
          onKeyDown={onKeyDown}
        />
        <Colours input={input} text={text} reading={reading} />
      </div>
      {text === '' ? (
        <span className={styles.hint} aria-hidden="true">
          <Kbd keys="/" />
        </span>
      ) : (
        <IconButton
          className={styles.clear}
          size="small"
          icon="close"
          label="Clear the filter"
          onClick={onClear}
        />
      )}
      {(isOpen || error !== null) && (
        <div className={styles.below}>
          {error !== null && (
            <p id="filter-error" className={styles.error} role="alert">
              <Icon name="warning" size={14} />
              {error}
            </p>
          )}
          {isOpen && <Completions completion={completion} onAccept={accept} />}
        </div>
      )}
      <span className="visually-hidden" role="status">
        {isOpen ? plural(items.length, 'suggestion') : ''}
      </span>
    </div>
  );
}

const LIST = 'filter-completions';
const optionId = (index: number) => `filter-completion-${index}`;

interface ColoursProps {
  input: RefObject<HTMLInputElement | null>;
  text: string;
  reading: FilterReading;
}

/** The text in colours, over the input's own. */
function Colours({ input, text, reading }: ColoursProps) {
  const drawn = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const field = input.current;
    if (!field) return;
    const follow = () => {
      if (drawn.current) drawn.current.style.transform = `translateX(${-field.scrollLeft}px)`;
    };
    // The browser scrolls the field to the cursor after it has told of the key.
    const followSoon = () => requestAnimationFrame(follow);
    follow();
    followSoon();
    const stop = new AbortController();
    for (const type of ['scroll', 'keydown', 'select', 'blur', 'focus'])
      field.addEventListener(type, followSoon, { signal: stop.signal });
    return () => {
      stop.abort();
    };
  }, [input, text]);
  return (
    <span className={styles.colours} aria-hidden="true">
      <span ref={drawn} className={styles.drawn}>
        {piecesOf(text, reading).map(({ text: part, kind, isWrong }, index) => (
          <span key={index} data-kind={kind} data-wrong={isWrong || undefined}>
            {part}
          </span>
        ))}
      </span>
    </span>
  );
}

interface CompletionsProps {
  completion: Completion;
  onAccept: (item: FilterCompletion) => void;
}

function Completions({ completion: { items, chosen }, onAccept }: CompletionsProps) {
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.children[chosen]?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  return (
    <>
      <ul ref={list} id={LIST} role="listbox" aria-label="Suggestions" className={styles.list}>
        {items.map((item, index) => (
          <li
            key={item.insert}
            id={optionId(index)}
            role="option"
            aria-selected={index === chosen}
            className={styles.item}
            // The field keeps the keyboard.
            onPointerDown={(event) => {
              event.preventDefault();
            }}
            onClick={() => {
              onAccept(item);
            }}
          >
            <span className={item.count === null ? styles.name : styles.value}>{item.label}</span>
            <span className={styles.detail}>{item.detail}</span>
            {item.count !== null && <span className={styles.count}>{formatCount(item.count)}</span>}
          </li>
        ))}
      </ul>
      <p className={styles.keys} aria-hidden="true">
        <Kbd keys="ArrowDown" /> choose <Kbd keys="Tab" /> take <Kbd keys="Escape" /> close
      </p>
    </>
  );
}
