// `reconstruction` as the product runs it: each cohort member's update comes from the objective and the update code of the device, the model
// from the server step. Without --epsilon the whole V is trained (offsets for all items, and the Gram part); with it, the vector that the
// product's policy derives from the crowd, through the product's noise, and without the popularity histogram, which would not be private.
import { itemScores } from '../../learners/reconstruction/scorer.ts';
import { gaussians } from '../../maths/gaussian.ts';
import {
  experimentRandom,
  experimentRandomOfLabel,
  quickRandomOfLabel,
  type RandomSource,
} from '../../maths/random.ts';
import { blockCount, blockLength, blocksFor, oneBlock } from '../../model/blocks.ts';
import { weightBoundL2 } from '../../model/crowd.ts';
import { encodeModel } from '../../model/file.ts';
import { localUpdate } from '../../model/local-steps.ts';
import type { Features, ItemTable, Layout, ReconstructionModel } from '../../model/model.ts';
import { foldIn } from '../../model/objective.ts';
import {
  type GradientOptimizer,
  initialOptimizerState,
  type OptimizerState,
  optimizedServerStep,
  type ServerOptimizer,
} from '../../model/server-optimizer.ts';
import type { ServerState } from '../../model/server-state.ts';
import { type InitialModelOptions, initialModel, serverStep } from '../../model/server-step.ts';
import { materialise } from '../../model/table.ts';
import { dataSizeWeight, weighted } from '../../model/update.ts';
import type { RoundPolicy } from '../../protocol/policy.ts';
import { CohortDraw, mostParticipations } from '../cohorts.ts';
import { FewBitSum, maskedBits } from '../few-bits.ts';
import {
  type Checkpoint,
  type FitOptions,
  histogramOf,
  type Learner,
  type LearnerCost,
  type TrainingData,
} from '../learner.ts';
import { epsilonCharged, noisyMean, type PrivacyDemand, policyOfDemand, policyWithLayout } from '../private-mean.ts';

/** L2 clip of the item update and of the Gram part without noise: above nearly every norm (C = 3 costs nothing). */
const evaluationClippingBoundL2 = 3;
/** Bits of a number in the ring where updates are not quantised: the product's smallest ring. */
const evaluationBits = 16;

export interface ReconstructionOptions {
  readonly cohort: number;
  readonly dimension: number;
  readonly lambda: number;
  readonly unobservedWeight: number;
  readonly rounds: number;
  readonly localSteps: number;
  readonly localRate: number;
  readonly proxMu: number;
  readonly weights: 'none' | 'size';
  readonly serverOptimizer: ServerOptimizer;
  /** The server optimiser's; null: its standard. */
  readonly serverRate: number | null;
  /** Blocks of the items, one of which a round moves; null: one, or the fewest that `offsetItems` take. */
  readonly itemBlocks: number | null;
  /** Items with offsets under noise; null: as many as so many blocks hold. Without noise all have some. */
  readonly offsetItems: number | null;
  /** Columns of the offsets that a round moves at most; null: all. */
  readonly rank: number | null;
  /** Bits of a number of an upload; null: updates are averaged as they are. */
  readonly bits: number | null;
  /** null: without noise. */
  readonly privacy: PrivacyDemand | null;
  /** How often each training person is repeated: as much information, less noise. */
  readonly population: number;
  /** Fastest over slowest device; 1: all alike. */
  readonly speedSpread: number;
  /** What becomes of those who do not manage all local steps in a round's time: their part counts like a whole, or they are left out. */
  readonly partialWork: 'accept' | 'drop';
}

export class Reconstruction implements Learner {
  readonly #options: ReconstructionOptions;

  constructor(options: ReconstructionOptions) {
    this.#options = options;
  }

  /** V, its gradient and two updates; and those of a cohort, where people are repeated. */
  memoryBytes(data: TrainingData): number {
    const { cohort, dimension, population } = this.#options;
    const held = population > 1 ? Math.min(cohort, data.people.length) : 0;
    return 8 * data.items.length * dimension * (6 + held);
  }

  *fit(data: TrainingData, { seed, checkpoints, rounds }: FitOptions): Generator<Checkpoint, LearnerCost> {
    const options = this.#options;
    const people = data.people.length * options.population;
    const participations = mostParticipations(people, options.cohort, options.rounds);
    const run =
      options.privacy === null
        ? openRun(data, options, seed)
        : privateRun(data, options, options.privacy, participations);
    const cohorts = new CohortDraw(people, options.cohort, experimentRandom(seed));
    const random = quickRandomOfLabel(`reconstruction ${seed}`);
    const stepsOf = localStepsOf(data.people.length, options, seed);
    let { model, state } = run;
    let optimizerState = initialOptimizerState(run.layout, options.dimension);
    const average = averageOf(run, options, random, rounds);
    for (let round = 1; round <= options.rounds; round++) {
      const table = materialise(model, run.features);
      const participants = participantsOf(cohorts.next(), data.people.length, options, stepsOf);
      const updates = updatesOf(participants, data, table, run, options);
      const { mean, noiseStdOfMean } = average(updates, participants.length, round);
      const input = {
        model,
        state,
        features: run.features,
        layout: run.layout,
        mean,
        noiseStdOfMean,
        cohort: participants.length,
      };
      if (options.serverOptimizer === 'preconditioned') ({ model, state } = serverStep(input));
      else
        ({ model, state, optimizerState } = optimised(
          input,
          options.serverOptimizer,
          options.serverRate,
          optimizerState,
        ));
      if (round === options.rounds || checkpoints.includes(round)) {
        yield { round, score: scorerOf(model, run.features) };
      }
    }
    const { policy } = run;
    const bits = policy?.bits ?? (options.bits === null ? evaluationBits : maskedBits(options.bits, cohorts.size));
    return {
      rounds: options.rounds,
      participationsPerUser: participations,
      epsilon: policy === null ? null : epsilonCharged(policy, participations),
      noisePath: policy === null ? null : 'each-person',
      uploadBytesPerClient: Math.ceil((run.layout.length * bits) / 8),
      downloadBytesPerClient: encodeModel(model).length,
    };
  }
}

/** What a run begins with. */
interface Run {
  readonly model: ReconstructionModel;
  readonly state: ServerState;
  readonly features: Features;
  readonly layout: Layout;
  /** null: without noise. */
  readonly policy: RoundPolicy | null;
}

const noHash = '0'.repeat(64);

function openRun(data: TrainingData, options: ReconstructionOptions, seed: number): Run {
  const items = data.items.length;
  const { dimension } = options;
  const blocks = blocksFor(options.itemBlocks ?? 1, options.rank, dimension);
  const whole = fullLayout(items, dimension, options.serverOptimizer === 'preconditioned', blocks);
  const layout = withWeight(whole, options);
  const features = constantFeatures(items);
  const histogram = histogramOf(data);
  const pairs = histogram.reduce((sum, count) => sum + count, 0);
  const shape = { ...shapeOf(options), popularityWeight: 0 };
  const { model, state } = initialModel(catalogueOf(data), features, noHash, noHash, {
    ...shape,
    layout,
    embeddings: data.features
      ? contentEmbeddings(data, data.features, shape)
      : gaussians(items * dimension, 0.1 / Math.sqrt(dimension), experimentRandom(seed)),
    popularity: histogram,
    likesPerPerson: pairs / data.people.length,
  });
  return { model, state, features, layout, policy: null };
}

function privateRun(
  data: TrainingData,
  options: ReconstructionOptions,
  privacy: PrivacyDemand,
  participations: number,
): Run {
  const features = data.features ?? constantFeatures(data.items.length);
  const cohort = Math.min(options.cohort, data.people.length * options.population);
  const plain = policyOfDemand(privacy, participations, cohort, {
    items: data.items.length,
    featureColumns: features.columns,
    dimension: options.dimension,
    offsets: { itemBlocks: options.itemBlocks, rank: options.rank, items: options.offsetItems },
  });
  const layout = withWeight(plain.layout, options);
  const policy = layout === plain.layout ? plain : policyWithLayout(plain, layout);
  const { model, state } = initialModel(catalogueOf(data), features, noHash, noHash, { ...shapeOf(options), layout });
  return { model, state, features, layout, policy };
}

function shapeOf(options: ReconstructionOptions): InitialModelOptions {
  return { dimension: options.dimension, unobservedWeight: options.unobservedWeight, lambda: options.lambda };
}

function catalogueOf(data: TrainingData) {
  return { items: data.items.map((id) => ({ id, title: id, genres: [] })) };
}

/** The whole V, and the Gram part where the step uses it. */
export function fullLayout(items: number, dimension: number, hasGram = true, blocks = oneBlock): Layout {
  const offsets = blockLength(blocks, items, dimension);
  const gram = (dimension * (dimension + 1)) / 2;
  const clippingBoundL2 = evaluationClippingBoundL2;
  const parts: Layout['parts'] = [
    {
      name: 'offsets',
      rows: items,
      length: offsets,
      clippingBoundL2,
      ...(blockCount(blocks) === 1 ? {} : { blocks }),
    },
    ...(hasGram ? [{ name: 'gram', rows: dimension, length: gram, clippingBoundL2 } as const] : []),
  ];
  return { parts, length: parts.reduce((sum, part) => sum + part.length, 0) };
}

/** The layout with the weight behind it, where people can weigh differently. */
function withWeight(layout: Layout, options: ReconstructionOptions): Layout {
  if (options.weights === 'none') return layout;
  return {
    parts: [...layout.parts, { name: 'weight', rows: 1, length: 1, clippingBoundL2: weightBoundL2 }],
    length: layout.length + 1,
  };
}

/** Features of a catalogue without content: the constant column alone. */
function constantFeatures(items: number): Features {
  return { items, columns: 1, values: new Float32Array(items).fill(1) };
}

/** V = F W₀ of the content start, as the offsets of a model without features: the federation then trains all of V. */
function contentEmbeddings(data: TrainingData, features: Features, shape: InitialModelOptions): Float32Array {
  const { model } = initialModel(catalogueOf(data), features, noHash, noHash, shape);
  return materialise(model, features).embeddings;
}

/**
 * Steps that each person's device manages in a round's time. Speeds are log-uniform over the spread, the same in every round; the time is what
 * the middle device needs for all steps.
 */
function localStepsOf(
  people: number,
  { localSteps, speedSpread }: ReconstructionOptions,
  seed: number,
): (person: number) => number {
  if (speedSpread <= 1) return () => localSteps;
  const words = new Uint32Array(people);
  experimentRandomOfLabel(`speeds ${seed}`).fillUint32(words);
  return (person) => {
    const speed = speedSpread ** (words[person]! / 2 ** 32 - 0.5);
    return Math.min(localSteps, Math.floor(localSteps * speed));
  };
}

interface Participant {
  /** Row of the training person. */
  readonly person: number;
  /** Local steps done. */
  readonly steps: number;
}

/** Who of a cohort uploads. At least one: a round of nobody waits for somebody. */
function participantsOf(
  cohort: readonly number[],
  people: number,
  { localSteps, partialWork }: ReconstructionOptions,
  stepsOf: (person: number) => number,
): Participant[] {
  const members = cohort.map((member) => ({ person: member % people, steps: stepsOf(member % people) }));
  const least = partialWork === 'accept' ? 1 : localSteps;
  const present = members.filter(({ steps }) => steps >= least);
  return present.length > 0 ? present : [{ person: cohort[0]! % people, steps: localSteps }];
}

/** The vectors that they upload, one after another. Where people are repeated, each trains once a round and the vector is kept. */
function* updatesOf(
  participants: readonly Participant[],
  data: TrainingData,
  table: ItemTable,
  { layout }: Run,
  { localRate: rate, proxMu, weights, population }: ReconstructionOptions,
): Generator<Float64Array, void> {
  const trained = new Map<number, Float64Array>();
  for (const { person, steps } of participants) {
    let update = trained.get(person);
    if (update === undefined) {
      const liked = Array.from(data.people[person]!);
      update = localUpdate(table, { liked, disliked: [], seen: [] }, layout, { steps, rate, proxMu });
      if (weights === 'size') weighted(update, layout, dataSizeWeight(liked.length));
      if (population > 1) trained.set(person, update);
    }
    yield update;
  }
}

type Average = (
  updates: Iterable<Float64Array>,
  cohort: number,
  round: number,
) => { mean: Float64Array; noiseStdOfMean: number };

function averageOf(
  { policy, layout }: Run,
  { bits }: ReconstructionOptions,
  random: RandomSource,
  rounds: FitOptions['rounds'],
): Average {
  if (policy !== null) return (updates, cohort, round) => noisyMean(updates, cohort, policy, round, random, rounds);
  if (bits === null) return (updates, cohort) => ({ mean: plainMean(updates, cohort, layout), noiseStdOfMean: 0 });
  const longest = Math.sqrt(layout.parts.reduce((sum, part) => sum + part.clippingBoundL2 ** 2, 0));
  let expectedLength = longest;
  return (updates) => {
    const words = new Uint32Array(4);
    random.fillUint32(words);
    const sum = new FewBitSum(layout.length, bits, expectedLength, longest, new Uint8Array(words.buffer));
    for (const update of updates) sum.add(update, random);
    expectedLength = sum.meanLength();
    return { mean: sum.mean(), noiseStdOfMean: 0 };
  };
}

function plainMean(updates: Iterable<Float64Array>, cohort: number, layout: Layout): Float64Array {
  const mean = new Float64Array(layout.length);
  for (const update of updates) {
    for (let index = 0; index < mean.length; index++) mean[index] = mean[index]! + update[index]! / cohort;
  }
  return mean;
}

function optimised(
  input: Parameters<typeof serverStep>[0],
  optimizer: GradientOptimizer,
  rate: number | null,
  optimizerState: OptimizerState,
) {
  return optimizedServerStep({ ...input, optimizer, optimizerState, ...(rate === null ? {} : { rate }) });
}

/** As a device ranks: fold-in of the history, then the scores of all items. */
function scorerOf(model: ReconstructionModel, features: Features): Checkpoint['score'] {
  const table = materialise(model, features);
  return (history) => itemScores(table, foldIn(table, { liked: history, disliked: [], seen: [] }));
}
