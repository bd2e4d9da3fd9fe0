// What is being typed where a text is kept elsewhere.
import { useState } from 'react';

/**
 * A text in a field that runs ahead of `kept` while it is typed. Whenever `kept` changes, however that came about, the field has it:
 * what was typed before is forgotten, and does not come back when `kept` is again what it was.
 */
export function useDraft(kept: string): [text: string, setText: (text: string) => void] {
  const [draft, setDraft] = useState({ text: kept, from: kept });
  const isCurrent = draft.from === kept;
  if (!isCurrent) setDraft({ text: kept, from: kept });
  return [
    isCurrent ? draft.text : kept,
    (text) => {
      setDraft({ text, from: kept });
    },
  ];
}
