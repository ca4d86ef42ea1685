// The second kernel of the product's fit on WebGPU: merges the partials of a pass to Fᵀe, adds the items that are not like the others, and takes one
// preconditioned step, in one workgroup. shared/model/objective.ts says what is computed; this file also lays out what goes in and reads what comes out.
//
// V = F W + O is never made. F lies on the device whatever the model is; a pass scores it with z = W u and sums it, which gives Σ_i (f_iᵀz) f_i. The
// items with an offset or an interaction come along as rows (f_i, o_i) of their own, o_i = 0 without an offset:
//
//   s = fᵀz + oᵀu                                   their score v_iᵀu
//   Fᵀe = a0 Σ_i (f_iᵀz) f_i + Σ (a0 oᵀu + c (s − t)) f
//   gradient = Wᵀ Fᵀe + Σ (a0 s + c (s − t)) o + ridge u
//   2 loss = a0 zᵀ Σ_i (f_iᵀz) f_i + Σ (a0 (s² − (fᵀz)²) + c (s − t)²) + ridge |u|²
//   u ← u − P gradient,  z ← W u
//
// So a new model costs the device its W and O and nothing of size M, and Fᵀe, which the update needs, is what the last pass and merge leave.
import type { Interactions, ItemTable, LocalResult } from '#shared/model/model.ts';
import {
  foldInLikes,
  inverseCurvature,
  likedProfile,
  localRidge,
  observedRows,
  trainingSteps,
} from '#shared/model/objective.ts';
import { partialVectors, type RowShape } from './pass-shader.ts';

export interface ImplicitShape {
  /** F as it lies on the device. */
  readonly features: RowShape;
  readonly dimension: number;
  /** Vectors of four numbers of u. */
  readonly vectors: number;
}

export function implicitShape(features: RowShape, dimension: number): ImplicitShape {
  return { features, dimension, vectors: Math.ceil(dimension / 4) };
}

/** What one fit brings along. */
export interface ImplicitInputs {
  /** z, u, Fᵀe, (steps taken, loss before, loss after, 0), then for each special row a0 s + c (s − t) and a0 oᵀu + c (s − t). */
  readonly state: Float32Array;
  /** For each special row (c, t, 0, 0), f, o. Never empty: without special rows one of zeros, which changes nothing. */
  readonly rows: Float32Array;
  /** (a0, ridge, steps, partials), (special rows, 0, 0, 0), then the rows of W and those of P. */
  readonly matrices: Float32Array;
  readonly specialRows: number;
}

/** Special rows are padded to a power of two of at least this, so that few buffer sizes occur. */
const fewestSpecialRows = 16;

/** Float64 on the processor: the start, P, and z for the start. Throws RangeError for a row outside the table. */
export function implicitInputs(
  shape: ImplicitShape,
  table: ItemTable,
  interactions: Interactions,
  partials: number,
): ImplicitInputs {
  const { featureColumns, dimension, unobservedWeight, offsetRows } = table.model.header;
  const { projection, offsets, offsetItems } = table.model;
  const observed = observedRows(table, interactions);
  const featureFloats = 4 * shape.features.vectors;
  const floats = 4 * shape.vectors;

  // The offset items come first, each once.
  const placeOf = new Map(Array.from(offsetItems, (item, place) => [item, place]));
  const others = Array.from(observed.rows).filter((row) => !placeOf.has(row));
  others.forEach((row, index) => {
    placeOf.set(row, offsetRows + index);
  });
  const stride = 4 + featureFloats + floats;
  let specialRows = fewestSpecialRows;
  while (specialRows < placeOf.size) specialRows *= 2;
  const rows = new Float32Array(specialRows * stride);
  for (const [item, place] of placeOf) {
    const at = place * stride + 4;
    rows.set(table.features.values.subarray(item * featureColumns, (item + 1) * featureColumns), at);
    if (place >= offsetRows) continue;
    rows.set(offsets.subarray(place * dimension, (place + 1) * dimension), at + featureFloats);
  }
  observed.rows.forEach((row, index) => {
    rows.set([observed.weights[index]!, observed.targets[index]!], placeOf.get(row)! * stride);
  });

  const matrices = new Float32Array(8 + (featureColumns + dimension) * floats);
  matrices.set([unobservedWeight, localRidge(table, observed), trainingSteps, partials, placeOf.size]);
  setRows(matrices, 8, projection, dimension, floats);
  setRows(matrices, 8 + featureColumns * floats, inverseCurvature(table, observed), dimension, floats);

  const start = foldInLikes(table, interactions);
  const state = new Float32Array(2 * featureFloats + floats + 4 + 2 * specialRows);
  for (let column = 0; column < featureColumns; column++) {
    let sum = 0;
    for (let k = 0; k < dimension; k++) sum += projection[column * dimension + k]! * start[k]!;
    state[column] = sum;
  }
  state.set(start, featureFloats);
  return { state, rows, matrices, specialRows };
}

/** Writes rows of `columns` numbers, each padded to `floats`. */
function setRows(into: Float32Array, at: number, from: ArrayLike<number>, columns: number, floats: number): void {
  for (let index = 0; index < from.length; index++) {
    into[at + Math.floor(index / columns) * floats + (index % columns)] = from[index]!;
  }
}

/** Reads the state after a fit. */
export function implicitResult(
  state: Float32Array,
  shape: ImplicitShape,
  table: ItemTable,
  interactions: Interactions,
): LocalResult {
  const { featureColumns, dimension, offsetRows } = table.model.header;
  const featureFloats = 4 * shape.features.vectors;
  const projectionAt = featureFloats + 4 * shape.vectors;
  const scalarsAt = projectionAt + featureFloats;
  return {
    userEmbedding: state.slice(featureFloats, featureFloats + dimension),
    errorProjection: state.slice(projectionAt, projectionAt + featureColumns),
    errorOffsets: state.slice(scalarsAt + 4, scalarsAt + 4 + offsetRows),
    likedProfile: likedProfile(table, interactions.liked),
    lossBefore: state[scalarsAt + 1]!,
    lossAfter: state[scalarsAt + 2]!,
  };
}

/** Bindings: 0 the partials, 1 the state, 2 the special rows, 3 the matrices. One workgroup. Beyond the last step it leaves u as it is. */
export function implicitStepShader({ features, dimension, vectors }: ImplicitShape): string {
  const { vectors: wide, columns } = features;
  const both = wide + vectors;
  // At least one for each vector of a row (f, o).
  const threads = both > 64 ? 128 : 64;
  const uAt = 4 * wide;
  const projectionAt = uAt + 4 * vectors;
  const scalarsAt = projectionAt + 4 * wide;
  const errorsAt = scalarsAt + 4;
  return `
@group(0) @binding(0) var<storage, read> partials: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> state: array<f32>;
@group(0) @binding(2) var<storage, read> rows: array<vec4f>;
@group(0) @binding(3) var<storage, read> matrices: array<vec4f>;

var<workgroup> z: array<vec4f, ${wide}>;
var<workgroup> u: array<vec4f, ${vectors}>;
var<workgroup> projection: array<vec4f, ${wide}>;
var<workgroup> gradient: array<vec4f, ${vectors}>;
var<workgroup> gathered: array<vec4f, ${threads}>;
var<workgroup> losses: array<f32, ${threads}>;

fn stateVector(at: u32) -> vec4f {
  return vec4f(state[at], state[at + 1u], state[at + 2u], state[at + 3u]);
}

@compute @workgroup_size(${threads})
fn main(@builtin(local_invocation_index) thread: u32) {
  let background = matrices[0].x;
  let ridge = matrices[0].y;
  let count = u32(matrices[0].w);
  let special = u32(matrices[1].x);
  let padded = arrayLength(&rows) / ${1 + both}u;
  let taken = state[${scalarsAt}];
  if (thread < ${wide}u) { z[thread] = stateVector(4u * thread); }
  if (thread < ${vectors}u) { u[thread] = stateVector(${uAt}u + 4u * thread); }
  workgroupBarrier();

  // The special rows' errors.
  var loss = 0.0;
  for (var row = thread; row < special; row += ${threads}u) {
    let at = row * ${1 + both}u;
    var content = 0.0;
    for (var k = 0u; k < ${wide}u; k++) { content += dot(rows[at + 1u + k], z[k]); }
    var offset = 0.0;
    for (var k = 0u; k < ${vectors}u; k++) { offset += dot(rows[at + ${1 + wide}u + k], u[k]); }
    let score = content + offset;
    let residual = score - rows[at].y;
    let pull = rows[at].x * residual;
    state[${errorsAt}u + row] = background * score + pull;
    state[${errorsAt}u + padded + row] = background * offset + pull;
    loss += background * offset * (score + content) + pull * residual;
  }
  storageBarrier();
  workgroupBarrier();

  // Their rows, weighted: f by the one error, o by the other.
  let vector = thread % ${both}u;
  let part = thread / ${both}u;
  var sum = vec4f();
  if (part < ${Math.floor(threads / both)}u) {
    let errors = ${errorsAt}u + select(0u, padded, vector < ${wide}u);
    for (var row = part; row < special; row += ${Math.floor(threads / both)}u) {
      sum += state[errors + row] * rows[row * ${1 + both}u + 1u + vector];
    }
  }
  gathered[thread] = sum;
  workgroupBarrier();
  if (thread < ${both}u) {
    for (var i = 1u; i < ${Math.floor(threads / both)}u; i++) { sum += gathered[i * ${both}u + thread]; }
  }
  workgroupBarrier();

  // The pass's partials.
  let column = thread % ${wide}u;
  let share = thread / ${wide}u;
  var passed = vec4f();
  if (share < ${Math.floor(threads / wide)}u) {
    for (var i = share; i < count; i += ${Math.floor(threads / wide)}u) {
      passed += partials[i * ${partialVectors(features)}u + 1u + column];
    }
  }
  gathered[thread] = passed;
  workgroupBarrier();
  if (thread < ${wide}u) {
    for (var i = 1u; i < ${Math.floor(threads / wide)}u; i++) { passed += gathered[i * ${wide}u + thread]; }
    passed *= background;
    loss += dot(z[thread], passed);
    let whole = passed + sum;
    projection[thread] = whole;
    for (var i = 0u; i < 4u; i++) { state[${projectionAt}u + 4u * thread + i] = whole[i]; }
  } else if (thread < ${both}u) {
    gradient[thread - ${wide}u] = sum;
  }
  workgroupBarrier();

  // Wᵀ of the rows' sum, in the parts of the columns that the threads can take.
  let k = thread % ${vectors}u;
  let slice = thread / ${vectors}u;
  var slope = vec4f();
  if (slice < ${Math.floor(threads / vectors)}u) {
    for (var c = slice; c < ${columns}u; c += ${Math.floor(threads / vectors)}u) {
      slope += projection[c / 4u][c % 4u] * matrices[2u + c * ${vectors}u + k];
    }
  }
  gathered[thread] = slope;
  if (thread < ${vectors}u) { loss += ridge * dot(u[thread], u[thread]); }
  losses[thread] = loss;
  workgroupBarrier();
  if (thread < ${vectors}u) {
    for (var i = 1u; i < ${Math.floor(threads / vectors)}u; i++) { slope += gathered[i * ${vectors}u + thread]; }
    gradient[thread] += slope + ridge * u[thread];
  }
  workgroupBarrier();

  let moves = taken < matrices[0].z;
  for (var i = thread; i < ${dimension}u; i += ${threads}u) {
    var change = 0.0;
    for (var j = 0u; j < ${vectors}u; j++) {
      change += dot(matrices[${2 + columns * vectors}u + i * ${vectors}u + j], gradient[j]);
    }
    if (moves) { state[${uAt}u + i] -= change; }
  }
  storageBarrier();
  workgroupBarrier();
  if (thread < ${vectors}u) { u[thread] = stateVector(${uAt}u + 4u * thread); }
  workgroupBarrier();
  for (var c = thread; c < ${columns}u; c += ${threads}u) {
    var product = 0.0;
    for (var j = 0u; j < ${vectors}u; j++) { product += dot(matrices[2u + c * ${vectors}u + j], u[j]); }
    state[c] = product;
  }
  if (thread == 0u) {
    for (var i = 1u; i < ${threads}u; i++) { loss += losses[i]; }
    state[${scalarsAt}] = taken + 1.0;
    if (taken == 0.0) { state[${scalarsAt + 1}] = 0.5 * loss; }
    state[${scalarsAt + 2}] = 0.5 * loss;
  }
}
`;
}
