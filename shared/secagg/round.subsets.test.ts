// Every subset of the clients leaves at every stage, for up to eight clients: those rounds with at least nMin survivors and at least t of
// every neighbourhood complete, with the exact sum; all others abort, and where is known beforehand.
import { describe, expect, test } from 'vitest';
import { platformCrypto } from './crypto.ts';
import { actualNeighbours, thresholdOf } from './parameters.ts';
import type { ServerStage } from './server.ts';
import { judgedRound, stages } from './testing/judge.ts';
import { rememberingCrypto, rememberingRandom } from './testing/memory.ts';
import { uncheckedMaskParameters } from './testing/run.ts';

/** All rounds of a size have the same keys, so each agreement is computed once. */
const crypto_ = rememberingCrypto(platformCrypto(crypto.subtle));
const randomOf = rememberingRandom(8);

interface Shape {
  readonly n: number;
  readonly neighbours: number;
  readonly minCohort: number;
}

/** Complete graphs, t = ceil(0.65 (n - 1)). nMin is above t or below it, so that each of the two is what a round fails for. */
const complete: Shape[] = [3, 4, 5, 6, 7, 8].map((n) => ({ n, neighbours: n - 1, minCohort: Math.ceil(0.7 * n) }));
const others: Shape[] = [
  { n: 5, neighbours: 4, minCohort: 2 },
  // A ring: k = 4, t = 3 of 5.
  { n: 6, neighbours: 4, minCohort: 3 },
];

async function play({ n, neighbours, minCohort }: Shape, subset: number, stage: ServerStage) {
  const leaves = new Map<number, ServerStage>();
  for (let seat = 0; seat < n; seat++) if (subset & (1 << seat)) leaves.set(seat, stage);
  const parameters = { length: 3, bits: 16, minCohort, maxCohort: n, neighbours, thresholdPermille: 650 };
  const judged = await judgedRound({
    parameters: uncheckedMaskParameters(parameters),
    config: Uint8Array.of(n, neighbours, minCohort),
    values: Array.from({ length: n }, (_, seat) => Int32Array.of(seat + 1, -1000 * seat, 30_000)),
    crypto: crypto_,
    randomOf,
    leaves,
  });
  return { ...judged, left: n - leaves.size };
}

describe.each(complete)('[M13] $n clients, everybody is a neighbour, nMin $minCohort', (shape) => {
  const { n, minCohort } = shape;
  test.each(stages)(
    'every subset leaves at %s',
    async (stage) => {
      for (let subset = 0; subset < 2 ** n; subset++) {
        const { played, faults, left } = await play(shape, subset, stage);
        expect(faults, `subset ${subset.toString(2)}`).toEqual([]);
        // Written out once more for this graph: t follows from the roster, which is smaller where some never advertised.
        const rosterSize = stage === 'advertise' ? left : n;
        const threshold = thresholdOf(
          650,
          actualNeighbours({ ...shape, length: 3, bits: 16, maxCohort: n, thresholdPermille: 650 }, rosterSize),
        );
        const least = stage === 'confirm' || stage === 'unmask' ? threshold : Math.max(minCohort, threshold);
        expect(played.outcome.kind).toBe(left >= least ? 'done' : 'aborted');
        if (played.outcome.kind === 'aborted') expect(played.outcome.stage).toBe(stage);
      }
    },
    60_000,
  );
});

describe.each(others)('[M13] $n clients of which each has $neighbours neighbours, nMin $minCohort', (shape) => {
  test.each(stages)(
    'every subset leaves at %s',
    async (stage) => {
      let done = 0;
      let aborted = 0;
      for (let subset = 0; subset < 2 ** shape.n; subset++) {
        const { played, faults } = await play(shape, subset, stage);
        expect(faults, `subset ${subset.toString(2)}`).toEqual([]);
        if (played.outcome.kind === 'done') done++;
        else aborted++;
      }
      expect([done > 0, aborted > 0]).toEqual([true, true]);
    },
    60_000,
  );
});

test('[M13] 4 clients: every way to leave at any stages', async () => {
  // Seats are alike, so the order in which they leave can be ascending: 126 ways instead of 1296.
  const ways = [...stages, null];
  const ascending = (left: number, from: number): (ServerStage | null)[][] =>
    left === 0
      ? [[]]
      : ways.slice(from).flatMap((way, i) => ascending(left - 1, from + i).map((rest) => [way, ...rest]));
  const all = ascending(4, 0);
  expect(all.length).toBe(126);
  for (const chosen of all) {
    const leaves = new Map<number, ServerStage>();
    chosen.forEach((stage, seat) => {
      if (stage !== null) leaves.set(seat, stage);
    });
    const { faults } = await judgedRound({
      parameters: uncheckedMaskParameters({
        length: 2,
        bits: 18,
        minCohort: 2,
        maxCohort: 4,
        neighbours: 3,
        thresholdPermille: 650,
      }),
      config: Uint8Array.of(4, 4),
      values: Array.from({ length: 4 }, (_, seat) => Int32Array.of(seat, -seat)),
      crypto: crypto_,
      randomOf,
      leaves,
    });
    expect(faults, chosen.join()).toEqual([]);
  }
}, 120_000);
