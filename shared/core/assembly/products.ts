// Products over all items: AᵀB of two tables of rows, and rows in eight bits.
import { addWide } from './wide';

/** Rows that are summed in f32 before they go to f64. */
const rowsAtOnce = 64;

/**
 * out += AᵀB over `rows` rows of f32. `out`: f64, columns of A by columns of B, both padded to four. `isGram`: B is A, and what lies right of
 * the diagonal's tiles is left out.
 */
export function addProduct(
  a: usize,
  aColumns: i32,
  b: usize,
  bColumns: i32,
  rows: i32,
  out: usize,
  isGram: bool,
): void {
  const aBytes = usize(aColumns) * 4;
  const bBytes = usize(bColumns) * 4;
  const outBytes = ((bBytes + 15) & ~15) * 2;
  for (let first = 0; first < rows; first += rowsAtOnce) {
    const count = min(rowsAtOnce, rows - first);
    for (let i: usize = 0; i < aBytes; i += 16) {
      const stop = isGram ? i + 16 : bBytes;
      for (let j: usize = 0; j < stop; j += 16) {
        let w = f32x4.splat(0);
        let x = w;
        let y = w;
        let z = w;
        let left = a + i;
        let right = b + j;
        for (let row = 0; row < count; row++, left += aBytes, right += bBytes) {
          const part = v128.load(right);
          w = f32x4.add(w, f32x4.mul(v128.load32_splat(left), part));
          x = f32x4.add(x, f32x4.mul(v128.load32_splat(left, 4), part));
          y = f32x4.add(y, f32x4.mul(v128.load32_splat(left, 8), part));
          z = f32x4.add(z, f32x4.mul(v128.load32_splat(left, 12), part));
        }
        const to = out + (i >> 2) * outBytes + 2 * j;
        addWide(to, w);
        addWide(to + outBytes, x);
        addWide(to + 2 * outBytes, y);
        addWide(to + 3 * outBytes, z);
      }
    }
    a += usize(count) * aBytes;
    b += usize(count) * bBytes;
  }
}

/** Each row as i8 times its scale, f32: its largest magnitude becomes 127. Ties go to the even number. */
export function quantise(rows: usize, items: i32, dimension: i32, out: usize, scales: usize): void {
  const bytes = usize(dimension) * 4;
  const whole = bytes & ~15;
  for (let item = 0; item < items; item++, scales += 4) {
    let most = f32x4.splat(0);
    for (let k: usize = 0; k < whole; k += 16) most = f32x4.pmax(most, f32x4.abs(v128.load(rows + k)));
    most = f32x4.pmax(most, v128.shuffle<f32>(most, most, 2, 3, 0, 1));
    let largest = max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1));
    for (let k = whole; k < bytes; k += 4) largest = max(largest, abs(load<f32>(rows + k)));
    store<f32>(scales, largest / 127);
    const factor: f32 = largest === 0 ? 0 : 127 / largest;
    const factors = f32x4.splat(factor);
    for (let k: usize = 0; k < whole; k += 16, out += 4) {
      const lanes = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(rows + k), factors)));
      const words = i16x8.narrow_i32x4_s(lanes, lanes);
      v128.store32_lane(out, i8x16.narrow_i16x8_s(words, words), 0);
    }
    for (let k = whole; k < bytes; k += 4, out++) store<i8>(out, i8(nearest(load<f32>(rows + k) * factor)));
    rows += bytes;
  }
}
