// Independent normal numbers for starts and experiments, by Box and Muller (1958) from 32-bit words. Never privacy noise: that is discrete and
// lies in shared/privacy.
import type { RandomSource } from './random.ts';

/** `count` draws from N(0, std²); a new Float64Array. Two words a pair of draws, in order. */
export function gaussians(count: number, std: number, random: RandomSource): Float64Array {
  const words = new Uint32Array(2);
  const out = new Float64Array(count);
  for (let index = 0; index < count; index += 2) {
    random.fillUint32(words);
    const radius = std * Math.sqrt(-2 * Math.log((words[0]! + 1) / 2 ** 32));
    const angle = (2 * Math.PI * words[1]!) / 2 ** 32;
    out[index] = radius * Math.cos(angle);
    if (index + 1 < count) out[index + 1] = radius * Math.sin(angle);
  }
  return out;
}
