// `npm run learners:study`: the learners in the demo's world, with the product's own updates, privacy pipeline, server steps and scorers: 2,000
// simulated people, 24 to 28 of 36 present in each round, noise as the demo's policy has it. The panel are the first 500 people; the measure is the
// mean over them of NDCG@10 of likes that nobody sees, full ranking, beside the content model that each learner begins with, and what a device
// downloads: the model, and the difference from the one before, compressed.

import { gzipSync } from 'node:zlib';
import { meanOf } from '#shared/maths/statistics.ts';
import { parseArguments } from '../apps/cli/arguments.ts';
import { computeFeatures } from '../shared/catalogue/features.ts';
import { films } from '../shared/catalogue/films/index.ts';
import { Federation, pairedDifference, panelNdcg10, personRows } from '../shared/evaluation/federation.ts';
import { effectiveItems } from '../shared/learners/co-occurrence/rules.ts';
import { publicPopularity } from '../shared/learners/popularity.ts';
import { policyForCrowd } from '../shared/model/crowd.ts';
import { encodeDelta } from '../shared/model/delta.ts';
import { encodeModel } from '../shared/model/file.ts';
import { learnerNames } from '../shared/model/model.ts';
import { simulatedPeople } from '../shared/population/population.ts';
import { serverOptimizers, type Training } from '../shared/protocol/policy.ts';

const usage = `The learners in the demo's world, under its noise.

Usage: npm run learners:study -- [--learner ${learnerNames.join('|')}] [--rounds N] [--seeds 1,2,3] [--training]
       [--present N]

--present: people present at a time, 36 by themselves; of 2,000, or of four for each one where that is more.
--training: reconstruction with each server optimiser, with local steps, FedProx and weights, instead of the learners.
About ten minutes for the learners with one seed.
`;

const leastPopulation = 2000;
const standardPresent = 36;
const panelSize = 500;
const standardRounds = 50;
/** A line after so many rounds. */
const every = 25;

const trainings: readonly Partial<Training>[] = [
  ...serverOptimizers.map((serverOptimizer) => ({ serverOptimizer })),
  { localSteps: 4 },
  { localSteps: 4, proxMu: 1 },
  { weights: 'size' },
];

const { flags } = parseArguments(
  process.argv.slice(2),
  {
    '--learner': 'a learner',
    '--rounds': 'a number',
    '--seeds': 'numbers',
    '--present': 'a number',
    '--training': null,
    '--help': null,
  },
  0,
);
const chosen = flags.get('--learner');
const rounds = Number(flags.get('--rounds') ?? standardRounds);
const present = Number(flags.get('--present') ?? standardPresent);
const population = Math.max(leastPopulation, 4 * present);
const seeds = (flags.get('--seeds') ?? '1').split(',').map(Number);
if (flags.has('--help')) process.stdout.write(usage);
else if (flags.has('--training')) {
  for (const training of trainings) await study('reconstruction', JSON.stringify(training), training);
} else {
  for (const learner of learnerNames) if (chosen === undefined || chosen === learner) await study(learner, learner);
}

async function study(
  learner: (typeof learnerNames)[number],
  name: string,
  training?: Partial<Training>,
): Promise<void> {
  const features = computeFeatures(films.items);
  const rowOf = new Map(films.items.map((item, row) => [item.id, row]));
  const policy = policyForCrowd({
    learner,
    present,
    items: films.items.length,
    effectiveItems: effectiveItems(publicPopularity(films)),
    featureColumns: features.columns,
    overrides: training === undefined ? {} : { training },
  });
  for (const seed of seeds) {
    const people = simulatedPeople({ catalogue: films, size: population, seed }).map((person) =>
      personRows(person, rowOf),
    );
    const panel = people.slice(0, panelSize);
    const federation = new Federation({ catalogue: films, features, policy, people, seed, noise: true });
    const content = await panelNdcg10(federation.model, features, panel);
    print(name, seed, 'content', content);
    for (let round = 1; round <= rounds; round++) {
      const before = encodeModel(federation.model);
      const model = await federation.step();
      if (round % every !== 0 && round !== rounds) continue;
      const scores = await panelNdcg10(model, features, panel);
      const { mean, standardError } = pairedDifference(content, scores);
      const file = encodeModel(model);
      const [whole, delta] = [file, encodeDelta(before, file)].map((bytes) => gzipSync(bytes).length);
      const gain = `  ${mean < 0 ? '' : '+'}${mean.toFixed(4)} ± ${standardError.toFixed(4)}  model ${whole} B, delta ${delta} B`;
      print(
        name,
        seed,
        `round ${round}, ${policy.phases[model.header.phase]!.name} of epoch ${model.header.epoch} next`,
        scores,
        gain,
      );
    }
  }
}

function print(name: string, seed: number, when: string, scores: Float64Array, gain = ''): void {
  process.stdout.write(`${name.padEnd(34)} seed ${seed}  ${when.padEnd(40)} ${meanOf(scores).toFixed(4)}${gain}\n`);
}
