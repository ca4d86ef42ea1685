// History recovery from the uploads of the phases of `co-occurrence` and `communities`. Without noise each of them gives likes away: the histogram
// has a number for each item, the triangle is the outer product of the likes among the K items, and a slot of the centroids holds the likes
// themselves. The attacker reads each as well as it can, and weighs what it reads against what it knows of everybody.

import { leadingEigenpairs } from '../../learners/co-occurrence/eigenpairs.ts';
import { Deflation, squareOf } from '../../learners/co-occurrence/tastes.ts';
import { updateOf } from '../../learners/device.ts';
import { rhoOfConfig } from '../../protocol/round-config.ts';
import { topRows } from '../metrics.ts';
import { type Attack, type AttackResult, type AttackSetting, judged, randomOf } from './attack.ts';
import { commonRatio, type Guess, guessOf, pooledF1 } from './likes.ts';
import { configOf, type PhasePart, type PhaseWorld, phaseParts, phaseWorldOf } from './people.ts';
import { standardised } from './statistics.ts';
import { mostProbability } from './trade-off.ts';
import { differenceError } from './upload-history.ts';
import { peopleInRound, type SeenUpload, uploadsOf } from './uploads.ts';

/** Weights of what an upload shows against prior odds, in standard deviations of it: the attacker may try several, and the best of them counts. */
const trusts = [0.03, 0.1, 0.3, 1, 3, 10, 100, 1000];

const rowOf = (part: string) => `history-from-${part}`;
const withFakes = (part: string) => `${rowOf(part)}, all others fake`;

export const phaseHistory: Attack = {
  name: 'history-from-phases',
  summary: 'the liked items, from one upload of each phase of the learners that have phases',
  rows: phaseParts.flatMap((part) => [rowOf(part), withFakes(part)]),
  async run(setting) {
    const results: AttackResult[] = [];
    for (const part of phaseParts) results.push(...(await resultsOf(setting, part)));
    return results;
  },
};

async function resultsOf(setting: AttackSetting, part: PhasePart): Promise<AttackResult[]> {
  const rounds = Math.ceil((setting.trials ?? (setting.isSmall ? 24 : 240)) / peopleInRound);
  const world = phaseWorldOf(setting, part, rounds * peopleInRound);
  const { policy, federation, people, likedBy, model, features } = world;
  const updates: Float64Array[] = [];
  for (const interactions of people) {
    const trainer = () => Promise.reject(new RangeError(`${part}: nothing of it is trained`));
    updates.push(await updateOf(model, { features, interactions, policy, trainer, nowMs: () => 0 }));
  }
  const seen: SeenUpload[] = [];
  for (let round = 0; round < rounds; round++) {
    const members = updates.slice(round * peopleInRound, (round + 1) * peopleInRound);
    seen.push(...(await uploadsOf(setting, world, members, `${part} ${round}`)));
  }
  // Of the items that the upload has numbers for.
  const rows = part === 'histogram' ? likedBy.map((_, row) => row) : Float64Array.from(model.chosen);
  const prior = rows.map((row) => Math.log(likedBy[row]!) - Math.log1p(-likedBy[row]!));
  const truths = people.map(({ liked }) => {
    const own = new Set(liked);
    return [...rows.keys()].filter((place) => own.has(rows[place]!));
  });
  const guesses = (fits: readonly (Float64Array | null)[], trust: number): readonly Guess[] =>
    truths.map((liked, i) => {
      const fit = fits[i]!;
      const odds = fit === null ? prior : prior.map((value, place) => value + trust * fit[place]!);
      return guessOf([...topRows(odds, [], liked.length)], liked);
    });
  const bestOf = (vectors: readonly Float64Array[]) => {
    const fits = vectors.map((vector) => standardised(readings[part](vector, world)));
    return trusts
      .map((trust) => guesses(fits, trust))
      .reduce((best, other) => (pooledF1(other) > pooledF1(best) ? other : best));
  };
  const nothing = guesses(
    people.map(() => null),
    0,
  );
  const raw = bestOf(updates);
  const masked = bestOf(seen.map((upload) => upload.masked));
  const noised = bestOf(seen.map((upload) => upload.noised));
  const chance = pooledF1(nothing);
  const rhoAlone = policy.honestNoiseShares * rhoOfConfig(configOf(policy, randomOf(setting, part), federation));
  const common = {
    measure: 'F1' as const,
    control: pooledF1(raw),
    controlAtLeast: 0.99,
    chance,
    trials: people.length,
  };
  const layoutInWords = `D = ${policy.layout.length}, z = ${policy.noiseMultiplier.toFixed(2)}, the demo’s cohorts`;
  return [
    judged({
      ...common,
      attack: rowOf(part),
      adversary: 'server',
      protected: pooledF1(masked),
      bound: chance + 4 * differenceError(masked, nothing),
      note:
        `${layoutInWords}. Chance is an attacker that knows how popular each item is and how many likes there are among the ${rows.length} that ` +
        'the upload is of. Control: the raw upload. ' +
        'Bound: chance and four standard errors.',
    }),
    judged({
      ...common,
      attack: withFakes(part),
      adversary: 'all others fake',
      protected: pooledF1(noised),
      bound: Math.min(1, mostProbability(chance, rhoAlone) + 4 * differenceError(noised, nothing)),
      note:
        'The same with the device’s own noise alone. The bound is not chance but the most that zCDP permits with that noise, and four standard ' +
        'errors. Control: the raw upload.',
      details: { rho: rhoAlone },
    }),
  ];
}

/** How much an upload says for each of its items, whatever it is worth. */
const readings = {
  histogram: (upload) => upload,
  triangle: (upload, world) => undeflated(upload, world),
  centroids: (upload, world) => ownSlot(upload, world.model.chosen.length),
} as const satisfies Record<PhasePart, (upload: Float64Array, world: PhaseWorld) => Float64Array>;

/**
 * The vector whose outer product a triangle is nearest to, with what the deflation took out of it put back: all items that are not liked share
 * one multiple of its public direction, and then only likes are left.
 */
function undeflated(triangle: Float64Array, { model }: PhaseWorld): Float64Array {
  const { chosen, basis } = model;
  const popularity = new Float64Array(model.header.items);
  chosen.forEach((row, place) => {
    popularity[row] = basis[place]!;
  });
  const { direction } = new Deflation(popularity, chosen.length);
  const { vectors } = leadingEigenpairs(squareOf(triangle, chosen.length), chosen.length, 1);
  const vector = vectors.subarray(0, chosen.length);
  const taken = commonRatio(vector, direction);
  const likes = vector.map((value, place) => value - taken * direction[place]!);
  // Likes lie to one side.
  const skew = likes.reduce((sum, value) => sum + value ** 3, 0);
  return likes.map((value) => (skew < 0 ? -value : value));
}

/** The slot of the largest count. */
function ownSlot(slots: Float64Array, count: number): Float64Array {
  let best = 0;
  for (let start = 0; start < slots.length; start += count + 1) {
    if (slots[start + count]! > slots[best + count]!) best = start;
  }
  return slots.slice(best, best + count);
}
