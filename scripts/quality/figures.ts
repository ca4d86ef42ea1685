// The plots of the document. A plot has what is measured; one without any numbers is left out.
import type { BarChart, Chart, Point, XyChart, XySeries } from '../../apps/charts/chart.ts';
import { epsilons, federatedIds, openItems, type Population, populations, privateId, privateItems } from './grid.ts';
import { differenceOf, leastErrors, type Measured } from './measured.ts';
import { type Results, rowsOf } from './results.ts';

export interface Figure {
  /** Of the file, without its ending. */
  readonly name: string;
  readonly chart: Chart;
}

const shown = ['content', 'ease', 'ials', ...federatedIds] as const;
const references = ['popularity', 'content', 'ials', 'ease'] as const;
const quality = {
  label: 'NDCG@10',
  format: (value: number) => value.toFixed(4),
  tick: (value: number) => value.toFixed(2),
};
const inKilobytes = { format: (value: number) => `${value.toFixed(1)} kB`, tick: (value: number) => String(value) };

export function figuresOf(results: Results): Figure[] {
  const figures: Figure[] = [
    { name: 'learners', chart: learnersChart(results) },
    ...populations.map((population) => ({
      name: `privacy-${population}`,
      chart: privacyChart(results, population),
    })),
    { name: 'bytes-reconstruction', chart: reconstructionBytes(results) },
    { name: 'bytes-co-occurrence', chart: coOccurrenceBytes(results) },
    { name: 'rounds-devices', chart: roundsChart(results, 'Over rounds: what a device does', deviceRows) },
    { name: 'rounds-server', chart: roundsChart(results, 'Over rounds: how the server steps', serverRows) },
    { name: 'who-gains', chart: exposureChart(results) },
  ];
  return figures.filter(({ chart }) => hasNumbers(chart));
}

function hasNumbers(chart: Chart): boolean {
  return chart.kind === 'xy'
    ? chart.series.some(({ points, isReference }) => isReference !== true && points.length > 0)
    : chart.series.some(({ values }) => values.some((value) => value !== null));
}

function labelOf(id: string): string {
  return rowsOf('learners').find((row) => row.id === id)?.label ?? id;
}

function learnersChart(results: Results): BarChart {
  return {
    kind: 'bars',
    title: 'Without privacy',
    note: '',
    x: { label: 'measure, strangers (P1)' },
    y: { label: 'mean over people' },
    groups: ['NDCG@10', 'NDCG@100', 'Recall@20'],
    series: shown.map((id) => {
      const measured = results.measuredOf(id);
      return {
        name: labelOf(id),
        values: measured === null ? [null, null, null] : [measured.ndcg10, measured.ndcg100, measured.recall20],
      };
    }),
  };
}

/**
 * With a bar of two standard errors of its difference from `base` on the same people: how hard those are is common to both. None on the base itself,
 * which does not differ from itself, and none without a base.
 */
function pointOf(x: number, measured: Measured, base: Measured | null): Point {
  const y = measured.ndcg10;
  if (base === null || base === measured || base.users !== measured.users) return { x, y };
  const half = leastErrors * differenceOf(measured, base).se;
  return { x, y, low: y - half, high: y + half };
}

/** Levels to compare with. */
function levels(results: Results, ids: readonly string[], x: number): XySeries[] {
  return ids.flatMap((id) => {
    const measured = results.measuredOf(id);
    return measured === null ? [] : [{ name: labelOf(id), points: [{ x, y: measured.ndcg10 }], isReference: true }];
  });
}

function privacyChart(results: Results, population: Population): XyChart {
  return {
    kind: 'xy',
    title: `With privacy, ${population === '1x' ? 'the people as they are' : `${population} the people (simulated)`}`,
    note: '',
    x: { label: 'epsilon at delta 1e-6', from: 0, to: 8 },
    y: { ...quality, from: 0.1 },
    series: [
      ...federatedIds.map(
        (learner): XySeries => ({
          name: learner,
          hasPoints: true,
          points: epsilons.flatMap((epsilon) => {
            const measured = results.measuredOf(privateId(learner, population, epsilon));
            return measured === null ? [] : [pointOf(epsilon, measured, results.measuredOf('content'))];
          }),
        }),
      ),
      ...levels(results, references, 1),
    ],
  };
}

function bytesPoints(results: Results, ids: readonly string[], base: string, bytesPerUnit: number): Point[] {
  return ids
    .flatMap((id) => {
      const measured = results.measuredOf(id);
      return measured === null
        ? []
        : [pointOf(measured.uploadBytesPerClient / bytesPerUnit, measured, results.measuredOf(base))];
    })
    .sort((a, b) => a.x - b.x);
}

function reconstructionBytes(results: Results): XyChart {
  return {
    kind: 'xy',
    title: 'Reconstruction: bytes of an upload',
    note: '',
    x: { ...inKilobytes, label: 'upload of one participation, kB', from: 0 },
    y: quality,
    series: [
      {
        name: '1, 2, 4, 8 bits, d = 32',
        points: bytesPoints(results, ['bits-1', 'bits-2', 'bits-4', 'bits-8'], 'reconstruction', 1000),
        hasPoints: true,
      },
      {
        name: 'd = 8, 16, 32, 64 at 16 bits',
        points: bytesPoints(results, ['dim-8', 'dim-16', 'reconstruction', 'dim-64'], 'reconstruction', 1000),
        hasPoints: true,
      },
      ...levels(results, ['ials'], 50),
    ],
  };
}

function coOccurrenceBytes(results: Results): XyChart {
  const open = [...openItems.map((k) => `items-${k}`), 'co-occurrence'];
  const noisyRule = privateId('co-occurrence', '10x', 4);
  const noisy = [...privateItems.map((k) => `private-items-${k}`), noisyRule];
  return {
    kind: 'xy',
    title: 'Co-occurrence: bytes of an upload',
    note: '',
    x: {
      label: 'upload of one participation, MB',
      isLogarithmic: true,
      format: (value) => `${value.toPrecision(3)} MB`,
      tick: String,
    },
    y: { ...quality, from: 0.2 },
    series: [
      { name: 'without privacy, by K', points: bytesPoints(results, open, 'co-occurrence', 1e6), hasPoints: true },
      {
        name: 'epsilon 4, 10x (simulated), by K',
        points: bytesPoints(results, noisy, noisyRule, 1e6),
        hasPoints: true,
      },
      ...levels(results, ['content', 'ease'], 0.1),
    ],
  };
}

const deviceRows: readonly (readonly [string, string])[] = [
  ['reconstruction', 'one step'],
  ['local-5', 'FedAvg, 5 steps'],
  ['prox-5', 'FedProx, 5 steps'],
  ['size-weights', 'weights by size'],
  ['cohort-500', 'one step, cohort 500'],
];
const serverRows: readonly (readonly [string, string])[] = [
  ['reconstruction', 'preconditioned'],
  ...['sgd', 'momentum', 'adagrad', 'adam', 'yogi'].map(
    (name) =>
      [`optimizer-${name}`, rowsOf('rounds').find(({ id }) => id === `optimizer-${name}`)?.label ?? name] as const,
  ),
];

function roundsChart(results: Results, title: string, rows: readonly (readonly [string, string])[]): XyChart {
  return {
    kind: 'xy',
    title,
    note: '',
    x: { label: 'rounds', from: 0 },
    y: quality,
    series: [
      ...rows.map(
        ([id, name]): XySeries => ({
          name,
          points: (results.measuredOf(id)?.curve ?? []).map(({ round, ndcg10 }) => ({ x: round, y: ndcg10 })),
        }),
      ),
      ...levels(results, ['content', 'ials'], 20),
    ],
  };
}

function exposureChart(results: Results): BarChart {
  return {
    kind: 'bars',
    title: 'What part of the catalogue is recommended',
    note: '',
    x: { label: 'items in somebody’s first ten; evenness of their shares' },
    y: { label: 'part', format: (value) => value.toFixed(3), tick: (value) => value.toFixed(2) },
    groups: ['coverage', '1 − Gini'],
    series: shown.map((id) => {
      const measured = results.measuredOf(id);
      return { name: labelOf(id), values: measured === null ? [null, null] : [measured.coverage, 1 - measured.gini] };
    }),
  };
}
