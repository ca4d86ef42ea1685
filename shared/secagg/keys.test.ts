// Every derivation against Python's hashlib and hmac, computed from the text of PROTOCOL.md 10: the vectors of another implementation do not
// reach the commitment, the confirmations and the associated data.
import { expect, test } from 'vitest';
import { toHex } from '../protocol/canonical.ts';
import { maskGraph, ringOrder } from './graph.ts';
import { IndexSet } from './index-set.ts';
import {
  channelSecret,
  configHash,
  confirmation,
  confirmKey,
  maskSecret,
  pairMaskKey,
  pairMaskSign,
  rosterHash,
  selfMaskCommitment,
  selfMaskKey,
  shareAssociatedData,
  shareKey,
} from './keys.ts';

/** first, first + 1, ... modulo 256. */
const sequence = (first: number, length = 32) => Uint8Array.from({ length }, (_, i) => first + i);
const config = sequence(0, 184);
const roster = [
  [16, 80],
  [48, 112],
  [49, 7],
].map(([channel, mask]) => ({ channel: sequence(channel!), mask: sequence(mask!) }));
const cfg = configHash(config);
const hash = rosterHash(cfg, roster);
const agreed = sequence(200);
const r = sequence(3);
const b = sequence(9);

test('[M1] [M3] the hashes of config and roster', () => {
  expect(toHex(cfg)).toBe('733feb70d5e69daee05166390a0adc1c2a5305db20bab6a4d8bc7a258b38581d');
  expect(toHex(hash)).toBe('560eb8cfe230914b0f54b01a6fe785af22824ee0e63db7a517a2bdf1485676cd');
});

test('[M2] [M7] mask key, self mask and pair mask', () => {
  expect(toHex(maskSecret(r, cfg))).toBe('45b3fe860632936f19492abfed1fc2676129ad719361ffb4341df9db834bfd5d');
  expect(toHex(selfMaskKey(b, hash))).toBe('939d45038eff26b92091cf234da8f64b469e1f6cd9ca34b268e08a16bd90939a');
  const pair = 'daf835a0cffc1523c57966c30fc01e81e9e55766d5417a76409520dfc6d1c25d';
  // The same for both, whoever asks; the signs are opposite.
  expect(toHex(pairMaskKey(agreed, hash, 5, 300))).toBe(pair);
  expect(toHex(pairMaskKey(agreed, hash, 300, 5))).toBe(pair);
  expect([pairMaskSign(5, 300), pairMaskSign(300, 5)]).toEqual([1, -1]);
});

test('[M4] the order around the ring, and the graph of four neighbours', () => {
  expect(ringOrder(hash, 12)).toEqual([2, 1, 5, 7, 11, 4, 6, 9, 3, 8, 0, 10]);
  expect(maskGraph(hash, 12, 4)).toEqual([
    [2, 3, 8, 10],
    [2, 5, 7, 10],
    [0, 1, 5, 10],
    [0, 6, 8, 9],
    [6, 7, 9, 11],
    [1, 2, 7, 11],
    [3, 4, 9, 11],
    [1, 4, 5, 11],
    [0, 3, 9, 10],
    [3, 4, 6, 8],
    [0, 1, 2, 8],
    [4, 5, 6, 7],
  ]);
});

test('[M5] the key of a pair of shares, its associated data, and the commitment to b', () => {
  const channel = channelSecret(agreed, hash);
  expect(toHex(shareKey(channel, 5, 300))).toBe('33e2f3eb2435716580830f56384458cedf80512b1ca95410e003d5f8b0d02610');
  expect(shareKey(channel, 300, 5)).not.toEqual(shareKey(channel, 5, 300));
  expect(toHex(shareAssociatedData(hash, 5, 300))).toBe(
    '74616369742f7365636167672f312073686172652d616164560eb8cfe230914b0f54b01a6fe785af22824ee0e63db7a517a2bdf1485676cd05002c01',
  );
  expect(toHex(selfMaskCommitment(hash, 300, b))).toBe(
    '6052d18e088f4500553bb0eb3dc62f5b743503e80d5814e9ccf2fafa5abdab09',
  );
});

test('[M9] a confirmation of U2 and U3', () => {
  const key = confirmKey(channelSecret(agreed, hash), 5, 300);
  expect(toHex(key)).toBe('a890d29dff1d280442eea44a09f020d28d12f8080ac3d28ca3ccb817d4a6c998');
  // 11 clients, all in U2, all but the second in U3.
  const u2 = IndexSet.of(11, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  const u3 = IndexSet.of(11, [0, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect([toHex(u2.bytes), toHex(u3.bytes)]).toEqual(['ff07', 'fd07']);
  expect(toHex(confirmation(key, hash, u2.bytes, u3.bytes))).toBe(
    'd53d505518b6b54ec930ebde5e00e8100bcfadbf07037e7db2fbf3f92eab510a',
  );
});
