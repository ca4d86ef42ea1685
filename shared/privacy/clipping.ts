// Clipping in L2: the step that bounds what one person can do, before anything is rotated or rounded. PROTOCOL.md [N1].
import { maximumAbsolute } from '../maths/vectors.ts';

/**
 * The update in integer units (not yet integers), of norm at most clippingBoundInt: g times min(scale, clippingBoundInt / |g|).
 * Non-finite numbers count as 0, and 1e308 does not overflow on the way.
 * @param update Float64Array[D], real units; not changed. @param scale integer units per 1.0. Returns a new Float64Array[D].
 */
export function clipToIntegerUnits(update: Float64Array, scale: number, clippingBoundInt: number): Float64Array {
  const out = new Float64Array(update.length);
  for (let i = 0; i < update.length; i++) {
    const value = update[i]!;
    out[i] = Number.isFinite(value) ? value : 0;
  }
  const most = maximumAbsolute(out);
  if (most === 0) return out;
  // Four sums side by side: the WASM core adds in vectors, and both are to give the same bits.
  const sums = new Float64Array(4);
  for (let i = 0; i < out.length; i++) {
    const part = out[i]! / most;
    out[i] = part;
    sums[i & 3] = sums[i & 3]! + part * part;
  }
  const sum = sums[0]! + sums[1]! + (sums[2]! + sums[3]!);
  // `out` is g / most now. scale * most may be infinite; the other factor is finite, because the norm of g / most is at least 1.
  const factor = Math.min(scale * most, clippingBoundInt / Math.sqrt(sum));
  for (let i = 0; i < out.length; i++) out[i] = out[i]! * factor;
  return out;
}
