// Whom the attacks attack: simulated people with a real model, and the policies and configs of their rounds.
import { computeFeatures } from '../../catalogue/features.ts';
import { endPhaseLearned, initialLearned } from '../../learners/server.ts';
import type { RandomSource } from '../../maths/random.ts';
import { policyForCrowd, roundPolicyForCrowd } from '../../model/crowd.ts';
import type {
  CommunitiesModel,
  CoOccurrenceModel,
  Features,
  Interactions,
  ItemTable,
  Layout,
  LayoutPart,
} from '../../model/model.ts';
import { trainReference } from '../../model/objective.ts';
import { initialModel } from '../../model/server-step.ts';
import { materialise } from '../../model/table.ts';
import { clientUpdate } from '../../model/update.ts';
import { type SimulatedPerson, simulatedWorld } from '../../population/population.ts';
import { chooseRing } from '../../privacy/bits.ts';
import { encodeUpdate } from '../../privacy/pipeline.ts';
import { toHex } from '../../protocol/canonical.ts';
import { endlessPolicy, type Policy, policyHash, type RoundPolicy, roundPolicyOf } from '../../protocol/policy.ts';
import { checkRoundConfig, type RoundConfig, roundConfigFromPolicy } from '../../protocol/round-config.ts';
import { randomBytes } from '../../secagg/bytes.ts';
import { stageDeadlines } from '../../secagg/parameters.ts';
import { personRows } from '../federation.ts';
import { type AttackSetting, below, randomOf } from './attack.ts';
import type { HostileRound } from './hostile-server.ts';

/** How many are present at the demo: its fleet. */
const demoPresent = 36;
/** Clipping bounds of the parts of `wideLayout`, those of `roundPolicyForCrowd`. */
const wideClips = { projection: 0.8, offsets: 0.8, gram: 0.4 };
/** Far from whom the attacks attack. */
const firstOther = 100_000;
const others = 200;
export const attackNowMs = 1_750_000_000_000;

export interface World {
  readonly policy: RoundPolicy;
  readonly table: ItemTable;
  readonly people: readonly Interactions[];
  /** The part of other simulated people who like each item: what an attacker knows of the public, Float64Array[items]. */
  readonly likedBy: Float64Array;
}

export type Width = 'demo' | 'wide';

/**
 * People, a content model and a policy. Cohorts, noise and epsilon are the demo's in either width. `demo`: the demo's layout too. `wide`: all
 * of W, a row of offsets for every item, and the Gram part, so that the raw update holds each like by itself: what the layout of a crowd of
 * more than a thousand holds. The worst case for a history.
 */
export function worldOf(setting: AttackSetting, width: Width, size: number): World {
  const { policy, table, likedBy, rowOf, person } = groundOf(setting, width);
  const people = Array.from({ length: size }, (_, index) => personRows(person(index), rowOf));
  return { policy, table, people, likedBy };
}

/** What all worlds of one width share. */
interface Ground extends Omit<World, 'people'> {
  readonly rowOf: ReadonlyMap<string, number>;
  readonly person: (index: number) => SimulatedPerson;
}

/** Made once for each run of the attacks: several take the same. */
const grounds = new WeakMap<AttackSetting, Map<Width, Ground>>();

function groundOf(setting: AttackSetting, width: Width): Ground {
  const known = grounds.get(setting) ?? new Map<Width, Ground>();
  grounds.set(setting, known);
  const ground = known.get(width) ?? newGround(setting, width);
  known.set(width, ground);
  return ground;
}

function newGround(setting: AttackSetting, width: Width): Ground {
  const items = bestKnown(setting.items, width === 'demo' || setting.isSmall ? 400 : 800);
  const features = computeFeatures(items);
  const dimension = setting.isSmall && width === 'wide' ? 12 : 30;
  const demo = demoPolicy(items.length, features.columns, dimension);
  const policy = width === 'demo' ? demo : withLayout(demo, wideLayout(items.length, features.columns, dimension));
  const hash = '0'.repeat(64);
  const { model } = initialModel({ items }, features, hash, hash, { dimension, layout: policy.layout });
  const rowOf = new Map(items.map((item, row) => [item.id, row]));
  const { person } = simulatedWorld({ catalogue: { items }, seed: setting.seed });
  // What the attacker knows of tastes comes from other people of the same world.
  const likedBy = new Float64Array(items.length);
  for (let other = 0; other < others; other++) {
    for (const row of personRows(person(firstOther + other), rowOf).liked) likedBy[row] = likedBy[row]! + 1;
  }
  const table = materialise(model, features);
  return { policy, table, likedBy: likedBy.map((count) => (count + 0.5) / (others + 1)), rowOf, person };
}

/** What the phases of the learners that have phases sum; `likes` is of the shape of `centroids`. */
export const phaseParts = ['histogram', 'triangle', 'centroids'] as const;
export type PhasePart = (typeof phaseParts)[number];

export interface PhaseWorld extends Omit<World, 'table'> {
  readonly federation: Policy;
  readonly features: Features;
  /** In that phase, with what it needs chosen. */
  readonly model: CoOccurrenceModel | CommunitiesModel;
}

/** People, a model in the phase that sums this part, and the demo's policy for it. */
export function phaseWorldOf(setting: AttackSetting, part: PhasePart, size: number): PhaseWorld {
  const { table, likedBy, rowOf, person } = groundOf(setting, 'demo');
  const { features } = table;
  const items = bestKnown(setting.items, features.items);
  const learner = part === 'centroids' ? 'communities' : 'co-occurrence';
  const federation = policyForCrowd({
    learner,
    present: demoPresent,
    items: features.items,
    featureColumns: features.columns,
  });
  const hash = '0'.repeat(64);
  const hashes = { catalogueHash: hash, featuresHash: hash, federation: hash.slice(32) };
  let learned = initialLearned({ policy: federation, catalogue: { items }, features, ...hashes, dimension: null });
  const partOf = () => federation.phases[learned.model.header.phase]!.layout.parts[0]!.name;
  while (partOf() !== part) learned = endPhaseLearned(learned, federation, features);
  const { model } = learned;
  if (model.learner === 'reconstruction') throw new RangeError(`${part}: expected a model of ${learner}`);
  const policy = roundPolicyOf(federation, model.header.phase);
  const people = Array.from({ length: size }, (_, index) => personRows(person(index), rowOf));
  return { policy, federation, features, people, likedBy, model };
}

/** The demo's policy: cohorts of 20 to 28, 18 honest noise shares, z = 2, D = 61 for its films. */
export function demoPolicy(items = 150, featureColumns = 60, dimension = 30): RoundPolicy {
  return roundPolicyForCrowd({ present: demoPresent, items, featureColumns, dimension });
}

/** The update of a history, as a device computes it before the privacy pipeline: Float64Array[D]. */
export function updateOf(world: World, interactions: Interactions): Float64Array {
  return clientUpdate(trainReference(world.table, interactions), world.table.model, world.policy.layout);
}

/** The config of a fresh round under a policy. It passes the checks of a device. @param federation whose phase these rules are. */
export function configOf(
  policy: RoundPolicy,
  random: RandomSource,
  federation: Policy = endlessPolicy(policy),
): RoundConfig {
  const facts = {
    roundId: toHex(randomBytes(random, 16)),
    modelHash: '5c'.repeat(32),
    rotationSeed: randomBytes(random, 16),
    expiryMs: attackNowMs + 60_000,
    deadlines: stageDeadlines(policy.layout.length, policy.bits),
    policyHash: policyHash(federation),
  };
  const config = roundConfigFromPolicy(policy, facts);
  checkRoundConfig(config, { ...facts, policy, nowMs: attackNowMs, allowsLocal: false });
  return config;
}

/**
 * A round under the demo's policy with made-up updates, through the real pipeline: for the attacks that are after an upload, whatever is in it.
 * @param name of the randomness; another name is another round.
 */
export function madeUpRound(setting: AttackSetting, name: string, size: number): HostileRound {
  const random = randomOf(setting, name, 'round');
  const config = configOf(demoPolicy(), random);
  const values = Array.from({ length: size }, () => {
    const update = Float64Array.from({ length: config.length }, () => (below(random, 2001) - 1000) / 1000);
    return encodeUpdate(update, config, random).noised;
  });
  return { config, values, crypto: setting.crypto, randomOf: (seat) => randomOf(setting, name, 'seat', seat) };
}

function bestKnown(items: AttackSetting['items'], count: number): AttackSetting['items'] {
  return [...items]
    .map((item, row) => ({ item, row }))
    .sort((a, b) => (b.item.prominence ?? 3) - (a.item.prominence ?? 3) || a.row - b.row)
    .slice(0, count)
    .map(({ item }) => item);
}

function wideLayout(items: number, columns: number, dimension: number): Layout {
  const gram = (dimension * (dimension + 1)) / 2;
  const parts: LayoutPart[] = [
    { name: 'projection', rows: columns, length: columns * dimension, clippingBoundL2: wideClips.projection },
    { name: 'offsets', rows: items, length: items * dimension, clippingBoundL2: wideClips.offsets },
    { name: 'gram', rows: dimension, length: gram, clippingBoundL2: wideClips.gram },
  ];
  return { parts, length: parts.reduce((sum, part) => sum + part.length, 0) };
}

function withLayout(policy: RoundPolicy, layout: Layout): RoundPolicy {
  const squares = layout.parts.reduce((sum, part) => sum + part.clippingBoundL2 ** 2, 0);
  const { bits, clippingBoundInt } = chooseRing({ ...policy, length: layout.length });
  return { ...policy, layout, clippingBoundL2: Math.sqrt(squares), bits, clippingBoundInt };
}
