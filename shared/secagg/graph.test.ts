import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sha256 } from '../protocol/canonical.ts';
import { maskGraph, neighboursOf, ringOrder } from './graph.ts';

const rosterHashes = fc.nat().map((seed) => sha256(Uint8Array.of(seed, seed >> 8, seed >> 16, seed >> 24)));

test('[M4] symmetric, k-regular, connected, the same for everyone', () => {
  fc.assert(
    fc.property(rosterHashes, fc.integer({ min: 2, max: 45 }), fc.nat(), (rosterHash, n, choice) => {
      const even = 2 * (1 + (choice % Math.max(1, Math.floor((n - 1) / 2))));
      const k = choice % 5 === 0 || even >= n - 1 ? n - 1 : even;
      const graph = maskGraph(rosterHash, n, k);
      graph.forEach((neighbours, u) => {
        expect(neighbours.length).toBe(k);
        expect(new Set(neighbours).size).toBe(k);
        expect(neighbours).not.toContain(u);
        expect(neighbours).toEqual([...neighbours].sort((a, b) => a - b));
        expect(neighbours.every((v) => graph[v]!.includes(u))).toBe(true);
        expect(neighboursOf(rosterHash, n, k, u)).toEqual(neighbours);
      });
      const reached = new Set([0]);
      for (const u of reached) for (const v of graph[u]!) reached.add(v);
      expect(reached.size).toBe(n);
    }),
    { numRuns: 25 },
  );
});

test('[M4] the order depends on every bit of the roster', () => {
  const rosterHash = sha256(Uint8Array.of(1));
  const orders = new Set([ringOrder(rosterHash, 40).join()]);
  for (let bit = 0; bit < 256; bit += 5) {
    const other = Uint8Array.from(rosterHash);
    other[bit >> 3]! ^= 1 << (bit & 7);
    orders.add(ringOrder(other, 40).join());
  }
  expect(orders.size).toBe(53);
});

test('other numbers of neighbours are our own mistake', () => {
  const rosterHash = new Uint8Array(32);
  for (const [n, k] of [
    [10, 10],
    [10, 0],
    [10, 3],
    [10, 2.5],
  ] as const) {
    expect(() => maskGraph(rosterHash, n, k)).toThrow(RangeError);
  }
  expect(() => neighboursOf(rosterHash, 10, 4, 10)).toThrow(RangeError);
});
