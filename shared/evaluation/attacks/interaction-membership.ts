// Interaction membership from a cohort's sum: is item i in the history of a member? The attacker knows everything else: the model, the other members'
// updates, the rest of the history, and it has the colluding members' noise taken off, so that nEff shares are left. It computes both possible
// updates and asks which one is in the sum: the best test there is (Neyman and Pearson). Without noise it is never wrong.
//
// The bound. With and without the item, the two updates of one person are both within the clipping bound, so they are at most twice as far apart as
// an update and zero: 4 rho at rho = 1 / (2 z²), and `mostArea` of that (for a continuous Gaussian Phi(2 / (z sqrt 2))). One item moves an update
// by much less than that; what the Gaussian gives for the distances met is among the details.
import type { Interactions } from '../../model/model.ts';
import { discreteGaussian } from '../../privacy/discrete-gaussian.ts';
import { encodeUpdate } from '../../privacy/pipeline.ts';
import { rhoOfConfig } from '../../protocol/round-config.ts';
import { type Attack, below, judged, randomOf } from './attack.ts';
import { configOf, updateOf, worldOf } from './people.ts';
import { areaUnderRoc, errorOfChanceArea } from './statistics.ts';
import { gaussianArea, mostArea } from './trade-off.ts';

export const interactionMembership: Attack = {
  name: 'interaction-membership',
  summary: 'whether one item is in the history of a member, from the sum of its cohort',
  async run(setting) {
    const trials = setting.trials ?? (setting.isSmall ? 600 : 8000);
    const random = randomOf(setting, 'interaction membership');
    const world = worldOf(setting, 'demo', setting.isSmall ? 30 : 60);
    const config = configOf(world.policy, random);
    const shares = config.honestNoiseShares;
    const noiseStd = Math.sqrt(shares * (config.sigma2num / config.sigma2den));
    // In each pair one update with the item and one without, as the pipeline rotates them, integer units.
    const pairs = world.people.map((person) => {
      const item = person.liked[below(random, person.liked.length)]!;
      const without: Interactions = { ...person, liked: person.liked.filter((row) => row !== item) };
      const [withItem, withoutItem] = [person, without].map((history) => {
        const update = updateOf(world, history);
        return { update, rotated: encodeUpdate(update, config, random).rotated };
      });
      const direction = withItem!.rotated.map((value, i) => value - withoutItem!.rotated[i]!);
      return { withItem: withItem!, withoutItem: withoutItem!, direction, distance: norm(direction) };
    });
    // The other members' updates are known and subtracted: of them the sum has their noise shares left.
    const noise = discreteGaussian({ numerator: config.sigma2num, denominator: config.sigma2den });
    const others = new Int32Array(config.length);
    const noisy = { in: [] as number[], out: [] as number[] };
    const exact = { in: [] as number[], out: [] as number[] };
    let predicted = 0;
    for (let trial = 0; trial < trials; trial++) {
      const pair = pairs[below(random, pairs.length)]!;
      const isIn = trial % 2 === 0;
      const member = isIn ? pair.withItem : pair.withoutItem;
      const encoded = encodeUpdate(member.update, config, random);
      const sum = Float64Array.from(encoded.noised);
      for (let share = 1; share < shares; share++) {
        noise.sample(others, random);
        for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + others[i]!;
      }
      const score = (values: ArrayLike<number>) => {
        let product = 0;
        for (let i = 0; i < sum.length; i++) {
          const middle = (pair.withItem.rotated[i]! + pair.withoutItem.rotated[i]!) / 2;
          product += (values[i]! - middle) * pair.direction[i]!;
        }
        return product;
      };
      // The logarithm of the likelihood ratio, so that pairs at all distances can be ranked together.
      noisy[isIn ? 'in' : 'out'].push(score(sum) / noiseStd ** 2);
      exact[isIn ? 'in' : 'out'].push(score(encoded.rounded) / pair.distance);
      predicted += gaussianArea(pair.distance / noiseStd) / trials;
    }
    const rho = rhoOfConfig(config);
    const area = areaUnderRoc(noisy.in, noisy.out);
    return [
      judged({
        attack: interactionMembership.name,
        adversary: 'server and 10 %',
        measure: 'AUC',
        control: areaUnderRoc(exact.in, exact.out),
        controlAtLeast: 0.99,
        protected: Math.max(area, 1 - area),
        chance: 0.5,
        bound: mostArea(4 * rho) + 4 * errorOfChanceArea(trials / 2),
        trials,
        note:
          `The demo’s layout (D = ${config.length}), ${shares} noise shares, z = ${world.policy.noiseMultiplier}; the attacker knows all but the ` +
          'item. Control: the same sum without noise. Bound: what zCDP permits between two updates of one person, and four standard errors.',
        details: {
          gaussianAucOfTheseItems: predicted,
          meanDistanceInClippingBounds:
            pairs.reduce((s, p) => s + p.distance, 0) / pairs.length / config.clippingBoundInt,
        },
      }),
    ];
  },
};

function norm(values: Float64Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}
