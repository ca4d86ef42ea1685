// An empirical lower bound on epsilon from canaries. A worst-case update, as long as the clipping bound allows, is put into the sum of a round or left
// out, many times; all other updates are zero and known, and nEff noise shares are all there are. From how often a threshold test errs follows a
// lower bound on the epsilon that the mechanism can have: (epsilon, delta)-DP forces TPR <= e^epsilon FPR + delta and the same for the negatives, and
// Clopper-Pearson intervals take care of the number of trials (Jagielski, Ullman and Oprea 2020; Nasr et al. 2021). It must stay below what one
// participation is charged; with a tenth of the noise it must go above.
//
// Among the details is the tighter bound of Nasr et al. 2023, which assumes the shape of a Gaussian trade-off: it comes close to the charge.

import type { RandomSource } from '../../maths/random.ts';
import { liftSigned } from '../../maths/ring.ts';
import { analyticEpsilon, epsilonOfRho } from '../../privacy/accountant.ts';
import { RingSum } from '../../privacy/aggregate.ts';
import { discreteGaussian } from '../../privacy/discrete-gaussian.ts';
import { encodeUpdate } from '../../privacy/pipeline.ts';
import { packBits } from '../../protocol/codec.ts';
import { type RoundConfig, rhoOfConfig } from '../../protocol/round-config.ts';
import { type Attack, judged, randomOf } from './attack.ts';
import { configOf, demoPolicy } from './people.ts';
import { areaUnderRoc, errorOfChanceArea, normalQuantile, upperProbability } from './statistics.ts';
import { gaussianArea, mostArea } from './trade-off.ts';

const confidence = 0.95;
/** The control's noise multiplier is a tenth of ours. */
const weakening = 10;

export const canary: Attack = {
  name: 'canary',
  summary:
    'a lower bound on epsilon, and membership of a whole contribution, from worst-case updates put in or left out',
  rows: ['epsilon-from-canaries', 'contribution-membership'],
  async run(setting) {
    const trials = setting.trials ?? (setting.isSmall ? 600 : 12_000);
    const policy = demoPolicy();
    const random = randomOf(setting, 'canary');
    const config = configOf(policy, random);
    const weak = { ...config, sigma2num: Math.ceil(config.sigma2num / weakening ** 2) };
    const scores = scoresOf(config, trials, random);
    // Fewer trials do: with so little noise the two sides hardly meet.
    const weakTrials = Math.max(200, Math.ceil(trials / 4));
    const weakScores = scoresOf(weak, weakTrials, random);
    const { delta } = policy;
    const rho = rhoOfConfig(config);
    const claimed = epsilonOfRho(rho, delta);
    const ours = lowerBounds(scores, delta);
    const theirs = lowerBounds(weakScores, delta);
    const area = areaUnderRoc(scores.in, scores.out);
    const weakArea = areaUnderRoc(weakScores.in, weakScores.out);
    const inWords = `D = ${config.length}, ${config.honestNoiseShares} noise shares, z = ${policy.noiseMultiplier}, delta = ${delta}`;
    return [
      judged({
        attack: 'epsilon-from-canaries',
        adversary: 'server and 10 %',
        measure: 'epsilon, lower bound',
        control: theirs.epsilon,
        controlAtLeast: claimed,
        protected: ours.epsilon,
        chance: 0,
        bound: claimed,
        trials: 2 * trials,
        note:
          `${inWords}; ${100 * confidence} % confidence. Control: a tenth of the noise, charged as ours. ` +
          'Bound: the epsilon that one participation is charged.',
        details: { gaussianShape: ours.gaussianEpsilon, controlGaussianShape: theirs.gaussianEpsilon },
      }),
      judged({
        attack: 'contribution-membership',
        adversary: 'server and 10 %',
        measure: 'AUC',
        control: weakArea,
        controlAtLeast: 0.99,
        protected: Math.max(area, 1 - area),
        chance: 0.5,
        bound: mostArea(rho) + 4 * errorOfChanceArea(trials),
        trials: 2 * trials,
        note:
          `${inWords}. Whether a whole worst-case contribution is in the sum. Control: a tenth of the noise. ` +
          'Bound: what zCDP permits, and four standard errors.',
        details: { gaussian: gaussianArea(Math.sqrt(2 * rho)) },
      }),
    ];
  },
};

interface Scores {
  readonly in: readonly number[];
  readonly out: readonly number[];
}

/** The sum along the canary, in the canary's own length: about 1 with it, about 0 without. */
function scoresOf(config: RoundConfig, trials: number, random: RandomSource): Scores {
  const { length, bits, honestNoiseShares, clippingBoundL2 } = config;
  // All of the clipping bound, spread evenly: rounding cannot favour it.
  const worst = new Float64Array(length).fill(clippingBoundL2 / Math.sqrt(length));
  const direction = encodeUpdate(worst, config, random).rotated;
  const squares = direction.reduce((sum, value) => sum + value * value, 0);
  // Of an update of zeros the pipeline leaves its noise share and nothing else.
  const noise = discreteGaussian({ numerator: config.sigma2num, denominator: config.sigma2den });
  const share = new Int32Array(length);
  const score = (isIn: boolean) => {
    const sum = new RingSum(length, bits);
    for (let member = 0; member < honestNoiseShares; member++) {
      if (member === 0 && isIn) sum.add(packBits(encodeUpdate(worst, config, random).noised, bits));
      else {
        noise.sample(share, random);
        sum.add(packBits(share, bits));
      }
    }
    const lifted = liftSigned(sum.values(), bits);
    let product = 0;
    for (let i = 0; i < length; i++) product += lifted[i]! * direction[i]!;
    return product / squares;
  };
  return {
    in: Array.from({ length: trials }, () => score(true)),
    out: Array.from({ length: trials }, () => score(false)),
  };
}

/** The threshold is chosen on the first half of the trials and judged on the second, so that the choice costs no confidence. */
function lowerBounds(scores: Scores, delta: number): { readonly epsilon: number; readonly gaussianEpsilon: number } {
  const half = (values: readonly number[]) => values.length >> 1;
  const tuning = { in: scores.in.slice(0, half(scores.in)), out: scores.out.slice(0, half(scores.out)) };
  const judging = { in: scores.in.slice(half(scores.in)), out: scores.out.slice(half(scores.out)) };
  const sorted = [...tuning.in, ...tuning.out].sort((a, b) => a - b);
  const candidates = Array.from({ length: 39 }, (_, i) => sorted[Math.floor(((i + 1) / 40) * sorted.length)]!);
  const best = (value: (threshold: number) => number) =>
    candidates.reduce((chosen, candidate) => (value(candidate) > value(chosen) ? candidate : chosen));
  const epsilon = (threshold: number, on: Scores) => epsilonBound(errorsOf(on, threshold), delta);
  const mu = (threshold: number, on: Scores) => gaussianBound(errorsOf(on, threshold));
  const gaussianDistance = mu(
    best((threshold) => mu(threshold, tuning)),
    judging,
  );
  return {
    epsilon: epsilon(
      best((threshold) => epsilon(threshold, tuning)),
      judging,
    ),
    gaussianEpsilon: gaussianDistance > 0 ? analyticEpsilon(gaussianDistance ** 2 / 2, delta) : 0,
  };
}

interface Errors {
  /** Upper ends of the two error rates, each with half of what the confidence leaves. */
  readonly falsePositive: number;
  readonly falseNegative: number;
}

function errorsOf(scores: Scores, threshold: number): Errors {
  const risk = (1 - confidence) / 2;
  const over = scores.out.filter((score) => score >= threshold).length;
  const under = scores.in.filter((score) => score < threshold).length;
  return {
    falsePositive: upperProbability(over, scores.out.length, risk),
    falseNegative: upperProbability(under, scores.in.length, risk),
  };
}

function epsilonBound({ falsePositive, falseNegative }: Errors, delta: number): number {
  return Math.max(
    0,
    logOrZero((1 - falseNegative - delta) / falsePositive),
    logOrZero((1 - falsePositive - delta) / falseNegative),
  );
}

function gaussianBound({ falsePositive, falseNegative }: Errors): number {
  if (falsePositive >= 1 || falseNegative >= 1) return 0;
  return Math.max(0, -normalQuantile(falsePositive) - normalQuantile(falseNegative));
}

function logOrZero(ratio: number): number {
  return ratio > 1 ? Math.log(ratio) : 0;
}
