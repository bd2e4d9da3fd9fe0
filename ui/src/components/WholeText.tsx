// The box that a long text is shown in, loaded when one is opened.
import { lazy, Suspense, useMemo, type ReactNode } from 'react';
import { textInMemory } from '../domain/textSource';
import type { CutText } from './LongTexts';

const TextView = lazy(() => import('./TextView'));

interface WholeTextProps {
  text: string;
  /** Where all of it is, if `text` is its start. */
  cut: CutText | null;
  label: string;
  first_line?: number;
  /** Whether the keyboard goes to the box, for the person has just asked for it. */
  takesFocus?: boolean;
  /** What is shown until the box is there. */
  children: ReactNode;
}

export function WholeText({
  text,
  cut,
  label,
  first_line = 1,
  takesFocus = false,
  children,
}: WholeTextProps) {
  const source = useMemo(() => cut?.source ?? textInMemory(text), [cut, text]);
  const saves = useMemo(() => (cut ? { place: cut.source.place } : { text }), [cut, text]);
  return (
    <Suspense fallback={children}>
      <TextView source={source} saves={saves} label={label} first_line={first_line} takesFocus={takesFocus} />
    </Suspense>
  );
}
