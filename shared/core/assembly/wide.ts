// From four numbers of f32 to four of f64.

/** Adds four f32 to four f64. */
export function addWide(to: usize, four: v128): void {
  v128.store(to, f64x2.add(v128.load(to), f64x2.promote_low_f32x4(four)));
  const high = f64x2.promote_low_f32x4(v128.shuffle<f32>(four, four, 2, 3, 0, 1));
  v128.store(to, f64x2.add(v128.load(to, 16), high), 16);
}
