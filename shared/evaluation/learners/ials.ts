// iALS (Hu, Koren and Volinsky 2008; the weights and the ridge as in Rendle et al. 2022): alternating exact least squares of
//   Σ_{liked} (1 - v_jᵀu_i)² + a0 Σ_{all} (v_jᵀu_i)² + lambda Σ_i (n_i + a0 M) |u_i|² + lambda Σ_j (n_j + a0 N) |v_j|².
// The same objective as the product's (shared/model/objective.ts), solved centrally. Central: it needs everybody's history.
import { gaussians } from '../../maths/gaussian.ts';
import { experimentRandomOfLabel } from '../../maths/random.ts';
import { cholesky, choleskySolve } from '../../model/symmetric.ts';
import {
  type Checkpoint,
  centralCost,
  type FitOptions,
  type Learner,
  type LearnerCost,
  type TrainingData,
} from '../learner.ts';
import { admirersOf } from './ease.ts';

export interface IalsOptions {
  readonly dimension: number;
  readonly lambda: number;
  readonly unobservedWeight: number;
  /** Sweeps over users and items. */
  readonly rounds: number;
}

/** Standard deviation of the start, times sqrt d. */
const startStd = 0.1;

export class Ials implements Learner {
  readonly #options: IalsOptions;

  constructor(options: IalsOptions) {
    this.#options = options;
  }

  memoryBytes(data: TrainingData): number {
    return 8 * this.#options.dimension * (data.items.length + data.people.length);
  }

  *fit(data: TrainingData, { seed, checkpoints }: FitOptions): Generator<Checkpoint, LearnerCost> {
    const { dimension, rounds } = this.#options;
    const items = data.items.length;
    const random = experimentRandomOfLabel(`ials ${seed}`);
    const itemSide = gaussians(items * dimension, startStd / Math.sqrt(dimension), random);
    const userSide = new Float64Array(data.people.length * dimension);
    const admirers = admirersOf(data);
    const scores = new Float64Array(items);
    const solver = new RowSolver(this.#options);
    const user = new Float64Array(dimension);
    for (let round = 1; round <= rounds; round++) {
      solver.solve(itemSide, data.people, userSide);
      solver.solve(userSide, admirers, itemSide);
      if (round !== rounds && !checkpoints.includes(round)) continue;
      const fold = solver.against(itemSide);
      yield {
        round,
        score: (history) => {
          fold(history, user, 0);
          for (let item = 0; item < items; item++) {
            let sum = 0;
            for (let k = 0; k < dimension; k++) sum += itemSide[item * dimension + k]! * user[k]!;
            scores[item] = sum;
          }
          return scores;
        },
      };
    }
    return { ...centralCost, rounds };
  }
}

/** The exact minimum of one side, the other held still. */
class RowSolver {
  readonly #options: IalsOptions;

  constructor(options: IalsOptions) {
    this.#options = options;
  }

  solve(fixed: Float64Array, observed: readonly Uint32Array[], out: Float64Array): void {
    const fold = this.against(fixed);
    observed.forEach((rows, index) => {
      fold(rows, out, index);
    });
  }

  /** A function that writes row `index` of `out`: (Σ f fᵀ + a0 S + lambda (n + a0 count) I)⁻¹ Σ f over the observed rows f. */
  against(fixed: Float64Array): (rows: ArrayLike<number>, out: Float64Array, index: number) => void {
    const { dimension, lambda, unobservedWeight } = this.#options;
    const count = fixed.length / dimension;
    const base = new Float64Array(dimension * dimension);
    for (let row = 0; row < count; row++) addOuter(base, fixed, row, dimension);
    const matrix = new Float64Array(dimension * dimension);
    const right = new Float64Array(dimension);
    return (rows, out, index) => {
      for (let at = 0; at < base.length; at++) matrix[at] = unobservedWeight * base[at]!;
      right.fill(0);
      for (let at = 0; at < rows.length; at++) {
        const row = rows[at]!;
        addOuter(matrix, fixed, row, dimension);
        for (let k = 0; k < dimension; k++) right[k] = right[k]! + fixed[row * dimension + k]!;
      }
      const ridge = lambda * (rows.length + unobservedWeight * count);
      for (let k = 0; k < dimension; k++) matrix[k * dimension + k] = matrix[k * dimension + k]! + ridge;
      out.set(choleskySolve(cholesky(matrix, dimension), dimension, right), index * dimension);
    };
  }
}

/** matrix += f fᵀ for one row f; the lower triangle alone. */
function addOuter(matrix: Float64Array, rows: Float64Array, row: number, dimension: number): void {
  const start = row * dimension;
  for (let i = 0; i < dimension; i++) {
    const left = rows[start + i]!;
    const at = i * dimension;
    for (let j = 0; j <= i; j++) matrix[at + j] = matrix[at + j]! + left * rows[start + j]!;
  }
}
