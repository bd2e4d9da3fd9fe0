// What is being done with whole stores: one thing at a time.
import { create } from 'zustand';
import type { BackupOffer, BackupWritten, CopyProgress, StoreSummary } from '../backend/bindings';
import { closeDialog, openDialog, useDialogs } from './dialogs';

export type StoreJob =
  /** A backup is written. */
  | { kind: 'backing_up'; progress: CopyProgress }
  | { kind: 'backed_up'; written: BackupWritten }
  /** A backup is read, to be restored. */
  | { kind: 'checking'; progress: CopyProgress }
  /** It can be restored, if the person says so. */
  | { kind: 'offered'; offer: BackupOffer }
  | { kind: 'restoring'; progress: CopyProgress | null }
  /** A store was dropped or opened like a trace file: what is to become of it? */
  | { kind: 'asked'; store: StoreSummary }
  | { kind: 'opening'; path: string }
  /** What the person wants ends imports that are under way. */
  | { kind: 'breaks_off'; imports: number; goOn: () => void }
  | { kind: 'failed'; what: string; message: string };

export const canBeStopped = ({ kind }: StoreJob) =>
  kind === 'backing_up' || kind === 'checking' || kind === 'restoring';

/** Whether it has to end before something else is done. */
export const isUnderWay = (job: StoreJob) => canBeStopped(job) || job.kind === 'opening';

interface StoreJobs {
  job: StoreJob | null;
}

export const useStoreJob = create<StoreJobs>(() => ({ job: null }));

export function showStoreJob(job: StoreJob): void {
  useStoreJob.setState({ job });
  openDialog('stores');
}

export function endStoreJob(): void {
  useStoreJob.setState({ job: null });
  // Settings may be what is open.
  if (useDialogs.getState().open === 'stores') closeDialog();
}

/** Asks the person what is to become of a store that was handed over like a trace file. */
export function askAboutStore(store: StoreSummary): void {
  showStoreJob({ kind: 'asked', store });
}
