// A vector as a small picture: one bar a number, or one bar for several neighbours (the largest) where there are many.

const WIDTH = 320;
const HEIGHT = 72;
const MOST_BARS = 160;

interface VectorPictureProps {
  readonly values: ArrayLike<number>;
  /** Drawn over it, at the same scale. */
  readonly over?: ArrayLike<number>;
  /** The value at the picture's edge. */
  readonly extent: number;
  /** Where 0 is: in the middle, with negative values below, or at the bottom. */
  readonly from: 'middle' | 'bottom';
  readonly label: string;
  readonly leaves: boolean;
}

export function VectorPicture({ values, over, extent, from, label, leaves }: VectorPictureProps) {
  const zero = from === 'middle' ? HEIGHT / 2 : HEIGHT - 1;
  const step = WIDTH / Math.max(1, Math.min(values.length, MOST_BARS));
  const strokeWidth = Math.max(0.8, step * 0.62).toFixed(2);
  return (
    <svg
      class={leaves ? 'vector vector-leaves' : 'vector'}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <path class="vector-zero" d={`M0 ${zero}H${WIDTH}`} />
      <path class="vector-bars" d={barsOf(values, extent, zero)} stroke-width={strokeWidth} />
      {over !== undefined && <path class="vector-over" d={barsOf(over, extent, zero)} stroke-width={strokeWidth} />}
    </svg>
  );
}

function barsOf(values: ArrayLike<number>, extent: number, zero: number): string {
  const bars = Math.min(values.length, MOST_BARS);
  const step = WIDTH / Math.max(1, bars);
  let path = '';
  for (let bar = 0; bar < bars; bar++) {
    const first = Math.floor((bar * values.length) / bars);
    const end = Math.max(first + 1, Math.floor(((bar + 1) * values.length) / bars));
    let largest = 0;
    for (let index = first; index < end; index++) {
      const value = values[index]!;
      largest = Math.abs(value) > Math.abs(largest) ? value : largest;
    }
    const reach = extent > 0 ? Math.max(-1, Math.min(1, largest / extent)) * (zero - 2) : 0;
    path += `M${((bar + 0.5) * step).toFixed(1)} ${zero}v${(-reach).toFixed(1)}`;
  }
  return path;
}

/** Smallest and largest value, both 0 for an empty vector. */
export function rangeOf(values: ArrayLike<number>): { readonly least: number; readonly most: number } {
  let least = values[0] ?? 0;
  let most = least;
  for (let index = 1; index < values.length; index++) {
    least = Math.min(least, values[index]!);
    most = Math.max(most, values[index]!);
  }
  return { least, most };
}

/** L2 norm. */
export function normOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) {
    sum += values[index]! ** 2;
  }
  return Math.sqrt(sum);
}
