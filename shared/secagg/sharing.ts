// What one client does with its secrets of a round: draw them, agree with its neighbours, deal the shares, open those of others.
// PROTOCOL.md [M2], [M5], [M6].
import type { RandomSource } from '../maths/random.ts';
import { randomBytes } from './bytes.ts';
import { type AgreementKey, keyBytes, type MaskCrypto } from './crypto.ts';
import {
  bytesFromElement,
  elementBytes,
  elementFromBytes,
  elementFromRandom,
  isElement,
  randomElementBytes,
} from './field.ts';
import {
  channelSecret,
  type PublicKeys,
  pairMaskKey,
  pairMaskSign,
  selfMaskCommitment,
  selfMaskKey,
  shareAssociatedData,
  shareKey,
} from './keys.ts';
import type { SignedMask } from './masks.ts';
import { shareSecret } from './shamir.ts';
import { type SharesMessage, sealedSharesBytes, sharePairBytes } from './wire.ts';

/** Drawn once a round, 32 bytes each; the holder wipes them. */
export interface RoundSecrets {
  /** cSK. */
  readonly channel: Uint8Array;
  /** r: the mask key pair follows from it. A uniform field element. */
  readonly r: Uint8Array;
  /** b: the self mask follows from it. A uniform field element. */
  readonly b: Uint8Array;
}

/** A client's place in a roster. */
export interface Place {
  readonly rosterHash: Uint8Array;
  /** n: clients in the roster. */
  readonly size: number;
  /** u. */
  readonly index: number;
  /** N(u), ascending. */
  readonly neighbours: readonly number[];
  /** t. */
  readonly threshold: number;
}

/** @param random cryptographic for every real participation; a multiple of 4 bytes is drawn. */
export function drawSecrets(random: RandomSource): RoundSecrets {
  const channel = randomBytes(random, keyBytes);
  const r = bytesFromElement(randomElement(random));
  const b = bytesFromElement(randomElement(random));
  return { channel, r, b };
}

/** N(u) and u, ascending: those who hold shares of u, and whose shares u holds. */
export function neighbourhood(index: number, neighbours: readonly number[]): number[] {
  return [...neighbours, index].sort((a, b) => a - b);
}

/** What u agreed with each neighbour; the holder wipes it. */
export interface Agreements {
  /** `channelSecret` by neighbour. */
  readonly channels: ReadonlyMap<number, Uint8Array>;
  /** `pairMaskKey` by neighbour. */
  readonly pairMasks: ReadonlyMap<number, Uint8Array>;
}

/** Rejects with ProtocolError 'bad-key' when a neighbour's key is of low order. */
export async function agreeWithNeighbours(
  place: Place,
  roster: readonly PublicKeys[],
  channelKey: AgreementKey,
  maskKey: AgreementKey,
): Promise<Agreements> {
  const agreed = await Promise.all(
    place.neighbours.map(async (v) => {
      const [channel, mask] = await Promise.all([channelKey.agree(roster[v]!.channel), maskKey.agree(roster[v]!.mask)]);
      const secret = channelSecret(channel, place.rosterHash);
      const pairMask = pairMaskKey(mask, place.rosterHash, place.index, v);
      channel.fill(0);
      mask.fill(0);
      return { v, secret, pairMask };
    }),
  );
  return {
    channels: new Map(agreed.map(({ v, secret }) => [v, secret])),
    pairMasks: new Map(agreed.map(({ v, pairMask }) => [v, pairMask])),
  };
}

/** Shares b and r at x = v + 1 for v in N(u) ∪ {u}, and seals each neighbour's pair. `ownPair` is le32(share of b) ‖ le32(share of r) of u itself. */
export async function dealShares(
  place: Place,
  secrets: RoundSecrets,
  agreements: Agreements,
  random: RandomSource,
  crypto: MaskCrypto,
): Promise<{ readonly message: SharesMessage; readonly ownPair: Uint8Array }> {
  const holders = neighbourhood(place.index, place.neighbours);
  const points = holders.map((v) => v + 1);
  const coefficients = () => Array.from({ length: place.threshold - 1 }, () => randomElement(random));
  const ofB = shareSecret(elementFromBytes(secrets.b), coefficients(), points);
  const ofR = shareSecret(elementFromBytes(secrets.r), coefficients(), points);
  const pairOf = (v: number) => {
    const at = holders.indexOf(v);
    const pair = new Uint8Array(sharePairBytes);
    pair.set(bytesFromElement(ofB[at]!));
    pair.set(bytesFromElement(ofR[at]!), elementBytes);
    return pair;
  };
  const sealed = await Promise.all(
    place.neighbours.map(async (v) => {
      const key = shareKey(agreements.channels.get(v)!, place.index, v);
      const pair = pairOf(v);
      const ciphertext = await crypto.seal(key, pair, shareAssociatedData(place.rosterHash, place.index, v));
      pair.fill(0);
      key.fill(0);
      if (ciphertext.length !== sealedSharesBytes) throw new RangeError(`seal: got ${ciphertext.length} bytes`);
      return ciphertext;
    }),
  );
  const commitment = selfMaskCommitment(place.rosterHash, place.index, secrets.b);
  return { message: { commitment, sealed }, ownPair: pairOf(place.index) };
}

/**
 * Opens the pairs of shares that neighbours dealt to u.
 * @param sealed ciphertext by sender. What cannot be opened, or is no pair of elements, is in `failed`: no share is held for its sender.
 */
export async function openShares(
  place: Place,
  sealed: ReadonlyMap<number, Uint8Array>,
  agreements: Agreements,
  crypto: MaskCrypto,
): Promise<{ readonly pairs: Map<number, Uint8Array>; readonly failed: number[] }> {
  const opened = await Promise.all(
    [...sealed].map(async ([v, ciphertext]) => {
      const key = shareKey(agreements.channels.get(v)!, v, place.index);
      const pair = await crypto.open(key, ciphertext, shareAssociatedData(place.rosterHash, v, place.index));
      key.fill(0);
      const valid = pair?.length === sharePairBytes && isElement(shareOfB(pair)) && isElement(shareOfR(pair));
      return { v, pair: valid ? pair : null };
    }),
  );
  const pairs = new Map<number, Uint8Array>();
  const failed: number[] = [];
  for (const { v, pair } of opened) {
    if (pair === null) failed.push(v);
    else pairs.set(v, pair);
  }
  return { pairs, failed };
}

export function shareOfB(pair: Uint8Array): Uint8Array {
  return pair.subarray(0, elementBytes);
}

export function shareOfR(pair: Uint8Array): Uint8Array {
  return pair.subarray(elementBytes, 2 * elementBytes);
}

/** The masks on u's upload: its self mask, and one with each neighbour in U2. The keys are the caller's to wipe. */
export function masksOfUpload(
  place: Place,
  b: Uint8Array,
  pairMasks: ReadonlyMap<number, Uint8Array>,
  senders: readonly number[],
): SignedMask[] {
  return [
    { key: selfMaskKey(b, place.rosterHash), sign: 1 },
    ...senders.map((v) => ({ key: pairMasks.get(v)!, sign: pairMaskSign(place.index, v) })),
  ];
}

function randomElement(random: RandomSource): bigint {
  const bytes = randomBytes(random, randomElementBytes);
  const element = elementFromRandom(bytes);
  bytes.fill(0);
  return element;
}
