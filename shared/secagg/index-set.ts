// A set of roster indices as it travels: a bitmap of ceil(n / 8) bytes, index i is bit i & 7, lowest first, of byte i >> 3.
import { ProtocolError } from '../protocol/errors.ts';

export class IndexSet {
  /** The bitmap; shared, do not change. */
  readonly bytes: Uint8Array;
  /** Ascending. */
  readonly members: readonly number[];

  private constructor(bytes: Uint8Array, members: readonly number[]) {
    this.bytes = bytes;
    this.members = members;
  }

  /** @param n clients in the roster. Throws RangeError for a member that is not below n. */
  static of(n: number, members: Iterable<number>): IndexSet {
    const bytes = new Uint8Array(indexSetBytes(n));
    for (const member of members) {
      if (!Number.isInteger(member) || member < 0 || member >= n) {
        throw new RangeError(`IndexSet: expected 0 to ${n - 1}, got ${member}`);
      }
      bytes[member >> 3]! |= 1 << (member & 7);
    }
    return new IndexSet(bytes, membersOf(bytes, n));
  }

  /** Reads a bitmap; the bytes are copied. Throws ProtocolError 'bad-message' for another length or a bit at or above n. */
  static parse(bytes: Uint8Array, n: number, at: string): IndexSet {
    if (bytes.length !== indexSetBytes(n)) {
      throw new ProtocolError(
        'bad-message',
        `${at}: expected ${indexSetBytes(n)} bytes for ${n} clients, got ${bytes.length}`,
      );
    }
    if (n % 8 !== 0 && bytes[bytes.length - 1]! >> (n % 8) !== 0) {
      throw new ProtocolError('bad-message', `${at}: expected no bit above ${n - 1}, got one`);
    }
    const own = Uint8Array.from(bytes);
    return new IndexSet(own, membersOf(own, n));
  }

  get size(): number {
    return this.members.length;
  }

  has(index: number): boolean {
    return ((this.bytes[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;
  }

  /** How many of `indices` are in the set. */
  countOf(indices: readonly number[]): number {
    return indices.filter((index) => this.has(index)).length;
  }

  isSubsetOf(other: IndexSet): boolean {
    return this.members.every((member) => other.has(member));
  }
}

/** Bytes of the bitmap of n clients. */
export function indexSetBytes(n: number): number {
  return Math.ceil(n / 8);
}

function membersOf(bytes: Uint8Array, n: number): number[] {
  const members: number[] = [];
  for (let i = 0; i < n; i++) if ((bytes[i >> 3]! & (1 << (i & 7))) !== 0) members.push(i);
  return members;
}
