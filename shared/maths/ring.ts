// The ring Z_2^b, b up to 32, in Uint32Array: adding and lifting to signed integers.

/** 2^b - 1 as an unsigned number. Throws RangeError unless 1 <= bits <= 32. */
export function ringMask(bits: number): number {
  if (!Number.isInteger(bits) || bits < 1 || bits > 32) throw new RangeError(`bits: expected 1 to 32, got ${bits}`);
  return bits === 32 ? 0xffff_ffff : 2 ** bits - 1;
}

/** total += part modulo 2^bits, in place. Throws RangeError when the lengths differ. */
export function addModulo(total: Uint32Array, part: Uint32Array, bits: number): void {
  if (total.length !== part.length)
    throw new RangeError(`addModulo: expected ${total.length} elements, got ${part.length}`);
  const mask = ringMask(bits);
  for (let i = 0; i < total.length; i++) total[i] = (total[i]! + part[i]!) & mask;
}

/** The representative in [-2^(b-1), 2^(b-1)) of each element; a new Int32Array. */
export function liftSigned(values: Uint32Array, bits: number): Int32Array {
  ringMask(bits);
  const shift = 32 - bits;
  const out = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) out[i] = (values[i]! << shift) >> shift;
  return out;
}
