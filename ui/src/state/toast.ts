// The one message at the foot of the window: what was just done, and how to take it back.
import { create } from 'zustand';

export interface Toast {
  text: string;
  tone?: 'failed';
  /** What failed, and why; its details can be copied. */
  failure?: { what: string; error: Error };
  /** A button beside it. */
  action?: { label: string; run: () => void };
}

interface Toasts {
  toast: Toast | null;
}

export const useToast = create<Toasts>(() => ({ toast: null }));

/** Shows a message in the place of the one before it. */
export function tell(toast: Toast): void {
  useToast.setState({ toast });
}

/** Says that something did not work out: `what` that was ("Not changed"), and why. */
export function tellFailure(what: string, error: Error): void {
  tell({ text: `${what}: ${error.message}`, tone: 'failed', failure: { what, error } });
}

export function dismissToast(): void {
  useToast.setState({ toast: null });
}
