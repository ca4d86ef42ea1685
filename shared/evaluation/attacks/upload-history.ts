// History recovery from one upload: which items does this person like? From the raw update a server reads them off exactly. From a masked upload,
// uniform numbers, it knows what it knew before. From the update with its own noise alone, which a server reads that plays all other
// participants, it gets what that noise permits, and no more is promised there.

import { meanOf, standardErrorOf } from '../../maths/statistics.ts';
import { rhoOfConfig } from '../../protocol/round-config.ts';
import { type Attack, judged, randomOf } from './attack.ts';
import {
  evidenceOf,
  type Guess,
  guessOf,
  likeliestLikes,
  likeResidualOf,
  pooledF1,
  recoverLikes,
  trusts,
} from './likes.ts';
import { configOf, updateOf, worldOf } from './people.ts';
import { mostProbability } from './trade-off.ts';
import { localNoiseStd, peopleInRound, type SeenUpload, uploadsOf } from './uploads.ts';

export const uploadHistory: Attack = {
  name: 'history-from-upload',
  summary: 'the liked items, from one upload',
  rows: ['history-from-upload', 'history-from-upload, all others fake'],
  async run(setting) {
    const rounds = Math.ceil((setting.trials ?? (setting.isSmall ? 24 : 120)) / peopleInRound);
    const world = worldOf(setting, 'wide', rounds * peopleInRound);
    const { table, people, policy } = world;
    const updates = people.map((person) => updateOf(world, person));
    const config = configOf(policy, randomOf(setting, 'upload history'));
    const residuals = updates.map((update, i) => likeResidualOf(update, people[i]!.liked, table, policy.layout));
    const expected = {
      likedBy: world.likedBy,
      likeResidual: meanOf(residuals),
      noiseStd: localNoiseStd(config),
    };
    const guesses = (read: (person: number) => readonly number[]) =>
      people.map((person, i) => guessOf(read(i), person.liked));
    const raw = guesses((i) => recoverLikes(updates[i]!, table, policy.layout));
    const nothing = guesses((i) => likeliestLikes(null, expected, people[i]!.liked.length));
    const seen: SeenUpload[] = [];
    for (let round = 0; round < rounds; round++) {
      const members = updates.slice(round * peopleInRound, (round + 1) * peopleInRound);
      seen.push(...(await uploadsOf(setting, world, members, `upload history ${round}`)));
    }
    const bestOf = (kind: 'masked' | 'noised') => {
      const evidence = seen.map((upload) => evidenceOf(upload[kind], table, policy.layout));
      return trusts
        .map((trust) => guesses((i) => likeliestLikes(evidence[i]!, expected, people[i]!.liked.length, trust)))
        .concat([guesses((i) => recoverLikes(seen[i]![kind], table, policy.layout))])
        .reduce((best, other) => (pooledF1(other) > pooledF1(best) ? other : best));
    };
    const masked = bestOf('masked');
    const noised = bestOf('noised');
    const control = pooledF1(raw);
    const chance = pooledF1(nothing);
    const exactly = raw.filter((guess) => guess.hits === guess.claims && guess.hits === guess.truths).length;
    const layoutInWords = `D = ${policy.layout.length}, a row of offsets for each of ${table.model.header.items} items`;
    // z_loc² = z² / nEff.
    const rhoAlone = policy.honestNoiseShares * rhoOfConfig(config);
    const common = { measure: 'F1' as const, control, controlAtLeast: 0.99, chance, trials: people.length };
    return [
      judged({
        ...common,
        attack: uploadHistory.name,
        adversary: 'server',
        protected: pooledF1(masked),
        bound: chance + 4 * differenceError(masked, nothing),
        note:
          `${layoutInWords}, the demo’s cohorts and noise. Chance is an attacker that knows how popular each item is and how many likes there ` +
          'are. Control: the raw update. Bound: chance and four standard errors.',
        details: { rawHistoriesReadExactly: exactly / people.length },
      }),
      judged({
        ...common,
        attack: `${uploadHistory.name}, all others fake`,
        adversary: 'all others fake',
        protected: pooledF1(noised),
        bound: mostProbability(chance, rhoAlone) + 4 * differenceError(noised, nothing),
        note:
          'The masks are gone and the device’s own share of the noise is all there is (z_loc = z / sqrt(nEff)). The bound is not chance but ' +
          'the most that zCDP permits with that noise, and four standard errors. Control: the raw update.',
        details: { rho: rhoAlone, zLoc: 1 / Math.sqrt(2 * rhoAlone) },
      }),
    ];
  },
};

/** Standard error of the difference of two F1 over the same people. */
export function differenceError(ours: readonly Guess[], others: readonly Guess[]): number {
  const f1 = ({ hits, claims, truths }: Guess) => (2 * hits) / Math.max(1, claims + truths);
  return standardErrorOf(ours.map((guess, i) => f1(guess) - f1(others[i]!)));
}
