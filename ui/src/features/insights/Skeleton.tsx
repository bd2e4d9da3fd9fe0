import styles from './Insights.module.css';

/** Where the figures and charts will stand. */
export function Skeleton() {
  return (
    <div className={styles.skeleton} aria-hidden="true">
      <div className={styles.strip} />
      <div className={styles.charts}>
        {Array.from({ length: 6 }, (_, index) => (
          <div key={index} className={styles.block} />
        ))}
      </div>
    </div>
  );
}
