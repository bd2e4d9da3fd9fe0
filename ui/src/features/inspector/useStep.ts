// The content of the selected step. Moving through steps quickly does not flicker: the last one stays until the next
// has come, or until waiting has become noticeable.
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useBackend } from '../../backend';
import type { StepDetail } from '../../backend/bindings';
import { stepQuery } from '../../queries/traces';

const PATIENCE_MS = 150;

export type StepState =
  | { state: 'loading' }
  | { state: 'failed'; message: string; retry: () => void }
  | { state: 'there'; step: StepDetail };

export function useStep(traceId: number, stepId: string): StepState {
  const query = useQuery(stepQuery(useBackend(), traceId, stepId));
  const [last, setLast] = useState<StepDetail | null>(null);
  const [late, setLate] = useState<string | null>(null);
  const { data } = query;
  if (data && data !== last) setLast(data);
  const waiting = query.isPending;
  useEffect(() => {
    if (!waiting) return;
    const timer = setTimeout(() => {
      setLate(stepId);
    }, PATIENCE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [waiting, stepId]);

  if (data) return { state: 'there', step: data };
  if (query.isError) {
    return { state: 'failed', message: query.error.message, retry: () => void query.refetch() };
  }
  return last && late !== stepId ? { state: 'there', step: last } : { state: 'loading' };
}
