// From a ring sum to the next model, and the same again from what the store kept. Pure: the same input gives the same bytes.
import { plainRounds, type RoundCore } from '#shared/core/rounds.ts';
import { encodeLearnerState, type LearnerState, parseLearnerState, stepLearned } from '#shared/learners/server.ts';
import { ringMask } from '#shared/maths/ring.ts';
import { encodeModel, parseFeatures, parseModel } from '#shared/model/file.ts';
import type { Features, Model } from '#shared/model/model.ts';
import { decodeSum } from '#shared/privacy/aggregate.ts';
import { sha256Hex } from '#shared/protocol/canonical.ts';
import { type Policy, parsePolicy } from '#shared/protocol/policy.ts';
import { parseRoundConfig, type RoundConfig } from '#shared/protocol/round-config.ts';
import { type Store, StoreError } from './store/store.ts';

export interface AggregateInput {
  readonly model: Model;
  readonly state: LearnerState;
  readonly features: Features;
  readonly policy: Policy;
  readonly config: RoundConfig;
  /** Ring elements, Uint32Array[D]. */
  readonly sum: Uint32Array;
  /** Uploads in the sum. */
  readonly cohort: number;
}

export interface Aggregated {
  readonly model: Model;
  readonly state: LearnerState;
  readonly file: Uint8Array;
  /** Hex SHA-256 of `file`. */
  readonly hash: string;
  readonly serverState: Uint8Array;
  /** The decoded integer sum, little-endian i32[D]. */
  readonly sumBytes: Uint8Array;
}

/**
 * Decodes the sum and takes the server's step. Throws RangeError when the parts do not fit each other, ProtocolError for a model that is no model.
 * @param rounds what rotates back; each gives the same bits.
 */
export function aggregate(input: AggregateInput, rounds: RoundCore = plainRounds): Aggregated {
  const { model, state, features, policy, config, cohort } = input;
  const { mean, noiseStdOfMean, sumIntegers } = decodeSum(input.sum, cohort, config, rounds);
  const next = stepLearned({ model, state }, { policy, features, mean, noiseStdOfMean, cohort });
  const file = encodeModel(next.model);
  // What no device would accept is not published: the round fails instead.
  parseModel(file);
  return {
    model: next.model,
    state: next.state,
    file,
    hash: sha256Hex(file),
    serverState: encodeLearnerState(next.state),
    sumBytes: integersToBytes(sumIntegers),
  };
}

/**
 * [R10] Computes a published version again from its predecessor and the decoded sum.
 * Throws StoreError `conflict` when the store no longer has the parts, or when no round made that version.
 */
export async function recomputeModel(store: Store, version: number): Promise<Aggregated> {
  const round = await store.roundOfModel(version);
  const base = round === null ? null : await store.modelByVersion(round.baseVersion);
  const policyJson = round === null ? null : await store.policy(round.policyHash);
  const featureFile = base === null ? null : await store.file('features', base.featuresHash);
  const config = round?.config ?? null;
  const sum = round?.sum ?? null;
  if (
    round === null ||
    base === null ||
    config === null ||
    sum === null ||
    policyJson === null ||
    featureFile === null
  ) {
    throw new StoreError(
      'conflict',
      `Model version ${version} cannot be computed again: its round, sum or predecessor is not stored.`,
    );
  }
  const parsed = parseRoundConfig(config);
  const model = parseModel(base.file);
  return aggregate({
    model,
    state: parseLearnerState(model.learner, base.serverState),
    features: parseFeatures(featureFile),
    policy: parsePolicy(JSON.parse(policyJson)),
    config: parsed,
    sum: ringElements(bytesToIntegers(sum), parsed.bits),
    cohort: round.cohort,
  });
}

function integersToBytes(values: Int32Array): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => {
    view.setInt32(4 * index, value, true);
  });
  return bytes;
}

function bytesToIntegers(bytes: Uint8Array): Int32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Int32Array.from({ length: bytes.length / 4 }, (_, index) => view.getInt32(4 * index, true));
}

/** The inverse of lifting: two's complement in `bits` bits. */
function ringElements(values: Int32Array, bits: number): Uint32Array {
  const mask = ringMask(bits);
  return Uint32Array.from(values, (value) => (value & mask) >>> 0);
}
