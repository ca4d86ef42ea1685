// Popularity as scores use it.

/** As far below the most popular item as one can be. */
const leastShare = 1e-12;

/** ln(popularity / largest popularity) by row, 0 at most. @param popularity any unit, one of them above 0. */
export function logPopularity(popularity: ArrayLike<number>): Float64Array {
  let largest = 0;
  for (let row = 0; row < popularity.length; row++) largest = Math.max(largest, popularity[row]!);
  return Float64Array.from({ length: popularity.length }, (_, row) =>
    Math.log(Math.max(popularity[row]! / largest, leastShare)),
  );
}
