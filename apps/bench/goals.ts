// What the measurements have to show, row by row: ratios within one run, on the same data and the same machine, and a few plain numbers.
import { fitSizes } from './cases/fit.ts';
import { processorMeasure } from './cases/participation.ts';
import { roundsSize } from './cases/rounds.ts';
import type { ContenderName } from './contenders.ts';
import { type Measurement, type Place, sizeOf } from './result.ts';

export interface Goal {
  readonly name: string;
  /** In words, such as `>= 15 x`. */
  readonly goal: string;
  /** null: not measured in this run. */
  readonly measured: number | null;
  /** What `measured` counts: x (times), %, B, ms, or nothing. */
  readonly unit: string;
  readonly met: boolean | null;
}

/** Looks measurements up. */
type Find = (where: { case: string; code: string; measure: string; size?: string; place?: Place }) => number | null;

interface Row {
  readonly name: string;
  readonly relation: '>=' | '<=';
  readonly bound: number;
  readonly unit: string;
  readonly value: (find: Find) => number | null;
}

/** How many times `other` is `own`; null where either is missing. */
function times(other: number | null, own: number | null): number | null {
  return other === null || own === null || own === 0 ? null : other / own;
}

/** The worst over several; null where one is missing. */
function worst(values: readonly (number | null)[], of: (...values: number[]) => number): number | null {
  const known = values.flatMap((value) => value ?? []);
  return known.length < values.length || known.length === 0 ? null : of(...known);
}

const counts = (code: ContenderName, measure: string) => (find: Find) => find({ case: 'counts', code, measure });

/** A rival's count or time of a fit on WebGPU over ours. */
const against = (rival: ContenderName, measure: string) => (find: Find) =>
  times(counts(rival, measure)(find), counts('fit-webgpu', measure)(find));

const wall = (find: Find, kind: string, code: ContenderName, size: string, place: Place = 'chromium') =>
  find({ case: kind, code, measure: 'wall', size, place });

const fitNames = fitSizes.map(({ items, dimension }) => sizeOf(items, dimension));
const smallFit = fitNames[0]!;
const largeTable = sizeOf(100_000, 64);

/** Careful tfjs on tfjs-wasm over ours at a size, the worse of Chromium and Node. */
const carefully = (find: Find, size: string) =>
  worst(
    (['chromium', 'node'] as const).map((place) =>
      times(wall(find, 'fit', 'careful-wasm', size, place), wall(find, 'fit', 'fit-wasm', size, place)),
    ),
    Math.min,
  );

/** The sizes that were measured; a quick run has one. */
const measuredFits = (find: Find) => fitNames.filter((size) => wall(find, 'fit', 'fit-wasm', size) !== null);

/** The chosen backend's time over that of the best single one. */
function autoAgainstBest(find: Find, size: string): number | null {
  const single = (['fit-wasm', 'fit-webgpu'] as const).flatMap((code) => wall(find, 'fit', code, size) ?? []);
  return single.length === 0 ? null : times(wall(find, 'fit', 'fit-auto', size), Math.min(...single));
}

const bestAgainst = (ours: ContenderName, rivals: readonly ContenderName[]) => (find: Find) => {
  const measured = rivals.flatMap((code) => wall(find, 'best', code, largeTable) ?? []);
  return measured.length === 0 ? null : times(Math.min(...measured), wall(find, 'best', ours, largeTable));
};
const topk: readonly ContenderName[] = ['topk-wasm', 'topk-cpu', 'topk-webgpu'];
const ofMillion = (code: ContenderName) => (find: Find) => wall(find, 'best', code, sizeOf(1_000_000, 64));

const encodeEach = (find: Find, code: ContenderName, place: Place) =>
  find({ case: 'encode', code, measure: 'wall each', place });

const ofServer = (find: Find, code: string) => find({ case: 'server', code, measure: 'processor an upload' });
const ofAggregate = (find: Find, code: ContenderName) => find({ case: 'aggregate', code, measure: 'wall an upload' });
const ofRounds = (measure: string) => (find: Find) =>
  worst(
    (['rounds-wasm', 'rounds-webgpu'] as const).map((code) =>
      find({ case: 'rounds', code, measure, size: roundsSize }),
    ),
    Math.max,
  );
const ofPage = (measure: string) => (find: Find) => find({ case: 'page', code: 'the page', measure });

const rows: readonly Row[] = [
  row('dispatches a fit against minimize on u', '>=', 15, 'x', against('user-webgpu', 'dispatches')),
  row('dispatches a fit against LayersModel', '>=', 60, 'x', against('layers-webgpu', 'dispatches')),
  row('readbacks a fit', '<=', 1, '', counts('fit-webgpu', 'readbacks')),
  row('pipelines compiled cold', '<=', 4, '', counts('fit-webgpu', 'pipelines cold')),
  row('page CPU to enqueue a fit against autodiff', '>=', 30, 'x', against('user-webgpu', 'enqueue')),
  row('webgpu wall against minimize on u, 4k x 32', '>=', 5, 'x', against('user-webgpu', 'wall')),
  row('webgpu wall against minimize on [u, V], 4k x 32', '>=', 20, 'x', against('joint-webgpu', 'wall')),
  row('webgpu wall against LayersModel, 4k x 32', '>=', 80, 'x', against('layers-webgpu', 'wall')),
  row('no-GPU fit against careful tfjs-wasm, the worst size', '>=', 2.5, 'x', (find) =>
    worst(
      measuredFits(find).map((size) => carefully(find, size)),
      Math.min,
    ),
  ),
  row('no-GPU fit against careful tfjs-wasm, 4k x 32', '>=', 10, 'x', (find) => carefully(find, smallFit)),
  row('auto-chosen backend against the best single one, the worst size', '<=', 1.15, 'x', (find) =>
    worst(
      measuredFits(find).map((size) => autoAgainstBest(find, size)),
      Math.max,
    ),
  ),
  row('top-50 of 100k x 64 against map+sort', '>=', 100, 'x', bestAgainst('best-wasm', ['map-and-sort'])),
  row('top-50 of 100k x 64, in 8 bits, against map+sort', '>=', 100, 'x', bestAgainst('best-bytes', ['map-and-sort'])),
  row('top-50 of 100k x 64 against tfjs topk, its fastest backend', '>=', 3, 'x', bestAgainst('best-wasm', topk)),
  row('top-50 of 100k x 64, in 8 bits, against tfjs topk', '>=', 3, 'x', bestAgainst('best-bytes', topk)),
  row('encode against exact rejection sampling in JS, a coordinate', '>=', 30, 'x', (find) =>
    worst(
      (['chromium', 'node'] as const).map((place) =>
        times(encodeEach(find, 'exact-rejection', place), encodeEach(find, 'encode-wasm', place)),
      ),
      Math.min,
    ),
  ),
  row('server CPU an upload against default socket.io', '<=', 0.333, 'x', (find) =>
    times(ofServer(find, 'tacit'), ofServer(find, 'socket.io defaults')),
  ),
  row('aggregation CPU against decode-to-tensors-and-mean', '>=', 40, 'x', (find) =>
    times(ofAggregate(find, 'tensor-mean'), ofAggregate(find, 'sum-wasm')),
  ),
  row('aggregation memory: held more for 240 further uploads, of their bytes', '<=', 2, '%', heldMore),
  row(
    'JS before the first recommendation (page, engine, worker), gz',
    '<=',
    45_000,
    'B',
    ofPage('script before the first recommendation'),
  ),
  row('JS more after opting in, gz', '<=', 85_000, 'B', scriptMore),
  row('task over 50 ms on the page’s thread while training', '<=', 0, '', ofPage('tasks over 50 ms while taking part')),
  row('task over 100 ms on the page’s thread at the start', '<=', 0, '', ofPage('tasks over 100 ms at the start')),
  row('INP with training running, processor 4 times slower', '<=', 200, 'ms', ofPage('INP')),
  row('CPU of a complete participation, D = 128k, 64 partners', '<=', 150, 'ms', (find) =>
    find({ case: 'participation', code: 'participation', measure: processorMeasure, place: 'chromium' }),
  ),
  row('1,000,000 x 64 scored, top 50', '<=', 40, 'ms', ofMillion('best-wasm')),
  row('1,000,000 x 64 scored in 8 bits, top 50', '<=', 40, 'ms', ofMillion('best-bytes')),
  row('200 rounds: tensors added', '<=', 0, '', ofRounds('tensors added')),
  row('200 rounds: GPU buffers added', '<=', 0, '', ofRounds('buffers added')),
  row('200 rounds: heap added', '<=', 20_000, 'B', ofRounds('heap added')),
];

function row(name: string, relation: Row['relation'], bound: number, unit: string, value: Row['value']): Row {
  return { name, relation, bound, unit, value };
}

/** Of the largest cohort over the smallest, over what came more. */
function heldMore(find: Find): number | null {
  const held = (cohort: number) =>
    find({ case: 'aggregate', code: 'sum-wasm', measure: 'held', size: `${cohort} uploads of 262144 B` });
  const [few, many] = [held(16), held(256)];
  return few === null || many === null ? null : (100 * (many - few)) / (240 * 262_144);
}

/** The most of any backend: of the page that was asked for WebGPU where there is one. */
function scriptMore(find: Find): number | null {
  const measure = 'script more after opting in';
  const all = ['the page', 'the page, ?backend=webgpu'].flatMap((code) => find({ case: 'page', code, measure }) ?? []);
  return all.length === 0 ? null : Math.max(...all);
}

/** Every goal, in the order of the table. */
export function goalsOf(results: readonly Measurement[]): Goal[] {
  const find: Find = (where) =>
    results.find(
      (result) =>
        result.case === where.case &&
        result.code === where.code &&
        result.measure === where.measure &&
        (where.size === undefined || result.size === where.size) &&
        (where.place === undefined || result.place === where.place),
    )?.value ?? null;
  return rows.map(({ name, relation, bound, unit, value }) => {
    const found = value(find);
    const met = found === null ? null : relation === '>=' ? found >= bound : found <= bound;
    return { name, goal: `${relation} ${boundInWords(bound, unit)}`, measured: found, unit, met };
  });
}

function boundInWords(bound: number, unit: string): string {
  if (unit === 'B') return `${bound / 1000} kB`;
  return unit === '' ? String(bound) : `${bound} ${unit}`;
}
