// History recovery from an upload of the demo's small layout. Even the raw update has no row for an item there: the attacker has the popularity part,
// the mean of the public features over the likes, and asks which items fit it. So few numbers hold less, and the noise hides each of
// them less: what a server reads here that plays all other participants is what its visitors have to know.

import type { ItemTable, Layout } from '../../model/model.ts';
import { rhoOfConfig } from '../../protocol/round-config.ts';
import { topRows } from '../metrics.ts';
import { type Attack, judged, randomOf } from './attack.ts';
import { type Guess, guessOf, pooledF1 } from './likes.ts';
import { configOf, updateOf, worldOf } from './people.ts';
import { standardised } from './statistics.ts';
import { mostProbability } from './trade-off.ts';
import { differenceError } from './upload-history.ts';
import { peopleInRound, type SeenUpload, uploadsOf } from './uploads.ts';

/** Weights of what fits the update against prior odds: the attacker may try several, and the best of them counts. */
const trusts = [0.1, 0.3, 1, 2, 4];

export const smallLayoutHistory: Attack = {
  name: 'history-from-small-upload',
  summary: 'the liked items, from one upload of the demo’s own layout',
  rows: ['history-from-small-upload', 'history-from-small-upload, all others fake'],
  async run(setting) {
    const rounds = Math.ceil((setting.trials ?? (setting.isSmall ? 24 : 240)) / peopleInRound);
    const world = worldOf(setting, 'demo', rounds * peopleInRound);
    const { table, people, policy, likedBy } = world;
    const updates = people.map((person) => updateOf(world, person));
    const seen: SeenUpload[] = [];
    for (let round = 0; round < rounds; round++) {
      const members = updates.slice(round * peopleInRound, (round + 1) * peopleInRound);
      seen.push(...(await uploadsOf(setting, world, members, `small history ${round}`)));
    }
    const prior = likedBy.map((p) => Math.log(p) - Math.log1p(-p));
    const guesses = (updateFor: (i: number) => Float64Array | null, trust: number): readonly Guess[] =>
      people.map((person, i) => {
        const update = updateFor(i);
        const fit = update === null ? null : fitOf(update, table, policy.layout);
        const odds = fit === null ? prior : prior.map((value, row) => value + trust * fit[row]!);
        return guessOf([...topRows(odds, [], person.liked.length)], person.liked);
      });
    const bestOf = (updateFor: (i: number) => Float64Array) =>
      trusts
        .map((trust) => guesses(updateFor, trust))
        .reduce((best, other) => (pooledF1(other) > pooledF1(best) ? other : best));
    const nothing = guesses(() => null, 0);
    const raw = bestOf((i) => updates[i]!);
    const masked = bestOf((i) => seen[i]!.masked);
    const noised = bestOf((i) => seen[i]!.noised);
    const chance = pooledF1(nothing);
    const config = configOf(policy, randomOf(setting, 'small history'));
    const rhoAlone = policy.honestNoiseShares * rhoOfConfig(config);
    const common = {
      measure: 'F1' as const,
      control: pooledF1(raw),
      // No row for an item, so not exact: it has to stand out from chance.
      controlAtLeast: chance + 4 * differenceError(raw, nothing),
      chance,
      trials: people.length,
    };
    return [
      judged({
        ...common,
        attack: smallLayoutHistory.name,
        adversary: 'server',
        protected: pooledF1(masked),
        bound: chance + 4 * differenceError(masked, nothing),
        note:
          `D = ${policy.layout.length}, the demo’s layout. Chance is an attacker that knows how popular each item is and how many likes there are. ` +
          'Control: the raw update, which need not give every like but has to stand out from chance. Bound: chance and four standard errors.',
      }),
      judged({
        ...common,
        attack: `${smallLayoutHistory.name}, all others fake`,
        adversary: 'all others fake',
        protected: pooledF1(noised),
        bound: Math.min(1, mostProbability(chance, rhoAlone) + 4 * differenceError(noised, nothing)),
        note:
          'The same with the device’s own noise alone. The bound is not chance but the most that zCDP permits with that noise, and four standard ' +
          'errors. Control: the raw update.',
        details: { rho: rhoAlone },
      }),
    ];
  },
};

/** How well each item fits the liked profile in an update: a product of features, mean 0 and standard deviation 1 over the items. */
function fitOf(update: Float64Array, table: ItemTable, layout: Layout): Float64Array {
  const { items, featureColumns } = table.model.header;
  let start = 0;
  const part = layout.parts.find((candidate) => {
    if (candidate.name === 'popularity') return true;
    start += candidate.length;
    return false;
  });
  if (part === undefined) throw new RangeError('small layout: expected a popularity part');
  const fit = new Float64Array(items);
  for (let item = 0; item < items; item++) {
    for (let k = 0; k < part.rows; k++) {
      fit[item] = fit[item]! + update[start + k]! * table.features.values[item * featureColumns + k + 1]!;
    }
  }
  return standardised(fit);
}
