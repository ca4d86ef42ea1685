// Made-up item rows and likes of any size, for tests and measurements of what computes on them.
import type { QuantisedRows } from '../core/items.ts';

/** Made-up item rows, and likes of them. Everything in them follows from the numbers here. */
export interface MadeUpRows {
  readonly kind: 'float' | 'compact';
  readonly items: number;
  readonly dimension: number;
  /** Rows that are drawn to be liked; those drawn twice count once. */
  readonly liked: number;
  /** Numbers are up to this large: scores go with its square. */
  readonly size: number;
  readonly seed: number;
}

export type MadeUpSource =
  | { readonly kind: 'float'; readonly values: Float32Array; readonly columns: number }
  | { readonly kind: 'compact'; readonly rows: QuantisedRows };

export function madeUpRows(rows: MadeUpRows): { source: MadeUpSource; liked: number[] } {
  const { kind, items, dimension, size } = rows;
  const liked = madeUpLikes(rows);
  if (kind === 'float') return { source: { kind, values: madeUpFloats(rows), columns: dimension }, liked };
  const hash = hashOf(rows.seed);
  const values = new Int8Array(items * dimension);
  for (let i = 0; i < values.length; i++) values[i] = (hash(i) % 255) - 127;
  const scales = Float32Array.from({ length: items }, (_, i) => (size / 127) * (0.5 + (hash(~i) % 1000) / 1000));
  return { source: { kind, rows: { items, dimension, values, scales } }, liked };
}

/** items x dimension, row-major, in float32. */
export function madeUpFloats({ items, dimension, size, seed }: Omit<MadeUpRows, 'kind' | 'liked'>): Float32Array {
  const hash = hashOf(seed);
  const values = new Float32Array(items * dimension);
  for (let i = 0; i < values.length; i++) values[i] = size * (hash(i) / 2 ** 31 - 1);
  return values;
}

export function madeUpLikes({ items, liked, seed }: Pick<MadeUpRows, 'items' | 'liked' | 'seed'>): number[] {
  const hash = hashOf(seed);
  return [...new Set(Array.from({ length: liked }, (_, index) => hash(index) % items))];
}

/** The murmur3 finaliser of a seed and an index: 32 bits. */
function hashOf(seed: number): (index: number) => number {
  return (index) => {
    let h = (Math.imul(seed | 1, 0x9e3779b9) + index) | 0;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return (h ^ (h >>> 16)) >>> 0;
  };
}
