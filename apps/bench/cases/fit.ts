// The local fit on every backend against tfjs as people write it, over sizes; in Chromium and in Node.
import { type Case, factsOf, wallOf } from '../case.ts';
import type { ContenderName } from '../contenders.ts';
import { contest } from '../contest.ts';
import type { Measurement } from '../result.ts';
import { sizeOf } from '../result.ts';
import type { BrowserVenue } from '../venue.ts';
import { countedSize } from './counts.ts';

interface Size {
  readonly items: number;
  readonly dimension: number;
}

export const fitSizes: readonly Size[] = [
  { items: countedSize.items, dimension: countedSize.dimension },
  { items: 4096, dimension: 64 },
  { items: 20_000, dimension: 32 },
  { items: 20_000, dimension: 64 },
  { items: 100_000, dimension: 32 },
  { items: 100_000, dimension: 64 },
];

/** Beyond so many numbers rivals take minutes on a graphics processor that is software; a real one does all sizes. */
const mostInSoftware = 4_096 * 64;
const mostForPlain = 20_000 * 64;

function contendersOf({ items, dimension }: Size, adapter: BrowserVenue['adapter']): ContenderName[] {
  const work = items * dimension;
  const isWithin = (most: number) => adapter !== null && (!adapter.isSoftware || work <= most);
  return [
    'fit-wasm',
    'fit-auto',
    'careful-wasm',
    ...(work <= mostForPlain ? (['fit-plain'] as const) : []),
    ...(adapter === null ? [] : (['fit-webgpu'] as const)),
    ...(isWithin(mostInSoftware) ? (['careful-webgpu', 'user-webgpu', 'joint-webgpu'] as const) : []),
  ];
}

export const fit: Case = {
  name: 'fit',
  about: 'the local fit (20 steps, full softmax) over sizes',
  async run({ browser, node, effort, isQuick, say }) {
    const venue = await browser();
    const found: Measurement[] = [];
    for (const size of isQuick ? fitSizes.slice(0, 1) : fitSizes) {
      const task = { kind: 'fit', ...size, steps: 20 } as const;
      const name = sizeOf(size.items, size.dimension);
      say(`fit: ${name} in Chromium`);
      const inBrowser = await contest(venue, contendersOf(size, venue.adapter), task, effort);
      const where = { case: 'fit', place: venue.place, size: name };
      found.push(...wallOf(where, inBrowser), ...factsOf(where, inBrowser, ['backend']));
      say(`fit: ${name} in Node`);
      const inNode = await contest(node, ['fit-wasm', 'careful-wasm'], task, effort);
      found.push(...wallOf({ ...where, place: 'node' }, inNode));
    }
    return found;
  },
};
