import type { MouseEvent, ReactNode } from 'react';
import type { TraceSort } from '../../backend/bindings';
import { hrefOf, openTraces, tracesPlace } from './narrowed';

interface TracesLinkProps {
  filter: string;
  /** The column by which they are listed, the largest first. */
  sort?: TraceSort | undefined;
  className?: string | undefined;
  title?: string | undefined;
  children: ReactNode;
}

/** A link to the list of the traces that match a filter. */
export function TracesLink({ filter, sort, children, ...rest }: TracesLinkProps) {
  const onClick = (event: MouseEvent) => {
    // A click that asks the browser for another tab or window is the browser's.
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    openTraces(filter, sort);
  };
  return (
    <a {...rest} href={hrefOf(tracesPlace(filter, sort))} onClick={onClick}>
      {children}
    </a>
  );
}
