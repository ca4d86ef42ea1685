// The bytes of the messages of a masked round, and their parsers. PROTOCOL.md [M2] to [M10]. A parser takes bytes of a known limit, checks
// every length, order and range, and copies what it returns. It throws ProtocolError 'bad-message' (or 'bad-key', 'bad-roster').
import { ProtocolError } from '../protocol/errors.ts';
import { hashBytes } from '../protocol/limits.ts';
import { joined, u16 } from './bytes.ts';
import { checkPublicKey, keyBytes, tagBytes } from './crypto.ts';
import { elementBytes, isElement } from './field.ts';
import { compareBytes } from './graph.ts';
import { IndexSet, indexSetBytes } from './index-set.ts';
import type { PublicKeys } from './keys.ts';

export const resumeBytes = 16;
export const advertiseBytes = 2 * keyBytes + resumeBytes;
/** One neighbour's share of b and share of r. */
export const sharePairBytes = 2 * elementBytes;
export const sealedSharesBytes = sharePairBytes + tagBytes;

const indexBytes = 2;
const rosterEntryBytes = 2 * keyBytes;
const sealedEntryBytes = indexBytes + sealedSharesBytes;
const confirmEntryBytes = indexBytes + hashBytes;
const unmaskEntryBytes = indexBytes + elementBytes;

/** [M2] C->S: cPK ‖ mPK ‖ resume. */
export interface Advertise {
  readonly keys: PublicKeys;
  /** 16 random bytes by which the client comes back after a lost connection. Not in the roster. */
  readonly resume: Uint8Array;
}

export function encodeAdvertise({ keys, resume }: Advertise): Uint8Array {
  return joined(keys.channel, keys.mask, resume);
}

export function parseAdvertise(bytes: Uint8Array): Advertise {
  exactly('advertise', advertiseBytes, bytes.length);
  const keys = { channel: bytes.slice(0, keyBytes), mask: bytes.slice(keyBytes, 2 * keyBytes) };
  checkPublicKey(keys.channel);
  checkPublicKey(keys.mask);
  if (compareBytes(keys.channel, keys.mask) === 0) {
    throw new ProtocolError('bad-key', 'advertise: expected two different keys, got one twice');
  }
  return { keys, resume: bytes.slice(2 * keyBytes) };
}

/** [M3] S->C: n u16 ‖ n (cPK ‖ mPK), ascending by cPK. */
export function encodeRoster(roster: readonly PublicKeys[]): Uint8Array {
  return joined(u16(roster.length), ...roster.flatMap((client) => [client.channel, client.mask]));
}

/** Also throws ProtocolError 'bad-roster' for a cohort outside of nMin to nMax, another order, or a key that is there twice. */
export function parseRoster(
  bytes: Uint8Array,
  limits: { readonly minCohort: number; readonly maxCohort: number },
): PublicKeys[] {
  if (bytes.length < indexBytes) throw bad('roster', 'a count of clients', bytes.length);
  const n = readU16(bytes, 0);
  if (n < limits.minCohort || n > limits.maxCohort) {
    throw new ProtocolError(
      'bad-roster',
      `roster: expected ${limits.minCohort} to ${limits.maxCohort} clients, got ${n}`,
    );
  }
  exactly('roster', indexBytes + n * rosterEntryBytes, bytes.length);
  const roster: PublicKeys[] = [];
  for (let at = indexBytes; at < bytes.length; at += rosterEntryBytes) {
    const keys = { channel: bytes.slice(at, at + keyBytes), mask: bytes.slice(at + keyBytes, at + 2 * keyBytes) };
    checkPublicKey(keys.channel);
    checkPublicKey(keys.mask);
    const before = roster.at(-1);
    if (before !== undefined && compareBytes(before.channel, keys.channel) >= 0) {
      throw new ProtocolError(
        'bad-roster',
        `roster: expected ascending channel keys, got another order at ${roster.length}`,
      );
    }
    roster.push(keys);
  }
  const all = new Set(roster.flatMap((client) => [client.channel.join(), client.mask.join()]));
  if (all.size !== 2 * n) throw new ProtocolError('bad-roster', 'roster: expected each key once, got one twice');
  return roster;
}

/** [M5] C->S: commitB ‖ for each neighbour v, ascending: v u16 ‖ ciphertext[80]. */
export interface SharesMessage {
  readonly commitment: Uint8Array;
  /** In the order of the neighbours. */
  readonly sealed: readonly Uint8Array[];
}

export function encodeShares(message: SharesMessage, neighbours: readonly number[]): Uint8Array {
  return joined(message.commitment, ...neighbours.flatMap((v, i) => [u16(v), message.sealed[i]!]));
}

/** @param neighbours of the sender, ascending. */
export function parseShares(bytes: Uint8Array, neighbours: readonly number[]): SharesMessage {
  exactly('shares', hashBytes + neighbours.length * sealedEntryBytes, bytes.length);
  return {
    commitment: bytes.slice(0, hashBytes),
    sealed: entriesOf('shares', bytes, hashBytes, neighbours, sealedSharesBytes),
  };
}

/** [M6] S->C: bitmap of U2 ‖ for each neighbour v in U2, ascending: v u16 ‖ ciphertext[80]. */
export interface Inbox {
  readonly u2: IndexSet;
  /** In the order of the neighbours that are in U2. */
  readonly sealed: readonly Uint8Array[];
}

export function encodeInbox({ u2, sealed }: Inbox, neighbours: readonly number[]): Uint8Array {
  const senders = neighbours.filter((v) => u2.has(v));
  return joined(u2.bytes, ...senders.flatMap((v, i) => [u16(v), sealed[i]!]));
}

/** @param neighbours of the receiver, ascending. */
export function parseInbox(bytes: Uint8Array, n: number, neighbours: readonly number[]): Inbox {
  const bitmap = indexSetBytes(n);
  if (bytes.length < bitmap) throw bad('inbox', `a bitmap of ${bitmap} bytes`, bytes.length);
  const u2 = IndexSet.parse(bytes.subarray(0, bitmap), n, 'inbox');
  const senders = neighbours.filter((v) => u2.has(v));
  exactly('inbox', bitmap + senders.length * sealedEntryBytes, bytes.length);
  return { u2, sealed: entriesOf('inbox', bytes, bitmap, senders, sealedSharesBytes) };
}

/** [M8] S->C: bitmap of U3. */
export function parseUnmaskRequest(bytes: Uint8Array, n: number): IndexSet {
  return IndexSet.parse(bytes, n, 'unmask_req');
}

/** [M9] Both ways: ascending v u16 ‖ HMAC[32]. From a client: to each neighbour in U3. To a client: from those that confirmed. */
export function encodeConfirmations(confirmations: ReadonlyMap<number, Uint8Array>): Uint8Array {
  return encodeByIndex(confirmations);
}

/** From a client: exactly one for each of `neighbours`, ascending. */
export function parseConfirm(bytes: Uint8Array, neighbours: readonly number[]): Map<number, Uint8Array> {
  exactly('confirm', neighbours.length * confirmEntryBytes, bytes.length);
  const entries = entriesOf('confirm', bytes, 0, neighbours, hashBytes);
  return new Map(neighbours.map((v, i) => [v, entries[i]!]));
}

/** To a client: from some of `neighbours`. */
export function parseConfirmations(bytes: Uint8Array, neighbours: readonly number[]): Map<number, Uint8Array> {
  return someByIndex('confirmations', bytes, neighbours, hashBytes);
}

/** [M10] C->S: for v in (N(u) ∪ {u}) ∩ U2, ascending, where a share is held: v u16 ‖ share[32], of b if v is in U3, else of r. */
export function encodeUnmask(shares: ReadonlyMap<number, Uint8Array>): Uint8Array {
  return encodeByIndex(shares);
}

/** @param allowed (N(u) ∪ {u}) ∩ U2 of the sender. */
export function parseUnmask(bytes: Uint8Array, allowed: readonly number[]): Map<number, Uint8Array> {
  const shares = someByIndex('unmask', bytes, allowed, elementBytes);
  for (const [v, share] of shares) {
    if (!isElement(share)) throw bad(`unmask, share of ${v}`, 'a number below 2^255 - 19', 'more');
  }
  return shares;
}

/** Most bytes of each message that a client sends, save for the upload: what a gateway may let through. @param k the config's. */
export function maximumClientMessageBytes(k: number): number {
  return Math.max(advertiseBytes, hashBytes + k * sealedEntryBytes, k * confirmEntryBytes, (k + 1) * unmaskEntryBytes);
}

function encodeByIndex(entries: ReadonlyMap<number, Uint8Array>): Uint8Array {
  const ascending = [...entries].sort(([a], [b]) => a - b);
  return joined(...ascending.flatMap(([v, content]) => [u16(v), content]));
}

/** Content of entries u16 ‖ content, exactly those of `expected`, in that order. The caller checked the length. */
function entriesOf(
  at: string,
  bytes: Uint8Array,
  offset: number,
  expected: readonly number[],
  size: number,
): Uint8Array[] {
  return expected.map((v, i) => {
    const start = offset + i * (indexBytes + size);
    const got = readU16(bytes, start);
    if (got !== v) throw bad(`${at}, entry ${i}`, `client ${v}`, got);
    return bytes.slice(start + indexBytes, start + indexBytes + size);
  });
}

/** Entries u16 ‖ content of some of `allowed`, ascending. */
function someByIndex(at: string, bytes: Uint8Array, allowed: readonly number[], size: number): Map<number, Uint8Array> {
  const entryBytes = indexBytes + size;
  if (bytes.length % entryBytes !== 0 || bytes.length > allowed.length * entryBytes) {
    throw bad(at, `up to ${allowed.length} entries of ${entryBytes} bytes`, `${bytes.length} bytes`);
  }
  const known = new Set(allowed);
  const out = new Map<number, Uint8Array>();
  let before = -1;
  for (let start = 0; start < bytes.length; start += entryBytes) {
    const v = readU16(bytes, start);
    if (v <= before || !known.has(v)) throw bad(at, 'ascending clients of the neighbourhood', v);
    before = v;
    out.set(v, bytes.slice(start + indexBytes, start + entryBytes));
  }
  return out;
}

function readU16(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8);
}

function exactly(at: string, expected: number, got: number): void {
  if (got !== expected) throw bad(at, `${expected} bytes`, got);
}

function bad(at: string, expected: string, got: string | number): ProtocolError {
  return new ProtocolError('bad-message', `${at}: expected ${expected}, got ${got}`);
}
