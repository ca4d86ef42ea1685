// A vector as a small picture: one bar a number, from the zero line, or one bar for several neighbours (the largest) where there are many.

const WIDTH = 320;
const HEIGHT = 72;
const MOST_BARS = 160;

interface VectorPictureProps {
  readonly values: ArrayLike<number>;
  /** The value at the picture's top and, negated, at its bottom. */
  readonly extent: number;
  readonly label: string;
  readonly leaves: boolean;
}

export function VectorPicture({ values, extent, label, leaves }: VectorPictureProps) {
  const middle = HEIGHT / 2;
  const bars = Math.min(values.length, MOST_BARS);
  const step = WIDTH / Math.max(1, bars);
  let path = '';
  for (let bar = 0; bar < bars; bar++) {
    const from = Math.floor((bar * values.length) / bars);
    const end = Math.max(from + 1, Math.floor(((bar + 1) * values.length) / bars));
    let largest = 0;
    for (let index = from; index < end; index++) {
      const value = values[index]!;
      largest = Math.abs(value) > Math.abs(largest) ? value : largest;
    }
    const reach = extent > 0 ? Math.max(-1, Math.min(1, largest / extent)) * (middle - 2) : 0;
    path += `M${((bar + 0.5) * step).toFixed(1)} ${middle}v${(-reach).toFixed(1)}`;
  }
  return (
    <svg
      class={leaves ? 'vector vector-leaves' : 'vector'}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <path class="vector-zero" d={`M0 ${middle}H${WIDTH}`} />
      <path class="vector-bars" d={path} stroke-width={Math.max(0.8, step * 0.62).toFixed(2)} />
    </svg>
  );
}

/** The largest absolute value, 0 for an empty vector. */
export function largestOf(...vectors: readonly ArrayLike<number>[]): number {
  let largest = 0;
  for (const values of vectors) {
    for (let index = 0; index < values.length; index++) {
      largest = Math.max(largest, Math.abs(values[index]!));
    }
  }
  return largest;
}

/** L2 norm. */
export function normOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) {
    sum += values[index]! ** 2;
  }
  return Math.sqrt(sum);
}
