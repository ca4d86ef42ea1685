// The server's step: from the decoded mean of a round's updates to the next model. Pure and deterministic: a published model can be
// recomputed bit for bit from the decoded sums (one JavaScript engine; float64 within, float32 in the model).
//
// Item side: an ALS-like step preconditioned by the Kronecker factors (curvature over items) x G, with G = E[u uᵀ]:
//   offsets     V_j ← V_j − lr (g_j + lambda (p_j + a0) V_j)(G + lambda I)⁻¹ / (p_j + a0)            p_j: how many likes a person gives item j
//   projection  W ← W − lr (Fᵀ diag(p + a0) F)⁻¹ (g_W + lambda Fᵀ diag(p + a0) F (W − W₀))(G + lambda I)⁻¹
// Popularity: the mean liked profile says where, in content, the likes lie; popularity is the prior tilted exponentially to agree with it.
//
// Noise: every number of the mean carries noise of a known standard deviation. Evidence is accumulated over rounds and shrunk towards the
// content prior by a positive-part James-Stein rule (James and Stein 1961; Efron and Morris 1973) whose threshold lies above what noise alone
// reaches, so that a model without evidence is the content model itself.

import { firstComponent, maxComponents, prominenceColumn, usableProminence } from '../catalogue/features.ts';
import type { Catalogue } from '../catalogue/schema.ts';
import { type Block, blockCount, blockOf, blockOfVersion, blocksOf, oneBlock, sameBlocks } from './blocks.ts';
import { onGrid, toSignificant } from './grid.ts';
import type { Features, Layout, LayoutPart, ReconstructionHeader, ReconstructionModel } from './model.ts';
import { foldIn } from './objective.ts';
import type { ServerState } from './server-state.ts';
import { cholesky, choleskyInverse, choleskySolve, eigenSymmetric } from './symmetric.ts';
import { materialise } from './table.ts';
import { checkLayout, popularityUnit, projectionColumns } from './update.ts';

export type { ServerState } from './server-state.ts';

export interface InitialModelOptions {
  /** d. Default `defaultDimension`. */
  readonly dimension?: number;
  /** Default a0 `defaultUnobservedWeight`. */
  readonly unobservedWeight?: number;
  /** Default `defaultLambda`. */
  readonly lambda?: number;
  /** Default `defaultPopularityWeight`. */
  readonly popularityWeight?: number;
  /** Its offsets part decides how many items get offsets: the most popular by the prior. Default: none. */
  readonly layout?: Layout;
  /** V to start from, items x d, instead of the content start: W = 0 and the layout's offsets for all items hold it. For evaluation. */
  readonly embeddings?: ArrayLike<number>;
  /** A measured popularity, length items, any positive total; evaluation without noise only. Default: the catalogue's prominence. */
  readonly popularity?: ArrayLike<number>;
  /** Mean number of likes of a person. Default `defaultLikesPerPerson`. */
  readonly likesPerPerson?: number;
  /** 32 hex characters. Default: zeros, an experiment's. */
  readonly federation?: string;
}

/** Of experiments, which have no other federation beside them. */
export const experimentalFederation = '0'.repeat(32);

export const defaultDimension = 30;
export const defaultUnobservedWeight = 0.5;
export const defaultLambda = 0.003;
const defaultPopularityWeight = 0;
const defaultLikesPerPerson = 25;

export interface ServerStepInput {
  readonly model: ReconstructionModel;
  readonly state: ServerState;
  readonly features: Features;
  readonly layout: Layout;
  /** Decoded sum divided by the cohort: length layout.length, real units. */
  readonly mean: ArrayLike<number>;
  /** Standard deviation of the noise on each number of `mean`, from the noise that was received; 0 without noise. */
  readonly noiseStdOfMean: number;
  readonly cohort: number;
}

/**
 * One round's step.
 * @returns the next model (version + 1) and state; the input is not changed.
 * @throws RangeError when the mean does not fit the layout or is not finite.
 */
export function serverStep(input: ServerStepInput): { model: ReconstructionModel; state: ServerState } {
  const { model, features, layout, cohort } = input;
  checkLayout(layout, model);
  const { mean, noiseStdOfMean } = perUnitOfWeight(layout, input);
  if (mean.length !== layout.length)
    throw new RangeError(`mean of ${mean.length} numbers, expected D = ${layout.length}`);
  if (!(cohort >= 1)) throw new RangeError(`cohort ${cohort}, expected 1 or more`);
  if (!(noiseStdOfMean >= 0)) throw new RangeError(`noise standard deviation ${noiseStdOfMean}, expected 0 or more`);
  for (let index = 0; index < mean.length; index++) {
    if (!Number.isFinite(mean[index]))
      throw new RangeError(`mean[${index}] is ${mean[index]}, expected a finite number`);
  }
  const context: StepContext = { model, features, noiseStd: noiseStdOfMean, cohort };
  let state: ServerState = { ...input.state, rounds: input.state.rounds + 1 };
  let popularity = model.popularity;
  const slices = partSlices(layout, mean);
  const gram = slices.gram;
  if (gram) state = stepGram(state, gram.values, context);
  const { popularity: popularitySlice, projection: projectionSlice, offsets: offsetsSlice } = slices;
  if (popularitySlice) {
    const stepped = stepPopularity(state, popularitySlice, context);
    state = stepped.state;
    popularity = stepped.popularity;
  }
  if (projectionSlice) state = stepProjection(state, projectionSlice, context);
  if (offsetsSlice) state = stepOffsets(state, offsetsSlice, popularity, context);
  const keep = noiseStdOfMean > 0 ? 0 : servedAverage(cohort);
  const next: ReconstructionModel = {
    learner: 'reconstruction',
    header: { ...model.header, version: model.header.version + 1 },
    projection: average(model.projection, state.projection, keep),
    offsets: average(model.offsets, state.offsets, Math.min(keep, input.state.rounds / (input.state.rounds + 1))),
    offsetItems: model.offsetItems,
    popularity,
  };
  return { model: noiseStdOfMean > 0 ? coarse(next) : next, state };
}

/** As it is published under noise. Without noise a model is an average with the one before, which steps of a grid would stop. */
export function coarse(model: ReconstructionModel): ReconstructionModel {
  const { projection, offsets, popularity } = model;
  return {
    ...model,
    projection: onGrid(projection),
    offsets: onGrid(offsets),
    popularity: toSignificant(popularity),
  };
}

/** Least mean weight that a mean is divided by, whatever the noise made of it. */
const leastMeanWeight = 1 / 64;

/**
 * The mean over people weighted by their w, from the mean of [w update, w]; the same mean when the layout has no `weight` part. The noise grows
 * with the division.
 */
export function perUnitOfWeight(
  layout: Layout,
  { mean, noiseStdOfMean }: Pick<ServerStepInput, 'mean' | 'noiseStdOfMean'>,
): Pick<ServerStepInput, 'mean' | 'noiseStdOfMean'> {
  let at = 0;
  for (const part of layout.parts) {
    if (part.name === 'weight') {
      const weight = Math.min(1, Math.max(leastMeanWeight, mean[at]! / part.clippingBoundL2));
      return { mean: Float64Array.from(mean, (value) => value / weight), noiseStdOfMean: noiseStdOfMean / weight };
    }
    at += part.length;
  }
  return { mean, noiseStdOfMean };
}

/** lr of the preconditioned step by cohort: 0.2, 0.3, 0.6 for 50, 100, 500 people. */
export function learningRate(cohort: number): number {
  return Math.min(0.8, 0.3 * (cohort / 100) ** 0.43);
}

/** Weight that the served model keeps of its predecessor: 0.9 up to 100 people, 0.7 at 500. */
export function servedAverage(cohort: number): number {
  return Math.max(0.5, 0.9 - 0.125 * Math.max(0, Math.log(cohort / 100)));
}

/**
 * The first model: content alone (or the given start of an evaluation), and the state that goes with it.
 * @throws RangeError when features, popularity and catalogue are of different length.
 */
export function initialModel(
  catalogue: Pick<Catalogue, 'items'>,
  features: Features,
  catalogueHash: string,
  featuresHash: string,
  options: InitialModelOptions = {},
): { model: ReconstructionModel; state: ServerState } {
  const items = catalogue.items.length;
  if (features.items !== items) throw new RangeError(`features of ${features.items} items, the catalogue has ${items}`);
  const dimension = options.dimension ?? defaultDimension;
  const popularity = normalised(options.popularity ?? prominencePopularity(catalogue), items);
  const offsetsPart = options.layout?.parts.find((part) => part.name === 'offsets');
  const offsetRows = offsetsPart?.rows ?? 0;
  const offsetsBlocks = offsetsPart ? blocksOf(offsetsPart) : oneBlock;
  const header: ReconstructionHeader = {
    format: 2,
    version: 1,
    federation: options.federation ?? experimentalFederation,
    epoch: 1,
    phase: 0,
    phaseRounds: 0,
    catalogueHash,
    featuresHash,
    items,
    dimension,
    featureColumns: features.columns,
    offsetRows,
    unobservedWeight: options.unobservedWeight ?? defaultUnobservedWeight,
    lambda: options.lambda ?? defaultLambda,
    popularityWeight: options.popularityWeight ?? defaultPopularityWeight,
  };
  const { embeddings } = options;
  if (embeddings && (offsetRows !== items || embeddings.length !== items * dimension)) {
    throw new RangeError(
      `embeddings of ${embeddings.length} numbers, expected ${items} x ${dimension} and as many offset rows`,
    );
  }
  const projection = embeddings
    ? new Float64Array(features.columns * dimension)
    : contentProjection(features.columns, dimension);
  const offsets = embeddings ? Float64Array.from(embeddings) : new Float64Array(offsetRows * dimension);
  const model: ReconstructionModel = {
    learner: 'reconstruction',
    header,
    projection: Float32Array.from(projection),
    offsets: Float32Array.from(offsets),
    offsetItems: mostPopular(popularity, offsetRows),
    popularity: Float32Array.from(popularity),
  };
  const state: ServerState = {
    rounds: 0,
    likesPerPerson: options.likesPerPerson ?? defaultLikesPerPerson,
    gramRounds: 0,
    gram: embeddings ? new Float64Array(dimension * dimension) : priorGram(model, features),
    contentProjection: projection,
    contentPopularity: popularity,
    projection,
    offsets,
    offsetsEvidence: new Float64Array(offsets.length),
    offsetsBlocks,
    offsetsPrecision: new Float64Array(blockCount(offsetsBlocks)),
    popularityEvidence: new Float64Array(features.columns),
    popularityPrecision: 0,
    projectionEvidence: new Float64Array(features.columns * dimension),
    projectionPrecision: 0,
  };
  return { model: embeddings ? model : coarse(model), state };
}

/**
 * W₀: dimension 0 holds the constant and the prominence, so that a well-known item starts higher; dimension k the k-th component. The feature
 * columns have mean square 1, so W₀ gives them back their sizes: the variance of the k-th component falls about as (k + 4)^-1.25.
 */
const constantLength = 0.3;
const prominenceLength = 0.3;
const contentLength = 0.4;
const componentVariance = (k: number): number => (k + 4) ** -1.25;

function contentProjection(columns: number, dimension: number): Float64Array {
  const projection = new Float64Array(columns * dimension);
  projection[0] = constantLength;
  if (columns > prominenceColumn) projection[prominenceColumn * dimension] = prominenceLength;
  let total = 0;
  for (let k = 1; k <= maxComponents; k++) total += componentVariance(k);
  for (let k = 1; k < dimension && firstComponent + k - 1 < columns; k++) {
    projection[(firstComponent + k - 1) * dimension + k] = contentLength * Math.sqrt(componentVariance(k) / total);
  }
  return projection;
}

/** How much more popular an item is for one more step of prominence, in natural logarithm. */
const prominenceSlope = 0.7;

/** Popularity by prominence, not scaled: length items. */
export function prominencePopularity(catalogue: Pick<Catalogue, 'items'>): Float64Array {
  return Float64Array.from(catalogue.items, (item) => Math.exp(prominenceSlope * ((usableProminence(item) ?? 3) - 3)));
}

function normalised(values: ArrayLike<number>, items: number): Float64Array {
  if (values.length !== items) throw new RangeError(`popularity of ${values.length} items, expected ${items}`);
  let total = 0;
  for (let item = 0; item < items; item++) {
    const value = values[item]!;
    if (!(value >= 0) || !Number.isFinite(value)) throw new RangeError(`popularity[${item}] is ${value}`);
    total += value;
  }
  if (!(total > 0)) throw new RangeError('popularity is zero everywhere');
  return Float64Array.from(values, (value) => value / total);
}

/** Rows of the `count` most popular items, ascending; ties go to the smaller row. */
function mostPopular(popularity: Float64Array, count: number): Uint32Array {
  const rows = Array.from(popularity, (_, row) => row);
  rows.sort((a, b) => popularity[b]! - popularity[a]! || a - b);
  return Uint32Array.from(rows.slice(0, count)).sort();
}

/** Pseudo-people of the prior Gram: at most this many, and how many items each likes. */
const pseudoPeople = 200;
const pseudoLikes = 10;

/**
 * The public prior of G: the mean u uᵀ of pseudo-people, each of whom likes one item and the items nearest to it in content.
 * Everything in it is public.
 */
function priorGram(model: ReconstructionModel, features: Features): Float64Array {
  const table = materialise(model, features);
  const { items, dimension } = model.header;
  const gram = new Float64Array(dimension * dimension);
  const stride = Math.max(1, Math.floor(items / pseudoPeople));
  let people = 0;
  for (let centre = 0; centre < items; centre += stride) {
    const liked = nearestRows(table.embeddings, items, dimension, centre, pseudoLikes);
    const u = foldIn(table, { liked, disliked: [], seen: [] });
    for (let i = 0; i < dimension; i++) {
      for (let j = 0; j < dimension; j++) gram[i * dimension + j] = gram[i * dimension + j]! + u[i]! * u[j]!;
    }
    people++;
  }
  for (let index = 0; index < gram.length; index++) gram[index] = gram[index]! / people;
  return gram;
}

function nearestRows(
  embeddings: Float32Array,
  items: number,
  dimension: number,
  centre: number,
  count: number,
): number[] {
  const best: { row: number; similarity: number }[] = [];
  for (let row = 0; row < items; row++) {
    let similarity = 0;
    for (let k = 0; k < dimension; k++)
      similarity += embeddings[row * dimension + k]! * embeddings[centre * dimension + k]!;
    if (best.length === count && similarity <= best[count - 1]!.similarity) continue;
    let at = best.length;
    while (at > 0 && best[at - 1]!.similarity < similarity) at--;
    best.splice(at, 0, { row, similarity });
    if (best.length > count) best.pop();
  }
  return best.map((entry) => entry.row);
}

interface StepContext {
  readonly model: ReconstructionModel;
  readonly features: Features;
  readonly noiseStd: number;
  readonly cohort: number;
}

interface PartSlice {
  readonly part: LayoutPart;
  readonly values: Float64Array;
}

function partSlices(layout: Layout, mean: ArrayLike<number>): Partial<Record<LayoutPart['name'], PartSlice>> {
  const slices: Partial<Record<LayoutPart['name'], PartSlice>> = {};
  let at = 0;
  for (const part of layout.parts) {
    const values = new Float64Array(part.length);
    for (let index = 0; index < part.length; index++) values[index] = mean[at + index]!;
    slices[part.name] = { part, values };
    at += part.length;
  }
  return slices;
}

/** Weight that the estimate of G keeps of its past when there is no noise. */
const gramMemory = 0.8;

/** A round counts the less, the larger its noise is beside the entries of G. What noise makes of G is brought back among the Gram matrices. */
function stepGram(state: ServerState, upper: Float64Array, { model, noiseStd }: StepContext): ServerState {
  const { dimension } = model.header;
  const meanSquare = state.gram.reduce((sum, value) => sum + value * value, 0) / state.gram.length;
  const trust = noiseStd > 0 ? meanSquare / (meanSquare + noiseStd ** 2) : 1;
  const keep = state.gramRounds === 0 && noiseStd === 0 ? 0 : 1 - (1 - gramMemory) * trust;
  const gram = new Float64Array(dimension * dimension);
  let at = 0;
  for (let i = 0; i < dimension; i++) {
    for (let j = i; j < dimension; j++) {
      const value = i === j ? upper[at++]! : upper[at++]! / Math.SQRT2;
      const next = keep * state.gram[i * dimension + j]! + (1 - keep) * value;
      gram[i * dimension + j] = next;
      gram[j * dimension + i] = next;
    }
  }
  return { ...state, gram: nearestGram(gram, dimension), gramRounds: state.gramRounds + 1 };
}

/** The nearest positive semi-definite matrix: negative eigenvalues become 0. The same matrix when there are none. */
function nearestGram(gram: Float64Array, dimension: number): Float64Array {
  const { values, vectors } = eigenSymmetric(gram, dimension);
  if (values.every((value) => value >= 0)) return gram;
  const nearest = new Float64Array(dimension * dimension);
  values.forEach((value, k) => {
    if (value <= 0) return;
    for (let i = 0; i < dimension; i++) {
      const left = value * vectors[k * dimension + i]!;
      for (let j = 0; j < dimension; j++) {
        nearest[i * dimension + j] = nearest[i * dimension + j]! + left * vectors[k * dimension + j]!;
      }
    }
  });
  return nearest;
}

function stepOffsets(
  state: ServerState,
  { part, values: gradient }: PartSlice,
  popularity: Float32Array,
  context: StepContext,
): ServerState {
  const { model, features, cohort } = context;
  const { dimension, lambda, unobservedWeight, featureColumns } = model.header;
  const block = blockOf(part, model.header);
  if (context.noiseStd > 0) return stepOffsetsUnderNoise(state, { part, values: gradient }, block, context);
  const { rows, columns, width } = block;
  const rate = learningRate(cohort);
  const inverse = ridgedInverse(state.gram, dimension, columns, lambda);
  const offsets = state.offsets.slice();
  const direction = new Float64Array(columns.length);
  rows.forEach((row, i) => {
    const item = model.offsetItems[row]!;
    const weight = popularity[item]! * state.likesPerPerson + unobservedWeight;
    columns.forEach((k, at) => {
      let embedding = state.offsets[row * dimension + k]!;
      for (let column = 0; column < featureColumns; column++) {
        embedding += features.values[item * featureColumns + column]! * state.projection[column * dimension + k]!;
      }
      direction[at] = gradient[i * width + at]! + lambda * weight * embedding;
    });
    columns.forEach((k, at) => {
      let change = 0;
      for (let j = 0; j < columns.length; j++) change += direction[j]! * inverse[j * columns.length + at]!;
      offsets[row * dimension + k] = offsets[row * dimension + k]! - (rate * change) / weight;
    });
  });
  return { ...state, offsets };
}

/**
 * The same evidence and shrinking as for W (see stepProjection), with one item's row for a component: H = (p_j + a0)(G + lambda I), prior 0. The
 * block's numbers are measured anew; its rows then follow from what is known of all their columns, and other rows stay as they are.
 */
function stepOffsetsUnderNoise(
  state: ServerState,
  { part, values: gradient }: PartSlice,
  block: Block,
  context: StepContext,
): ServerState {
  const { model, noiseStd, cohort } = context;
  const { dimension, lambda, unobservedWeight } = model.header;
  const { rows, width, place } = block;
  const blocks = blocksOf(part);
  const userSide = ridgedBlock(state.gram, dimension, dimension, lambda);
  const inverse = choleskyInverse(cholesky(userSide, dimension), dimension);
  const pull = multiply(rowsOf(state.offsets, rows, dimension), userSide, rows.length, dimension, dimension);
  const variance = noiseStd ** 2 + spreadOfPeople / (gradient.length * cohort);
  // Another choice of offset items, or of blocks, makes the old evidence meaningless.
  const known = state.offsetsEvidence.length === state.offsets.length && sameBlocks(state.offsetsBlocks, blocks);
  const offsetsPrecision = known ? state.offsetsPrecision.slice() : new Float64Array(blockCount(blocks));
  offsetsPrecision[place] = offsetsPrecision[place]! + 1 / variance;
  const evidence = known ? state.offsetsEvidence.slice() : new Float64Array(state.offsets.length);
  const weights = Float64Array.from(
    rows,
    (row) => state.contentPopularity[model.offsetItems[row]!]! * state.likesPerPerson + unobservedWeight,
  );
  rows.forEach((row, i) => {
    block.columns.forEach((k, j) => {
      const measured = clipAttenuation * weights[i]! * pull[i * dimension + k]! - gradient[i * width + j]!;
      evidence[row * dimension + k] = evidence[row * dimension + k]! + measured / variance;
    });
  });
  const shrunk = new Float64Array(rows.length * dimension);
  for (let other = place % blocks.rows; other < blockCount(blocks); other += blocks.rows) {
    const precision = offsetsPrecision[other]!;
    if (precision === 0) continue;
    const { columns } = blockOfVersion(other, blocks, part.rows, dimension);
    const difference = new Float64Array(rows.length * columns.length);
    const spread = new Float64Array(rows.length * columns.length);
    rows.forEach((row, i) => {
      columns.forEach((k, j) => {
        difference[i * columns.length + j] = evidence[row * dimension + k]! / precision;
        spread[i * columns.length + j] = weights[i]! * userSide[k * dimension + k]!;
      });
    });
    const values = shrinkToPrior(difference, spread, 1 / precision);
    rows.forEach((_, i) => {
      columns.forEach((k, j) => {
        shrunk[i * dimension + k] = values[i * columns.length + j]!;
      });
    });
  }
  const solved = multiply(shrunk, inverse, rows.length, dimension, dimension);
  const offsets = state.offsets.slice();
  rows.forEach((row, i) => {
    for (let k = 0; k < dimension; k++) {
      offsets[row * dimension + k] = ((projectionGain / clipAttenuation) * solved[i * dimension + k]!) / weights[i]!;
    }
  });
  return { ...state, offsets, offsetsEvidence: evidence, offsetsBlocks: blocks, offsetsPrecision };
}

/** Some rows of O: rows.length x dimension. */
function rowsOf(offsets: Float64Array, rows: Uint32Array, dimension: number): Float64Array {
  const some = new Float64Array(rows.length * dimension);
  rows.forEach((row, i) => {
    some.set(offsets.subarray(row * dimension, (row + 1) * dimension), i * dimension);
  });
  return some;
}

/** Mean square length of a person's clipped gradient that is assumed where people's spread adds to the noise. */
const spreadOfPeople = 0.5;

/** (G + lambda I)⁻¹ of some columns alone: the others stay where they are. */
function ridgedInverse(gram: Float64Array, dimension: number, columns: Uint32Array, lambda: number): Float64Array {
  const size = columns.length;
  const ridged = new Float64Array(size * size);
  columns.forEach((row, i) => {
    columns.forEach((column, j) => {
      ridged[i * size + j] = gram[row * dimension + column]! + (i === j ? lambda : 0);
    });
  });
  return choleskyInverse(cholesky(ridged, size), size);
}

function average(previous: Float32Array, next: Float64Array, keep: number): Float32Array {
  return Float32Array.from(next, (value, index) => keep * previous[index]! + (1 - keep) * value);
}

/**
 * How much of a gradient the clip leaves on average: most people's are longer than the bound. Too small a value makes the steps bold, too
 * large a value makes them slow; where they end does not depend on it.
 */
const clipAttenuation = 0.3;
/**
 * Part of the way to the minimum of the squared error that W goes. Beyond about half, what the crowd has in common is counted twice, as each
 * device's own history shows it too, and rankings get worse again (measured on simulated worlds and on MovieLens 100K).
 */
const projectionGain = 0.5;

/**
 * Evidence for W. With curvature H = A x G (Kronecker), a gradient g at W tells of the minimum W*: H (W* - W₀) = H (W - W₀) - g. The right
 * side is measured each round with the same noise, wherever W has moved to, so the rounds' average is what the shrinking works on.
 */
function stepProjection(state: ServerState, { part, values }: PartSlice, context: StepContext): ServerState {
  const { model, features, noiseStd, cohort } = context;
  const { dimension, featureColumns, lambda, unobservedWeight } = model.header;
  const { rows } = part;
  const columns = projectionColumns(part);
  const firstRow = featureColumns - rows;
  const itemSide = featureCurvature(state, features, unobservedWeight, firstRow);
  const userSide = ridgedBlock(state.gram, dimension, columns, lambda);
  const drift = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < columns; k++) {
      const at = (firstRow + i) * dimension + k;
      drift[i * columns + k] = state.projection[at]! - state.contentProjection[at]!;
    }
  }
  const pull = multiply(multiply(itemSide, drift, rows, rows, columns), userSide, rows, columns, columns);
  const variance = noiseStd ** 2 + part.clippingBoundL2 ** 2 / (rows * columns * cohort);
  const precision = state.projectionPrecision + 1 / variance;
  const evidence = state.projectionEvidence.slice();
  const difference = new Float64Array(rows * columns);
  const spread = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < columns; k++) {
      const at = (firstRow + i) * dimension + k;
      const index = i * columns + k;
      evidence[at] = evidence[at]! + (clipAttenuation * pull[index]! - values[index]!) / variance;
      difference[index] = evidence[at]! / precision;
      spread[index] = itemSide[i * rows + i]! * userSide[k * columns + k]!;
    }
  }
  const shrunk = shrinkToPrior(difference, spread, 1 / precision);
  const solved = solveKronecker(itemSide, userSide, shrunk, rows, columns);
  const projection = state.projection.slice();
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < columns; k++) {
      const at = (firstRow + i) * dimension + k;
      projection[at] = state.contentProjection[at]! + (projectionGain / clipAttenuation) * solved[i * columns + k]!;
    }
  }
  return { ...state, projection, projectionEvidence: evidence, projectionPrecision: precision };
}

/**
 * The gradient of the item side without the round's noise: clipAttenuation H (W - T), where the state after a step holds what its evidence shows of
 * the minimum, T. 0 where nothing stands out of the noise and W is the content model's.
 * @param at where the item side is. @param after the state that `serverStep` made of it. @returns the numbers of the layout's projection and
 * offsets (of the round's block), in its order.
 */
export function denoisedGradient(
  at: ServerState,
  after: ServerState,
  { model, features, layout }: Pick<ServerStepInput, 'model' | 'features' | 'layout'>,
): Float64Array {
  const { dimension, featureColumns, lambda, unobservedWeight } = model.header;
  const gradient: number[] = [];
  for (const part of layout.parts) {
    if (part.name === 'projection') {
      const { rows } = part;
      const columns = projectionColumns(part);
      const firstRow = featureColumns - rows;
      const itemSide = featureCurvature(at, features, unobservedWeight, firstRow);
      const userSide = ridgedBlock(after.gram, dimension, columns, lambda);
      const way = new Float64Array(rows * columns);
      for (let i = 0; i < rows; i++) {
        for (let k = 0; k < columns; k++) {
          const place = (firstRow + i) * dimension + k;
          way[i * columns + k] = at.projection[place]! - after.projection[place]!;
        }
      }
      const pull = multiply(multiply(itemSide, way, rows, rows, columns), userSide, rows, columns, columns);
      for (const value of pull) gradient.push(clipAttenuation * value);
    } else if (part.name === 'offsets') {
      const { rows, columns } = blockOf(part, model.header);
      const userSide = ridgedBlock(after.gram, dimension, dimension, lambda);
      const to = rowsOf(after.offsets, rows, dimension);
      const way = rowsOf(at.offsets, rows, dimension).map((value, index) => value - to[index]!);
      const pull = multiply(way, userSide, rows.length, dimension, dimension);
      rows.forEach((row, i) => {
        const weight = at.contentPopularity[model.offsetItems[row]!]! * at.likesPerPerson + unobservedWeight;
        for (const k of columns) gradient.push(clipAttenuation * weight * pull[i * dimension + k]!);
      });
    }
  }
  return Float64Array.from(gradient);
}

/** A = Fᵀ diag(p + a0) F + a0 I over the columns of F from `first` on. Of the prior popularity, so that A is the same in every round. */
function featureCurvature(
  state: ServerState,
  features: Features,
  unobservedWeight: number,
  first: number,
): Float64Array {
  const rows = features.columns - first;
  const curvature = new Float64Array(rows * rows);
  for (let item = 0; item < features.items; item++) {
    const weight = state.contentPopularity[item]! * state.likesPerPerson + unobservedWeight;
    const start = item * features.columns + first;
    for (let i = 0; i < rows; i++) {
      const left = weight * features.values[start + i]!;
      if (left === 0) continue;
      for (let j = 0; j <= i; j++)
        curvature[i * rows + j] = curvature[i * rows + j]! + left * features.values[start + j]!;
    }
  }
  for (let i = 0; i < rows; i++) {
    for (let j = i + 1; j < rows; j++) curvature[i * rows + j] = curvature[j * rows + i]!;
    curvature[i * rows + i] = curvature[i * rows + i]! + unobservedWeight;
  }
  return curvature;
}

/** The upper left block of G + lambda I. */
function ridgedBlock(gram: Float64Array, dimension: number, size: number, lambda: number): Float64Array {
  const block = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) block[i * size + j] = gram[i * dimension + j]! + (i === j ? lambda : 0);
  }
  return block;
}

/** left (n x m) times right (m x k). */
function multiply(left: Float64Array, right: Float64Array, n: number, m: number, k: number): Float64Array {
  const product = new Float64Array(n * k);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) {
      const factor = left[i * m + j]!;
      if (factor === 0) continue;
      for (let l = 0; l < k; l++) product[i * k + l] = product[i * k + l]! + factor * right[j * k + l]!;
    }
  }
  return product;
}

/** X with A X G = B, both sides symmetric positive definite; B is rows x columns. */
function solveKronecker(
  a: Float64Array,
  g: Float64Array,
  b: Float64Array,
  rows: number,
  columns: number,
): Float64Array {
  const inverse = choleskyInverse(cholesky(g, columns), columns);
  const right = multiply(b, inverse, rows, columns, columns);
  const factor = cholesky(a, rows);
  const solution = new Float64Array(rows * columns);
  const one = new Float64Array(rows);
  for (let k = 0; k < columns; k++) {
    for (let i = 0; i < rows; i++) one[i] = right[i * columns + k]!;
    const solved = choleskySolve(factor, rows, one);
    for (let i = 0; i < rows; i++) solution[i * columns + k] = solved[i]!;
  }
  return solution;
}

function stepPopularity(
  state: ServerState,
  { part, values }: PartSlice,
  { features, noiseStd, cohort }: StepContext,
): { state: ServerState; popularity: Float32Array } {
  const count = part.rows;
  // The people of a cohort differ: their own spread adds to the noise, at most the clip squared over all coordinates.
  const unit = popularityUnit(count);
  const variance = (noiseStd ** 2 + part.clippingBoundL2 ** 2 / (count * cohort)) / unit ** 2;
  const precision = state.popularityPrecision + 1 / variance;
  const evidence = state.popularityEvidence.slice();
  const prior = state.contentPopularity;
  const { mean, spread } = profileMoments(prior, features, count);
  for (let k = 0; k < count; k++) evidence[k + 1] = evidence[k + 1]! + (values[k]! / unit - mean[k]!) / variance;
  const difference = Float64Array.from(mean, (_, k) => evidence[k + 1]! / precision);
  const shrunk = shrinkToPrior(difference, spread, 1 / precision);
  const target = Float64Array.from(mean, (value, k) => value + shrunk[k]!);
  const popularity = shrunk.every((value) => value === 0)
    ? Float32Array.from(prior)
    : Float32Array.from(tiltedPopularity(prior, features, target));
  return { state: { ...state, popularityEvidence: evidence, popularityPrecision: precision }, popularity };
}

/** Standard errors that the evidence must show beyond what noise explains before anything moves. */
const evidenceThreshold = 3;

/**
 * Empirical Bayes: difference_k = effect_k + noise of known variance, effect_k ~ N(0, tau² spread_k²). tau² is estimated from the data, less
 * `evidenceThreshold` of the standard errors that it has under noise alone, and at least 0; then each coordinate is shrunk to its posterior
 * mean. With no evidence the result is all zeros: nothing moves.
 */
export function shrinkToPrior(difference: Float64Array, spread: Float64Array, variance: number): Float64Array {
  let excess = 0;
  let fourth = 0;
  difference.forEach((value, k) => {
    const weight = spread[k]! * spread[k]!;
    excess += weight * (value * value - variance);
    fourth += weight * weight;
  });
  if (!(fourth > 0)) return new Float64Array(difference.length);
  const tauSquared = (excess - evidenceThreshold * variance * Math.sqrt(2 * fourth)) / fourth;
  if (!(tauSquared > 0)) return new Float64Array(difference.length);
  return difference.map((value, k) => {
    const effect = tauSquared * spread[k]! * spread[k]!;
    return (value * effect) / (effect + variance);
  });
}

/** Under a popularity: the mean of F's columns 1 to count, and each column's variance. */
function profileMoments(popularity: Float64Array, features: Features, count: number) {
  const mean = new Float64Array(count);
  const spread = new Float64Array(count);
  for (let item = 0; item < features.items; item++) {
    for (let k = 0; k < count; k++) {
      const value = features.values[item * features.columns + k + 1]!;
      mean[k] = mean[k]! + popularity[item]! * value;
      spread[k] = spread[k]! + popularity[item]! * value * value;
    }
  }
  for (let k = 0; k < count; k++) spread[k] = spread[k]! - mean[k]! * mean[k]!;
  return { mean, spread };
}

const tiltIterations = 24;
/** Squared length of a Newton step that ends the search: the next one would change popularity below float32. */
const tiltTolerance = 1e-8;
/** Ridge of the tilt: an item's popularity cannot move by more than the evidence can carry. */
const tiltRidge = 2e-3;

/**
 * The prior tilted exponentially, p_i ∝ prior_i exp(F_i b), so that its mean of F is the target: Newton's method on the log partition function
 * with a small ridge (the least change of the prior, in relative entropy, that agrees with the target).
 */
export function tiltedPopularity(prior: Float64Array, features: Features, target: Float64Array): Float64Array {
  const count = target.length;
  let tilt = new Float64Array(count);
  let { popularity, logPartition } = tilted(prior, features, tilt);
  /** What is minimised, at a tilt: convex, and 0 where nothing is tilted. */
  const objective = (at: Float64Array, log: number): number =>
    log + at.reduce((sum, value, k) => sum + value * ((tiltRidge / 2) * value - target[k]!), 0);
  for (let iteration = 0; iteration < tiltIterations; iteration++) {
    const mean = new Float64Array(count);
    const second = new Float64Array(count * count);
    for (let item = 0; item < features.items; item++) {
      const weight = popularity[item]!;
      const start = item * features.columns + 1;
      for (let i = 0; i < count; i++) {
        const left = weight * features.values[start + i]!;
        if (left === 0) continue;
        mean[i] = mean[i]! + left;
        for (let j = 0; j <= i; j++)
          second[i * count + j] = second[i * count + j]! + left * features.values[start + j]!;
      }
    }
    for (let i = 0; i < count; i++) {
      for (let j = 0; j <= i; j++) second[i * count + j] = second[i * count + j]! - mean[i]! * mean[j]!;
      second[i * count + i] = second[i * count + i]! + tiltRidge;
    }
    const gap = Float64Array.from(target, (value, k) => value - mean[k]! - tiltRidge * tilt[k]!);
    const step = choleskySolve(cholesky(second, count), count, gap);
    let length = 0;
    for (const value of step) length += value * value;
    if (length < tiltTolerance) break;
    // A long Newton step may overshoot far from the minimum, and end with all popularity on a few items: steps that do not go downhill are halved.
    let shorten = Math.min(1, maxTiltStep / Math.sqrt(length));
    const before = objective(tilt, logPartition);
    let candidate = tilt;
    let next = { popularity, logPartition };
    for (; shorten > leastTiltStep; shorten /= 2) {
      candidate = tilt.map((value, k) => value + shorten * step[k]!);
      next = tilted(prior, features, candidate);
      if (objective(candidate, next.logPartition) < before) break;
    }
    if (shorten <= leastTiltStep) break;
    tilt = candidate;
    ({ popularity, logPartition } = next);
  }
  return popularity;
}

const maxTiltStep = 2;
/** Part of a Newton step below which nothing is gained any more. */
const leastTiltStep = 1e-6;

/** The tilted popularity, and the logarithm of what it was divided by. */
function tilted(
  prior: Float64Array,
  features: Features,
  tilt: Float64Array,
): { readonly popularity: Float64Array; readonly logPartition: number } {
  const exponents = Float64Array.from(prior, (_, item) => {
    let sum = 0;
    for (let k = 0; k < tilt.length; k++) sum += features.values[item * features.columns + 1 + k]! * tilt[k]!;
    return sum;
  });
  const largest = exponents.reduce((most, value) => Math.max(most, value), -Infinity);
  const weights = prior.map((value, item) => value * Math.exp(exponents[item]! - largest));
  const total = weights.reduce((sum, value) => sum + value, 0);
  return { popularity: weights.map((value) => value / total), logPartition: largest + Math.log(total) };
}
