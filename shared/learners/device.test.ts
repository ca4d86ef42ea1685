// What a device makes of its history for each phase of each learner: [DU1] D numbers within the phase's bound, whatever the history; [DU2] nothing but
// likes is in what sums likes, and who has none gives zeros; [DU3] a layout that the model does not have is refused.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Interactions, learnerNames, type Model } from '../model/model.ts';
import { trainReference } from '../model/objective.ts';
import { type RoundPolicy, roundPolicyOf } from '../protocol/policy.ts';
import { histories } from '../testing/histories.ts';
import { smallFederation } from '../testing/small-model.ts';
import { type TableTrainer, updateOf } from './device.ts';
import { type Learned, stepLearned } from './server.ts';

const items = smallFederation('reconstruction').features.items;

function referenceTrainer(): TableTrainer {
  let table: Parameters<typeof trainReference>[0] | null = null;
  return {
    load: async (next) => {
      table = next;
    },
    train: async (interactions) => trainReference(table!, interactions),
  };
}

/** A model of each phase of an epoch, each after a round of the phase before. */
function modelsOf(learner: (typeof learnerNames)[number]) {
  // A phase of one round.
  const { policy, features, ...first } = smallFederation(learner, 1);
  let learned: Learned = first;
  const models: { readonly model: Model; readonly rules: RoundPolicy; readonly name: string }[] = [];
  for (const [phase, { name, layout }] of policy.phases.entries()) {
    models.push({ model: learned.model, rules: roundPolicyOf(policy, phase), name });
    const mean = Float64Array.from({ length: layout.length }, (_, at) => (at % 3 === 0 ? 0.2 : 0.02));
    learned = stepLearned(learned, { policy, features, mean, noiseStdOfMean: 1e-3, cohort: 24 });
  }
  return { models, features };
}

const norm = (vector: Float64Array) => Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));

describe.each(learnerNames)('%s', (learner) => {
  const { models, features } = modelsOf(learner);
  const made = (model: Model, rules: RoundPolicy, interactions: Interactions) =>
    updateOf(model, {
      features,
      interactions,
      policy: rules,
      trainer: async () => referenceTrainer(),
      nowMs: () => 0,
    });

  test.each(models)('[DU1] [DU2] phase $name', async ({ model, rules }) => {
    const everything = Array.from({ length: items }, (_, row) => row);
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(histories(items), fc.constant({ liked: everything, disliked: [], seen: [] })),
        async (history) => {
          const update = await made(model, rules, history);
          expect(update).toHaveLength(rules.layout.length);
          expect(norm(update)).toBeLessThanOrEqual(rules.clippingBoundL2 * (1 + 1e-12));
          if (learner === 'reconstruction') return;
          const { liked } = history;
          expect(update).toEqual(await made(model, rules, { liked, disliked: [], seen: [] }));
          if (liked.length === 0) expect(update).toEqual(new Float64Array(rules.layout.length));
        },
      ),
      { numRuns: 40 },
    );
  });

  test.each(models)('[DU3] phase $name', async ({ model, rules }) => {
    const { layout } = rules;
    const [part] = layout.parts;
    const longer = {
      parts: [{ ...part!, length: part!.length + 1 }, ...layout.parts.slice(1)],
      length: layout.length + 1,
    };
    const none = { parts: [], length: 0 };
    const interactions = { liked: [1, 2], disliked: [], seen: [] };
    await expect(made(model, { ...rules, layout: longer }, interactions)).rejects.toThrow(RangeError);
    if (learner !== 'reconstruction') {
      await expect(made(model, { ...rules, layout: none }, interactions)).rejects.toThrow(RangeError);
    }
    await expect(made(model, rules, { ...interactions, seen: [items] })).rejects.toThrow(RangeError);
  });
});
