// From the sum of masked uploads to the sum of updates: recombine the survivors' b and the dropouts' r, check each against what its owner
// published, and take the masks off. PROTOCOL.md [M11].
import { equalBytes } from './bytes.ts';
import type { MaskCrypto } from './crypto.ts';
import { bytesFromElement, elementFromBytes } from './field.ts';
import type { IndexSet } from './index-set.ts';
import { maskSecret, type PublicKeys, pairMaskKey, pairMaskSign, selfMaskCommitment, selfMaskKey } from './keys.ts';
import type { SignedMask } from './masks.ts';
import { decodeShares, Interpolation } from './shamir.ts';
import { neighbourhood } from './sharing.ts';

export interface Recovery {
  readonly configHash: Uint8Array;
  readonly rosterHash: Uint8Array;
  readonly roster: readonly PublicKeys[];
  /** N(u) by index. */
  readonly graph: readonly (readonly number[])[];
  /** t. */
  readonly threshold: number;
  readonly u2: IndexSet;
  readonly u3: IndexSet;
  /** commitB by index; needed for each of U3. */
  readonly commitments: readonly (Uint8Array | null)[];
  /** By holder w: the share that it sent for each v. */
  readonly shares: ReadonlyMap<number, ReadonlyMap<number, Uint8Array>>;
}

export type RecoveredMasks =
  | { readonly kind: 'masks'; readonly masks: readonly SignedMask[] }
  /** Fewer than t shares of somebody's secret came. */
  | { readonly kind: 'too-few-shares'; readonly of: number }
  /** More shares are wrong than can be corrected. Dealer or holder: it cannot be told which, so nobody is blamed. */
  | { readonly kind: 'bad-shares'; readonly of: number };

/**
 * The masks that are still in the sum of U3's uploads, with the signs that take them off.
 * @param turn awaited between two secrets: recombining one takes some milliseconds.
 */
export async function recoverMasks(
  round: Recovery,
  crypto: MaskCrypto,
  turn: () => Promise<void> = async () => undefined,
): Promise<RecoveredMasks> {
  const interpolation = new Interpolation();
  const masks: SignedMask[] = [];
  for (const u of round.u2.members) {
    const holders = neighbourhood(u, round.graph[u]!).filter((w) => round.shares.get(w)?.has(u));
    if (holders.length < round.threshold) return { kind: 'too-few-shares', of: u };
    const points = holders.map((w) => w + 1);
    const values = holders.map((w) => elementFromBytes(round.shares.get(w)!.get(u)!));
    const taken = round.u3.has(u) ? survivor(round, u) : dropout(round, u, crypto);
    // Most often the first t shares are right. If not, all of them are decoded together.
    const plain = interpolation.combine(points.slice(0, round.threshold), values.slice(0, round.threshold));
    let found = await taken(plain);
    if (found === null) {
      const decoded = decodeShares(points, values, round.threshold);
      found = decoded === null ? null : await taken(decoded);
    }
    if (found === null) return { kind: 'bad-shares', of: u };
    masks.push(...found);
    await turn();
  }
  return { kind: 'masks', masks };
}

/** Tries a secret: the masks that follow from it, or null when it is not the owner's. */
type Try = (secret: bigint) => Promise<SignedMask[] | null>;

function survivor(round: Recovery, u: number): Try {
  return async (secret) => {
    const b = bytesFromElement(secret);
    const commitment = round.commitments[u];
    if (!commitment || !equalBytes(selfMaskCommitment(round.rosterHash, u, b), commitment)) return null;
    return [{ key: selfMaskKey(b, round.rosterHash), sign: -1 }];
  };
}

function dropout(round: Recovery, v: number, crypto: MaskCrypto): Try {
  return async (secret) => {
    const key = await crypto.agreementKey(maskSecret(bytesFromElement(secret), round.configHash));
    if (!equalBytes(key.publicKey, round.roster[v]!.mask)) return null;
    return Promise.all(
      round.graph[v]!.filter((u) => round.u3.has(u)).map(async (u) => {
        const agreed = await key.agree(round.roster[u]!.mask);
        // u added sign(u, v) times this mask; the opposite takes it off.
        const sign = pairMaskSign(u, v) === 1 ? (-1 as const) : (1 as const);
        return { key: pairMaskKey(agreed, round.rosterHash, u, v), sign };
      }),
    );
  };
}
