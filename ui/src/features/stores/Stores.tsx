// What is done with whole stores: backups, restoring one, going over to another.
import { useStoreActions, type StoreActions } from '../../queries/stores';
import { useActions } from '../../state/actions';
import { StoreDialog } from './StoreDialog';

/** Offers the actions, and shows what becomes of them. Nothing on a host that has but one store. */
export function Stores() {
  const actions = useStoreActions();
  useActions(actions ? offered(actions) : []);
  return actions && <StoreDialog actions={actions} />;
}

const offered = ({ backUp, restore, openOther, openNew }: StoreActions) => [
  { id: 'store.open', label: 'Open another store…', group: 'Store', run: openOther },
  { id: 'store.new', label: 'New store…', group: 'Store', run: openNew },
  { id: 'store.backup', label: 'Back up the store…', group: 'Store', run: backUp },
  { id: 'store.restore', label: 'Restore a backup…', group: 'Store', run: restore },
];
