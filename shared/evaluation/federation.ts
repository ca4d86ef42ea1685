// A whole federation in one process, for experiments and tests: simulated people, the update, the privacy pipeline, the ring sum, the decoding and
// the server's step that the product runs, under any learner. Randomness is the experiment's; nothing here is for real participants.

import type { Catalogue } from '../catalogue/schema.ts';
import { updateOf } from '../learners/device.ts';
import { scorerOf } from '../learners/load.ts';
import { initialLearned, type Learned, stepLearned } from '../learners/server.ts';
import { experimentRandomOfLabel, type RandomSource } from '../maths/random.ts';
import { meanOf, standardErrorOf } from '../maths/statistics.ts';
import type { Features, Interactions, Model } from '../model/model.ts';
import { trainReference } from '../model/objective.ts';
import { experimentalFederation } from '../model/server-step.ts';
import type { SimulatedPerson } from '../population/population.ts';
import { decodeSum, RingSum } from '../privacy/aggregate.ts';
import { encodeUpdate } from '../privacy/pipeline.ts';
import { packBits } from '../protocol/codec.ts';
import { type Policy, policyHash, type RoundPolicy, roundPolicyOf } from '../protocol/policy.ts';
import { type RoundConfig, roundConfigFromPolicy } from '../protocol/round-config.ts';
import { gatheringTarget } from '../secagg/parameters.ts';
import { ndcg, topRows } from './metrics.ts';

/** A person by model row. */
export interface PersonRows extends Interactions {
  readonly heldOut: readonly number[];
}

export interface FederationOptions {
  readonly catalogue: Pick<Catalogue, 'items'>;
  readonly features: Features;
  readonly policy: Policy;
  readonly people: readonly PersonRows[];
  readonly seed: number;
  /** false: the updates are averaged as they are, and the server is told that there is no noise. */
  readonly noise: boolean;
}

/** Interactions by row; items that the catalogue does not have are left out. */
export function personRows(person: SimulatedPerson, rowOf: ReadonlyMap<string, number>): PersonRows {
  const of = (action: string) =>
    person.interactions.filter((entry) => entry.action === action).flatMap((entry) => rowOf.get(entry.itemId) ?? []);
  return {
    liked: of('like'),
    disliked: of('dislike'),
    seen: of('seen'),
    heldOut: person.heldOutLikes.flatMap((itemId) => rowOf.get(itemId) ?? []),
  };
}

/** The reference trainer as the device's learners want it. */
function referenceTrainer() {
  let table: Parameters<typeof trainReference>[0] | null = null;
  return {
    load: async (next: Parameters<typeof trainReference>[0]) => {
      table = next;
    },
    train: async (interactions: Interactions) => {
      if (table === null) throw new RangeError('train: expected a loaded item table, got none');
      return trainReference(table, interactions);
    },
  };
}

/** Round by round; `model` is what the last round released. */
export class Federation {
  readonly #options: FederationOptions;
  readonly #random: RandomSource;
  readonly #word = new Uint32Array(1);
  /** People in order of their next turn: those who took part go to the end, as a cool-down makes them. */
  #queue: number[];
  #learned: Learned;
  #round = 0;

  constructor(options: FederationOptions) {
    this.#options = options;
    this.#random = experimentRandomOfLabel(`federation ${options.seed}`);
    const hash = '0'.repeat(64);
    this.#learned = initialLearned({
      policy: options.policy,
      catalogue: options.catalogue,
      features: options.features,
      catalogueHash: hash,
      featuresHash: hash,
      federation: experimentalFederation,
      dimension: null,
    });
    this.#queue = options.people.map((_, index) => index);
    for (let at = this.#queue.length - 1; at > 0; at--) this.#swap(at, this.#below(at + 1));
  }

  get model(): Model {
    return this.#learned.model;
  }

  /** One round with a cohort of 24 to nMax in the demo: what gathering aims at, and a few more. Returns the released model. */
  async step(): Promise<Model> {
    const { policy, features, people } = this.#options;
    const { model } = this.#learned;
    const rules = roundPolicyOf(policy, model.header.phase);
    const least = gatheringTarget(policy.minCohort, policy.maxCohort);
    const cohort = least + this.#below(policy.maxCohort - least + 1);
    const members = this.#queue.splice(0, Math.min(cohort, this.#queue.length));
    const trainer = referenceTrainer();
    const updates: Float64Array[] = [];
    for (const person of members) {
      const interactions = people[person]!;
      const input = { features, interactions, policy: rules, trainer: async () => trainer, nowMs: () => 0 };
      updates.push(await updateOf(model, input));
    }
    const { mean, noiseStdOfMean } = this.#options.noise ? this.#noisyMean(updates, rules) : plainMean(updates);
    const round = { policy, features, mean, noiseStdOfMean, cohort: members.length };
    this.#learned = stepLearned(this.#learned, round);
    this.#queue.push(...members);
    this.#round++;
    return this.model;
  }

  #noisyMean(updates: readonly Float64Array[], rules: RoundPolicy) {
    const config = this.#config(rules);
    const sum = new RingSum(config.length, config.bits);
    for (const update of updates) sum.add(packBits(encodeUpdate(update, config, this.#random).noised, config.bits));
    return decodeSum(sum.values(), updates.length, config);
  }

  #config(rules: RoundPolicy): RoundConfig {
    const words = new Uint32Array(4);
    this.#random.fillUint32(words);
    return roundConfigFromPolicy(rules, {
      roundId: this.#round.toString(16).padStart(32, '0'),
      modelHash: '0'.repeat(64),
      rotationSeed: new Uint8Array(words.buffer.slice(0)),
      expiryMs: 0,
      deadlines: { advertiseS: 10, sharesS: 10, maskedS: 30, unmaskS: 10 },
      policyHash: policyHash(this.#options.policy),
    });
  }

  #below(bound: number): number {
    this.#random.fillUint32(this.#word);
    return this.#word[0]! % bound;
  }

  #swap(a: number, b: number): void {
    const person = this.#queue[a]!;
    this.#queue[a] = this.#queue[b]!;
    this.#queue[b] = person;
  }
}

function plainMean(updates: readonly Float64Array[]) {
  const mean = new Float64Array(updates[0]!.length);
  for (const update of updates) {
    for (let index = 0; index < mean.length; index++) mean[index] = mean[index]! + update[index]! / updates.length;
  }
  return { mean, noiseStdOfMean: 0 };
}

/** NDCG@10 of each person's held-out likes, ranked as their device ranks; full ranking, known items left out. */
export async function panelNdcg10(
  model: Model,
  features: Features,
  panel: readonly PersonRows[],
): Promise<Float64Array> {
  const scorer = await scorerOf(model, features);
  return Float64Array.from(panel, (person) => {
    const known = [...person.liked, ...person.disliked, ...person.seen];
    return ndcg(topRows(scorer.scores(person), known, 10), new Set(person.heldOut), 10);
  });
}

/** Mean of paired differences after - before, and its standard error. */
export function pairedDifference(before: Float64Array, after: Float64Array): { mean: number; standardError: number } {
  const differences = after.map((value, index) => value - before[index]!);
  return { mean: meanOf(differences), standardError: standardErrorOf(differences) };
}
