// How cost grows: with items, with history, with the dimension, with the length of an update, with partners. One thing grows at a time.
import { type Case, wallOf } from '../case.ts';
import type { ContenderName } from '../contenders.ts';
import { contest } from '../contest.ts';
import type { Measurement } from '../result.ts';
import { measured } from '../result.ts';
import type { Task } from '../task.ts';

interface Line {
  /** What grows. */
  readonly by: string;
  /** Default: the browser. */
  readonly place?: 'node';
  readonly values: readonly number[];
  readonly entries: readonly (readonly [ContenderName, (value: number) => Task])[];
}

const usual = { items: 20_000, dimension: 32, history: 100 };

const lines: readonly Line[] = [
  {
    by: 'items',
    values: [1_000, 4_000, 20_000, 100_000],
    entries: [
      ['train-wasm', (items) => ({ kind: 'train', ...usual, items })],
      ['fold-in', (items) => ({ kind: 'train', ...usual, items })],
      ['fit-wasm', (items) => ({ kind: 'fit', items, dimension: usual.dimension, steps: 20 })],
      ['best-wasm', (items) => ({ kind: 'best', items, dimension: usual.dimension, count: 50 })],
      ['best-bytes', (items) => ({ kind: 'best', items, dimension: usual.dimension, count: 50 })],
    ],
  },
  {
    by: 'history',
    values: [10, 100, 1_000],
    entries: [
      ['train-wasm', (history) => ({ kind: 'train', ...usual, history })],
      ['fold-in', (history) => ({ kind: 'train', ...usual, history })],
    ],
  },
  {
    by: 'dimension',
    values: [16, 32, 64, 128],
    entries: [
      ['train-wasm', (dimension) => ({ kind: 'train', ...usual, dimension })],
      ['fold-in', (dimension) => ({ kind: 'train', ...usual, dimension })],
      ['fit-wasm', (dimension) => ({ kind: 'fit', items: usual.items, dimension, steps: 20 })],
      ['best-wasm', (dimension) => ({ kind: 'best', items: usual.items, dimension, count: 50 })],
    ],
  },
  {
    by: 'D',
    values: [8_192, 32_768, 131_072, 524_288],
    entries: [['encode-wasm', (length) => ({ kind: 'encode', length })]],
  },
  {
    by: 'cohort',
    place: 'node',
    values: [16, 64, 256, 1_024],
    entries: [['sum-wasm', (clients) => ({ kind: 'aggregate', length: 131_072, clients })]],
  },
];

const partners = [23, 32, 64, 128];
const participationLength = 131_072;

export const scaling: Case = {
  name: 'scaling',
  about: 'how cost grows with items, history, dimension, length and partners',
  async run({ browser, node, effort, isQuick, say }) {
    const inBrowser = await browser();
    const found: Measurement[] = [];
    for (const { by, place, values, entries } of lines) {
      const venue = place === 'node' ? node : inBrowser;
      for (const value of isQuick ? values.slice(0, 2) : values) {
        say(`scaling: ${by} ${value}`);
        for (const [contender, task] of entries) {
          const standings = await contest(venue, [contender], task(value), {
            ...effort,
            turns: Math.min(9, effort.turns),
          });
          found.push(...wallOf({ case: 'scaling', place: venue.place, size: `${by} ${value}` }, standings));
        }
      }
    }
    for (const count of isQuick ? partners.slice(0, 2) : partners) {
      say(`scaling: partners ${count}`);
      const ready = await inBrowser.enter('participation', {
        kind: 'participate',
        length: participationLength,
        partners: count,
      });
      try {
        const own: number[] = [];
        for (let turn = 0; turn < (isQuick ? 2 : 5); turn++) {
          await ready.run(1);
          own.push((await ready.facts()).own ?? Number.NaN);
        }
        const where = { case: 'scaling', place: inBrowser.place, size: `partners ${count}` };
        found.push(measured({ ...where, code: 'participation', measure: 'wall', unit: 'ms' }, own));
      } finally {
        await ready.close();
      }
    }
    return found;
  },
};
