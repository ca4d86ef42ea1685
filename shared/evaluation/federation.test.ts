import { describe, expect, test } from 'vitest';
import { computeFeatures } from '../catalogue/features.ts';
import { films } from '../catalogue/films/index.ts';
import { effectiveItems } from '../learners/co-occurrence/rules.ts';
import { publicPopularity } from '../learners/popularity.ts';
import { policyForCrowd } from '../model/crowd.ts';
import type { LearnerName } from '../model/model.ts';
import { simulatedPeople } from '../population/population.ts';
import { Federation, pairedDifference, panelNdcg10, personRows } from './federation.ts';

// The demo's crowd on the demo's catalogue: 2,000 simulated people, 36 present, cohorts of 24 to 28, z = 2.
// The panel is the first 500 people, fixed; the measure is the mean over the panel of NDCG@10 of held-out likes, full ranking.
const features = computeFeatures(films.items);
const rowOf = new Map(films.items.map((item, row) => [item.id, row]));
const people = simulatedPeople({ catalogue: films, size: 2000, seed: 1 }).map((person) => personRows(person, rowOf));
const panel = people.slice(0, 500);
const policyOf = (learner: LearnerName) =>
  policyForCrowd({
    learner,
    present: 36,
    items: films.items.length,
    effectiveItems: effectiveItems(publicPopularity(films)),
    featureColumns: features.columns,
  });
const federation = (noise: boolean, learner: LearnerName = 'reconstruction') =>
  new Federation({ catalogue: films, features, policy: policyOf(learner), people, seed: 1, noise });
const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('what a small crowd can carry', () => {
  test('[SC1] under noise no released model of 50 rounds is worse than content alone, and the last is better', {
    timeout: 120_000,
  }, async () => {
    const run = federation(true);
    const content = await panelNdcg10(run.model, features, panel);
    const released: Float64Array[] = [];
    for (let round = 0; round < 50; round++) released.push(await panelNdcg10(await run.step(), features, panel));
    const differences = released.map((scores) => pairedDifference(content, scores));
    const worst = Math.min(...differences.map((difference) => difference.mean));
    expect(
      worst,
      `content ${mean(content)}, differences ${differences.map((d) => d.mean.toFixed(4))}`,
    ).toBeGreaterThanOrEqual(0);
    const last = differences.at(-1)!;
    expect(last.mean).toBeGreaterThan(3 * last.standardError);
  });

  // Rounds 1 to 12 are of the popularity, those after it of what is liked together, and by whom. `npm run learners:study` goes on for longer.
  test.each(['co-occurrence', 'communities'] as const)(
    '[SC1] %s: better than content after its first phase, and never worse',
    {
      timeout: 120_000,
    },
    async (learner) => {
      const run = federation(true, learner);
      // A tilt for each person takes its time.
      const few = panel.slice(0, 250);
      const content = await panelNdcg10(run.model, features, few);
      let last = { mean: 0, standardError: 0 };
      for (let round = 1; round <= 14; round++) {
        const released = await run.step();
        if (![4, 12, 14].includes(round)) continue;
        last = pairedDifference(content, await panelNdcg10(released, features, few));
        expect(last.mean, `round ${round}`).toBeGreaterThanOrEqual(0);
      }
      expect(run.model.header.phase).toBe(1);
      expect(last.mean).toBeGreaterThan(3 * last.standardError);
    },
  );

  test('[SC2] without noise the same measure rises by more than 3 standard errors in 20 rounds', {
    timeout: 60_000,
  }, async () => {
    const run = federation(false);
    const content = await panelNdcg10(run.model, features, panel);
    for (let round = 0; round < 20; round++) await run.step();
    const { mean: rise, standardError } = pairedDifference(content, await panelNdcg10(run.model, features, panel));
    expect(rise).toBeGreaterThan(3 * standardError);
  });
});
