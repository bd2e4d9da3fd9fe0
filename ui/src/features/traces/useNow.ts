import { useEffect, useState } from 'react';

/** The present time, told anew every so often. */
export function useNow(every_ms: number): number {
  const [now_ms, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => {
      setNow(Date.now());
    }, every_ms);
    return () => {
      clearInterval(timer);
    };
  }, [every_ms]);
  return now_ms;
}
