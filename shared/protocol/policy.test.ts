import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LayoutPart } from '../model/model.ts';
import { exampleFederation, examplePolicy, phasedFederation } from '../testing/example-policy.ts';
import { ProtocolError } from './errors.ts';
import {
  endlessPolicy,
  noiseOfPolicy,
  type Phase,
  type Policy,
  parsePolicy,
  policyHash,
  rhoOfSession,
  roundPolicyOf,
  scaleOfPolicy,
  type Training,
} from './policy.ts';

const overTheWire = (policy: unknown): unknown => JSON.parse(JSON.stringify(policy));

test('[P1] a policy survives the wire with its hash, and the hash covers every number', () => {
  for (const policy of [exampleFederation(), phasedFederation()]) {
    expect(parsePolicy(overTheWire(policy))).toEqual(policy);
    expect(policyHash(parsePolicy(overTheWire(policy)))).toBe(policyHash(policy));
  }
  expect(policyHash(exampleFederation(96, { cooldownMs: 30_001 }))).not.toBe(policyHash(exampleFederation()));
});

test('[P1] the demo: z of the integers is at least 2, so eight participations fit', () => {
  const noise = noiseOfPolicy(examplePolicy());
  // boundSq = min(1024² + 96 + isqrt(4 x 1024² x 96), 1024² + 1024 + floor((96 + isqrt(384)) / 4)) = 1,048,576 + 1024 + 28.
  expect(noise.boundSq).toBe(1_049_628);
  expect(noise.sigmaLocal ** 2).toBeGreaterThanOrEqual((4 * noise.boundSq) / 18);
  expect(noise.rhoPerParticipation).toBeLessThanOrEqual(1 / 8);
  expect(noise.rhoPerParticipation).toBeGreaterThan(0.1249);
});

test('[P1] floor(clip scale) is the bound in integer units for every pair', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
      fc.integer({ min: 1, max: 2 ** 25 }),
      (clip, integer) => {
        const scale = scaleOfPolicy({ clippingBoundL2: clip, clippingBoundInt: integer });
        expect(Math.floor(clip * scale)).toBe(integer);
        expect(Math.abs(scale / (integer / clip) - 1)).toBeLessThan(1e-14);
      },
    ),
  );
});

test('[P5] the flat view of a phase is all that a round is held to, and a session costs the sum of its phases', () => {
  const policy = phasedFederation();
  expect(roundPolicyOf(exampleFederation(), 0)).toEqual(examplePolicy());
  expect(endlessPolicy(roundPolicyOf(exampleFederation(), 0))).toEqual(exampleFederation());
  const [popularity, centroids, likes] = [0, 1, 2].map((phase) => roundPolicyOf(policy, phase));
  expect(popularity).toMatchObject({ minCohort: 20, noiseMultiplier: 2, layout: { length: 96 } });
  expect(centroids).toMatchObject({ minCohort: 20, noiseMultiplier: 4, layout: { length: 44 } });
  expect(Object.keys(centroids!).sort()).toEqual(Object.keys(likes!).sort());
  expect(centroids).not.toHaveProperty('phases');
  expect(() => roundPolicyOf(policy, 3)).toThrow(/has 3/);
  const rho = [popularity, centroids, likes].map((rules) => noiseOfPolicy(rules!).rhoPerParticipation);
  expect(rhoOfSession(policy)).toBeCloseTo(rho[0]! + rho[1]! + rho[2]!, 15);
  // 1 / (2 z²) with z = 2, 4, 4, rounded up as the integers make it.
  expect(rhoOfSession(policy)).toBeCloseTo(1 / 8 + 1 / 32 + 1 / 32, 3);
});

const local = { mode: 4, minCohort: 1, maxCohort: 10, honestNoiseShares: 1 } as const;
test('[P4] mode 4 needs no crowd, and each device brings all of the noise', () => {
  const policy = exampleFederation(96, local);
  expect(parsePolicy(overTheWire(policy))).toEqual(policy);
  const rules = roundPolicyOf(policy, 0);
  expect(noiseOfPolicy(rules).sigmaLocal).toBeGreaterThanOrEqual(2 * Math.sqrt(noiseOfPolicy(rules).boundSq));
});

const refused: [string, Readonly<Record<string, unknown>>][] = [
  ['another protocol', { protocol: 'tacit/secagg/2' }],
  ['no masks', { mode: 0 }],
  ['mode 2', { mode: 2 }],
  ['mode 4 with the noise of others', { mode: 4 }],
  ['more people than a roster holds', { maxCohort: 16_001, minCohort: 11_201, honestNoiseShares: 9_000 }],
  ['a delta of 1e-4', { delta: 1e-4 }],
  ['an epsilon cap above 8', { epsilonCap: 8.01 }],
  ['a cohort below 20', { minCohort: 19 }],
  // 0.7 x 29 = 20.3, so nMin must be 21.
  ['nMin below 0.7 nMax', { maxCohort: 29 }],
  ['nMin above nMax', { minCohort: 29 }],
  ['too many honest shares', { honestNoiseShares: 19 }],
  ['no honest share', { honestNoiseShares: 0 }],
  ['a negative cooldown', { cooldownMs: -1 }],
  ['a cooldown of more than a day', { cooldownMs: 24 * 3600 * 1000 + 1 }],
  ['an unknown field', { extra: 1 }],
  ['a number of a phase beside the phases', { noiseMultiplier: 2 }],
  ['another learner', { learner: 'ease' }],
  ['the phases of another learner', { learner: 'co-occurrence' }],
  ['no phases', { phases: [] }],
  ['phases that are none', { phases: 3 }],
];
test.each(refused)('[P1] %s is refused', (_, overrides) => {
  expect(() => parsePolicy({ ...exampleFederation(), ...overrides })).toThrow(ProtocolError);
});

const layoutOf = (length: number) => examplePolicy(length).layout;
const [weightPart] = [{ name: 'weight', rows: 1, length: 1, clippingBoundL2: 0.3 }];
const badPhases: [string, Readonly<Record<string, unknown>>][] = [
  ['noise below the floor', { noiseMultiplier: 0.59 }],
  ['no noise', { noiseMultiplier: 0 }],
  ['NaN noise', { noiseMultiplier: Number.NaN }],
  ['noise as text', { noiseMultiplier: '2' }],
  ['a clip of 0', { clippingBoundL2: 0 }],
  ['an infinite clip', { clippingBoundL2: Number.POSITIVE_INFINITY }],
  ['7 bits', { bits: 7 }],
  ['33 bits', { bits: 33 }],
  ['half a bit', { bits: 11.5 }],
  ['a bound of 0', { clippingBoundInt: 0 }],
  ['a bound that leaves noise below 3', { clippingBoundInt: 2 }],
  ['a bound that needs noise above 8192', { clippingBoundInt: 2 ** 25 }],
  ['noise beyond any config', { noiseMultiplier: 9999, clippingBoundInt: 2 ** 25 }],
  ['no layout', { layout: undefined }],
  ['parts that do not add up', { layout: { ...layoutOf(96), length: 97 } }],
  ['no parts', { layout: { parts: [], length: 0 } }],
  ['an unknown part', { layout: { parts: [{ name: 'items', rows: 1, length: 1, clippingBoundL2: 1 }], length: 1 } }],
  [
    'a part of another phase',
    { layout: { parts: [{ name: 'histogram', rows: 9, length: 9, clippingBoundL2: 1 }], length: 9 } },
  ],
  ['one part twice', { layout: { parts: [...layoutOf(96).parts, ...layoutOf(96).parts], length: 192 } }],
  ['a weight part where all weigh the same', { layout: { parts: [...layoutOf(96).parts, weightPart], length: 97 } }],
  ['an unknown field', { extra: 1 }],
  ['another name', { name: 'popularity' }],
  ['rounds below 0', { rounds: -1 }],
  ['half a round', { rounds: 1.5 }],
  ['no training', { training: undefined }],
];
test.each(badPhases)('[P5] a phase with %s is refused', (_, overrides) => {
  const { phases, ...policy } = exampleFederation();
  expect(() => parsePolicy({ ...policy, phases: [{ ...phases[0], ...overrides }] })).toThrow(ProtocolError);
});

const badTrainings: [string, Readonly<Record<string, unknown>>][] = [
  ['no step', { localSteps: 0 }],
  ['65 steps', { localSteps: 65 }],
  ['weights by size without a weight part', { weights: 'size' }],
  ['other weights', { weights: 'age' }],
  ['a rate of 0', { localRate: 0 }],
  ['a mu below 0', { proxMu: -1 }],
  ['another optimiser', { serverOptimizer: 'lamb' }],
  ['a rate of the preconditioned step', { serverRate: 1 }],
  ['an optimiser without a rate', { serverOptimizer: 'adam' }],
  ['no time', { localLimitMs: 0 }],
  ['an hour', { localLimitMs: 3_600_000 }],
  ['an unknown field', { extra: 1 }],
];
test.each(badTrainings)('[P5] training with %s is refused', (_, overrides) => {
  const { phases, ...policy } = exampleFederation();
  const training = { ...phases[0]!.training, ...overrides };
  expect(() => parsePolicy({ ...policy, phases: [{ ...phases[0], training }] })).toThrow(ProtocolError);
});

test('[P5] weights come with a weight part, optimisers with a rate, local steps with nothing', () => {
  const { phases, ...policy } = exampleFederation();
  const [plain] = phases as [Phase];
  const weighted: Phase['layout'] = {
    parts: [...plain.layout.parts, { name: 'weight', rows: 1, length: 1, clippingBoundL2: 0.3 }],
    length: 97,
  };
  const training = plain.training as Training;
  const accepted: readonly Phase[] = [
    { ...plain, training: { ...training, localSteps: 4, proxMu: 0.1 } },
    { ...plain, layout: weighted, training: { ...training, weights: 'size' } },
    { ...plain, training: { ...training, serverOptimizer: 'yogi', serverRate: 0.06 } },
  ];
  for (const phase of accepted) {
    const written = { ...policy, phases: [phase] };
    expect(parsePolicy(overTheWire(written))).toEqual(written);
  }
});

test('[P5] phases in another order, one too many, one too few, one without end or one that trains are refused', () => {
  const policy = phasedFederation();
  const [popularity, centroids, likes] = policy.phases as [Phase, Phase, Phase];
  const of =
    (...phases: readonly unknown[]) =>
    () =>
      parsePolicy(overTheWire({ ...policy, phases }));
  expect(of(popularity, centroids, centroids, likes)).not.toThrow();
  expect(of(centroids, popularity, likes)).toThrow(ProtocolError);
  expect(of(popularity, likes)).toThrow(ProtocolError);
  expect(of(popularity, ...Array.from({ length: 7 }, () => centroids), likes)).toThrow(ProtocolError);
  expect(of(popularity, { ...centroids, rounds: 0 }, likes)).toThrow(ProtocolError);
  expect(of(popularity, { ...centroids, training: examplePolicy().training }, likes)).toThrow(ProtocolError);
  // One phase below a floor is enough.
  expect(of(popularity, centroids, { ...likes, noiseMultiplier: 0.5 })).toThrow(ProtocolError);
});

test('[P5] blocks: of offsets alone, more than one, within their rows, and of a length that is theirs', () => {
  const of = (part: object) =>
    exampleFederation(60, {
      layout: {
        parts: [{ name: 'offsets', rows: 20, length: 60, clippingBoundL2: 1.5, ...part } as LayoutPart],
        length: 60,
      },
    });
  // 20 rows in 3 blocks are 7 at most; 60 numbers are then of no number of columns.
  const right = { rows: 2, columns: 5 };
  expect(parsePolicy(overTheWire(of({ blocks: right })))).toEqual(of({ blocks: right }));
  expect(policyHash(of({ blocks: right }))).not.toBe(policyHash(of({ blocks: { rows: 2, columns: 4 } })));
  expect(policyHash(of({ blocks: right }))).not.toBe(policyHash(of({})));
  for (const [blocks, why] of [
    [{ rows: 1, columns: 1 }, /more than one block/],
    [{ rows: 21, columns: 1 }, /blocks.rows: expected a whole number from 1 to 20/],
    [{ rows: 0, columns: 2 }, /blocks.rows/],
    [{ rows: 2.5, columns: 2 }, /blocks.rows/],
    [{ rows: 2, columns: 257 }, /blocks.columns: expected a whole number from 1 to 256/],
    [{ rows: 2 }, /blocks.columns/],
    [{ rows: 2, columns: 2, first: 1 }, /only rows, columns/],
    [{ rows: 3, columns: 1 }, /blocks of 7 rows in 60 numbers/],
    [4, /an object/],
    [null, /an object/],
  ] as const) {
    expect(() => parsePolicy(of({ blocks }))).toThrow(why);
  }
  expect(() => parsePolicy(of({ name: 'projection', blocks: right }))).toThrow(/nothing outside of offsets/);
});

test('[P4] in mode 4 no phase has more than 4096 numbers', () => {
  const of = (length: number) => () => parsePolicy(exampleFederation(length, local));
  expect(of(4096)).not.toThrow();
  expect(of(4097)).toThrow(ProtocolError);
});

test('[P1] garbage gets ProtocolError and nothing else', () => {
  const policies: readonly Policy[] = [exampleFederation(), phasedFederation()];
  fc.assert(
    fc.property(
      fc.anything(),
      fc.constantFrom(...policies),
      fc.constantFrom(...Object.keys(exampleFederation())),
      fc.constantFrom(...Object.keys(exampleFederation().phases[0]!)),
      (value, policy, field, phaseField) => {
        const [first, ...others] = policy.phases;
        for (const candidate of [
          value,
          { ...policy, [field]: value },
          { ...policy, phases: [{ ...first, [phaseField]: value }, ...others] },
        ]) {
          try {
            parsePolicy(candidate);
          } catch (error) {
            expect(error).toBeInstanceOf(ProtocolError);
          }
        }
      },
    ),
  );
});
