// Ranking metrics over the full catalogue: NDCG@k with binary gains, Recall@k divided by min(k, targets).
// Equal scores are ordered by ascending row; rows are in ascending item id.
import { meanOf, standardErrorOf } from '../maths/statistics.ts';

export interface UserMetrics {
  readonly ndcg10: number;
  readonly ndcg100: number;
  readonly recall20: number;
}

/** Longest list that a metric reads. */
export const metricDepth = 100;

/**
 * The `count` rows of highest score, best first, leaving out excluded rows; ties by ascending row.
 * @param excluded rows that must not appear.
 * @returns fewer than `count` rows when there are not so many. NaN counts as the lowest score.
 */
export function topRows(scores: ArrayLike<number>, excluded: Iterable<number>, count: number): Uint32Array {
  const isExcluded = new Uint8Array(scores.length);
  for (const row of excluded) isExcluded[row] = 1;
  // A binary heap whose root is the worst of the kept rows.
  const heap = new Uint32Array(count);
  let size = 0;
  const worse = (a: number, b: number): boolean => {
    const left = scores[a]!;
    const right = scores[b]!;
    if (left === right || (Number.isNaN(left) && Number.isNaN(right))) return a > b;
    return left < right || Number.isNaN(left);
  };
  for (let row = 0; row < scores.length; row++) {
    if (isExcluded[row] === 1) continue;
    if (size < count) {
      let at = size++;
      while (at > 0) {
        const parent = (at - 1) >> 1;
        if (!worse(row, heap[parent]!)) break;
        heap[at] = heap[parent]!;
        at = parent;
      }
      heap[at] = row;
    } else if (count > 0 && worse(heap[0]!, row)) {
      let at = 0;
      for (;;) {
        let child = 2 * at + 1;
        if (child >= size) break;
        if (child + 1 < size && worse(heap[child + 1]!, heap[child]!)) child++;
        if (!worse(heap[child]!, row)) break;
        heap[at] = heap[child]!;
        at = child;
      }
      heap[at] = row;
    }
  }
  return heap.slice(0, size).sort((a, b) => (worse(a, b) ? 1 : -1));
}

/**
 * Metrics of one ranking.
 * @param ranked best first, at least `metricDepth` rows or all that there are.
 * @param targets held-out rows; not empty.
 */
export function rankingMetrics(ranked: ArrayLike<number>, targets: ReadonlySet<number>): UserMetrics {
  return {
    ndcg10: ndcg(ranked, targets, 10),
    ndcg100: ndcg(ranked, targets, 100),
    recall20: recall(ranked, targets, 20),
  };
}

export function ndcg(ranked: ArrayLike<number>, targets: ReadonlySet<number>, depth: number): number {
  let gain = 0;
  for (let at = 0; at < Math.min(depth, ranked.length); at++)
    if (targets.has(ranked[at]!)) gain += 1 / Math.log2(at + 2);
  let ideal = 0;
  for (let at = 0; at < Math.min(depth, targets.size); at++) ideal += 1 / Math.log2(at + 2);
  return ideal === 0 ? 0 : gain / ideal;
}

export function recall(ranked: ArrayLike<number>, targets: ReadonlySet<number>, depth: number): number {
  let hits = 0;
  for (let at = 0; at < Math.min(depth, ranked.length); at++) if (targets.has(ranked[at]!)) hits++;
  return targets.size === 0 ? 0 : hits / Math.min(depth, targets.size);
}

export interface MeanMetrics extends UserMetrics {
  /** Standard error of ndcg10 over users. */
  readonly seNdcg10: number;
  readonly users: number;
}

/** Means over users. @throws RangeError when there are no users. */
export function meanMetrics(users: readonly UserMetrics[]): MeanMetrics {
  if (users.length === 0) throw new RangeError('expected the metrics of at least one user, got none');
  const ndcg10 = users.map((user) => user.ndcg10);
  return {
    ndcg10: meanOf(ndcg10),
    ndcg100: meanOf(users.map((user) => user.ndcg100)),
    recall20: meanOf(users.map((user) => user.recall20)),
    seNdcg10: standardErrorOf(ndcg10),
    users: users.length,
  };
}
