// What a pair of shares is bound to: its sender and receiver, every byte of the roster, and through it every byte of the config.
import { describe, expect, test } from 'vitest';
import { experimentRandom, experimentRandomOfLabel } from '../maths/random.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { type AgreementKey, platformCrypto } from './crypto.ts';
import { compareBytes } from './graph.ts';
import { configHash, maskSecret, type PublicKeys, rosterHash } from './keys.ts';
import { nobleCrypto } from './noble-crypto.ts';
import {
  type Agreements,
  agreeWithNeighbours,
  dealShares,
  drawSecrets,
  openShares,
  type Place,
  type RoundSecrets,
} from './sharing.ts';
import { encodeRoster, parseRoster } from './wire.ts';

const crypto_ = platformCrypto(crypto.subtle);
const config = Uint8Array.from({ length: 184 }, (_, i) => i);
const n = 3;

interface Party {
  readonly secrets: RoundSecrets;
  readonly channelKey: AgreementKey;
  readonly maskKey: AgreementKey;
  readonly keys: PublicKeys;
}

/** Three parties, in the order of the roster. */
async function parties(ofConfig: Uint8Array): Promise<Party[]> {
  const all = await Promise.all(
    [1, 2, 3].map(async (seed): Promise<Party> => {
      const secrets = drawSecrets(experimentRandom(seed));
      const channelKey = await crypto_.agreementKey(secrets.channel);
      const maskKey = await crypto_.agreementKey(maskSecret(secrets.r, configHash(ofConfig)));
      return { secrets, channelKey, maskKey, keys: { channel: channelKey.publicKey, mask: maskKey.publicKey } };
    }),
  );
  return all.sort((a, b) => compareBytes(a.keys.channel, b.keys.channel));
}

const placeOf = (index: number, hash: Uint8Array): Place => ({
  rosterHash: hash,
  size: n,
  index,
  neighbours: [0, 1, 2].filter((v) => v !== index),
  threshold: 2,
});

/** 0 deals to 1 and 2. What 1 got from 0, and all that 1 needs to open it. */
async function dealt() {
  const all = await parties(config);
  const roster = all.map(({ keys }) => keys);
  const hash = rosterHash(configHash(config), roster);
  const agreements = await Promise.all(
    all.map(({ channelKey, maskKey }, index) => agreeWithNeighbours(placeOf(index, hash), roster, channelKey, maskKey)),
  );
  const { message } = await dealShares(
    placeOf(0, hash),
    all[0]!.secrets,
    agreements[0]!,
    experimentRandomOfLabel('deal'),
    crypto_,
  );
  return { all, roster, hash, agreements, sealed: message.sealed };
}

async function opens(
  place: Place,
  from: number,
  sealed: Uint8Array,
  agreements: Agreements,
  crypto = crypto_,
): Promise<boolean> {
  const { pairs, failed } = await openShares(place, new Map([[from, sealed]]), agreements, crypto);
  expect(pairs.size + failed.length).toBe(1);
  return pairs.size === 1;
}

const flipped = (bytes: Uint8Array, at: number) => bytes.map((byte, i) => (i === at ? byte ^ (1 << (at % 8)) : byte));

describe.each([crypto_, nobleCrypto])('[M5] [M6] shares from 0 to 1 ($cipher)', (crypto) => {
  test('open for 1, as from 0', async () => {
    const { hash, agreements, sealed } = await dealt();
    expect(await opens(placeOf(1, hash), 0, sealed[0]!, agreements[1]!, crypto)).toBe(true);
  });

  test('do not open with any byte of the ciphertext or of the roster hash changed', async () => {
    const { hash, agreements, sealed } = await dealt();
    for (let at = 0; at < sealed[0]!.length; at++) {
      expect(await opens(placeOf(1, hash), 0, flipped(sealed[0]!, at), agreements[1]!, crypto), `byte ${at}`).toBe(
        false,
      );
    }
    for (let at = 0; at < hash.length; at++) {
      expect(await opens(placeOf(1, flipped(hash, at)), 0, sealed[0]!, agreements[1]!, crypto)).toBe(false);
    }
  });

  test('do not open under other indices: sender and receiver exchanged, another sender, another receiver', async () => {
    const { hash, agreements, sealed } = await dealt();
    // The two agree on one secret, so only the indices tell the directions apart: 0 cannot be shown its own shares as those of 1.
    expect(await opens(placeOf(0, hash), 1, sealed[0]!, agreements[0]!, crypto)).toBe(false);
    expect(await opens(placeOf(1, hash), 2, sealed[0]!, agreements[1]!, crypto)).toBe(false);
    expect(await opens(placeOf(2, hash), 0, sealed[0]!, agreements[2]!, crypto)).toBe(false);
    // The right secret, claimed for other places.
    const channels = new Map([[2, agreements[1]!.channels.get(0)!]]);
    expect(await opens(placeOf(1, hash), 2, sealed[0]!, { ...agreements[1]!, channels }, crypto)).toBe(false);
    expect(await opens(placeOf(2, hash), 0, sealed[0]!, { ...agreements[1]! }, crypto)).toBe(false);
  });
});

test('[M3] any byte of the roster changed: it is refused, or nothing that was sealed under it opens', async () => {
  const { all, roster, sealed } = await dealt();
  const bytes = encodeRoster(roster);
  let refused = 0;
  for (let at = 0; at < bytes.length; at++) {
    let changed: PublicKeys[];
    try {
      changed = parseRoster(flipped(bytes, at), { minCohort: 2, maxCohort: n });
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      refused++;
      continue;
    }
    const place = placeOf(1, rosterHash(configHash(config), changed));
    const agreements = await agreeWithNeighbours(place, changed, all[1]!.channelKey, all[1]!.maskKey);
    expect(await opens(place, 0, sealed[0]!, agreements), `byte ${at}`).toBe(false);
  }
  // The count, and the few bytes that decide about the order or make a key that is no key.
  expect(refused).toBeGreaterThanOrEqual(2);
  expect(refused).toBeLessThan(40);
});

test('[M1] any byte of the config changed, the roundId among them: other mask keys, and nothing opens with the same channel keys', async () => {
  const { all, hash, agreements, sealed } = await dealt();
  const seen = new Set([String(all.map(({ keys }) => keys.mask))]);
  for (let at = 0; at < config.length; at++) {
    const other = flipped(config, at);
    const again = await parties(other);
    expect(again.map(({ keys }) => keys.channel)).toEqual(all.map(({ keys }) => keys.channel));
    seen.add(String(again.map(({ keys }) => keys.mask)));
    const roster = again.map(({ keys }) => keys);
    const place = placeOf(1, rosterHash(configHash(other), roster));
    expect(place.rosterHash).not.toEqual(hash);
    const theirs = await agreeWithNeighbours(place, roster, again[1]!.channelKey, again[1]!.maskKey);
    expect(await opens(place, 0, sealed[0]!, theirs), `byte ${at}`).toBe(false);
    expect(theirs.pairMasks.get(0)).not.toEqual(agreements[1]!.pairMasks.get(0));
  }
  expect(seen.size).toBe(config.length + 1);
});
