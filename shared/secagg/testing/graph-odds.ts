// How likely it is that a random roster is a bad one: hypergeometric tails and union bounds for graphs in which not everybody is a neighbour.
// Bell et al. 2020, section 3. They hold for rosters as they come; a server that tries many until one suits it has better odds.
// All results are log2 of an upper bound of a probability, -Infinity for what cannot happen, and may be above 0.

/** A graph as far as its odds go. */
export interface OddsGraph {
  /** n: clients in the roster. */
  readonly clients: number;
  /** k, at most n - 1. */
  readonly neighbours: number;
}

/** 2 t - k - 1: with so many corrupt neighbours of a client, two views of the survivors give a server both of the client's secrets. */
export function splitViewNeighbours(threshold: number, neighbours: number): number {
  return 2 * threshold - neighbours - 1;
}

/** That any client has at least `least` corrupt neighbours, when `corrupt` clients of all are. */
export function log2AnyoneSurrounded({ clients, neighbours }: OddsGraph, corrupt: number, least: number): number {
  return Math.log2(clients) + log2Tail(clients - 1, corrupt, neighbours, least, neighbours);
}

/** That any client which still answers has fewer than `least` neighbours that do, when `answering` clients of all do. */
export function log2AnyoneDeserted({ clients, neighbours }: OddsGraph, answering: number, least: number): number {
  return Math.log2(clients) + log2Tail(clients - 1, answering - 1, neighbours, 0, least - 1);
}

/**
 * That the ring falls apart when `lost` clients are corrupt or gone: two gaps of k / 2 clients one after the other, at any two of n places, as
 * if they were drawn apart from each other.
 */
export function log2Disconnected({ clients, neighbours }: OddsGraph, lost: number): number {
  const gap = neighbours / 2;
  return 2 * (Math.log2(clients) + log2Choose(lost, gap) - log2Choose(clients, gap)) - 1;
}

/** log2 of the chance that `least` to `most` of `drawn` are marked, drawn without putting back. */
function log2Tail(population: number, marked: number, drawn: number, least: number, most: number): number {
  let probability = Number.NEGATIVE_INFINITY;
  for (let count = least; count <= most; count++) {
    const term = log2Choose(marked, count) + log2Choose(population - marked, drawn - count);
    const [large, small] = probability > term ? [probability, term] : [term, probability];
    probability = small === Number.NEGATIVE_INFINITY ? large : large + Math.log2(1 + 2 ** (small - large));
  }
  return probability - log2Choose(population, drawn);
}

/** log2 of the binomial coefficient; -Infinity where it is 0. */
function log2Choose(n: number, k: number): number {
  if (k < 0 || k > n) return Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (let i = 1; i <= k; i++) sum += Math.log2((n - k + i) / i);
  return sum;
}
