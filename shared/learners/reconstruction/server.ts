// `reconstruction` on the server (FedRecon, Singhal et al. 2021, with a server step of our own): shared/model/server-step.ts behind the interface
// of the learners, with the preconditioned step or one of the server optimisers that the policy names.
import { blockCount, blocksOf, carriedEvidence, oneBlock, sameBlocks } from '../../model/blocks.ts';
import { migrateModel } from '../../model/migrate.ts';
import type { ReconstructionModel } from '../../model/model.ts';
import { initialOptimizerState, type OptimizerState, optimizedServerStep } from '../../model/server-optimizer.ts';
import type { ServerState } from '../../model/server-state.ts';
import { initialModel, serverStep } from '../../model/server-step.ts';
import { type Policy, roundPolicyOf, type ServerOptimizer, serverOptimizers } from '../../protocol/policy.ts';
import { atNextEpoch, isPlaceOf, placeAfter } from '../place.ts';
import type { Beginning, Migration, RoundOutcome } from '../server.ts';
import { encodeState, parseState, type StateNames } from '../state-file.ts';

export interface ReconstructionState {
  readonly learner: 'reconstruction';
  readonly core: ServerState;
  readonly optimizer: Moments;
}

/** Of a server optimiser. */
interface Moments extends OptimizerState {
  /** Whose they are; null where there are none, and in files from before it was kept. */
  readonly of: ServerOptimizer | null;
}

/** Of a policy whose optimiser keeps nothing. */
export const noMoments: Moments = { of: null, rounds: 0, first: new Float64Array(0), second: new Float64Array(0) };

export function initialReconstruction(beginning: Beginning): {
  model: ReconstructionModel;
  state: ReconstructionState;
} {
  const { catalogue, features, catalogueHash, featuresHash, federation, dimension, policy } = beginning;
  const { layout } = roundPolicyOf(policy, 0);
  const { model, state } = initialModel(catalogue, features, catalogueHash, featuresHash, {
    layout,
    federation,
    ...(dimension === null ? {} : { dimension }),
  });
  return { model, state: { learner: 'reconstruction', core: state, optimizer: noMoments } };
}

export function stepReconstruction(
  model: ReconstructionModel,
  state: ReconstructionState,
  { policy, features, mean, noiseStdOfMean, cohort }: RoundOutcome,
): { model: ReconstructionModel; state: ReconstructionState } {
  const { layout, training } = roundPolicyOf(policy, model.header.phase);
  if (training === undefined) throw new RangeError(`phase ${model.header.phase} of this policy does not train`);
  const input = { model, state: state.core, features, layout, mean, noiseStdOfMean, cohort };
  const place = placeAfter(policy, model.header);
  const { serverOptimizer, serverRate } = training;
  if (serverOptimizer === 'preconditioned') {
    const next = serverStep(input);
    return {
      model: { ...next.model, header: { ...next.model.header, ...place } },
      state: { learner: 'reconstruction', core: next.state, optimizer: noMoments },
    };
  }
  const fresh = initialOptimizerState(layout, model.header.dimension);
  // Another layout or optimiser makes the old moments meaningless.
  const isKnown = state.optimizer.of === serverOptimizer && state.optimizer.first.length === fresh.first.length;
  const next = optimizedServerStep({
    ...input,
    optimizer: serverOptimizer,
    optimizerState: isKnown ? state.optimizer : fresh,
    rate: serverRate,
  });
  return {
    model: { ...next.model, header: { ...next.model.header, ...place } },
    state: { learner: 'reconstruction', core: next.state, optimizer: { of: serverOptimizer, ...next.optimizerState } },
  };
}

/**
 * Under another policy: offsets for as many of the most popular items as its layout asks for, in its blocks; those that had some keep them and
 * what is known of them, the others start at 0. Moments of a server optimiser, which belong to items and to visits of blocks, start again. null when
 * nothing changes.
 */
export function fitReconstruction(
  model: ReconstructionModel,
  state: ReconstructionState,
  policy: Policy,
): { model: ReconstructionModel; state: ReconstructionState; lost: string | null } | null {
  const part = roundPolicyOf(policy, 0).layout.parts.find(({ name }) => name === 'offsets');
  const rows = part?.rows ?? 0;
  const blocks = part ? blocksOf(part) : oneBlock;
  const { dimension, offsetRows } = model.header;
  const isSame = offsetRows === rows && sameBlocks(blocks, state.core.offsetsBlocks);
  if (isSame && isPlaceOf(policy, model.header)) return null;
  const header = isPlaceOf(policy, model.header) ? model.header : atNextEpoch(model.header);
  const chosen = Array.from(model.popularity, (_, row) => row)
    .sort((a, b) => model.popularity[b]! - model.popularity[a]! || a - b)
    .slice(0, rows)
    .sort((a, b) => a - b);
  const places = new Map(Array.from(model.offsetItems, (item, place) => [item, place]));
  const carry = <Values extends Float32Array | Float64Array>(from: Values, to: Values): Values => {
    chosen.forEach((item, place) => {
      const old = places.get(item);
      if (old !== undefined) to.set(from.subarray(old * dimension, (old + 1) * dimension), place * dimension);
    });
    return to;
  };
  const gone = Array.from(model.offsetItems).filter((item) => !chosen.includes(item)).length;
  return {
    model: {
      ...model,
      header: { ...header, offsetRows: chosen.length },
      offsets: carry(model.offsets, new Float32Array(chosen.length * dimension)),
      offsetItems: Uint32Array.from(chosen),
    },
    state: {
      ...state,
      optimizer: noMoments,
      core: {
        ...state.core,
        offsets: carry(state.core.offsets, new Float64Array(chosen.length * dimension)),
        ...carriedEvidence(
          state.core,
          blocks,
          chosen.map((item) => places.get(item)),
          dimension,
        ),
      },
    },
    lost: gone > 0 ? `offsets of ${gone} items, for which the policy has no room any more` : null,
  };
}

/** For another catalogue: shared/model/migrate.ts. */
export function migrateReconstruction(
  model: ReconstructionModel,
  state: ReconstructionState,
  { from, to }: Migration,
): { model: ReconstructionModel; state: ReconstructionState; lost: string | null } {
  const migrated = migrateModel({ model, state: state.core, ...from }, to);
  const { epoch } = model.header;
  const header = { ...migrated.model.header, version: model.header.version, epoch: epoch + 1 };
  return {
    model: { ...migrated.model, header },
    state: { learner: 'reconstruction', core: migrated.state, optimizer: noMoments },
    lost: null,
  };
}

const names = {
  learner: 'reconstruction',
  numbers: [
    'rounds',
    'likesPerPerson',
    'gramRounds',
    'popularityPrecision',
    'projectionPrecision',
    'offsetsPrecision',
    'optimizerRounds',
  ],
  arrays: [
    'gram',
    'contentProjection',
    'contentPopularity',
    'projection',
    'offsets',
    'popularityEvidence',
    'projectionEvidence',
    'offsetsEvidence',
    'optimizerFirst',
    'optimizerSecond',
  ],
  added: ['offsetsBlocks', 'optimizerOf'],
} as const satisfies StateNames<string, string>;

export function encodeReconstructionState({ core, optimizer }: ReconstructionState): Uint8Array {
  const { offsetsBlocks, offsetsPrecision, ...rest } = core;
  return encodeState(names, {
    ...rest,
    offsetsPrecision: offsetsPrecision[0]!,
    // Of more than one: how many, and the precision of each.
    offsetsBlocks:
      offsetsPrecision.length === 1
        ? new Float64Array(0)
        : Float64Array.from([offsetsBlocks.rows, offsetsBlocks.columns, ...offsetsPrecision]),
    // Its place among the known ones.
    optimizerOf: Float64Array.from(optimizer.of === null ? [] : [serverOptimizers.indexOf(optimizer.of)]),
    optimizerRounds: optimizer.rounds,
    optimizerFirst: optimizer.first,
    optimizerSecond: optimizer.second,
  });
}

/** @throws RangeError for a file that is not one. */
export function parseReconstructionState(bytes: Uint8Array): ReconstructionState {
  const { optimizerOf, optimizerRounds, optimizerFirst, optimizerSecond, offsetsBlocks, offsetsPrecision, ...core } =
    parseState(names, bytes);
  return {
    learner: 'reconstruction',
    core: {
      ...core,
      ...(core.offsetsEvidence.length === core.offsets.length
        ? blocksFrom(offsetsBlocks, offsetsPrecision)
        : // From when another policy left the evidence of its predecessor behind.
          { ...blocksFrom(new Float64Array(0), 0), offsetsEvidence: new Float64Array(core.offsets.length) }),
    },
    optimizer: {
      of: serverOptimizers[optimizerOf[0] ?? -1] ?? null,
      rounds: optimizerRounds,
      first: optimizerFirst,
      second: optimizerSecond,
    },
  };
}

function blocksFrom(
  numbers: Float64Array,
  only: number,
): Pick<ReconstructionState['core'], 'offsetsBlocks' | 'offsetsPrecision'> {
  if (numbers.length === 0) return { offsetsBlocks: oneBlock, offsetsPrecision: Float64Array.of(only) };
  const [rows, columns] = numbers;
  const offsetsBlocks = { rows: rows!, columns: columns! };
  const isWhole = [rows, columns].every((count) => Number.isInteger(count) && count! >= 1);
  if (!isWhole || numbers.length !== 2 + blockCount(offsetsBlocks)) {
    throw new RangeError(`server state file: ${rows} x ${columns} blocks in ${numbers.length} numbers`);
  }
  return { offsetsBlocks, offsetsPrecision: numbers.slice(2) };
}
