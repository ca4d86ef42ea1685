import fc from 'fast-check';
import { expect, test } from 'vitest';
import { examplePolicy } from '../testing/example-policy.ts';
import { ProtocolError } from './errors.ts';
import { noiseOfPolicy, type Policy, parsePolicy, policyHash, scaleOfPolicy } from './policy.ts';

const overTheWire = (policy: unknown): unknown => JSON.parse(JSON.stringify(policy));

test('[P1] a policy survives the wire with its hash, and the hash covers every number', () => {
  const policy = examplePolicy();
  expect(parsePolicy(overTheWire(policy))).toEqual(policy);
  expect(policyHash(parsePolicy(overTheWire(policy)))).toBe(policyHash(policy));
  expect(policyHash(examplePolicy(96, { cooldownMs: 30_001 }))).not.toBe(policyHash(policy));
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

const local = { mode: 4, minCohort: 1, maxCohort: 10, honestNoiseShares: 1 } as const;
test('[P4] mode 4 needs no crowd, and each device brings all of the noise', () => {
  const policy = examplePolicy(96, local);
  expect(parsePolicy(overTheWire(policy))).toEqual(policy);
  expect(noiseOfPolicy(policy).sigmaLocal).toBeGreaterThanOrEqual(2 * Math.sqrt(noiseOfPolicy(policy).boundSq));
});

const refused: [string, Partial<Record<keyof Policy, unknown>>][] = [
  ['another protocol', { protocol: 'tacit/secagg/2' }],
  ['no masks', { mode: 0 }],
  ['mode 2', { mode: 2 }],
  ['mode 4 with the noise of others', { mode: 4 }],
  ['mode 4 with 4097 numbers', { ...local, layout: examplePolicy(4097).layout }],
  ['more people than a roster holds', { maxCohort: 16_001, minCohort: 11_201, honestNoiseShares: 9_000 }],
  ['noise below the floor', { noiseMultiplier: 0.59 }],
  ['no noise', { noiseMultiplier: 0 }],
  ['NaN noise', { noiseMultiplier: Number.NaN }],
  ['noise as text', { noiseMultiplier: '2' }],
  ['a clip of 0', { clippingBoundL2: 0 }],
  ['an infinite clip', { clippingBoundL2: Number.POSITIVE_INFINITY }],
  ['a delta of 1e-4', { delta: 1e-4 }],
  ['an epsilon cap above 8', { epsilonCap: 8.01 }],
  ['a cohort below 20', { minCohort: 19 }],
  ['nMin below 0.7 nMax', { maxCohort: 29 }],
  ['nMin above nMax', { minCohort: 29 }],
  ['too many honest shares', { honestNoiseShares: 19 }],
  ['no honest share', { honestNoiseShares: 0 }],
  ['a negative cooldown', { cooldownMs: -1 }],
  ['a cooldown of more than a day', { cooldownMs: 24 * 3600 * 1000 + 1 }],
  ['17 bits', { bits: 17 }],
  ['a bound of 0', { clippingBoundInt: 0 }],
  ['a bound that leaves noise below 3', { clippingBoundInt: 2 }],
  ['a bound that needs noise above 8192', { clippingBoundInt: 2 ** 25 }],
  ['noise beyond any config', { noiseMultiplier: 9999, clippingBoundInt: 2 ** 25 }],
  ['an unknown field', { extra: 1 } as never],
  ['no layout', { layout: undefined }],
  ['parts that do not add up', { layout: { ...examplePolicy().layout, length: 97 } }],
  ['no parts', { layout: { parts: [], length: 0 } }],
  ['an unknown part', { layout: { parts: [{ name: 'items', rows: 1, length: 1, clippingBoundL2: 1 }], length: 1 } }],
  [
    'one part twice',
    { layout: { parts: [...examplePolicy().layout.parts, ...examplePolicy().layout.parts], length: 192 } },
  ],
];
// 0.7 x 29 = 20.3, so nMin must be 21.
test.each(refused)('[P1] %s is refused', (_, overrides) => {
  expect(() => parsePolicy({ ...examplePolicy(), ...overrides })).toThrow(ProtocolError);
});

test('[P1] garbage gets ProtocolError and nothing else', () => {
  fc.assert(
    fc.property(fc.anything(), fc.constantFrom(...Object.keys(examplePolicy())), (value, field) => {
      for (const candidate of [value, { ...examplePolicy(), [field]: value }]) {
        try {
          parsePolicy(candidate);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }
    }),
  );
});
