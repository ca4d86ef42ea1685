// Item rows against one user embedding: scores, the best rows, and the softmax fit. f32 rows lie one after the other without padding; a row's
// last vector reaches into the next row, which a user embedding padded with zeros takes out again, so numbers have to be finite. Behind the
// last row lie zeros for three more rows and a vector. Large tables are walked in four places at a time: what is read ahead of the processor, and
// so the speed of its memory, is counted by stream.
import { addWide } from './wide';

/** Dot products of four rows from `row` with u, one a lane. `bytes`: of one row. */
function scoresOfFour(row: usize, bytes: usize, u: usize): v128 {
  const second = row + bytes;
  const third = second + bytes;
  const fourth = third + bytes;
  let a = f32x4.splat(0);
  let b = a;
  let c = a;
  let d = a;
  for (let k: usize = 0; k < bytes; k += 16) {
    const part = v128.load(u + k);
    a = f32x4.add(a, f32x4.mul(v128.load(row + k), part));
    b = f32x4.add(b, f32x4.mul(v128.load(second + k), part));
    c = f32x4.add(c, f32x4.mul(v128.load(third + k), part));
    d = f32x4.add(d, f32x4.mul(v128.load(fourth + k), part));
  }
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}

/** The same for rows of i8 and a u of i16: exact sums. `bytes`: of one row, which is its dimension. */
function sumsOfFour(row: usize, bytes: usize, u: usize): v128 {
  const second = row + bytes;
  const third = second + bytes;
  const fourth = third + bytes;
  let a = i32x4.splat(0);
  let b = a;
  let c = a;
  let d = a;
  for (let k: usize = 0; k < bytes; k += 8) {
    const part = v128.load(u + 2 * k);
    a = i32x4.add(a, i32x4.dot_i16x8_s(v128.load8x8_s(row + k), part));
    b = i32x4.add(b, i32x4.dot_i16x8_s(v128.load8x8_s(second + k), part));
    c = i32x4.add(c, i32x4.dot_i16x8_s(v128.load8x8_s(third + k), part));
    d = i32x4.add(d, i32x4.dot_i16x8_s(v128.load8x8_s(fourth + k), part));
  }
  const ab = i32x4.add(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(a, b, 2, 6, 3, 7));
  const cd = i32x4.add(v128.shuffle<i32>(c, d, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 2, 6, 3, 7));
  return i32x4.add(v128.shuffle<i32>(ab, cd, 0, 1, 4, 5), v128.shuffle<i32>(ab, cd, 2, 3, 6, 7));
}

/** All scores: f32[items], padded to whole vectors. `bias` may be 0. */
export function scores(rows: usize, items: i32, dimension: i32, u: usize, bias: usize, out: usize): void {
  const bytes = usize(dimension) * 4;
  for (let item = 0; item < items; item += 4, rows += 4 * bytes, out += 16) {
    let four = scoresOfFour(rows, bytes, u);
    if (bias) four = f32x4.add(four, v128.load(bias + (usize(item) << 2)));
    v128.store(out, four);
  }
}

/**
 * The `count` best rows whose bit in `excluded` is not set, best first; equal scores by ascending row. NaN is never among them.
 * `scale`: f32 of each row for rows of i8, 0 for rows of f32. `bias`: f32 of each row, or 0. `heap`: `count` pairs (f32 score, u32 row).
 * Returns how many there are.
 */
export function best(
  rows: usize,
  items: i32,
  dimension: i32,
  u: usize,
  scale: usize,
  unit: f32,
  bias: usize,
  excluded: usize,
  heap: usize,
  count: i32,
): i32 {
  const bytes = usize(dimension) * (scale ? 1 : 4);
  const units = f32x4.splat(unit);
  let size = 0;
  let least = f32x4.splat(-Infinity);
  const blocks = (items + 3) >> 2;
  for (let block = 0; block < blocks; block++) {
    const item = block << 2;
    const at = usize(item) << 2;
    const first = rows + usize(item) * bytes;
    let four: v128;
    if (scale) {
      four = f32x4.convert_i32x4_s(sumsOfFour(first, bytes, u));
      four = f32x4.mul(f32x4.mul(four, v128.load(scale + at)), units);
    } else {
      four = scoresOfFour(first, bytes, u);
    }
    if (bias) four = f32x4.add(four, v128.load(bias + at));
    const better = size < count ? f32x4.eq(four, four) : f32x4.ge(four, least);
    if (!v128.any_true(better)) continue;
    for (let lane = 0; lane < 4 && item + lane < items; lane++) {
      const row = item + lane;
      const score = f32x4.extract_lane(four, 0);
      four = v128.shuffle<f32>(four, four, 1, 2, 3, 0);
      if ((load<u8>(excluded + (usize(row) >> 3)) >>> (row & 7)) & 1) continue;
      if (size < count) {
        if (score >= -Infinity) siftUp(heap, size++, score, row);
      } else if (isWorse(load<f32>(heap), load<u32>(heap + 4), score, row)) {
        siftDown(heap, size, score, row);
      }
    }
    if (size === count) least = f32x4.splat(load<f32>(heap));
  }
  // The worst comes off first.
  for (let left = size; left > 1; ) {
    const score = load<f32>(heap);
    const row = load<u32>(heap + 4);
    const last = heap + (usize(--left) << 3);
    const lastScore = load<f32>(last);
    const lastRow = load<u32>(last + 4);
    siftDown(heap, left, lastScore, lastRow);
    store<f32>(last, score);
    store<u32>(last + 4, row);
  }
  return size;
}

/** Whether the first is to leave the heap before the second. */
function isWorse(score: f32, row: u32, otherScore: f32, otherRow: u32): bool {
  return score < otherScore || (score === otherScore && row > otherRow);
}

function siftUp(heap: usize, at: i32, score: f32, row: u32): void {
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const place = heap + (usize(parent) << 3);
    if (!isWorse(score, row, load<f32>(place), load<u32>(place + 4))) break;
    store<u64>(heap + (usize(at) << 3), load<u64>(place));
    at = parent;
  }
  store<f32>(heap + (usize(at) << 3), score);
  store<u32>(heap + (usize(at) << 3) + 4, row);
}

/** Puts an entry in place of the first. */
function siftDown(heap: usize, size: i32, score: f32, row: u32): void {
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= size) break;
    let place = heap + (usize(child) << 3);
    if (
      child + 1 < size &&
      isWorse(load<f32>(place + 8), load<u32>(place + 12), load<f32>(place), load<u32>(place + 4))
    ) {
      child++;
      place += 8;
    }
    if (!isWorse(load<f32>(place), load<u32>(place + 4), score, row)) break;
    store<u64>(heap + (usize(at) << 3), load<u64>(place));
    at = child;
  }
  store<f32>(heap + (usize(at) << 3), score);
  store<u32>(heap + (usize(at) << 3) + 4, row);
}

/** e^x for x of at most 0 in f32, to about 1e-7 relative; below -87 it stays at e^-87. */
function exponential(x: v128): v128 {
  const bounded = f32x4.max(x, f32x4.splat(-87));
  const whole = f32x4.nearest(f32x4.mul(bounded, f32x4.splat(f32(Math.LOG2E))));
  let rest = f32x4.sub(bounded, f32x4.mul(whole, f32x4.splat(0.693359375)));
  rest = f32x4.sub(rest, f32x4.mul(whole, f32x4.splat(-2.1219444e-4)));
  let sum = f32x4.splat(1.98756915e-4);
  sum = f32x4.add(f32x4.mul(sum, rest), f32x4.splat(1.3981999507e-3));
  sum = f32x4.add(f32x4.mul(sum, rest), f32x4.splat(8.3334519073e-3));
  sum = f32x4.add(f32x4.mul(sum, rest), f32x4.splat(4.1665795894e-2));
  sum = f32x4.add(f32x4.mul(sum, rest), f32x4.splat(1.6666665459e-1));
  sum = f32x4.add(f32x4.mul(sum, rest), f32x4.splat(5.0000001201e-1));
  sum = f32x4.add(f32x4.add(f32x4.mul(f32x4.mul(sum, rest), rest), rest), f32x4.splat(1));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(whole), i32x4.splat(127)), 23);
  return f32x4.mul(sum, power);
}

/** Rows whose scores are computed before their weighted sum: they then lie in the processor's first cache. */
const rowsAtOnce = 64;

/**
 * One pass over all rows: the softmax of the scores and the mean row under it. `mean`: f64 for each number of a row, padded to sixteen.
 * `weights`: f32[64]. `result`: f64, the largest score. Returns Σ exp(score - largest score).
 */
export function softmaxMean(
  rows: usize,
  items: i32,
  dimension: i32,
  u: usize,
  mean: usize,
  weights: usize,
  result: usize,
): f64 {
  const bytes = usize(dimension) * 4;
  memory.fill(mean, 0, 2 * ((bytes + 63) & ~63));
  let most: f32 = -Infinity;
  let total: f64 = 0;
  for (let begin = 0; begin < items; begin += rowsAtOnce) {
    const count = min(rowsAtOnce, items - begin);
    const first = rows + usize(begin) * bytes;
    let largest = f32x4.splat(-Infinity);
    for (let i = 0; i < count; i += 4) {
      let four = scoresOfFour(first + usize(i) * bytes, bytes, u);
      if (i + 4 > count) {
        // Rows of padding have no weight.
        const real = i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count - i));
        four = v128.bitselect(four, f32x4.splat(-Infinity), real);
      }
      v128.store(weights + (usize(i) << 2), four);
      largest = f32x4.pmax(largest, four);
    }
    const pairs = f32x4.pmax(largest, v128.shuffle<f32>(largest, largest, 2, 3, 0, 1));
    const top = max(f32x4.extract_lane(pairs, 0), f32x4.extract_lane(pairs, 1));
    if (top > most) {
      // What was added so far is relative to a smaller maximum.
      const shrink = begin === 0 ? 0 : f64(f32x4.extract_lane(exponential(f32x4.splat(most - top)), 0));
      total *= shrink;
      for (let k: usize = 0; k < 2 * bytes; k += 16) {
        v128.store(mean + k, f64x2.mul(v128.load(mean + k), f64x2.splat(shrink)));
      }
      most = top;
    }
    let sums = f32x4.splat(0);
    for (let i = 0; i < count; i += 4) {
      const at = weights + (usize(i) << 2);
      const four = exponential(f32x4.sub(v128.load(at), f32x4.splat(most)));
      v128.store(at, four);
      sums = f32x4.add(sums, four);
    }
    total +=
      f64(f32x4.extract_lane(sums, 0)) +
      f64(f32x4.extract_lane(sums, 1)) +
      f64(f32x4.extract_lane(sums, 2)) +
      f64(f32x4.extract_lane(sums, 3));
    for (let k: usize = 0; k < bytes; k += 64) {
      let a = f32x4.splat(0);
      let b = a;
      let c = a;
      let d = a;
      let at = weights;
      let row = first + k;
      for (const end = row + usize(count) * bytes; row < end; row += bytes, at += 4) {
        const weight = v128.load32_splat(at);
        a = f32x4.add(a, f32x4.mul(weight, v128.load(row)));
        b = f32x4.add(b, f32x4.mul(weight, v128.load(row, 16)));
        c = f32x4.add(c, f32x4.mul(weight, v128.load(row, 32)));
        d = f32x4.add(d, f32x4.mul(weight, v128.load(row, 48)));
      }
      const to = mean + 2 * k;
      addWide(to, a);
      addWide(to + 32, b);
      addWide(to + 64, c);
      addWide(to + 96, d);
    }
  }
  for (let k: usize = 0; k < 2 * bytes; k += 16) {
    v128.store(mean + k, f64x2.div(v128.load(mean + k), f64x2.splat(total)));
  }
  store<f64>(result, f64(most));
  return total;
}
