// The two sizes that the random rounds of a build do not reach: a graph that is not complete with the numbers of real cohorts, and a long update.
import { expect, test } from 'vitest';
import { experimentRandomOfLabel, fmix32 } from '../maths/random.ts';
import { ringMask } from '../maths/ring.ts';
import { leastMinCohort, mostHonestNoiseShares } from '../protocol/policy.ts';
import { platformCrypto } from './crypto.ts';
import {
  actualNeighbours,
  checkMaskParameters,
  neighboursForCohort,
  standardThresholdPermille,
  thresholdOf,
} from './parameters.ts';
import type { ServerStage } from './server.ts';
import { judgedRound } from './testing/judge.ts';
import { rememberingCrypto } from './testing/memory.ts';
import type { RoundScript } from './testing/run.ts';

const crypto_ = rememberingCrypto(platformCrypto(crypto.subtle));

/** A round with the least nMin for its nMax; the first seats leave, as many at each stage as `leaving` says. */
function script(
  seats: number,
  maxCohort: number,
  length: number,
  bits: number,
  leaving: Readonly<Partial<Record<ServerStage, number>>>,
): RoundScript {
  const minCohort = leastMinCohort(maxCohort);
  const stageOf = (Object.entries(leaving) as [ServerStage, number][]).flatMap(([stage, count]) =>
    Array.from({ length: count }, () => stage),
  );
  const label = `tacit large round ${seats} ${length}`;
  return {
    parameters: checkMaskParameters({
      length,
      bits,
      minCohort,
      maxCohort,
      honestNoiseShares: mostHonestNoiseShares(minCohort, maxCohort),
      neighbours: neighboursForCohort(maxCohort),
      thresholdPermille: standardThresholdPermille,
    }),
    config: Uint8Array.from({ length: 184 }, (_, i) => fmix32(seats + i)),
    values: Array.from({ length: seats }, (_, seat) =>
      Uint32Array.from({ length }, (_, i) => fmix32(fmix32(seat) + i) & ringMask(bits)),
    ),
    crypto: crypto_,
    randomOf: (seat) => experimentRandomOfLabel(`${label} ${seat}`),
    leaves: new Map(stageOf.map((stage, seat) => [seat, stage])),
  };
}

test('[M4] [M11] a ring of 135 clients, k = 128, t = 84, about a tenth gone at each stage: the exact sum', async () => {
  // 150 seats; 135 in the roster, 124 in U2, 113 in U3, and 90 shares at the end. A neighbourhood is all but six, so at least 84 of it answer.
  const round = script(150, 150, 50, 18, { advertise: 15, shares: 11, masked: 11, confirm: 11, unmask: 12 });
  const k = actualNeighbours(round.parameters, 135);
  expect([k, thresholdOf(round.parameters.thresholdPermille, k)]).toEqual([128, 84]);
  const { played, faults } = await judgedRound(round);
  expect(faults).toEqual([]);
  expect(played.outcome).toMatchObject({ kind: 'done', cohort: 113, dropouts: 11 });
  const shares = played.sent.filter(({ kind }) => kind === 'shares');
  expect([shares.length, ...new Set(shares.map(({ bytes }) => bytes))]).toEqual([124, 32 + 82 * 128]);
}, 120_000);

test('[M7] [M11] 22 clients with updates of 100,000 numbers, two gone before their upload: the exact sum', async () => {
  const round = script(22, 28, 100_000, 18, { masked: 2, confirm: 1, unmask: 1 });
  const { played, faults } = await judgedRound(round);
  expect(faults).toEqual([]);
  expect(played.outcome).toMatchObject({ kind: 'done', cohort: 20, dropouts: 2 });
  const uploads = played.sent.filter(({ kind, from }) => kind === 'masked' && from === 5);
  // 225,000 bytes and its digest are one frame of at most 256 KiB.
  expect(uploads.map(({ bytes }) => bytes)).toEqual([3 + 225_000 + 32]);
}, 60_000);
