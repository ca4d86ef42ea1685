// The second kernel of the softmax fit on WebGPU: merges the partials of a pass to the normaliser and the mean row, and takes one step of Adam, in
// one workgroup. shared/model/softmax-fit.ts says what is computed; this file also lays out what goes in and reads what comes out.
import { leastRoot, momentDecay, type SoftmaxFitOptions, squareDecay } from '#shared/model/softmax-fit.ts';
import { leastScore, partialVectors, type RowShape } from './pass-shader.ts';
import type { FittedSoftmax } from './softmax.ts';

/** Threads of the one workgroup; a row has at most as many vectors. */
const threads = 64;

/** The state: u (which is the query of the pass), the moments, and (steps taken, loss before, loss after, 0). */
export function softmaxState({ vectors }: RowShape): Float32Array {
  return new Float32Array(4 * (3 * vectors + 1));
}

/**
 * What does not change during a fit: the mean row of the likes, (ridge, rate, steps, partials), and for each step the factors that take the bias
 * of Adam's moments away. They come from here, because 1 - 0.999^n loses its digits in float32.
 */
export function softmaxGoal(
  shape: RowShape,
  likedMean: Float64Array,
  { ridge, rate, steps }: SoftmaxFitOptions,
  partials: number,
): Float32Array {
  const at = 4 * shape.vectors;
  const goal = new Float32Array(at + 4 + 4 * Math.max(1, steps));
  goal.set(likedMean);
  goal.set([ridge, rate, steps, partials], at);
  for (let step = 1; step <= steps; step++) {
    goal.set([1 / (1 - momentDecay ** step), 1 / (1 - squareDecay ** step)], at + 4 * step);
  }
  return goal;
}

/** Reads the state after a fit. @param withLossAfter whether a pass over the result followed the last step. */
export function softmaxResult(state: Float32Array, shape: RowShape, withLossAfter: boolean): FittedSoftmax {
  const [, lossBefore, lossAfter] = state.subarray(12 * shape.vectors);
  return {
    userEmbedding: Float64Array.from(state.subarray(0, shape.columns)),
    lossBefore: lossBefore!,
    lossAfter: withLossAfter ? lossAfter! : null,
  };
}

/** Bindings: 0 the partials, 1 the state, 2 the goal. Dispatched with one workgroup. Beyond the last step it only takes the loss. */
export function softmaxStepShader(shape: RowShape): string {
  const { vectors } = shape;
  const stride = partialVectors(shape);
  const groups = Math.floor(threads / vectors);
  return `
@group(0) @binding(0) var<storage, read> partials: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> state: array<vec4f>;
@group(0) @binding(2) var<storage, read> goal: array<vec4f>;

var<workgroup> numbers: array<vec2f, ${threads}>;
var<workgroup> gathered: array<vec4f, ${threads}>;

@compute @workgroup_size(${threads})
fn main(@builtin(local_invocation_index) thread: u32) {
  let options = goal[${vectors}];
  let count = u32(options.w);
  // Each thread's own maximum and its total below it; then both over all threads.
  var most = f32(${leastScore});
  var total = 0.0;
  for (var i = thread; i < count; i += ${threads}u) {
    let header = partials[i * ${stride}u];
    let top = max(most, header.y);
    total = total * exp(most - top) + header.x * exp(header.y - top);
    most = top;
  }
  numbers[thread] = vec2f(most, total);
  workgroupBarrier();
  for (var i = 0u; i < ${threads}u; i++) { most = max(most, numbers[i].x); }
  total = 0.0;
  for (var i = 0u; i < ${threads}u; i++) { total += numbers[i].y * exp(numbers[i].x - most); }

  let vector = thread % ${vectors}u;
  let part = thread / ${vectors}u;
  var sum = vec4f();
  if (part < ${groups}u) {
    for (var i = part; i < count; i += ${groups}u) {
      sum += exp(partials[i * ${stride}u].y - most) * partials[i * ${stride}u + 1u + vector];
    }
  }
  gathered[thread] = sum;
  workgroupBarrier();
  var attraction = 0.0;
  var squared = 0.0;
  let steps = state[${3 * vectors}].x;
  if (thread < ${vectors}u) {
    for (var i = 1u; i < ${groups}u; i++) { sum += gathered[i * ${vectors}u + thread]; }
    let u = state[thread];
    attraction = dot(goal[thread], u);
    squared = dot(u, u);
    if (steps < options.z) {
      let units = goal[${vectors + 1}u + u32(steps)];
      let gradient = sum / total - goal[thread] + options.x * u;
      let moment = ${momentDecay} * state[${vectors}u + thread] + (1.0 - ${momentDecay}) * gradient;
      let square = ${squareDecay} * state[${2 * vectors}u + thread] + (1.0 - ${squareDecay}) * gradient * gradient;
      state[${vectors}u + thread] = moment;
      state[${2 * vectors}u + thread] = square;
      state[thread] = u - (options.y * units.x) * moment / (sqrt(square * units.y) + ${leastRoot});
    }
  }
  numbers[thread] = vec2f(attraction, squared);
  workgroupBarrier();
  if (thread == 0u) {
    for (var i = 1u; i < ${vectors}u; i++) {
      attraction += numbers[i].x;
      squared += numbers[i].y;
    }
    let loss = most + log(total) - attraction + 0.5 * options.x * squared;
    let before = select(state[${3 * vectors}].y, loss, steps == 0.0);
    state[${3 * vectors}] = vec4f(steps + 1.0, before, loss, 0.0);
  }
}
`;
}
