// People of two camps that content knows nothing of: each likes items of one half of the catalogue. After a session their likes rank the rest of
// their half first, although its content says nothing of it.
import { expect, test } from 'vitest';
import { experimentRandom } from '../maths/random.ts';
import type { Interactions } from '../model/model.ts';
import { roundPolicyOf } from '../protocol/policy.ts';
import { smallCatalogue, smallFederation } from '../testing/small-model.ts';
import { updateOf } from './device.ts';
import { scorerOf } from './load.ts';
import { type Learned, stepLearned } from './server.ts';

const items = smallCatalogue.items.length;
/** Genres, directors and decades are spread over both camps. */
const campOf = (row: number) => (Math.floor(row / 12) + row) % 2;
const random = experimentRandom(5);

/** Half of the items of a camp. */
function likesOf(camp: number): number[] {
  const words = new Uint32Array(items);
  random.fillUint32(words);
  return Array.from({ length: items }, (_, row) => row).filter((row) => campOf(row) === camp && words[row]! % 2 === 0);
}

const people = Array.from({ length: 240 }, (_, person): Interactions => {
  return { liked: likesOf(person % 2), disliked: [], seen: [] };
});

test.each(['co-occurrence', 'communities'] as const)(
  '[TC1] %s ranks the rest of the own camp first',
  async (learner) => {
    const { policy, features, ...first } = smallFederation(learner, 240);
    let learned: Learned = first;
    while (learned.model.header.epoch === 1) {
      const { model } = learned;
      const rules = roundPolicyOf(policy, model.header.phase);
      const mean = new Float64Array(rules.layout.length);
      for (const interactions of people) {
        const input = { features, interactions, policy: rules, trainer: () => Promise.reject(), nowMs: () => 0 };
        const update = await updateOf(model, input);
        update.forEach((value, at) => {
          mean[at] = mean[at]! + value / people.length;
        });
      }
      learned = stepLearned(learned, { policy, features, mean, noiseStdOfMean: 1e-4, cohort: people.length });
    }
    const scorer = await scorerOf(learned.model, features);
    for (const camp of [0, 1]) {
      const own = Array.from({ length: items }, (_, row) => row).filter((row) => campOf(row) === camp);
      const liked = own.filter((_, place) => place % 3 === 0);
      const scores = scorer.scores({ liked, disliked: [], seen: [] });
      const rest = Array.from(scores, (score, row) => ({ score, row }))
        .filter(({ row }) => !liked.includes(row))
        .sort((a, b) => b.score - a.score)
        .slice(0, own.length - liked.length);
      const ofCamp = rest.filter(({ row }) => campOf(row) === camp).length;
      // A mixture of communities may let one stranger in.
      expect(ofCamp).toBeGreaterThanOrEqual(learner === 'communities' ? rest.length - 1 : rest.length);
    }
  },
);
