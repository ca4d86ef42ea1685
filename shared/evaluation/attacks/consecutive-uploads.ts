// History recovery from two consecutive uploads of one person, before and after one new like: their difference is that like. Fresh masks and
// fresh noise in each round leave nothing to subtract.
import type { Interactions } from '../../model/model.ts';
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
import { mostSuccesses } from './statistics.ts';
import { mostProbability } from './trade-off.ts';
import { localNoiseStd, peopleInRound, type SeenUpload, uploadsOf } from './uploads.ts';

/** A result this far above what is allowed is no luck. */
const risk = 1e-4;

export const consecutiveUploads: Attack = {
  name: 'history-from-two-uploads',
  summary: 'the one new like, from the uploads before and after it',
  rows: ['history-from-two-uploads', 'history-from-two-uploads, all others fake'],
  async run(setting) {
    const rounds = Math.ceil((setting.trials ?? (setting.isSmall ? 24 : 120)) / peopleInRound);
    const world = worldOf(setting, 'wide', rounds * peopleInRound);
    const { table, people, policy } = world;
    const { layout } = policy;
    const newest = people.map((person) => person.liked.at(-1)!);
    const earlier = people.map((person): Interactions => ({ ...person, liked: person.liked.slice(0, -1) }));
    const before = earlier.map((person) => updateOf(world, person));
    const after = people.map((person) => updateOf(world, person));
    const config = configOf(policy, randomOf(setting, 'consecutive uploads'));
    const difference = (a: Float64Array, b: Float64Array) => b.map((value, i) => value - a[i]!);
    const residual = (i: number) => likeResidualOf(difference(before[i]!, after[i]!), [newest[i]!], table, layout);
    const expected = {
      likedBy: world.likedBy,
      likeResidual: people.reduce((sum, _, i) => sum + residual(i), 0) / people.length,
      noiseStd: Math.SQRT2 * localNoiseStd(config),
    };
    const guesses = (read: (person: number) => readonly number[]) =>
      people.map((_, i) => guessOf(read(i), [newest[i]!]));
    const raw = guesses((i) => {
      const known = new Set(recoverLikes(before[i]!, table, layout));
      return recoverLikes(after[i]!, table, layout).filter((row) => !known.has(row));
    });
    const nothing = guesses(() => likeliestLikes(null, expected, 1));
    const first: SeenUpload[] = [];
    const second: SeenUpload[] = [];
    for (let round = 0; round < rounds; round++) {
      const from = round * peopleInRound;
      for (const [updates, seen, name] of [
        [before, first, 'before'],
        [after, second, 'after'],
      ] as const) {
        const members = updates.slice(from, from + peopleInRound);
        seen.push(...(await uploadsOf(setting, world, members, `consecutive uploads ${name} ${round}`)));
      }
    }
    const bestOf = (kind: 'masked' | 'noised'): readonly Guess[] => {
      const evidence = people.map((_, i) => evidenceOf(difference(first[i]![kind], second[i]![kind]), table, layout));
      return trusts
        .map((trust) => guesses((i) => likeliestLikes(evidence[i]!, expected, 1, trust)))
        .reduce((best, other) => (pooledF1(other) > pooledF1(best) ? other : best));
    };
    const trials = people.length;
    const chance = pooledF1(nothing);
    // Nobody's popularity says less than one item in M.
    const likely = Math.max(chance, 1 / table.model.header.items);
    const most = (probability: number) => mostSuccesses(trials, probability, risk) / trials;
    // Two participations: twice the rho, and z_loc² = z² / nEff.
    const rhoAlone = 2 * policy.honestNoiseShares * rhoOfConfig(config);
    const common = { measure: 'F1' as const, control: pooledF1(raw), controlAtLeast: 0.99, chance, trials };
    return [
      judged({
        ...common,
        attack: consecutiveUploads.name,
        adversary: 'server',
        protected: pooledF1(bestOf('masked')),
        bound: most(likely),
        note:
          'One guess a person. Chance names the most popular item. Control: the two raw updates. ' +
          `Bound: what chance exceeds with probability ${risk} in so many trials.`,
      }),
      judged({
        ...common,
        attack: `${consecutiveUploads.name}, all others fake`,
        adversary: 'all others fake',
        protected: pooledF1(bestOf('noised')),
        bound: most(mostProbability(likely, rhoAlone)),
        note:
          'Both updates with their own noise alone. The bound is not chance but what zCDP permits for two participations with that noise, ' +
          'and the same margin. Control: the two raw updates.',
        details: { rho: rhoAlone },
      }),
    ];
  },
};
