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

import type { Catalogue } from '../catalogue/schema.ts';
import { experimentRandom } from '../maths/random.ts';
import type { Features, Layout, LayoutPart, Model, ModelHeader } from './model.ts';
import { foldIn } from './objective.ts';
import type { ServerState } from './server-state.ts';
import { cholesky, choleskyInverse, choleskySolve } from './symmetric.ts';
import { materialise } from './table.ts';
import { checkLayout, projectionColumns } from './update.ts';

export { encodeServerState, parseServerState, type ServerState } from './server-state.ts';

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
  /** `content` (default): V = F W₀. `random`: W = 0 and offsets N(0, 0.1 / sqrt d) from `seed`, for evaluation. */
  readonly start?: 'content' | 'random';
  readonly seed?: number;
  /** A measured popularity, length items, any positive total; evaluation without noise only. Default: the catalogue's prominence. */
  readonly popularity?: ArrayLike<number>;
  /** Mean number of likes of a person. Default `defaultLikesPerPerson`. */
  readonly likesPerPerson?: number;
}

export const defaultDimension = 16;
export const defaultUnobservedWeight = 0.5;
export const defaultLambda = 0.01;
export const defaultPopularityWeight = 0.05;
export const defaultLikesPerPerson = 25;

export interface ServerStepInput {
  readonly model: Model;
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
export function serverStep(input: ServerStepInput): { model: Model; state: ServerState } {
  const { model, features, layout, mean, noiseStdOfMean, cohort } = input;
  checkLayout(layout, model);
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
  if (offsetsSlice) state = stepOffsets(state, offsetsSlice.values, popularity, context);
  const keep = noiseStdOfMean > 0 ? 0 : servedAverage(cohort);
  const next: Model = {
    header: { ...model.header, version: model.header.version + 1 },
    projection: average(model.projection, state.projection, keep),
    offsets: average(model.offsets, state.offsets, Math.min(keep, input.state.rounds / (input.state.rounds + 1))),
    offsetItems: model.offsetItems,
    popularity,
  };
  return { model: next, state };
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
 * The first model: content alone (or the random start of an evaluation), and the state that goes with it.
 * @throws RangeError when features, popularity and catalogue are of different length.
 */
export function initialModel(
  catalogue: Pick<Catalogue, 'items'>,
  features: Features,
  catalogueHash: string,
  featuresHash: string,
  options: InitialModelOptions = {},
): { model: Model; state: ServerState } {
  const items = catalogue.items.length;
  if (features.items !== items) throw new RangeError(`features of ${features.items} items, the catalogue has ${items}`);
  const dimension = options.dimension ?? defaultDimension;
  const start = options.start ?? 'content';
  const popularity = normalised(options.popularity ?? prominencePopularity(catalogue), items);
  const offsetRows = options.layout?.parts.find((part) => part.name === 'offsets')?.rows ?? 0;
  const header: ModelHeader = {
    format: 1,
    version: 1,
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
  const projection =
    start === 'content'
      ? contentProjection(features.columns, dimension)
      : new Float64Array(features.columns * dimension);
  const offsets =
    start === 'content'
      ? new Float64Array(offsetRows * dimension)
      : randomOffsets(offsetRows, dimension, options.seed ?? 1);
  const model: Model = {
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
    gram: start === 'content' ? priorGram(model, features) : new Float64Array(dimension * dimension),
    contentProjection: projection,
    contentPopularity: popularity,
    projection,
    offsets,
    popularityEvidence: new Float64Array(features.columns),
    popularityPrecision: 0,
    projectionEvidence: new Float64Array(features.columns * dimension),
    projectionPrecision: 0,
  };
  return { model, state };
}

/** Length of the constant direction and of each item's content part in V at the start. */
const constantLength = 0.1;
const contentLength = 0.4;

/** W₀: the constant and the first d - 1 components, each on its own dimension. */
function contentProjection(columns: number, dimension: number): Float64Array {
  const projection = new Float64Array(columns * dimension);
  for (let k = 0; k < Math.min(columns, dimension); k++) {
    projection[k * dimension + k] = k === 0 ? constantLength : contentLength;
  }
  return projection;
}

/** How much more popular an item is for one more step of prominence, in natural logarithm. */
const prominenceSlope = 0.7;

function prominencePopularity(catalogue: Pick<Catalogue, 'items'>): Float64Array {
  return Float64Array.from(catalogue.items, (item) => Math.exp(prominenceSlope * ((item.prominence ?? 3) - 3)));
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

/** N(0, 0.1 / sqrt d) by Box and Muller from a seeded source: the start of an evaluation, no secret. */
function randomOffsets(rows: number, dimension: number, seed: number): Float64Array {
  const random = experimentRandom(seed);
  const words = new Uint32Array(2);
  const offsets = new Float64Array(rows * dimension);
  for (let index = 0; index < offsets.length; index += 2) {
    random.fillUint32(words);
    const radius = (0.1 / Math.sqrt(dimension)) * Math.sqrt(-2 * Math.log((words[0]! + 1) / 2 ** 32));
    const angle = (2 * Math.PI * words[1]!) / 2 ** 32;
    offsets[index] = radius * Math.cos(angle);
    if (index + 1 < offsets.length) offsets[index + 1] = radius * Math.sin(angle);
  }
  return offsets;
}

/** Pseudo-people of the prior Gram: at most this many, and how many items each likes. */
const pseudoPeople = 200;
const pseudoLikes = 10;

/**
 * The public prior of G: the mean u uᵀ of pseudo-people, each of whom likes one item and the items nearest to it in content.
 * Everything in it is public.
 */
function priorGram(model: Model, features: Features): Float64Array {
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
  readonly model: Model;
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

/** Weight that the estimate of G keeps of its past. */
const gramMemory = 0.8;

function stepGram(state: ServerState, upper: Float64Array, { model }: StepContext): ServerState {
  const { dimension } = model.header;
  const keep = state.gramRounds === 0 ? 0 : gramMemory;
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
  return { ...state, gram, gramRounds: state.gramRounds + 1 };
}

function stepOffsets(
  state: ServerState,
  gradient: Float64Array,
  popularity: Float32Array,
  context: StepContext,
): ServerState {
  const { model, features, cohort } = context;
  const { dimension, lambda, unobservedWeight, featureColumns } = model.header;
  const rate = learningRate(cohort);
  const inverse = ridgedInverse(state.gram, dimension, lambda);
  const offsets = state.offsets.slice();
  const direction = new Float64Array(dimension);
  model.offsetItems.forEach((item, index) => {
    const weight = popularity[item]! * state.likesPerPerson + unobservedWeight;
    for (let k = 0; k < dimension; k++) {
      let embedding = state.offsets[index * dimension + k]!;
      for (let column = 0; column < featureColumns; column++) {
        embedding += features.values[item * featureColumns + column]! * state.projection[column * dimension + k]!;
      }
      direction[k] = gradient[index * dimension + k]! + lambda * weight * embedding;
    }
    for (let k = 0; k < dimension; k++) {
      let change = 0;
      for (let j = 0; j < dimension; j++) change += direction[j]! * inverse[j * dimension + k]!;
      offsets[index * dimension + k] = offsets[index * dimension + k]! - (rate * change) / weight;
    }
  });
  return { ...state, offsets };
}

/** (G + lambda I)⁻¹. */
function ridgedInverse(gram: Float64Array, dimension: number, lambda: number): Float64Array {
  const ridged = gram.slice();
  for (let k = 0; k < dimension; k++) ridged[k * dimension + k] = ridged[k * dimension + k]! + lambda;
  return choleskyInverse(cholesky(ridged, dimension), dimension);
}

function average(previous: Float32Array, next: Float64Array, keep: number): Float32Array {
  return Float32Array.from(next, (value, index) => keep * previous[index]! + (1 - keep) * value);
}

function stepProjection(state: ServerState, { part, values }: PartSlice, context: StepContext): ServerState {
  void part;
  void values;
  void context;
  void choleskySolve;
  void projectionColumns;
  return state;
}
function stepPopularity(state: ServerState, { part, values }: PartSlice, context: StepContext) {
  void part;
  void values;
  return { state, popularity: context.model.popularity };
}
