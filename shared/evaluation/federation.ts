// A whole federation in one process, for experiments and tests: simulated people, the real local training, update, privacy pipeline, ring sum,
// decoding and server step. Randomness is the experiment's; nothing here is for real participants.

import type { Catalogue } from '../catalogue/schema.ts';
import { itemScores } from '../learners/reconstruction/scorer.ts';
import { experimentRandomOfLabel, type RandomSource } from '../maths/random.ts';
import type { Features, Interactions, Model } from '../model/model.ts';
import { foldIn, trainReference } from '../model/objective.ts';
import { initialModel, type ServerState, serverStep } from '../model/server-step.ts';
import { materialise } from '../model/table.ts';
import { clientUpdate } from '../model/update.ts';
import type { SimulatedPerson } from '../population/population.ts';
import { decodeSum, RingSum } from '../privacy/aggregate.ts';
import { encodeUpdate } from '../privacy/pipeline.ts';
import { packBits } from '../protocol/codec.ts';
import { type Policy, policyHash } from '../protocol/policy.ts';
import { type RoundConfig, roundConfigFromPolicy } from '../protocol/round-config.ts';
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

/** Round by round; `model` is what the last round released. */
export class Federation {
  readonly #options: FederationOptions;
  readonly #random: RandomSource;
  readonly #word = new Uint32Array(1);
  /** People in order of their next turn: those who took part go to the end, as a cool-down makes them. */
  #queue: number[];
  #model: Model;
  #state: ServerState;
  #round = 0;

  constructor(options: FederationOptions) {
    this.#options = options;
    this.#random = experimentRandomOfLabel(`federation ${options.seed}`);
    const hash = '0'.repeat(64);
    const { model, state } = initialModel(options.catalogue, options.features, hash, hash, {
      layout: options.policy.layout,
    });
    this.#model = model;
    this.#state = state;
    this.#queue = options.people.map((_, index) => index);
    for (let at = this.#queue.length - 1; at > 0; at--) this.#swap(at, this.#below(at + 1));
  }

  get model(): Model {
    return this.#model;
  }

  /** One round with a cohort of 24 to nMax in the demo: what gathering aims at, and a few more. Returns the released model. */
  step(): Model {
    const { policy, features, people } = this.#options;
    const least = Math.min(policy.maxCohort, Math.ceil(policy.minCohort / 0.85));
    const cohort = least + this.#below(policy.maxCohort - least + 1);
    const members = this.#queue.splice(0, Math.min(cohort, this.#queue.length));
    const table = materialise(this.#model, features);
    const updates = members.map((person) =>
      clientUpdate(trainReference(table, people[person]!), this.#model, policy.layout),
    );
    const { mean, noiseStdOfMean } = this.#options.noise ? this.#noisyMean(updates) : plainMean(updates);
    const next = serverStep({
      model: this.#model,
      state: this.#state,
      features,
      layout: policy.layout,
      mean,
      noiseStdOfMean,
      cohort: members.length,
    });
    this.#model = next.model;
    this.#state = next.state;
    this.#queue.push(...members);
    this.#round++;
    return this.#model;
  }

  #noisyMean(updates: readonly Float64Array[]) {
    const config = this.#config();
    const sum = new RingSum(config.length, config.bits);
    for (const update of updates) sum.add(packBits(encodeUpdate(update, config, this.#random).noised, config.bits));
    return decodeSum(sum.values(), updates.length, config);
  }

  #config(): RoundConfig {
    const { policy } = this.#options;
    const words = new Uint32Array(4);
    this.#random.fillUint32(words);
    return roundConfigFromPolicy(policy, {
      roundId: this.#round.toString(16).padStart(32, '0'),
      modelHash: '0'.repeat(64),
      rotationSeed: new Uint8Array(words.buffer.slice(0)),
      expiryMs: 0,
      deadlines: { advertiseS: 10, sharesS: 10, maskedS: 30, unmaskS: 10 },
      policyHash: policyHash(policy),
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

/** NDCG@10 of each person's held-out likes, ranked by the fold-in of what the device knows; full ranking, known items left out. */
export function panelNdcg10(model: Model, features: Features, panel: readonly PersonRows[]): Float64Array {
  const table = materialise(model, features);
  return Float64Array.from(panel, (person) => {
    const scores = itemScores(table, foldIn(table, person));
    const known = [...person.liked, ...person.disliked, ...person.seen];
    return ndcg(topRows(scores, known, 10), new Set(person.heldOut), 10);
  });
}

/** Mean of paired differences after - before, and its standard error. */
export function pairedDifference(before: Float64Array, after: Float64Array): { mean: number; standardError: number } {
  const differences = after.map((value, index) => value - before[index]!);
  const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
  const squares = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, standardError: Math.sqrt(squares / (differences.length - 1) / differences.length) };
}
