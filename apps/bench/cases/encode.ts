// Encoding an update: clip, rotate, round, noise, against exact rejection sampling and against floats on tensors; in Chromium and in Node.
import { type Case, wallOf } from '../case.ts';
import type { ContenderName } from '../contenders.ts';
import { contest } from '../contest.ts';
import type { Measurement } from '../result.ts';

const length = 131_072;
const encoders: readonly ContenderName[] = ['encode-wasm', 'encode-plain', 'exact-rejection', 'tensor-noise-wasm'];

export const encode: Case = {
  name: 'encode',
  about: 'encoding a coordinate of an update',
  async run({ browser, node, effort, say }) {
    const found: Measurement[] = [];
    for (const venue of [await browser(), node]) {
      say(`encode: in ${venue.place}`);
      const standings = await contest(venue, encoders, { kind: 'encode', length }, effort);
      found.push(...wallOf({ case: 'encode', place: venue.place, size: `D = ${length}` }, standings, length));
    }
    return found;
  },
};
