// The best 50 of all items for one user embedding, over sizes up to a million; in Chromium and in Node.
import { type Case, factsOf, wallOf } from '../case.ts';
import type { ContenderName } from '../contenders.ts';
import { contest } from '../contest.ts';
import { type Measurement, sizeOf } from '../result.ts';

const count = 50;
const sizes = [
  { items: 4096, dimension: 32 },
  { items: 4096, dimension: 64 },
  { items: 20_000, dimension: 32 },
  { items: 20_000, dimension: 64 },
  { items: 100_000, dimension: 32 },
  { items: 100_000, dimension: 64 },
] as const;
const largest = { items: 1_000_000, dimension: 64 } as const;

export const best: Case = {
  name: 'best',
  about: 'the best 50 of up to a million items',
  async run({ browser, node, effort, isQuick, say }) {
    const venue = await browser();
    const found: Measurement[] = [];
    const all: ContenderName[] = [
      'best-wasm',
      'best-bytes',
      'best-list',
      'best-plain',
      'map-and-sort',
      'topk-wasm',
      'topk-cpu',
    ];
    const inBrowser: ContenderName[] = venue.adapter === null ? all : [...all, 'topk-webgpu'];
    const ours: ContenderName[] = ['best-wasm', 'best-bytes', 'best-list', 'best-plain'];
    for (const size of isQuick ? sizes.slice(0, 1) : [...sizes, largest]) {
      const isLargest = size === largest;
      const name = sizeOf(size.items, size.dimension);
      for (const place of [venue, node]) {
        say(`best: ${name} in ${place.place}`);
        const contenders = isLargest ? ours : place === venue ? inBrowser : all;
        const standings = await contest(place, contenders, { kind: 'best', ...size, count }, effort);
        const where = { case: 'best', place: place.place, size: name };
        found.push(...wallOf(where, standings), ...factsOf(where, standings, ['recall']));
      }
    }
    return found;
  },
};
