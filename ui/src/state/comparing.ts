// Which two traces stand side by side.
import { create } from 'zustand';

interface Comparing {
  pair: readonly [first: number, second: number] | null;
}

export const useComparing = create<Comparing>(() => ({ pair: null }));

export function compare(first: number, second: number): void {
  useComparing.setState({ pair: [first, second] });
}

export function endComparing(): void {
  useComparing.setState({ pair: null });
}
