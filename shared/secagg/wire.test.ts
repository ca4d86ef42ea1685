import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { experimentRandom } from '../maths/random.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { joined, randomBytes, u16 } from './bytes.ts';
import { bytesFromElement, elementFromRandom, fieldPrime } from './field.ts';
import { compareBytes } from './graph.ts';
import { IndexSet } from './index-set.ts';
import type { PublicKeys } from './keys.ts';
import {
  encodeAdvertise,
  encodeConfirmations,
  encodeInbox,
  encodeRoster,
  encodeShares,
  encodeUnmask,
  maximumClientMessageBytes,
  parseAdvertise,
  parseConfirm,
  parseConfirmations,
  parseInbox,
  parseRoster,
  parseShares,
  parseUnmask,
  parseUnmaskRequest,
} from './wire.ts';

const random = experimentRandom(12);
/** Any numbers below the prime look like keys to a parser. */
const key = () => bytesFromElement(elementFromRandom(randomBytes(random, 64)));
const rosterOf = (n: number): PublicKeys[] =>
  Array.from({ length: n }, () => ({ channel: key(), mask: key() })).sort((a, b) => compareBytes(a.channel, b.channel));
const limits = { minCohort: 3, maxCohort: 9 };

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
  return 'accepted';
}

test('[M2] advertise: 80 bytes, two different canonical keys', () => {
  const advertise = { keys: { channel: key(), mask: key() }, resume: randomBytes(random, 16) };
  const bytes = encodeAdvertise(advertise);
  expect(bytes.length).toBe(80);
  expect(parseAdvertise(bytes)).toEqual(advertise);
  const withKeys = (channel: Uint8Array, mask: Uint8Array) =>
    encodeAdvertise({ keys: { channel, mask }, resume: advertise.resume });
  expect(codeOf(() => parseAdvertise(bytes.subarray(1)))).toBe('bad-message');
  expect(codeOf(() => parseAdvertise(withKeys(advertise.keys.mask, advertise.keys.mask)))).toBe('bad-key');
  expect(codeOf(() => parseAdvertise(withKeys(new Uint8Array(32), advertise.keys.mask)))).toBe('bad-key');
  expect(codeOf(() => parseAdvertise(withKeys(advertise.keys.channel, bytesFromElement(fieldPrime))))).toBe('bad-key');
});

describe('[M3] roster', () => {
  const roster = rosterOf(5);

  test('n, then the keys, ascending', () => {
    const bytes = encodeRoster(roster);
    expect(bytes.length).toBe(2 + 5 * 64);
    expect(bytes.subarray(0, 2)).toEqual(Uint8Array.of(5, 0));
    expect(parseRoster(bytes, limits)).toEqual(roster);
  });

  test.each<[string, string, PublicKeys[]]>([
    ['too few', 'bad-roster', rosterOf(2)],
    ['too many', 'bad-roster', rosterOf(10)],
    ['another order', 'bad-roster', [...roster].reverse()],
    ['a client twice', 'bad-roster', [roster[0]!, ...roster]],
    ['a mask key twice', 'bad-roster', roster.map((keys, i) => (i === 3 ? { ...keys, mask: roster[1]!.mask } : keys))],
    [
      'a channel key as a mask key',
      'bad-roster',
      roster.map((keys, i) => (i === 3 ? { ...keys, mask: roster[4]!.channel } : keys)),
    ],
    ['a zero mask key', 'bad-key', roster.map((keys, i) => (i === 2 ? { ...keys, mask: new Uint8Array(32) } : keys))],
    [
      'a zero channel key',
      'bad-key',
      roster.map((keys, i) => (i === 0 ? { ...keys, channel: new Uint8Array(32) } : keys)),
    ],
  ])('%s: %s', (_, code, wrong) => {
    expect(codeOf(() => parseRoster(encodeRoster(wrong), limits))).toBe(code);
  });

  test('a count that is not the length', () => {
    const bytes = encodeRoster(roster);
    bytes[0] = 4;
    expect(codeOf(() => parseRoster(bytes, limits))).toBe('bad-message');
    expect(codeOf(() => parseRoster(new Uint8Array(1), limits))).toBe('bad-message');
    expect(codeOf(() => parseRoster(joined(encodeRoster(roster), u16(1)), limits))).toBe('bad-message');
  });
});

describe('lists by index', () => {
  const neighbours = [1, 4, 700];
  const sealed = neighbours.map(() => randomBytes(random, 80));

  test('[M5] shares: 32 + 82 k bytes, every neighbour in order', () => {
    const message = { commitment: randomBytes(random, 32), sealed };
    const bytes = encodeShares(message, neighbours);
    expect(bytes.length).toBe(32 + 82 * 3);
    expect(parseShares(bytes, neighbours)).toEqual(message);
    expect(codeOf(() => parseShares(bytes, [1, 4, 701]))).toBe('bad-message');
    expect(codeOf(() => parseShares(bytes, [1, 4]))).toBe('bad-message');
    expect(codeOf(() => parseShares(bytes.subarray(0, 20), neighbours))).toBe('bad-message');
  });

  test('[M6] inbox: U2, then the neighbours that are in it', () => {
    const u2 = IndexSet.of(701, [0, 1, 2, 700]);
    const inbox = { u2, sealed: [sealed[0]!, sealed[2]!] };
    const bytes = encodeInbox(inbox, neighbours);
    expect(bytes.length).toBe(88 + 82 * 2);
    expect(parseInbox(bytes, 701, neighbours)).toEqual(inbox);
    expect(codeOf(() => parseInbox(bytes, 701, [1, 2, 700]))).toBe('bad-message');
    expect(codeOf(() => parseInbox(bytes.subarray(0, 87), 701, neighbours))).toBe('bad-message');
    expect(codeOf(() => parseInbox(bytes.subarray(0, 88 + 82), 701, neighbours))).toBe('bad-message');
  });

  test('[M9] confirm: everyone; confirmations: some', () => {
    const macs = new Map(neighbours.map((v) => [v, randomBytes(random, 32)]));
    const bytes = encodeConfirmations(macs);
    expect(bytes.length).toBe(34 * 3);
    expect(parseConfirm(bytes, neighbours)).toEqual(macs);
    expect(parseConfirmations(bytes, [0, ...neighbours])).toEqual(macs);
    expect(codeOf(() => parseConfirm(bytes, [0, ...neighbours]))).toBe('bad-message');
    expect(codeOf(() => parseConfirm(bytes, [1, 5, 700]))).toBe('bad-message');
    expect(codeOf(() => parseConfirmations(bytes, [1, 4, 699]))).toBe('bad-message');
    expect(parseConfirmations(new Uint8Array(0), neighbours).size).toBe(0);
  });

  test('[M10] unmask: ascending, each owner once, numbers below the prime', () => {
    const shares = new Map(neighbours.map((v) => [v, key()]));
    const bytes = encodeUnmask(shares);
    expect(bytes.length).toBe(34 * 3);
    expect(parseUnmask(bytes, neighbours)).toEqual(shares);
    const entry = (v: number) => joined(u16(v), shares.get(v)!);
    for (const wrong of [
      joined(entry(4), entry(1)),
      joined(entry(1), entry(1)),
      joined(entry(1), entry(4), entry(700), entry(700)),
      bytes.subarray(1),
      joined(u16(4), bytesFromElement(fieldPrime)),
      joined(u16(3), shares.get(4)!),
    ]) {
      expect(codeOf(() => parseUnmask(wrong, neighbours))).toBe('bad-message');
    }
  });

  test('a limit for everything that a client sends', () => {
    expect(maximumClientMessageBytes(128)).toBe(32 + 82 * 128);
    expect(maximumClientMessageBytes(0)).toBe(80);
  });
});

describe('[M8] bitmaps', () => {
  test('lowest bit first', () => {
    const set = IndexSet.of(11, [0, 3, 8, 10]);
    expect(set.bytes).toEqual(Uint8Array.of(0b1001, 0b101));
    expect([set.members, set.size, set.has(3), set.has(4), set.has(99)]).toEqual([
      [0, 3, 8, 10],
      4,
      true,
      false,
      false,
    ]);
  });

  test('survive the wire; no bit at or above n; the length of n', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.array(fc.nat(39)), (n, some) => {
        const members = some.filter((member) => member < n);
        const set = IndexSet.of(n, members);
        const parsed = parseUnmaskRequest(set.bytes, n);
        expect(parsed.members).toEqual([...new Set(members)].sort((a, b) => a - b));
        expect(parsed.isSubsetOf(set) && set.isSubsetOf(parsed)).toBe(true);
        const longer = joined(set.bytes, new Uint8Array(1));
        expect(codeOf(() => parseUnmaskRequest(longer, n))).toBe('bad-message');
        if (n % 8 !== 0) {
          const above = Uint8Array.from(set.bytes);
          above[above.length - 1]! |= 0x80;
          expect(codeOf(() => parseUnmaskRequest(above, n))).toBe('bad-message');
        }
      }),
    );
    expect(() => IndexSet.of(4, [4])).toThrow(RangeError);
  });
});

test('no parser takes what it did not expect: any bytes end in a ProtocolError or a value', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      for (const parse of [
        () => parseAdvertise(bytes),
        () => parseRoster(bytes, { minCohort: 0, maxCohort: 4 }),
        () => parseShares(bytes, [1, 2]),
        () => parseInbox(bytes, 5, [1, 2]),
        () => parseUnmaskRequest(bytes, 5),
        () => parseConfirm(bytes, [1]),
        () => parseConfirmations(bytes, [1, 2]),
        () => parseUnmask(bytes, [0, 1]),
      ]) {
        expect(codeOf(parse)).toMatch(/accepted|bad-message|bad-key|bad-roster/);
      }
    }),
    { numRuns: 200 },
  );
});
