// Which ring each phase of a federation takes with the films, by people present, beside the one that it would take from 16, 18, 20, 24 and 32
// bits: `npm run secagg:costs -- --rings`. Nothing is run.
import { computeFeatures } from '../shared/catalogue/features.ts';
import { films } from '../shared/catalogue/films/index.ts';
import { effectiveItems } from '../shared/learners/co-occurrence/rules.ts';
import { publicPopularity } from '../shared/learners/popularity.ts';
import { policyForCrowd } from '../shared/model/crowd.ts';
import { learnerNames } from '../shared/model/model.ts';
import { type CohortShape, chooseRing } from '../shared/privacy/bits.ts';
import { localNoiseVariance, sensitivitySquared } from '../shared/privacy/sensitivity.ts';
import { packedBytes } from '../shared/protocol/codec.ts';

/** The demo, and larger ones. */
const crowds = [36, 100, 1000];
const widerRings = [16, 18, 20, 24, 32];

interface Choice {
  readonly bits: number;
  readonly uploadBytes: number;
  /** What integers add to the standard deviation of the sum's noise, at most, as a part of it on real numbers. */
  readonly addedNoise: number;
}

export interface PhaseRing {
  readonly learner: string;
  readonly phase: string;
  readonly present: number;
  readonly maxCohort: number;
  readonly length: number;
  readonly wider: Choice;
  readonly chosen: Choice;
}

export function ringsOfCrowds(): PhaseRing[] {
  const features = computeFeatures(films.items);
  const world = {
    items: films.items.length,
    featureColumns: features.columns,
    effectiveItems: effectiveItems(publicPopularity(films)),
  };
  return learnerNames.flatMap((learner) =>
    crowds.flatMap((present) => {
      const { maxCohort, honestNoiseShares, phases } = policyForCrowd({ learner, present, ...world });
      // Rounds of `centroids` are all alike, and `likes` is like them.
      const different = phases
        .filter(({ name }) => name !== 'likes')
        .filter(({ name }, i, all) => all[i - 1]?.name !== name);
      return different.map(({ name, noiseMultiplier, layout: { length } }) => {
        const shape = { maxCohort, honestNoiseShares, noiseMultiplier, length };
        const [wider, chosen] = [choiceOf(shape, widerRings), choiceOf(shape)];
        return { learner, phase: name, present, maxCohort, length, wider, chosen };
      });
    }),
  );
}

function choiceOf(shape: CohortShape, rings?: readonly number[]): Choice {
  const { bits, clippingBoundInt } = chooseRing(shape, rings);
  const bound = sensitivitySquared(clippingBoundInt, shape.length);
  const { numerator, denominator } = localNoiseVariance(shape.noiseMultiplier, bound, shape.honestNoiseShares);
  const onReals = (shape.noiseMultiplier * clippingBoundInt) ** 2 / shape.honestNoiseShares;
  return {
    bits,
    uploadBytes: packedBytes(shape.length, bits),
    addedNoise: Math.sqrt((numerator / denominator + 1 / 4) / onReals) - 1,
  };
}
