// One private release of a session: everybody's vector, summed under the product's noise and decoded. The policy, its integers, the clipping, the
// noise sampler, the ring and the decoding are the product's. Where it is little work each person's update goes through encodeUpdate
// (noisyMean); where it is much, the clipped updates are summed first and the noise of all shares is drawn at once: a sum of n discrete Gaussians
// of variance s² is one of variance n s² to within 1e-37 (log10Tau), and the variance of n random roundings, at most n / 4, is added to it.
import type { RoundCore } from '../../core/rounds.ts';
import { rotate } from '../../maths/hadamard.ts';
import type { RandomSource } from '../../maths/random.ts';
import { ringMask } from '../../maths/ring.ts';
import type { LayoutPart } from '../../model/model.ts';
import { epsilonOfRho } from '../../privacy/accountant.ts';
import { decodeSum } from '../../privacy/aggregate.ts';
import { clipToIntegerUnits } from '../../privacy/clipping.ts';
import { discreteGaussian } from '../../privacy/discrete-gaussian.ts';
import { type RoundPolicy, scaleOfPolicy } from '../../protocol/policy.ts';
import {
  configOf,
  mostInOneSum,
  type NoisyMean,
  noisyMean,
  policyOfDemand,
  policyWithLayout,
  sumsOf,
} from '../private-mean.ts';

/** How the noise of a release came about: device by device in the product's own steps, or that of all shares drawn at once. */
export type NoisePath = 'each-person' | 'summed';

/** Numbers that the people of a release encode one by one at most; and where people are repeated, which makes as much work and teaches nothing. */
const mostEncodedNumbers = 2e8;
const mostRepeatedNumbers = 1e7;

/** @param people of the release. @param length of one upload. */
export function noisePathOf(people: number, length: number, population: number): NoisePath {
  return people * length <= (population > 1 ? mostRepeatedNumbers : mostEncodedNumbers) ? 'each-person' : 'summed';
}

/** Of several releases: 'summed' as soon as one of them was. */
export function mergedPath(paths: readonly NoisePath[]): NoisePath {
  return paths.every((path) => path === 'each-person') ? 'each-person' : 'summed';
}

/** The policy of a release of one vector of norm 1 that may cost `rho` of each of `people`. */
export function policyOfRelease(
  rho: number,
  delta: number,
  people: number,
  part: Pick<LayoutPart, 'name' | 'rows' | 'length'>,
  most = mostInOneSum,
): RoundPolicy {
  const shape = { items: 1, featureColumns: 1, dimension: 1 };
  const plain = policyOfDemand({ epsilon: epsilonOfRho(rho, delta), delta }, 1, people, shape, most);
  return policyWithLayout(plain, { parts: [{ ...part, clippingBoundL2: 1 }], length: part.length });
}

/** @param vectors one for each distinct person. @param population how many people each of them stands for. @param rounds what encodes and sums. */
export function release(
  vectors: () => Iterable<Float64Array>,
  distinct: number,
  population: number,
  policy: RoundPolicy,
  random: RandomSource,
  rounds?: RoundCore,
): NoisyMean {
  const people = distinct * population;
  if (noisePathOf(people, policy.layout.length, population) === 'each-person') {
    return noisyMean(repeated(vectors, population), people, policy, 1, random, rounds);
  }
  return summedRelease(vectors, distinct, population, policy, random, rounds);
}

function* repeated(vectors: () => Iterable<Float64Array>, population: number): Generator<Float64Array, void> {
  for (let copy = 0; copy < population; copy++) yield* vectors();
}

/** `release` with the noise of all shares drawn at once; see above. The copies of a person are spread evenly over the sums. */
export function summedRelease(
  vectors: () => Iterable<Float64Array>,
  distinct: number,
  population: number,
  policy: RoundPolicy,
  random: RandomSource,
  rounds?: RoundCore,
): NoisyMean {
  const people = distinct * population;
  const { sums } = sumsOf(people, policy.maxCohort);
  const { length } = policy.layout;
  const scale = scaleOfPolicy(policy);
  const clipped = new Float64Array(length);
  for (const vector of vectors()) {
    const values = clipToIntegerUnits(vector, scale, policy.clippingBoundInt);
    for (let at = 0; at < length; at++) clipped[at] = clipped[at]! + values[at]! / distinct;
  }
  const mean = new Float64Array(length);
  const noise = new Int32Array(length);
  let variance = 0;
  for (let index = 0; index < sums; index++) {
    const config = configOf(policy, sums + index, random);
    const members = Math.floor((people + sums - 1 - index) / sums);
    const values = clipped.map((value) => value * members);
    rotate(values, config.rotationSeed);
    const { sigma2num, sigma2den } = config;
    discreteGaussian({ numerator: members * (4 * sigma2num + sigma2den), denominator: 4 * sigma2den }).sample(
      noise,
      random,
    );
    const mask = ringMask(config.bits);
    const sum = Uint32Array.from(values, (value, at) => (Math.round(value) + noise[at]!) & mask);
    const decoded = decodeSum(sum, members, config, rounds);
    const share = members / people;
    for (let at = 0; at < length; at++) mean[at] = mean[at]! + share * decoded.mean[at]!;
    variance += (share * decoded.noiseStdOfMean) ** 2;
  }
  return { mean, noiseStdOfMean: Math.sqrt(variance) };
}
