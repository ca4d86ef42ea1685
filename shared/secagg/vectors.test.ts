// Known answers of another implementation, through the functions that the state machines are made of. The vectors' roster is not sorted and
// knows no config of 184 bytes and no confirm, so the machines themselves cannot play it.
import { expect, test } from 'vitest';
import { roundCore } from '../core/rounds-wasm.ts';
import { experimentRandomOfLabel } from '../maths/random.ts';
import { liftSigned, ringMask } from '../maths/ring.ts';
import { RingSum } from '../privacy/aggregate.ts';
import { fromHex, sha256Hex, toHex } from '../protocol/canonical.ts';
import { builtCore } from '../testing/built-core.ts';
import vectors from '../testing/vectors/secagg.json';
import { ascii } from './bytes.ts';
import { type AgreementKey, type MaskCrypto, platformCrypto } from './crypto.ts';
import { bytesFromElement, elementFromBytes } from './field.ts';
import { maskGraph } from './graph.ts';
import { IndexSet } from './index-set.ts';
import { configHash, maskSecret, rosterHash } from './keys.ts';
import { maskApplier, maskedPayload } from './masks.ts';
import { nobleCrypto } from './noble-crypto.ts';
import { type RecoveredMasks, recoverMasks } from './recovery.ts';
import { Interpolation } from './shamir.ts';
import {
  agreeWithNeighbours,
  dealShares,
  drawSecrets,
  masksOfUpload,
  neighbourhood,
  openShares,
  shareOfB,
  shareOfR,
} from './sharing.ts';

const implementations = [platformCrypto(crypto.subtle), nobleCrypto];

test('[M5] Shamir: every subset of three shares gives the secret, two do not', () => {
  const { secret, threshold, points, shares } = vectors.shamir;
  const values = shares.map((share) => elementFromBytes(fromHex(share)));
  const interpolation = new Interpolation();
  const combined = (chosen: readonly number[]) =>
    toHex(
      bytesFromElement(
        interpolation.combine(
          chosen.map((i) => points[i]!),
          chosen.map((i) => values[i]!),
        ),
      ),
    );
  for (let subset = 0; subset < 2 ** points.length; subset++) {
    const chosen = points.map((_, i) => i).filter((i) => subset & (1 << i));
    if (chosen.length >= threshold) expect(combined(chosen)).toBe(secret);
    else if (chosen.length > 0) expect(combined(chosen)).not.toBe(secret);
  }
});

test.each(implementations)('[M7] masks of 16, 20 and 32 bits ($cipher)', async (crypto) => {
  const key = fromHex(vectors.keystream.key);
  for (const [bits, words] of [
    [16, vectors.keystream.words16],
    [20, vectors.keystream.words20],
    [32, vectors.keystream.words32],
  ] as const) {
    const vector = new Uint32Array(words.length);
    await maskApplier(crypto)(vector, bits, [{ key, sign: 1 }]);
    expect([...vector].map((value) => (value & ringMask(bits)) >>> 0)).toEqual(words);
  }
});

interface Played {
  readonly masked: readonly string[];
  readonly firstUpload: string;
  readonly sealed: string;
  readonly keys: {
    readonly cPK: string;
    readonly mSK: string;
    readonly mPK: string;
    readonly b_le: string;
    readonly r_le: string;
  };
  readonly hashes: { readonly configHash: string; readonly rosterHash: string };
  readonly graph: readonly (readonly number[])[];
  readonly recovered: RecoveredMasks;
  readonly sum: readonly number[];
}

const core = builtCore();
const roundsOf = ({ cipher }: MaskCrypto) => roundCore(cipher === 'webcrypto' ? core : null);

async function play(
  round: { n: number; k: number; threshold: number; length: number; bits: number; ctx: string },
  gone: { shares: readonly number[]; masked: readonly number[]; confirm: readonly number[] },
  crypto: typeof nobleCrypto,
): Promise<Played> {
  const all = Array.from({ length: round.n }, (_, u) => u);
  const ownConfigHash = configHash(ascii(round.ctx));
  const randoms = all.map((u) => experimentRandomOfLabel(`tacit-kat client ${u}`));
  const secrets = randoms.map(drawSecrets);
  const channelKeys: AgreementKey[] = [];
  const maskKeys: AgreementKey[] = [];
  for (const each of secrets) {
    channelKeys.push(await crypto.agreementKey(each.channel));
    maskKeys.push(await crypto.agreementKey(maskSecret(each.r, ownConfigHash)));
  }
  const roster = all.map((u) => ({ channel: channelKeys[u]!.publicKey, mask: maskKeys[u]!.publicKey }));
  const ownRosterHash = rosterHash(ownConfigHash, roster);
  const graph = maskGraph(ownRosterHash, round.n, round.k);
  const places = all.map((index) => ({
    rosterHash: ownRosterHash,
    size: round.n,
    index,
    neighbours: graph[index]!,
    threshold: round.threshold,
  }));
  const u2 = IndexSet.of(
    round.n,
    all.filter((u) => !gone.shares.includes(u)),
  );
  const u3 = IndexSet.of(
    round.n,
    u2.members.filter((u) => !gone.masked.includes(u)),
  );
  const agreements = await Promise.all(
    places.map((place, u) => agreeWithNeighbours(place, roster, channelKeys[u]!, maskKeys[u]!)),
  );
  const dealt = await Promise.all(
    places.map((place, u) => dealShares(place, secrets[u]!, agreements[u]!, randoms[u]!, crypto)),
  );
  const sum = new RingSum(round.length, round.bits, roundsOf(crypto));
  const uploads: Uint8Array[] = [];
  const shares = new Map<number, Map<number, Uint8Array>>();
  for (const u of u2.members) {
    const senders = graph[u]!.filter((v) => u2.has(v));
    const inbox = new Map(senders.map((v) => [v, dealt[v]!.message.sealed[graph[v]!.indexOf(u)]!]));
    const { pairs, failed } = await openShares(places[u]!, inbox, agreements[u]!, crypto);
    expect(failed).toEqual([]);
    pairs.set(u, dealt[u]!.ownPair);
    if (!u3.has(u)) continue;
    const x = Uint32Array.from({ length: round.length }, (_, i) => (((u + 1) * (i + 3) * 37) % 201) - 100);
    const masks = masksOfUpload(places[u]!, secrets[u]!.b, agreements[u]!.pairMasks, senders);
    // WebCrypto with the WASM core, noble without: the answers are the same.
    const rounds = roundsOf(crypto);
    const payload = await maskedPayload(x, round.bits, masks, maskApplier(crypto, rounds), rounds);
    uploads.push(payload);
    sum.add(payload);
    if (gone.confirm.includes(u)) continue;
    const owners = neighbourhood(u, graph[u]!).filter((v) => pairs.has(v));
    shares.set(u, new Map(owners.map((v) => [v, (u3.has(v) ? shareOfB : shareOfR)(pairs.get(v)!)])));
  }
  const commitments = dealt.map(({ message }) => message.commitment);
  const recovered = await recoverMasks(
    {
      configHash: ownConfigHash,
      rosterHash: ownRosterHash,
      roster,
      graph,
      threshold: round.threshold,
      u2,
      u3,
      commitments,
      shares,
    },
    crypto,
  );
  const total = sum.values();
  if (recovered.kind === 'masks') await maskApplier(crypto, roundsOf(crypto))(total, round.bits, recovered.masks);
  return {
    masked: uploads.map((payload) => sha256Hex(payload)),
    firstUpload: toHex(uploads[0]!.subarray(0, 32)),
    sealed: toHex(dealt[0]!.message.sealed[0]!),
    keys: {
      cPK: toHex(roster[0]!.channel),
      mSK: toHex(maskSecret(secrets[0]!.r, ownConfigHash)),
      mPK: toHex(roster[0]!.mask),
      b_le: toHex(secrets[0]!.b),
      r_le: toHex(secrets[0]!.r),
    },
    hashes: { configHash: toHex(ownConfigHash), rosterHash: toHex(ownRosterHash) },
    graph,
    recovered,
    sum: [...liftSigned(total, round.bits)],
  };
}

const cases = vectors.rounds.flatMap((round) =>
  implementations.map((crypto) => ({ name: `${round.ctx}, ${crypto.agreement}`, round, crypto })),
);

test.each(cases)('[M1] to [M11] a round with dropouts at each stage: $name', async ({ round, crypto }) => {
  const played = await play(round, round.gone, crypto);
  expect(played.hashes).toEqual({ configHash: round.configHash, rosterHash: round.rosterHash });
  expect(played.keys).toEqual(round.client0);
  if (round.k < round.n - 1) expect(played.graph).toEqual(round.neighbours);
  expect(played.graph[0]![0]).toBe(round.sealed.to);
  expect(played.sealed).toBe(round.sealed.ct);
  expect(played.masked).toEqual(round.masked);
  expect(played.firstUpload).toBe(round.firstUpload);
  expect(played.recovered.kind).toBe('masks');
  expect(played.sum).toEqual(round.sum);
});

test('[M11] a round that must fail: too few shares', async () => {
  const { n, k, threshold, goneBeforeConfirm } = vectors.mustFail;
  const round = { n, k, threshold, length: 16, bits: 16, ctx: 'kat-1' };
  const { recovered } = await play(round, { shares: [], masked: [], confirm: goneBeforeConfirm }, implementations[0]!);
  expect(recovered).toEqual({ kind: 'too-few-shares', of: 0 });
});
