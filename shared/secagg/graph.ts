// Who masks with whom. Every client computes its neighbours itself from the roster, so a server cannot choose them. PROTOCOL.md [M4].
// Up to k = n - 1 everybody; beyond that a Harary ring (Bell et al. 2020, section 3.2) in an order that a hash of the whole roster gives.
import { sha256 } from '../protocol/canonical.ts';
import { ascii, joined, u16 } from './bytes.ts';

const label = ascii('tacit/secagg/1 graph');

/** Indices in ascending order of H(label ‖ rosterHash ‖ u16 index): the order around the ring. */
export function ringOrder(rosterHash: Uint8Array, n: number): number[] {
  const hashes = Array.from({ length: n }, (_, i) => sha256(joined(label, rosterHash, u16(i))));
  return hashes.map((_, i) => i).sort((a, b) => compareBytes(hashes[a]!, hashes[b]!));
}

/** The k neighbours of each of n clients, ascending. Throws RangeError unless k = n - 1, or k is even and below it. */
export function maskGraph(rosterHash: Uint8Array, n: number, k: number): number[][] {
  const place = placesFor(rosterHash, n, k);
  return Array.from({ length: n }, (_, u) => neighboursAt(place, n, k, u));
}

/** The neighbours of one client, as in `maskGraph`. */
export function neighboursOf(rosterHash: Uint8Array, n: number, k: number, u: number): number[] {
  if (!Number.isInteger(u) || u < 0 || u >= n) throw new RangeError(`neighboursOf: expected 0 to ${n - 1}, got ${u}`);
  return neighboursAt(placesFor(rosterHash, n, k), n, k, u);
}

interface Places {
  readonly order: readonly number[];
  /** placeOf[u]: where u stands in the order. */
  readonly placeOf: readonly number[];
}

/** null for a complete graph, which needs no order. */
function placesFor(rosterHash: Uint8Array, n: number, k: number): Places | null {
  if (!Number.isInteger(k) || k < 1 || k > n - 1 || (k < n - 1 && k % 2 !== 0)) {
    throw new RangeError(`mask graph: expected k = ${n - 1} or an even number below it, got ${k}`);
  }
  if (k === n - 1) return null;
  const order = ringOrder(rosterHash, n);
  const placeOf = new Array<number>(n);
  order.forEach((index, place) => {
    placeOf[index] = place;
  });
  return { order, placeOf };
}

function neighboursAt(places: Places | null, n: number, k: number, u: number): number[] {
  const out: number[] = [];
  if (places === null) {
    for (let v = 0; v < n; v++) if (v !== u) out.push(v);
    return out;
  }
  for (let distance = 1; distance <= k / 2; distance++) {
    const place = places.placeOf[u]!;
    out.push(places.order[(place + distance) % n]!, places.order[(place - distance + n) % n]!);
  }
  return out.sort((a, b) => a - b);
}

/** Order of byte strings of one length, first byte first. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return 0;
}
