// The arithmetic of an update's way to noised integers, float operation for float operation that of shared/privacy and shared/maths, so that
// both give the same bits. Randomness comes in as words that the caller drew; a word is read once. Arrays are padded with zeros to a whole
// number of vectors: zeros change no maximum and no sum.

const signBit: u64 = 0x8000_0000_0000_0000;

/** clipToIntegerUnits in place; and the same in real units at `clipped`, unless that is 0. */
export function clip(values: usize, clipped: usize, length: i32, scale: f64, bound: f64): void {
  const end = values + ((usize(length) * 8 + 15) & ~15);
  let most = f64x2.splat(0);
  for (let at = values; at < end; at += 16) {
    const pair = v128.load(at);
    // x - x is 0 for finite numbers alone.
    const finite = v128.and(pair, f64x2.eq(f64x2.sub(pair, pair), f64x2.splat(0)));
    v128.store(at, finite);
    most = f64x2.pmax(most, f64x2.abs(finite));
  }
  const largest = max(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1));
  let factor = f64x2.splat(1);
  if (largest !== 0) {
    const divisor = f64x2.splat(largest);
    // Number i is added to sum i mod 4, as in the reference.
    let even = f64x2.splat(0);
    let odd = even;
    for (let at = values; at < end; at += 32) {
      const first = f64x2.div(v128.load(at), divisor);
      v128.store(at, first);
      even = f64x2.add(even, f64x2.mul(first, first));
      if (at + 16 >= end) break;
      const second = f64x2.div(v128.load(at, 16), divisor);
      v128.store(at, second, 16);
      odd = f64x2.add(odd, f64x2.mul(second, second));
    }
    const sum =
      f64x2.extract_lane(even, 0) +
      f64x2.extract_lane(even, 1) +
      (f64x2.extract_lane(odd, 0) + f64x2.extract_lane(odd, 1));
    factor = f64x2.splat(min(scale * largest, bound / sqrt(sum)));
  }
  for (let at = values; at < end; at += 16) v128.store(at, f64x2.mul(v128.load(at), factor));
  if (clipped === 0) return;
  const unit = f64x2.splat(scale);
  for (let at = values; at < end; at += 16, clipped += 16) v128.store(clipped, f64x2.div(v128.load(at), unit));
}

/** Negates the numbers whose bit is set, lowest bit first. */
export function applySigns(values: usize, signs: usize, length: i32): void {
  const flip = i64x2.splat(signBit);
  const first = i64x2(1, 2);
  const end = values + ((usize(length) * 8 + 15) & ~15);
  for (let at = values; at < end; signs++) {
    const byte = i64x2.splat(load<u8>(signs));
    const stop = min(at + 64, end);
    let bits = first;
    for (; at < stop; at += 16) {
      const negative = i64x2.eq(v128.and(byte, bits), bits);
      v128.store(at, v128.xor(v128.load(at), v128.and(negative, flip)));
      bits = i64x2.shl(bits, 2);
    }
  }
}

/** Numbers that one block of the transform keeps in the processor's first cache: 16 KiB. */
const blockWidth = 2048;

/** Orthonormal Walsh-Hadamard transform of `width` numbers, a power of two, in place. */
export function transform(values: usize, width: i32): void {
  if (width >= 4) {
    const block = min(width, blockWidth);
    const step = usize(block) * 8;
    const end = values + usize(width) * 8;
    for (let at = values; at < end; at += step) {
      firstTwoLevels(at, block);
      levels(at, block, 4, block);
    }
    levels(values, width, block, width);
  } else if (width === 2) {
    const a = load<f64>(values);
    const b = load<f64>(values + 8);
    store<f64>(values, a + b);
    store<f64>(values + 8, a - b);
  }
  const factor = 1 / sqrt(f64(width));
  const pair = f64x2.splat(factor);
  const end = values + usize(width) * 8;
  if (width === 1) store<f64>(values, load<f64>(values) * factor);
  else for (let at = values; at < end; at += 16) v128.store(at, f64x2.mul(v128.load(at), pair));
}

/** The levels of half width 1 and 2. */
function firstTwoLevels(values: usize, width: i32): void {
  const end = values + usize(width) * 8;
  for (let at = values; at < end; at += 32) {
    const low = v128.load(at);
    const high = v128.load(at, 16);
    const even = v128.shuffle<f64>(low, high, 0, 2);
    const odd = v128.shuffle<f64>(low, high, 1, 3);
    const sum = f64x2.add(even, odd);
    const difference = f64x2.sub(even, odd);
    const left = v128.shuffle<f64>(sum, difference, 0, 2);
    const right = v128.shuffle<f64>(sum, difference, 1, 3);
    v128.store(at, f64x2.add(left, right));
    v128.store(at, f64x2.sub(left, right), 16);
  }
}

/** The levels of half width `half` (4 or more) up to below `top`, two at a time. */
function levels(values: usize, width: i32, half: i32, top: i32): void {
  const end = values + usize(width) * 8;
  for (; half * 2 < top; half *= 4) {
    const stride = usize(half) * 8;
    for (let block = values; block < end; block += 4 * stride) {
      for (let at = block; at < block + stride; at += 16) {
        const a = v128.load(at);
        const b = v128.load(at + stride);
        const c = v128.load(at + 2 * stride);
        const d = v128.load(at + 3 * stride);
        const ab = f64x2.add(a, b);
        const aMinusB = f64x2.sub(a, b);
        const cd = f64x2.add(c, d);
        const cMinusD = f64x2.sub(c, d);
        v128.store(at, f64x2.add(ab, cd));
        v128.store(at + stride, f64x2.add(aMinusB, cMinusD));
        v128.store(at + 2 * stride, f64x2.sub(ab, cd));
        v128.store(at + 3 * stride, f64x2.sub(aMinusB, cMinusD));
      }
    }
  }
  if (half < top) {
    const stride = usize(half) * 8;
    for (let block = values; block < end; block += 2 * stride) {
      for (let at = block; at < block + stride; at += 16) {
        const a = v128.load(at);
        const b = v128.load(at + stride);
        v128.store(at, f64x2.add(a, b));
        v128.store(at + stride, f64x2.sub(a, b));
      }
    }
  }
}

/** Whether all absolute values are below 2^31 - 1; false for NaN. */
export function fitsIntegers(values: usize, length: i32): bool {
  const end = values + ((usize(length) * 8 + 15) & ~15);
  const limit = f64x2.splat(2147483647);
  let within = i64x2.splat(-1);
  for (let at = values; at < end; at += 16) within = v128.and(within, f64x2.lt(f64x2.abs(v128.load(at)), limit));
  return i64x2.all_true(within);
}

/** Rounds each number up where its word / 2^32 is below its fraction, else down. */
export function roundAtRandom(values: usize, words: usize, rounded: usize, length: i32): void {
  const unit = f64x2.splat(2.3283064365386963e-10);
  const one = f64x2.splat(1);
  const end = values + ((usize(length) * 8 + 15) & ~15);
  for (let at = values; at < end; at += 16, words += 8, rounded += 8) {
    const pair = v128.load(at);
    const below = f64x2.floor(pair);
    // 2^-32 is a power of two: the product is exact, as the reference's quotient is.
    const chance = f64x2.mul(f64x2.convert_low_i32x4_u(v128.load64_zero(words)), unit);
    const isUp = f64x2.lt(chance, f64x2.sub(pair, below));
    const whole = f64x2.add(below, v128.and(isUp, one));
    v128.store64_lane(rounded, i32x4.trunc_sat_f64x2_s_zero(whole), 0);
  }
}

/** Towards zero. */
export function truncate(values: usize, rounded: usize, length: i32): void {
  const end = values + ((usize(length) * 8 + 15) & ~15);
  for (let at = values; at < end; at += 16, rounded += 8) {
    v128.store64_lane(rounded, i32x4.trunc_sat_f64x2_s_zero(v128.load(at)), 0);
  }
}

/** Exact while below 2^53, and never below 2^53 when the true sum is not. */
export function sumOfSquares(rounded: usize, length: i32): f64 {
  const end = rounded + ((usize(length) * 4 + 7) & ~7);
  let sum = f64x2.splat(0);
  for (let at = rounded; at < end; at += 8) {
    const pair = f64x2.convert_low_i32x4_s(v128.load64_zero(at));
    sum = f64x2.add(sum, f64x2.mul(pair, pair));
  }
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** The top bits of a draw that the guide is indexed by. */
const guideBits = 13;

/** For each value of the top bits, the first entry of `top` that a draw with them can fall on: 2^13 entries. */
export function makeGuide(top: usize, entries: i32, guide: usize): void {
  let index = 0;
  for (let cell: u32 = 0; cell < 1 << guideBits; cell++, guide += 4) {
    while (index < entries - 1 && load<u32>(top + (usize(index) << 2)) < cell << (32 - guideBits)) index++;
    store<i32>(guide, index);
  }
}

/**
 * noised = rounded + the entry that each word falls on, less `offset`. Stops before a word that equals a threshold's top word, for which more
 * bits have to be drawn, and says how many it did.
 */
export function addNoise(
  words: usize,
  rounded: usize,
  noised: usize,
  length: i32,
  top: usize,
  guide: usize,
  offset: i32,
): i32 {
  for (let i = 0; i < length; i++, words += 4, rounded += 4, noised += 4) {
    const word = load<u32>(words);
    let at = top + (usize(load<u32>(guide + (usize(word >>> (32 - guideBits)) << 2))) << 2);
    // Where a cell holds a threshold, which side a draw falls on is anybody's guess, also the processor's: no branch there.
    at += usize(load<u32>(at) < word) << 2;
    let threshold = load<u32>(at);
    if (threshold <= word) {
      while (threshold < word) {
        at += 4;
        threshold = load<u32>(at);
      }
      if (threshold === word) return i;
    }
    store<i32>(noised, load<i32>(rounded) + i32((at - top) >>> 2) - offset);
  }
  return length;
}
