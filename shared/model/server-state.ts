// What the server keeps beside a published model of `reconstruction`. Its file is that of shared/learners/state-file.ts.

import type { Blocks } from './model.ts';

/** Immutable. */
export interface ServerState {
  /** Steps taken since the initial model. */
  readonly rounds: number;
  /** Mean number of likes of a person, assumed or (without noise) measured. */
  readonly likesPerPerson: number;
  /** Rounds in the estimate of G; 0: G is the prior. */
  readonly gramRounds: number;
  /** Σ 1 / variance of the popularity evidence. */
  readonly popularityPrecision: number;
  /** Σ 1 / variance of the projection evidence. */
  readonly projectionPrecision: number;
  /** Blocks of the offsets (blocks.ts), and for each, in the order of its visits, Σ 1 / variance of its evidence under noise. */
  readonly offsetsBlocks: Blocks;
  readonly offsetsPrecision: Float64Array;
  /** G: d x d. */
  readonly gram: Float64Array;
  /** W₀, f x d: the content model towards which noise is shrunk. */
  readonly contentProjection: Float64Array;
  /** Popularity before any round, length items. */
  readonly contentPopularity: Float64Array;
  /** W, f x d, and O, offsetRows x d, before averaging over rounds. */
  readonly projection: Float64Array;
  readonly offsets: Float64Array;
  /** Σ weight x (mean liked profile less that of the prior), length f (column 0 unused). */
  readonly popularityEvidence: Float64Array;
  /** Σ weight x H (W* - W₀), as the rounds' gradients tell of it, f x d; and the same for the offsets, offsetRows x d. */
  readonly projectionEvidence: Float64Array;
  readonly offsetsEvidence: Float64Array;
}
