// The odds that PRIVACY.md quotes for graphs in which not everybody is a neighbour.
import { describe, expect, test } from 'vitest';
import vectors from '../testing/vectors/graph-odds.json';
import { maskGraph } from './graph.ts';
import { actualNeighbours, sparseNeighbours, standardThresholdPermille, thresholdOf } from './parameters.ts';
import {
  log2AnyoneDeserted,
  log2AnyoneSurrounded,
  log2Disconnected,
  splitViewNeighbours,
} from './testing/graph-odds.ts';

test.each(vectors.rows)('known answers: n = %i, gamma %f, delta %f, k = %i, t = %i', (...row) => {
  const [clients, gamma, delta, neighbours, threshold, surrounded, deserted, disconnected] = row as [
    ...[number, number, number, number, number],
    number | null,
    number | null,
    number,
  ];
  const graph = { clients, neighbours };
  const corrupt = Math.floor(gamma * clients);
  const gone = Math.floor(delta * clients);
  const agrees = (ours: number, theirs: number | null) =>
    theirs === null ? ours < -996 : Math.abs(ours - theirs) < 1e-8 * Math.abs(theirs);
  expect(agrees(log2AnyoneSurrounded(graph, corrupt, threshold), surrounded)).toBe(true);
  expect(agrees(log2AnyoneDeserted(graph, clients - gone, threshold), deserted)).toBe(true);
  expect(agrees(log2Disconnected(graph, corrupt + gone), disconnected)).toBe(true);
});

test('for one client they are what counting gives, over all ways to choose four of nine', () => {
  const clients = 9;
  const neighbours = 4;
  const nearest = maskGraph(new Uint8Array(32), clients, neighbours)[0]!;
  const counts = new Array<number>(neighbours + 1).fill(0);
  let ways = 0;
  for (let chosen = 0; chosen < 2 ** clients; chosen++) {
    const among = (of: readonly number[]) => of.filter((v) => chosen & (1 << v)).length;
    // Client 0 is honest and there.
    if (chosen & 1 || among([1, 2, 3, 4, 5, 6, 7, 8]) !== 4) continue;
    counts[among(nearest)]!++;
    ways++;
  }
  expect(ways).toBe(70);
  for (let least = 0; least <= neighbours; least++) {
    const atLeast = counts.slice(least).reduce((sum, count) => sum + count, 0);
    expect(2 ** log2AnyoneSurrounded({ clients, neighbours }, 4, least)).toBeCloseTo((clients * atLeast) / ways, 10);
    // Four gone are five answering, client 0 one of them: fewer than `least` left are more than k - least gone.
    const fewer = counts.slice(neighbours - least + 1).reduce((sum, count) => sum + count, 0);
    expect(2 ** log2AnyoneDeserted({ clients, neighbours }, 5, least)).toBeCloseTo((clients * fewer) / ways, 10);
  }
});

describe('the standard numbers', () => {
  const k = sparseNeighbours;
  const t = thresholdOf(standardThresholdPermille, k);
  const graph = (clients: number) => ({ clients, neighbours: k });

  test('k = 128, t = 84: 39 corrupt neighbours see both secrets of a client under two views', () => {
    expect([k, t, splitViewNeighbours(t, k)]).toEqual([128, 84, 39]);
  });

  test('1,000 clients, 10 % corrupt: two views at odds of 2^-29, and 2^-113 with tPermille 750', () => {
    const odds = log2AnyoneSurrounded(graph(1000), 100, splitViewNeighbours(t, k));
    expect(odds).toBeLessThan(-29);
    expect(odds).toBeGreaterThan(-30);
    const strict = splitViewNeighbours(thresholdOf(750, k), k);
    expect(log2AnyoneSurrounded(graph(1000), 100, strict)).toBeCloseTo(-113.15, 2);
    expect(log2AnyoneSurrounded(graph(1000), 100, t)).toBeCloseTo(-227.4, 1);
    // 250 corrupt or gone.
    expect(log2Disconnected(graph(1000), 250)).toBeLessThan(-218);
  });

  test('fewer clients: 2^-43 of 500, and no way at all below 390 with 10 % corrupt', () => {
    expect(log2AnyoneSurrounded(graph(500), 50, 39)).toBeCloseTo(-42.96, 2);
    expect(log2AnyoneSurrounded(graph(389), 38, 39)).toBe(Number.NEGATIVE_INFINITY);
    expect(log2AnyoneSurrounded(graph(390), 39, 39)).toBeGreaterThan(-80);
  });

  // A client's own share counts, so t - 1 neighbours have to answer.
  test.each([
    [1000, 100, -49.4],
    [1000, 150, -22.6],
    [1000, 200, -7.8],
    [500, 75, -31.2],
    [500, 100, -11.9],
    [300, 60, -20.1],
    [200, 40, Number.NEGATIVE_INFINITY],
  ])('of %i clients %i leave: too few shares of anybody at odds of 2^%f', (clients, gone, expected) => {
    const odds = log2AnyoneDeserted(graph(clients), clients - gone, t - 1);
    if (Number.isFinite(expected)) expect(odds).toBeCloseTo(expected, 1);
    else expect(odds).toBe(expected);
  });

  test('the demo: six corrupt neighbours of 24, five at worst, with a roster of 21', () => {
    const numbers = { length: 1, bits: 16, minCohort: 20, maxCohort: 28, neighbours: 27, thresholdPermille: 650 };
    const needed = (n: number) => {
      const neighbours = actualNeighbours(numbers, n);
      return splitViewNeighbours(thresholdOf(numbers.thresholdPermille, neighbours), neighbours);
    };
    expect(needed(24)).toBe(6);
    const each = [20, 21, 22, 23, 24, 25, 26, 27, 28].map(needed);
    expect([Math.min(...each), each.indexOf(Math.min(...each))]).toEqual([5, 1]);
  });
});
