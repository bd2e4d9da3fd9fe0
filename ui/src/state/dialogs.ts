// Which dialog is open. One at a time.
import { create } from 'zustand';

export type DialogName = 'settings' | 'about' | 'palette' | 'shortcuts' | 'paste' | 'stores';

interface Dialogs {
  open: DialogName | null;
}

export const useDialogs = create<Dialogs>(() => ({ open: null }));

export function openDialog(open: DialogName): void {
  useDialogs.setState({ open });
}

export function closeDialog(): void {
  useDialogs.setState({ open: null });
}
