// How long the messages of a masked round are, for a round that has none of their content. PROTOCOL.md 10. On a complete graph exact; on a
// sparse one as many neighbours survive as of everybody.
import { hashBytes } from '#shared/protocol/limits.ts';
import { indexSetBytes } from '#shared/secagg/index-set.ts';
import { sealedSharesBytes } from '#shared/secagg/wire.ts';

const indexBytes = 2;
const keyPairBytes = 64;
const elementBytes = 32;
const countBytes = 2;

/** n in the roster, each with k neighbours; so many of the n are left. */
export interface Neighbourhood {
  readonly roster: number;
  readonly neighbours: number;
  readonly survivors: number;
}

export const rosterBytes = (roster: number): number => countBytes + keyPairBytes * roster;
export const sharesBytes = (neighbours: number): number => hashBytes + neighbours * (indexBytes + sealedSharesBytes);
export const inboxBytes = (near: Neighbourhood): number =>
  indexSetBytes(near.roster) + surviving(near) * (indexBytes + sealedSharesBytes);
export const unmaskRequestBytes = (roster: number): number => indexSetBytes(roster);
export const confirmBytes = (near: Neighbourhood): number => surviving(near) * (indexBytes + hashBytes);
/** A share of each who dealt one, the own one too. */
export const unmaskBytes = (near: Neighbourhood): number => (1 + surviving(near)) * (indexBytes + elementBytes);

/** Neighbours of one who survives that survive too. */
function surviving({ roster, neighbours, survivors }: Neighbourhood): number {
  return roster < 2 ? 0 : Math.round((neighbours * (survivors - 1)) / (roster - 1));
}

/** Bytes of that length that begin with a count, u16 little-endian. */
export function bytesWithCount(length: number, count: number): Uint8Array {
  const bytes = new Uint8Array(Math.max(length, countBytes));
  bytes[0] = count & 0xff;
  bytes[1] = count >>> 8;
  return bytes;
}

export function countIn(bytes: Uint8Array): number {
  return (bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8);
}
