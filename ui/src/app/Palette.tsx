import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { Dialog } from '../components/Dialog';
import { Kbd } from '../components/Kbd';
import { allActions, useActionRegistry, type Action } from '../state/actions';
import { closeDialog, useDialogs } from '../state/dialogs';
import { isLink } from '../domain/traceLinks';
import { useLinks, type Links } from '../queries/links';
import { goTo } from '../state/place';
import styles from './Palette.module.css';

/** The actions whose words all begin with, or contain, what was typed; those that begin with it first. */
export function matchingActions(actions: Action[], typed: string): Action[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const rank = (action: Action): number => {
    const text = `${action.group} ${action.label}`.toLowerCase();
    if (!words.every((word) => text.includes(word))) return 0;
    return words.every((word) => text.split(/\s+/).some((part) => part.startsWith(word))) ? 2 : 1;
  };
  return actions.filter((action) => action.run && rank(action) > 0).sort((a, b) => rank(b) - rank(a));
}

/** Finds traces with a text, as if it had been typed into the filter field. */
function searchAction(typed: string): Action {
  const text = typed.trim();
  return {
    id: 'search',
    label: `Find traces with “${text}”`,
    group: 'Traces',
    run: () => {
      goTo({ traceId: null, filter: `"${text.replace(/[\\"]/g, '\\$&')}"` }, 'push');
    },
  };
}

/** What else can be done with a typed text: it is a link, or a text to find traces with. */
function typedAction(typed: string, links: Links): Action {
  if (!isLink(typed)) return searchAction(typed);
  return {
    id: 'link.open',
    label: 'Open this link',
    group: 'Traces',
    run: () => {
      links.open(typed);
    },
  };
}

export function Palette() {
  const open = useDialogs((dialogs) => dialogs.open === 'palette');
  return (
    <Dialog open={open} onClose={closeDialog} title="Commands" titleShown={false} width_px={560}>
      {open && <PaletteBody />}
    </Dialog>
  );
}

function PaletteBody() {
  const registry = useActionRegistry();
  const links = useLinks();
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  // To show what is on screen already is no command.
  const actions = allActions(registry).filter(({ id }) => id !== 'palette');
  const matching = matchingActions(actions, typed);
  const items = typed.trim() === '' ? matching : [...matching, typedAction(typed, links)];
  const current = Math.min(chosen, items.length - 1);

  useEffect(() => {
    list.current?.children[current]?.scrollIntoView({ block: 'nearest' });
  }, [current]);

  const run = (action: Action | undefined) => {
    closeDialog();
    action?.run?.();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const count = items.length;
    if (event.key === 'ArrowDown') setChosen(count === 0 ? 0 : (current + 1) % count);
    else if (event.key === 'ArrowUp') setChosen(count === 0 ? 0 : (current - 1 + count) % count);
    else if (event.key === 'Enter') run(items[current]);
    else return;
    event.preventDefault();
  };

  return (
    <>
      <input
        className={styles.input}
        autoFocus
        placeholder="Type a command, or words to find traces with"
        aria-label="Command"
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={items.length > 0 ? `palette-${current}` : undefined}
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setChosen(0);
        }}
        onKeyDown={onKeyDown}
      />
      <ul className={styles.list} id="palette-list" role="listbox" aria-label="Commands" ref={list}>
        {items.map((action, index) => (
          <li
            key={action.id}
            id={`palette-${index}`}
            role="option"
            aria-selected={index === current}
            className={styles.item}
            onPointerMove={() => {
              setChosen(index);
            }}
            onClick={() => {
              run(action);
            }}
          >
            <span className={styles.label}>{action.label}</span>
            <span className={styles.group}>{action.group}</span>
            {action.keys?.[0] && <Kbd keys={action.keys[0]} />}
          </li>
        ))}
      </ul>
    </>
  );
}
