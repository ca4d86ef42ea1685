// The first of the two kernels of a fit on WebGPU, as WGSL: one pass over the item rows. Each row's score with the query gives its weight, and the
// weighted sum of the rows comes out, without the scores ever being written: 'softmax' weighs by exp(score), relative to the largest score so far
// (online softmax: Milakov and Gimelshein 2018), 'implicit' by the score itself. A workgroup adds its rows up to one partial; the second kernel
// (softmax-step.ts, implicit-step.ts) merges the partials and takes the step of the optimiser.
//
// Rows lie in blocks of 64, and in a block by vector of four numbers and then by row: the 64 threads of a workgroup read one block, each its own row,
// 64 neighbouring vectors at a time. Every order of summation is fixed, so one device gives the same bits again. Nothing here needs more than the
// least limits of WebGPU (16 KiB of a workgroup's memory, 256 invocations, 128 MiB a binding).

/** Rows of a block, and threads of a workgroup of the pass. */
export const blockRows = 64;
/** Vectors of a row that one thread sums: its registers. Longer rows are summed in slices by several workgroups. */
const mostSliceVectors = 16;
/** Up to here a thread also holds the row that it scores; beyond, it reads it a second time. */
const mostHeldVectors = 8;
/** Vectors that a workgroup reduces at a time, one for each thread: 8 KiB. */
const reducedAtOnce = 8;
/** Stands for minus infinity, which WGSL does not promise to know. */
export const leastScore = '-3.0e38';

export type PassLoss = 'softmax' | 'implicit';

/** How rows lie on the device. */
export interface RowShape {
  /** `float`: f32. `compact`: whole numbers of eight bits, four a word, before them the row's scale in f32. */
  readonly kind: 'float' | 'compact';
  readonly columns: number;
  /** Vectors of four numbers a row, padding included. */
  readonly vectors: number;
  readonly slices: number;
  /** 32-bit words of a block. */
  readonly blockWords: number;
}

export function rowShape(kind: RowShape['kind'], columns: number): RowShape {
  const needed = Math.ceil(columns / 4);
  const slices = Math.ceil(needed / mostSliceVectors);
  const vectors = slices * Math.ceil(needed / slices);
  return { kind, columns, vectors, slices, blockWords: blockRows * (kind === 'float' ? 4 * vectors : vectors + 1) };
}

/** Vectors of one partial: (total weight, largest score, 0, 0), then the weighted sum of the rows. */
export function partialVectors(shape: RowShape): number {
  return 1 + shape.vectors;
}

/**
 * Bindings: 0 the rows of a tile, 1 (rows of the tile, its first partial), 2 the state, which begins with the query, 3 the partials.
 * Dispatched with as many workgroups in x as the tile has partials, and in y as a row has slices.
 */
export function passShader(shape: RowShape, loss: PassLoss): string {
  const { vectors, slices } = shape;
  const width = vectors / slices;
  const isHeld = slices === 1 && vectors <= mostHeldVectors;
  const isCompact = shape.kind === 'compact';
  const columns = Array.from({ length: width }, (_, k) => k);
  const summed = ['header', ...columns.map((k) => `sum${k}`)];
  const row = (k: number) => (isHeld ? `row${k}` : `vectorOf(start, lane, first + ${k}u)`);
  const query = (k: number) => `state[${k}]`;
  return `
@group(0) @binding(0) var<storage, read> rows: array<${isCompact ? 'u32' : 'vec4f'}>;
@group(0) @binding(1) var<storage, read> extent: array<u32>;
@group(0) @binding(2) var<storage, read> state: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> partials: array<vec4f>;

var<workgroup> largest: array<f32, ${blockRows}>;
var<workgroup> gathered: array<vec4f, ${blockRows * reducedAtOnce}>;

${
  isCompact
    ? `fn vectorOf(start: u32, lane: u32, k: u32) -> vec4f {
  let word = rows[start + (k + 1u) * ${blockRows}u + lane];
  return vec4f(bitcast<vec4i>(vec4u(word) << vec4u(24u, 16u, 8u, 0u)) >> vec4u(24u));
}`
    : `fn vectorOf(start: u32, lane: u32, k: u32) -> vec4f {
  return rows[start + k * ${blockRows}u + lane];
}`
}

@compute @workgroup_size(${blockRows})
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let count = extent[0];
  let blocks = (count + ${blockRows - 1}u) / ${blockRows}u;
  let first = group.y * ${width}u;
  var most = f32(${leastScore});
  ${summed.map((name) => `var ${name} = vec4f();`).join('\n  ')}
  for (var block = group.x; block < blocks; block += groups.x) {
    if (block * ${blockRows}u + lane >= count) { break; }
    let start = block * ${isCompact ? `${shape.blockWords}u` : `${blockRows * vectors}u`};
    ${
      isHeld
        ? `${columns.map((k) => `let row${k} = vectorOf(start, lane, ${k}u);`).join('\n    ')}
    var score = ${columns.map((k) => `dot(row${k}, ${query(k)})`).join(' + ')};`
        : `var score = 0.0;
    for (var k = 0u; k < ${vectors}u; k++) { score += dot(vectorOf(start, lane, k), state[k]); }`
    }
    ${isCompact ? 'let unit = bitcast<f32>(rows[start + lane]);\n    score *= unit;' : ''}
    ${
      loss === 'softmax'
        ? `let top = max(most, score);
    let shrink = exp(most - top);
    let weight = exp(score - top);
    most = top;
    header.x = header.x * shrink + weight;`
        : 'let shrink = 1.0;\n    let weight = score;'
    }
    let factor = weight${isCompact ? ' * unit' : ''};
    ${columns.map((k) => `sum${k} = ${loss === 'softmax' ? `sum${k} * shrink` : `sum${k}`} + factor * ${row(k)};`).join('\n    ')}
  }
  ${
    loss === 'softmax'
      ? `largest[lane] = most;
  workgroupBarrier();
  var top = largest[0];
  for (var i = 1u; i < ${blockRows}u; i++) { top = max(top, largest[i]); }
  let shrink = exp(most - top);
  ${summed.map((name) => `${name} *= shrink;`).join('\n  ')}`
      : 'let top = 0.0;'
  }
  let partial = (extent[1] + group.x) * ${1 + vectors}u;
  ${chunksOf(summed, reducedAtOnce)
    .map((names, chunk) => reduction(names, chunk * reducedAtOnce))
    .join('\n  ')}
}
`;
}

/** Adds up the named vectors over the threads and writes them from vector `at` of the slice on; vector 0 is the header. */
function reduction(names: readonly string[], at: number): string {
  const write = `if (vector == 0u) { if (group.y == 0u) { partials[partial] = vec4f(sum.x, top, 0.0, 0.0); } }
    else { partials[partial + first + vector] = sum; }`;
  return `{
  ${names.map((name, i) => `gathered[lane * ${reducedAtOnce}u + ${i}u] = ${name};`).join('\n  ')}
  workgroupBarrier();
  let column = lane % ${reducedAtOnce}u;
  let part = lane / ${reducedAtOnce}u;
  var sum = vec4f();
  for (var i = 0u; i < ${blockRows / reducedAtOnce}u; i++) {
    sum += gathered[(part * ${blockRows / reducedAtOnce}u + i) * ${reducedAtOnce}u + column];
  }
  workgroupBarrier();
  gathered[lane] = sum;
  workgroupBarrier();
  if (lane < ${names.length}u) {
    let vector = ${at}u + lane;
    sum = gathered[lane];
    for (var i = 1u; i < ${blockRows / reducedAtOnce}u; i++) { sum += gathered[i * ${reducedAtOnce}u + lane]; }
    ${write}
  }
  workgroupBarrier();
  }`;
}

function chunksOf<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size));
}
