// What a person says of pairs: that two steps are the same one, or are not.
import type { ApartSteps, Pairing } from '../../backend/bindings';
import { backendErrorFrom } from '../../backend';
import { Button } from '../../components/Button';
import { pairName, rowOn, stepOn, type AlignedRuns, type Side } from '../../domain/alignedRuns';
import { usePairing } from '../../queries/comparing';
import { wishFocus } from '../../state/focus';
import { tell, tellFailure } from '../../state/toast';

/** A step for which one of the other side is being chosen. */
export interface Picking {
  side: Side;
  stepId: string;
  name: string;
}

/** Says it; what was said last can be taken back. */
export function usePairs(a: number, b: number, runs: AlignedRuns, onPick: (picking: Picking | null) => void) {
  const pairing = usePairing();
  const set = (a_span_id: string, b_span_id: string, said: Pairing, done: string) => {
    pairing.mutate(
      { a, b, a_span_id, b_span_id, pairing: said },
      {
        onSuccess: () => {
          onPick(null);
          // The button that was pressed may be gone.
          wishFocus('steps');
          tell({
            text: done,
            ...(said === 'detected'
              ? {}
              : {
                  action: {
                    label: 'Undo',
                    run: () => {
                      set(a_span_id, b_span_id, 'detected', 'They stand as it is worked out again.');
                    },
                  },
                }),
          });
        },
        onError: (error) => {
          tellFailure('Not changed', backendErrorFrom(error));
        },
      },
    );
  };
  const both = (pair: number, said: Pairing, done: string) => {
    const [stepA, stepB] = [stepOn(runs, 'a', pair), stepOn(runs, 'b', pair)];
    if (stepA !== null && stepB !== null) set(stepA, stepB, said, done);
  };
  return {
    isPending: pairing.isPending,
    force({ side, stepId }: Picking, pair: number) {
      const other = stepOn(runs, side === 'a' ? 'b' : 'a', pair);
      if (other === null) return;
      const [stepA, stepB] = side === 'a' ? [stepId, other] : [other, stepId];
      set(stepA, stepB, 'forced', 'They are the same step now; the rest is lined up anew.');
    },
    part(pair: number) {
      both(pair, 'broken', 'They are two steps now; the rest is lined up anew.');
    },
    reset({ a_span_id, b_span_id }: ApartSteps) {
      set(a_span_id, b_span_id, 'detected', 'They stand as it is worked out again.');
    },
  };
}

/** What a person has said of a pair, or of a step that stands alone for it. */
function saidOf(runs: AlignedRuns, pair: number): ApartSteps | undefined {
  const [stepA, stepB] = [stepOn(runs, 'a', pair), stepOn(runs, 'b', pair)];
  if (stepA !== null && stepB !== null) {
    return runs.byHand[pair] === 1 ? { a_span_id: stepA, b_span_id: stepB } : undefined;
  }
  return runs.apart.find(({ a_span_id, b_span_id }) =>
    stepA !== null ? a_span_id === stepA : b_span_id === stepB,
  );
}

interface PairButtonsProps {
  runs: AlignedRuns;
  pair: number;
  pairings: ReturnType<typeof usePairs>;
  onPick: (picking: Picking) => void;
}

export function PairButtons({ runs, pair, pairings, onPick }: PairButtonsProps) {
  const isPair = rowOn(runs, 'a', pair) >= 0 && rowOn(runs, 'b', pair) >= 0;
  const side: Side = rowOn(runs, 'a', pair) >= 0 ? 'a' : 'b';
  const stepId = stepOn(runs, side, pair);
  const said = saidOf(runs, pair);
  return (
    <>
      {said && (
        <Button
          size="small"
          look="quiet"
          disabled={pairings.isPending}
          title={
            isPair
              ? 'You said that these two are the same step'
              : 'You said that it is not the same step as another'
          }
          onClick={() => {
            pairings.reset(said);
          }}
        >
          As worked out
        </Button>
      )}
      {isPair && (
        <Button
          size="small"
          look="quiet"
          disabled={pairings.isPending}
          onClick={() => {
            pairings.part(pair);
          }}
        >
          Not the same step
        </Button>
      )}
      {stepId !== null && (
        <Button
          size="small"
          look="quiet"
          icon="link"
          disabled={pairings.isPending}
          title={`Choose the step of ${side === 'a' ? 'B' : 'A'} that is the same as this one`}
          onClick={() => {
            onPick({ side, stepId, name: pairName(runs, pair) });
            wishFocus('steps');
          }}
        >
          Pair with…
        </Button>
      )}
    </>
  );
}
