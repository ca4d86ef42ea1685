// Made-up results for the tests of tables, plots and the document.
import { meanOf } from '#shared/maths/statistics.ts';
import { experiments } from '../grid.ts';
import type { Measured } from '../measured.ts';
import { Results } from '../results.ts';

/** A result whose people have these NDCG@10. */
export function measuredAs(ndcg10: readonly number[], more: Partial<Measured> = {}): Measured {
  const mean = meanOf(ndcg10);
  return {
    ndcg10: mean,
    ndcg100: mean + 0.1,
    recall20: mean + 0.05,
    people: { ndcg10, ndcg100: ndcg10.map((value) => value + 0.1), recall20: ndcg10.map((value) => value + 0.05) },
    ndcg10Seeds: [mean],
    seNdcg10Seeds: null,
    curve: [1, 5, 10, 20, 40].map((round) => ({ round, ndcg10: mean - 0.1 / round, seNdcg10: 0.01 })),
    coverage: 0.2,
    gini: 0.9,
    users: ndcg10.length,
    items: 10,
    central: false,
    rounds: 1,
    participationsPerUser: 1,
    epsilon: null,
    noisePath: null,
    uploadBytesPerClient: 1234,
    downloadBytesPerClient: 5678,
    hr10: null,
    leakOnly: null,
    ...more,
  };
}

/** Every row of the grid for one data set, with numbers that differ by row. */
export function wholeResults(facts = { name: 'made-up', users: 943, items: 1682, interactions: 100_000 }): Results {
  const results = new Results([facts, { ...facts, name: 'other', users: 4 }]);
  let rank = 0;
  for (const { rows, place } of experiments) {
    for (const { id } of rows) {
      const base = 0.1 + 0.002 * rank++;
      const measured = measuredAs([base, base + 0.1, base + 0.2, base + 0.3], {
        uploadBytesPerClient: 1000 * rank,
        seNdcg10Seeds: id.includes('epsilon') || id.startsWith('fleet') ? 0.001 : null,
        ndcg10Seeds: id.includes('epsilon') ? [base, base + 0.3] : [base + 0.15],
        leakOnly: id.startsWith('p2') ? { hr10: 0.1, ndcg10: 0.05 } : null,
      });
      if (place !== 'others') results.add(0, id, measured);
      if (place !== 'first') results.add(1, id, measured);
    }
  }
  return results;
}
