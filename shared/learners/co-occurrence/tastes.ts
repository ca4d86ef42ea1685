// Deflated co-occurrence: what a device uploads of its likes among the K popular items, and the item tastes that the server reads from the sum.
// The device takes the popularity direction out of its likes and normalises what is left, so that the norm goes to taste:
//   D_i = (p_i / mean p)^0.35,   m = p^0.75 D / |p^0.75 D|,   a = (I - m mᵀ) D x / |(I - m mᵀ) D x|,   upload: triangle of a aᵀ, |a aᵀ| = 1.
// The server takes the noise out with a prior that knows the content (denoise.ts), undoes D, and gives the items outside K tastes by their content.
// D and m depend on the released popularity alone.
import { firstComponent } from '../../catalogue/features.ts';
import type { Features } from '../../model/model.ts';
import { cholesky, choleskySolve } from '../../model/symmetric.ts';
import { denoisedEigenpairs, type FactorPrior } from './denoise.ts';
import { contentColumns, contentRow, spreadTastes, type Tastes } from './spread.ts';

const scalePower = 0.35;
const directionPower = 0.75;
/** Broad components of the content along which tastes are expected: fine ones hardly tell tastes apart. */
const priorComponents = 20;
/** What the prior takes from every taste's square length, given back on average. */
const lengthening = 1.25;
/** Ridge of the content fill, of the total weight of the K items. */
const fillRidge = 0.3;
/** Part of its length that the deflation leaves of a typical vector at least, whatever the estimate says. */
const leastEnergy = 0.1;

/** The rows of the `count` most popular items, most popular first; equals by ascending row. */
export function mostPopular(popularity: Float64Array, count: number): Uint32Array {
  const rows = Array.from(popularity, (_, row) => row).sort((a, b) => popularity[b]! - popularity[a]! || a - b);
  return Uint32Array.from(rows.slice(0, count));
}

/** Numbers of the upper triangle. */
export function triangleLength(size: number): number {
  return (size * (size + 1)) / 2;
}

/** The square matrix of a row-major upper triangle whose off-diagonals are times sqrt 2. */
export function squareOf(triangle: Float64Array, size: number): Float64Array {
  const matrix = new Float64Array(size * size);
  let at = 0;
  for (let i = 0; i < size; i++) {
    matrix[i * size + i] = triangle[at++]!;
    for (let j = i + 1; j < size; j++) {
      const value = triangle[at++]! / Math.SQRT2;
      matrix[i * size + j] = value;
      matrix[j * size + i] = value;
    }
  }
  return matrix;
}

export class Deflation {
  readonly #popularity: Float64Array;
  readonly #items: Uint32Array;
  /** Place among the K, or -1; by row. */
  readonly #placeOf: Int32Array;
  /** D and m, by place. */
  readonly #scale: Float64Array;
  readonly #direction: Float64Array;
  readonly #triangle: Float64Array;

  /** @param popularity the released p, all above 0. @param count K. */
  constructor(popularity: Float64Array, count: number) {
    this.#popularity = popularity;
    this.#items = mostPopular(popularity, count);
    this.#placeOf = new Int32Array(popularity.length).fill(-1);
    this.#items.forEach((row, place) => {
      this.#placeOf[row] = place;
    });
    const mean = sum(popularity) / popularity.length;
    this.#scale = Float64Array.from(this.#items, (row) => (popularity[row]! / mean) ** scalePower);
    this.#direction = Float64Array.from(
      this.#items,
      (row, place) => popularity[row]! ** directionPower * this.#scale[place]!,
    );
    const length = Math.sqrt(this.#direction.reduce((squares, value) => squares + value * value, 0));
    for (let place = 0; place < count; place++) this.#direction[place] = this.#direction[place]! / length;
    this.#triangle = new Float64Array(triangleLength(count));
  }

  /** The K rows, most popular first. */
  get items(): Uint32Array {
    return this.#items;
  }

  /** The public direction that deflation takes out of every upload: K numbers by place, of norm 1. */
  get direction(): Float64Array {
    return this.#direction;
  }

  /** On the device: the upload, of norm 1, or 0 for somebody without likes among the K. Holds until the next call. */
  triangleOf(liked: Iterable<number>): Float64Array {
    const count = this.#items.length;
    const vector = new Float64Array(count);
    let along = 0;
    for (const row of liked) {
      const place = this.#placeOf[row]!;
      if (place < 0) continue;
      vector[place] = this.#scale[place]!;
      along += this.#direction[place]! * this.#scale[place]!;
    }
    let squares = 0;
    for (let place = 0; place < count; place++) {
      const value = vector[place]! - along * this.#direction[place]!;
      vector[place] = value;
      squares += value * value;
    }
    if (!(squares > 1e-12)) return this.#triangle.fill(0);
    let at = 0;
    for (let i = 0; i < count; i++) {
      const left = vector[i]! / squares;
      this.#triangle[at++] = left * vector[i]!;
      for (let j = i + 1; j < count; j++) this.#triangle[at++] = Math.SQRT2 * left * vector[j]!;
    }
    return this.#triangle;
  }

  /**
   * On the server: the tastes of all items.
   * @param mean of the uploads. @param noiseStd of its numbers. @param most tastes wanted. @param features null: no tastes outside the K.
   */
  tastesOf(mean: Float64Array, noiseStd: number, most: number, features: Features | null): Tastes {
    const chosen = this.chosenTastesOf(mean, noiseStd, most, features);
    const isFilled = features !== null && this.#items.length < this.#popularity.length && chosen.count > 0;
    const fill = isFilled ? this.fillOf(chosen, features) : null;
    return spreadTastes(chosen, this.#items, fill, this.#popularity, features);
  }

  /**
   * The tastes of the K alone: K x count, by place.
   * @param features null: nothing is expected of them beforehand.
   * @param margin what a taste has to have beyond what noise is expected to, in standard deviations of a number's noise.
   */
  chosenTastesOf(mean: Float64Array, noiseStd: number, most: number, features: Features | null, margin = 0): Tastes {
    const size = this.#items.length;
    const prior = this.#priorOf(features);
    // Numbers off the diagonal have this noise once the sqrt 2 is undone.
    const std = noiseStd / Math.SQRT2;
    const { values, vectors } = denoisedEigenpairs(squareOf(mean, size), size, std, prior, most);
    const count = values.filter((value) => value > margin * std).length;
    const tastes = new Float64Array(size * count);
    const energy = lengthening * this.#energy();
    for (let t = 0; t < count; t++) {
      const length = Math.sqrt(energy * values[t]!);
      for (let place = 0; place < size; place++) {
        tastes[place * count + t] = (length * vectors[t * size + place]!) / this.#scale[place]!;
      }
    }
    return { values: tastes, count };
  }

  /**
   * Where tastes are expected: an item's is in proportion to W = sqrt(p) D, and what goes together in the broad components of the content, or in
   * popularity, tends to go together here. Without the popularity direction, which the devices took out.
   */
  #priorOf(features: Features | null): FactorPrior {
    const size = this.#items.length;
    const weights = Float64Array.from(this.#items, (row, place) => {
      return Math.sqrt(this.#popularity[row]!) * this.#scale[place]!;
    });
    const meanSquare = weights.reduce((squares, value) => squares + value * value, 0) / size;
    for (let place = 0; place < size; place++) weights[place] = weights[place]! / Math.sqrt(meanSquare);
    const components = features === null ? 0 : Math.min(priorComponents, features.columns - firstComponent);
    const logs = Float64Array.from(this.#items, (row) => Math.log(this.#popularity[row]!));
    const columns = [new Float64Array(size).fill(1), logs];
    for (let k = 0; k < components; k++) {
      columns.push(
        Float64Array.from(this.#items, (row) => features!.values[row * features!.columns + firstComponent + k]!),
      );
    }
    const directions = columns.map((column) => {
      const weighted = column.map((value, place) => value * weights[place]!);
      let along = 0;
      for (let place = 0; place < size; place++) along += weighted[place]! * this.#direction[place]!;
      return weighted.map((value, place) => value - along * this.#direction[place]!);
    });
    return { weights, directions };
  }

  /**
   * What gives the items outside K their tastes: the ridge regression of T_i / p_i on the content, with weights p_i.
   * @param chosen K x count. @returns (1 + components) x count, row-major: T_j / p_j is the content row of item j times it.
   */
  fillOf(chosen: Tastes, features: Features): Float64Array {
    const { values, count } = chosen;
    const columns = contentColumns(features);
    const normal = new Float64Array(columns * columns);
    const right = Array.from({ length: count }, () => new Float64Array(columns));
    let total = 0;
    this.#items.forEach((row, place) => {
      const content = contentRow(features, row);
      const popularity = this.#popularity[row]!;
      total += popularity;
      for (let i = 0; i < columns; i++) {
        for (let j = 0; j <= i; j++) {
          normal[i * columns + j] = normal[i * columns + j]! + popularity * content[i]! * content[j]!;
        }
        for (let t = 0; t < count; t++) right[t]![i] = right[t]![i]! + content[i]! * values[place * count + t]!;
      }
    });
    for (let i = 0; i < columns; i++) normal[i * columns + i] = normal[i * columns + i]! + fillRidge * total;
    const factor = cholesky(normal, columns);
    const fill = new Float64Array(columns * count);
    right.forEach((column, t) => {
      const solution = choleskySolve(factor, columns, column);
      for (let i = 0; i < columns; i++) fill[i * count + t] = solution[i]!;
    });
    return fill;
  }

  /** E |(I - m mᵀ) D x|² / n from the popularity alone: normalising on the device divided by it. */
  #energy(): number {
    const total = sum(this.#popularity);
    let whole = 0;
    let along = 0;
    let own = 0;
    this.#items.forEach((row, place) => {
      const popularity = this.#popularity[row]!;
      const scaled = this.#direction[place]! * this.#scale[place]!;
      whole += (this.#scale[place]! ** 2 * popularity) / total;
      along += scaled * popularity;
      own += (scaled ** 2 * popularity) / total;
    });
    return Math.max(leastEnergy, whole - along ** 2 - own);
  }
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
