import { Dialog } from '../components/Dialog';
import { Kbd } from '../components/Kbd';
import { allActions, useActionRegistry } from '../state/actions';
import { closeDialog, useDialogs } from '../state/dialogs';
import styles from './ShortcutHelp.module.css';

/** Every key that does something right now. */
export function ShortcutHelp() {
  const open = useDialogs((dialogs) => dialogs.open === 'shortcuts');
  const registry = useActionRegistry();
  const keyed = allActions(registry).filter((action) => action.keys !== undefined);
  const groups = [...new Set(keyed.map((action) => action.group))];
  return (
    <Dialog open={open} onClose={closeDialog} title="Keyboard" width_px={720}>
      <div className={styles.groups}>
        {groups.map((group) => (
          <section key={group} className={styles.group}>
            <h3 className={styles.heading}>{group}</h3>
            {keyed
              .filter((action) => action.group === group)
              .map((action) => (
                <div key={action.id} className={styles.line}>
                  <span>{action.label}</span>
                  <span className={styles.keys}>
                    {action.keys?.map((keys) => (
                      <Kbd key={keys} keys={keys} />
                    ))}
                  </span>
                </div>
              ))}
          </section>
        ))}
      </div>
    </Dialog>
  );
}
