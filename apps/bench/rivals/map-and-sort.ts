// The best items as anybody would write it: a score for each, sorted, the first of them.

export function bestBySorting(rows: Float32Array, dimension: number, user: Float32Array, count: number) {
  return Array.from({ length: rows.length / dimension }, (_, item) => item)
    .map((item) => {
      let score = 0;
      for (let k = 0; k < dimension; k++) score += rows[item * dimension + k]! * user[k]!;
      return { item, score };
    })
    .sort((a, b) => b.score - a.score)
    .slice(0, count);
}
