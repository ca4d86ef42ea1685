// Which plots the report has, and from which measurements.
import type { BarChart, Chart, Point, XyChart, XySeries } from '../../charts/chart.ts';
import { inDigits } from '../../charts/text.ts';
import { processorMeasure } from '../cases/participation.ts';
import type { Measurement, Place } from '../result.ts';
import { titleOf } from '../text.ts';

const placeInWords: Record<Place, string> = {
  chromium: 'in Chromium',
  node: 'in Node',
  page: 'on the page',
  build: 'in the build',
};

/** A point of a measurement, with its quartiles. */
function pointAt(x: number, { value, low, high }: Measurement): Point {
  return { x, y: value, low, high };
}

/** One series for each code. @param xOf null: not in this chart */
function seriesOf(results: readonly Measurement[], xOf: (result: Measurement) => number | null): XySeries[] {
  const byCode = new Map<string, Point[]>();
  for (const result of results) {
    const x = xOf(result);
    if (x !== null) byCode.set(result.code, [...(byCode.get(result.code) ?? []), pointAt(x, result)]);
  }
  return [...byCode].map(([code, points]) => ({
    name: titleOf(code),
    points: points.sort((a, b) => a.x - b.x),
    hasPoints: true,
  }));
}

const whole = (value: number) => value.toLocaleString('en-US');

/** An axis begins no sooner than its numbers ask for. */
const whereItMay = Number.MAX_VALUE;

/** Times by items, for one dimension. */
function byItems(
  results: readonly Measurement[],
  name: string,
  title: string,
  dimension: number,
  place: Place,
): XyChart {
  const itemsOf = ({ size }: Measurement) => {
    const [, items = '', columns] = /^([\d,]+) x (\d+)$/.exec(size) ?? [];
    return Number(columns) === dimension ? Number(items.replaceAll(',', '')) : null;
  };
  const own = results.filter((result) => result.case === name && result.measure === 'wall' && result.place === place);
  return {
    kind: 'xy',
    title: `${title}, d = ${dimension}, ${placeInWords[place]}`,
    note: 'Medians with quartiles; both axes by powers of ten.',
    x: { label: 'items', isLogarithmic: true, format: whole, from: whereItMay },
    y: { label: 'ms', isLogarithmic: true },
    series: seriesOf(own, itemsOf),
  };
}

interface BarPicture {
  readonly case: string;
  readonly measures: readonly string[];
  readonly title: string;
  readonly note: string;
  readonly unit: string;
}

/** Bars: a group for each measure, or for each place where it is measured in several; a bar for each code. */
function bars(results: readonly Measurement[], { case: name, measures, title, note, unit }: BarPicture): BarChart {
  const own = results.filter((result) => result.case === name && measures.includes(result.measure));
  const groupOf = ({ measure, place }: Measurement) => (measures.length > 1 ? measure : placeInWords[place]);
  const groups = [...new Set(own.map(groupOf))];
  return {
    kind: 'bars',
    title,
    note,
    x: { label: measures.length > 1 ? 'what' : 'where' },
    // Below the shortest bar, so that it is one.
    y: { label: unit, isLogarithmic: true, from: Math.min(...own.map(({ value }) => (value > 0 ? value / 2 : 1))) },
    groups,
    series: [...new Set(own.map(({ code }) => code))].map((code) => ({
      name: titleOf(code),
      values: groups.map(
        (group) => own.find((result) => result.code === code && groupOf(result) === group)?.value ?? null,
      ),
    })),
  };
}

/** The stages of a participation, one on the other. */
function stages(results: readonly Measurement[]): BarChart {
  const own = results.filter(
    ({ case: name, measure }) => name === 'participation' && !['own', processorMeasure, 'bytes up'].includes(measure),
  );
  const places = [...new Set(own.map(({ place }) => place))];
  return {
    kind: 'bars',
    title: 'A participation by stage',
    note: 'D = 131,072, 64 partners; on the clock, without what stands in for the partners.',
    x: { label: 'where' },
    y: { label: 'ms' },
    groups: places.map((place) => placeInWords[place]),
    series: [...new Set(own.map(({ measure }) => measure))].map((measure) => ({
      name: measure,
      values: places.map(
        (place) => own.find((result) => result.place === place && result.measure === measure)?.value ?? null,
      ),
    })),
    isStacked: true,
  };
}

/** What grows with one thing. */
function growth(results: readonly Measurement[], by: string): XyChart {
  const own = results.filter(({ case: name, size }) => name === 'scaling' && size.startsWith(`${by} `));
  return {
    kind: 'xy',
    title: `Growing ${by}`,
    note: `${by === 'cohort' ? 'In Node' : 'In Chromium'}. Medians with quartiles; both axes by powers of ten.`,
    x: { label: by, isLogarithmic: true, format: whole, from: whereItMay },
    y: { label: 'ms', isLogarithmic: true },
    series: seriesOf(own, ({ size }) => Number(size.slice(by.length + 1))),
  };
}

const grows = ['items', 'history', 'dimension', 'D', 'partners', 'cohort'] as const;

/** Those that have anything to show. */
export function figuresOf(results: readonly Measurement[]): Chart[] {
  const charts: Chart[] = [
    bars(results, {
      case: 'counts',
      measures: ['dispatches', 'submits', 'readbacks', 'pipelines cold'],
      title: 'What a fit asks of the graphics processor',
      note: '4,096 x 32, 20 steps, counted.',
      unit: 'times',
    }),
    bars(results, {
      case: 'counts',
      measures: ['wall', 'enqueue'],
      title: 'A fit on WebGPU',
      note: '4,096 x 32, 20 steps. enqueue: the page’s processor, until all of it is asked for.',
      unit: 'ms',
    }),
    byItems(results, 'fit', 'The local fit', 32, 'chromium'),
    byItems(results, 'fit', 'The local fit', 64, 'chromium'),
    byItems(results, 'best', 'The best 50', 64, 'chromium'),
    byItems(results, 'best', 'The best 50', 64, 'node'),
    bars(results, {
      case: 'encode',
      measures: ['wall each'],
      title: 'Encoding a coordinate',
      note: 'Clip, rotate, round, noise. Floats on tensors give no privacy.',
      unit: 'ns',
    }),
    stages(results),
    bars(results, {
      case: 'server',
      measures: ['processor an upload'],
      title: 'The server: an upload of 480 kB',
      note: 'Tacit receives, checks the hash and adds; socket.io receives.',
      unit: 'ms of processor time',
    }),
    bars(results, {
      case: 'aggregate',
      measures: ['wall an upload'],
      title: 'The server: adding an upload',
      note: 'D = 131,072.',
      unit: 'ms',
    }),
    ...grows.map((by) => growth(results, by)),
  ];
  return charts.filter((chart) =>
    chart.kind === 'xy'
      ? chart.series.some(({ points }) => points.length > 0)
      : chart.series.some(({ values }) => values.some((value) => value !== null && inDigits(value) !== '0')),
  );
}
