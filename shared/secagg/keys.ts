// Every hash and key of a masked round, with its label: HKDF-SHA-256 (RFC 5869) from agreed secrets. The hash of the config is in the hash
// of the roster, and that is the salt of every key, so nothing made in one round means anything in another. PROTOCOL.md [M1] to [M9].
import { expand, extract, hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 as sha256Function } from '@noble/hashes/sha2.js';
import { sha256 } from '../protocol/canonical.ts';
import { ascii, joined, u16 } from './bytes.ts';
import { keyBytes } from './crypto.ts';

const labels = {
  config: ascii('tacit/secagg/1 config'),
  roster: ascii('tacit/secagg/1 roster'),
  maskSecret: ascii('tacit/secagg/1 mask-sk'),
  share: ascii('tacit/secagg/1 share'),
  shareAad: ascii('tacit/secagg/1 share-aad'),
  commit: ascii('tacit/secagg/1 commit'),
  selfMask: ascii('tacit/secagg/1 self-mask'),
  pairMask: ascii('tacit/secagg/1 pair-mask'),
  confirm: ascii('tacit/secagg/1 confirm'),
  confirmKey: ascii('tacit/secagg/1 confirm-key'),
};

/** The two public keys of a client, as the roster has them. */
export interface PublicKeys {
  /** cPK: shares and confirmations travel under keys agreed with it. */
  readonly channel: Uint8Array;
  /** mPK: pairwise masks come from it; its secret is shared among the neighbours. */
  readonly mask: Uint8Array;
}

export function configHash(config: Uint8Array): Uint8Array {
  return sha256(joined(labels.config, config));
}

export function rosterHash(configHashBytes: Uint8Array, roster: readonly PublicKeys[]): Uint8Array {
  const keys = roster.flatMap((client) => [client.channel, client.mask]);
  return sha256(joined(labels.roster, configHashBytes, u16(roster.length), ...keys));
}

/** mSK, from 32 bytes of r. */
export function maskSecret(r: Uint8Array, configHashBytes: Uint8Array): Uint8Array {
  return hkdf(sha256Function, r, configHashBytes, labels.maskSecret, keyBytes);
}

/** HKDF's first half of what two clients agreed by their channel keys; `shareKey` and `confirmKey` are its second half. */
export function channelSecret(agreed: Uint8Array, rosterHashBytes: Uint8Array): Uint8Array {
  return extract(sha256Function, agreed, rosterHashBytes);
}

/** K_{from->to}: one key a direction, so that one zero IV is used once. */
export function shareKey(channel: Uint8Array, from: number, to: number): Uint8Array {
  return expand(sha256Function, channel, joined(labels.share, u16(from), u16(to)), keyBytes);
}

export function shareAssociatedData(rosterHashBytes: Uint8Array, from: number, to: number): Uint8Array {
  return joined(labels.shareAad, rosterHashBytes, u16(from), u16(to));
}

/** commitB: binds client u to the secret of its self mask. */
export function selfMaskCommitment(rosterHashBytes: Uint8Array, u: number, b: Uint8Array): Uint8Array {
  return sha256(joined(labels.commit, rosterHashBytes, u16(u), b));
}

export function selfMaskKey(b: Uint8Array, rosterHashBytes: Uint8Array): Uint8Array {
  return hkdf(sha256Function, b, rosterHashBytes, labels.selfMask, keyBytes);
}

/** The key of the mask that u and v both expand, from what they agreed by their mask keys. */
export function pairMaskKey(agreed: Uint8Array, rosterHashBytes: Uint8Array, u: number, v: number): Uint8Array {
  const info = joined(labels.pairMask, u16(Math.min(u, v)), u16(Math.max(u, v)));
  return hkdf(sha256Function, agreed, rosterHashBytes, info, keyBytes);
}

/** The lower index adds the mask, the higher one subtracts it. */
export function pairMaskSign(u: number, v: number): 1 | -1 {
  return u < v ? 1 : -1;
}

export function confirmKey(channel: Uint8Array, from: number, to: number): Uint8Array {
  return expand(sha256Function, channel, joined(labels.confirmKey, u16(from), u16(to)), keyBytes);
}

/** HMAC-SHA-256 over what its sender saw: the roster, U2 and U3. @param u2 @param u3 bitmaps. */
export function confirmation(key: Uint8Array, rosterHashBytes: Uint8Array, u2: Uint8Array, u3: Uint8Array): Uint8Array {
  return hmac(sha256Function, key, joined(labels.confirm, rosterHashBytes, u2, u3));
}
