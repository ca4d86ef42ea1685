import { describe, expect, test } from 'vitest';
import { fmix32 } from '../maths/random.ts';
import { fnv1a, foldOf, numericIds, positiveSet, splitFold, withoutFold } from './split.ts';

describe('protocol P1: the split', () => {
  test('[EV4] golden values of the hash', () => {
    expect(fmix32(1)).toBe(1364076727);
    expect(fmix32(12345)).toBe(1011272156);
    // FNV-1a, 32 bits: the published values for the empty text and for 'a'; 'é' is hashed as its two UTF-8 bytes.
    expect(fnv1a('')).toBe(0x811c9dc5);
    expect(fnv1a('a')).toBe(0xe40c292c);
    expect(fnv1a('é')).toBe(Math.imul(Math.imul(0x811c9dc5 ^ 0xc3, 0x01000193) ^ 0xa9, 0x01000193) >>> 0);
  });

  test('[EV5] ids count as they are only when all are canonical decimal uint32', () => {
    expect([...numericIds(['1', '0', '4294967295'])]).toEqual([1, 0, 4294967295]);
    for (const odd of ['01', '4294967296', '-1', '1.0', 'x', '']) {
      expect([...numericIds(['1', odd])]).toEqual([fnv1a('1'), fnv1a(odd)]);
    }
  });

  test('[EV6] repeated pairs count once, small users fall away, rows ascend by id', () => {
    const pairs: [string, string][] = [];
    for (const item of ['9', '3', '5', '7', '11', '3']) pairs.push(['2', item]);
    for (const item of ['3', '5', '99']) pairs.push(['1', item]);
    const userNames = ['2', '1'];
    const itemNames = [...new Set(pairs.map((pair) => pair[1]))];
    const set = positiveSet({
      userNames,
      itemNames,
      userOf: Uint32Array.from(pairs, (pair) => userNames.indexOf(pair[0])),
      itemOf: Uint32Array.from(pairs, (pair) => itemNames.indexOf(pair[1])),
    });
    expect([...set.userIds]).toEqual([2]);
    expect([...set.itemIds]).toEqual([3, 5, 7, 9, 11, 99]);
    expect([...set.rows]).toEqual([0, 1, 2, 3, 4]);
    const fold = foldOf(2, 1);
    const { test: held, train } = splitFold(set, fold, 1);
    expect(train).toEqual([]);
    expect(held[0]!.history).toHaveLength(4);
    expect(held[0]!.targets).toHaveLength(1);
    expect([...held[0]!.history, ...held[0]!.targets].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4]);
    const salt = fmix32(3);
    const last = [3, 5, 7, 9, 11].sort((a, b) => fmix32((a ^ salt) >>> 0) - fmix32((b ^ salt) >>> 0)).at(-1)!;
    expect(set.itemIds[held[0]!.targets[0]!]).toBe(last);
  });

  test('[EV7] without a fold nothing of its people is left, and the others are as they were', () => {
    const pairs = Array.from({ length: 40 * 6 }, (_, k) => ({ user: k % 40, item: (k * 7) % 31 }));
    const set = positiveSet({
      userNames: Array.from({ length: 40 }, (_, user) => `${user + 1}`),
      itemNames: Array.from({ length: 31 }, (_, item) => `${item}`),
      userOf: Uint32Array.from(pairs, ({ user }) => user),
      itemOf: Uint32Array.from(pairs, ({ item }) => item),
      timeOf: Float64Array.from(pairs, (_, at) => at),
    });
    const rest = withoutFold(set, 2, 1);
    expect(rest.items).toBe(set.items);
    expect([...rest.userIds]).toEqual([...set.userIds].filter((id) => foldOf(id, 1) !== 2));
    expect(rest.userIds.length).toBeLessThan(40);
    rest.users.forEach((name, row) => {
      const user = set.users.indexOf(name);
      const of = (numbers: ArrayLike<number>, starts: Uint32Array, at: number) =>
        Array.from(numbers).slice(starts[at], starts[at + 1]);
      expect(of(rest.rows, rest.starts, row)).toEqual(of(set.rows, set.starts, user));
      expect(of(rest.times!, rest.starts, row)).toEqual(of(set.times!, set.starts, user));
    });
  });
});
