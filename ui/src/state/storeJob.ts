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
  /** Stores were dropped or opened like trace files: what is to become of them? */
  | { kind: 'asked'; stores: readonly StoreSummary[] }
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

/** Asks the person, once, what is to become of stores that were handed over like trace files. */
export function askAboutStores(stores: readonly StoreSummary[]): void {
  const { job } = useStoreJob.getState();
  const asked = job?.kind === 'asked' ? job.stores : [];
  const others = stores.filter(({ path }) => asked.every((each) => each.path !== path));
  showStoreJob({ kind: 'asked', stores: [...asked, ...others] });
}
