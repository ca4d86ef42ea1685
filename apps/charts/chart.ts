// Charts as SVG text, drawn by ourselves: lines with bands, points with error bars, bars side by side or stacked. Each has a table of the same
// numbers. Colours come from styles.ts by class; shapes and dashes tell series apart without them. A figure is part of a page, a picture a file.
import { escaped, inDigits } from './text.ts';

export interface Axis {
  readonly label: string;
  /** How a number is written in the table and in the words of a point; default three digits. */
  readonly format?: (value: number) => string;
  /** And beside a tick, where the axis has its unit in its name; default `format`. */
  readonly tick?: (value: number) => string;
  /** Where the axis begins or ends at the latest; it is as long as the numbers ask for beyond. By powers of ten it begins at 1 unless said otherwise. */
  readonly from?: number;
  readonly to?: number;
  /** By powers of ten; for numbers above 0. */
  readonly isLogarithmic?: boolean;
}

export interface Point {
  readonly x: number;
  readonly y: number;
  /** Ends of its bar, or of the band there, where it has one. */
  readonly low?: number;
  readonly high?: number;
}

export interface XySeries {
  readonly name: string;
  readonly points: readonly Point[];
  /** Something to compare with: grey. */
  readonly isReference?: boolean;
  /** Points with error bars on their line, in place of a line in a band. */
  readonly hasPoints?: boolean;
}

export interface XyChart {
  readonly kind: 'xy';
  readonly title: string;
  readonly note: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly XySeries[];
}

export interface BarSeries {
  readonly name: string;
  /** Parallel to the groups; null: nothing is known. */
  readonly values: readonly (number | null)[];
}

export interface BarChart {
  readonly kind: 'bars';
  readonly title: string;
  readonly note: string;
  readonly x: Pick<Axis, 'label'>;
  readonly y: Axis;
  readonly groups: readonly string[];
  readonly series: readonly BarSeries[];
  readonly isStacked?: boolean;
}

export type Chart = XyChart | BarChart;

/** Of a drawing, in its own units. */
export const width = 360;
export const height = 232;
const left = 48;
const right = 20;
/** The name of the upward axis stands above it. */
const top = 26;
const bottom = 40;
const innerWidth = width - left - right;
const innerHeight = height - top - bottom;
/** Series that have a colour of their own; further ones begin again with another dash. */
const colours = 6;
const mostBands = 3;
/** Characters of a group's name under a bar at most; a longer one is cut. */
const longestTick = 10;

/** A figure: title, legend, picture and table. */
export function figureOf(chart: Chart): string {
  const names = chart.series.map((series, index) => legendEntry(series.name, classOf(chart, index), chart.kind));
  const legend = chart.series.length > 1 ? `<ul class="legend">${names.join('')}</ul>` : '';
  const head = `<figcaption><h3>${escaped(chart.title)}</h3><p>${escaped(chart.note)}</p></figcaption>`;
  const table = `<details><summary>Table</summary><div class="scroll" tabindex="0">${tableOf(chart)}</div></details>`;
  return `<figure class="chart">${head}${legend}${svgOf(chart)}${table}</figure>`;
}

function legendEntry(name: string, classes: string, kind: Chart['kind']): string {
  return `<li><svg viewBox="0 0 18 12" width="18" height="12" aria-hidden="true">${markOf(classes, kind)}</svg>${escaped(name)}</li>`;
}

/** What stands for a series in a legend, 18 by 12. */
export function markOf(classes: string, kind: Chart['kind']): string {
  return kind === 'bars'
    ? `<rect class="bar ${classes}" x="2" y="2" width="14" height="8"/>`
    : `<line class="line ${classes}" x1="0" y1="6" x2="18" y2="6"/>`;
}

/** The classes that give a series its colour and dashes. */
export function classOf(chart: Chart, index: number): string {
  if (chart.kind === 'xy' && chart.series[index]?.isReference) {
    const before = chart.series.slice(0, index).filter(({ isReference }) => isReference).length;
    return `reference dash-${before % 4}`;
  }
  const own =
    chart.kind === 'xy' ? chart.series.slice(0, index).filter(({ isReference }) => !isReference).length : index;
  return `series-${own % colours} dash-${Math.floor(own / colours) % 4}`;
}

function svgOf(chart: Chart): string {
  const body = bodyOf(chart);
  const label = `${chart.title}. ${chart.y.label} by ${chart.x.label}. The table below has the numbers.`;
  return `<svg class="plot" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(label)}">${body}</svg>`;
}

/** The drawing alone: axes, series and their words, `width` by `height`. */
export function bodyOf(chart: Chart): string {
  return chart.kind === 'xy' ? xyBody(chart) : barBody(chart);
}

// Lines and points.

function xyBody(chart: XyChart): string {
  const points = chart.series.flatMap((series) => series.points);
  if (points.length === 0) return emptyBody();
  const x = scaleOf(
    chart.x,
    points.map((point) => point.x),
    left,
    left + innerWidth,
    false,
  );
  const y = scaleOf(
    chart.y,
    points.flatMap((point) => [point.low ?? point.y, point.high ?? point.y]),
    top + innerHeight,
    top,
    true,
  );
  // More bands than some cover each other; the table has every one.
  const hasBands = chart.series.filter(({ points: [first] }) => first?.low !== undefined).length <= mostBands;
  const series = chart.series.map((one, index) => seriesOf(one, classOf(chart, index), { x, y, chart, hasBands }));
  return frame(chart, y, xTicks(x)) + series.join('');
}

interface Drawing {
  readonly x: Scale;
  readonly y: Scale;
  readonly chart: XyChart;
  readonly hasBands: boolean;
}

function seriesOf(series: XySeries, classes: string, { x, y, chart, hasBands }: Drawing): string {
  const { points, hasPoints = false } = series;
  const at = (point: Point): string => `${fixed(x.place(point.x))},${fixed(y.place(point.y))}`;
  const banded = points.filter((point) => point.low !== undefined && point.high !== undefined);
  const parts: string[] = [];
  if (hasBands && !hasPoints && banded.length > 1) {
    const edge = (value: (point: Point) => number) => (point: Point) =>
      `${fixed(x.place(point.x))},${fixed(y.place(value(point)))}`;
    const upper = banded.map(edge((point) => point.high!));
    const lower = [...banded].reverse().map(edge((point) => point.low!));
    parts.push(`<polygon class="band ${classes}" points="${[...upper, ...lower].join(' ')}"/>`);
  }
  if (points.length > 1) parts.push(`<polyline class="line ${classes}" points="${points.map(at).join(' ')}"/>`);
  const [only] = points;
  if (series.isReference && only !== undefined && points.length === 1) {
    const height = fixed(y.place(only.y));
    parts.push(`<polyline class="line ${classes}" points="${left},${height} ${left + innerWidth},${height}"/>`);
  }
  for (const point of points) {
    const place = fixed(x.place(point.x));
    if (hasPoints && point.low !== undefined && point.high !== undefined) {
      const [from, to] = [fixed(y.place(point.low)), fixed(y.place(point.high))];
      parts.push(`<line class="error ${classes}" x1="${place}" y1="${from}" x2="${place}" y2="${to}"/>`);
    }
    const interval =
      point.low === undefined || point.high === undefined
        ? ''
        : ` (${written(chart.y, point.low)} to ${written(chart.y, point.high)})`;
    const words = `${series.name}: ${written(chart.x, point.x)}, ${written(chart.y, point.y)}${interval}`;
    const radius = hasPoints || points.length === 1 ? 3.5 : 2;
    parts.push(
      `<circle class="dot ${classes}" cx="${place}" cy="${fixed(y.place(point.y))}" r="${radius}"><title>${escaped(words)}</title></circle>`,
    );
  }
  return `<g>${parts.join('')}</g>`;
}

// Bars.

function barBody(chart: BarChart): string {
  const { groups, series, isStacked = false } = chart;
  const heights = isStacked
    ? groups.map((_, group) => series.reduce((sum, { values }) => sum + (values[group] ?? 0), 0))
    : series.flatMap(({ values }) => values.flatMap((value) => value ?? []));
  if (series.every(({ values }) => values.every((value) => value === null))) return emptyBody();
  const { isLogarithmic = false } = chart.y;
  const y = scaleOf(isLogarithmic ? chart.y : { from: 0, ...chart.y }, heights, top + innerHeight, top, true);
  const slot = innerWidth / groups.length;
  const barsInSlot = isStacked ? 1 : series.length;
  const thickness = Math.min(36, (0.78 * slot) / barsInSlot);
  const bars = groups.flatMap((group, index) => {
    let base = 0;
    return series.flatMap(({ name, values }, which) => {
      const value = values[index] ?? null;
      if (value === null) return [];
      const start = left + slot * (index + 0.5) - (thickness * barsInSlot) / 2 + (isStacked ? 0 : which * thickness);
      const from = isStacked ? base : 0;
      base += value;
      const lower = isLogarithmic ? top + innerHeight : y.place(from);
      const upper = y.place(from + value);
      const words = `${group}, ${name}: ${written(chart.y, value)}`;
      return [
        `<rect class="bar ${classOf(chart, which)}" x="${fixed(start)}" y="${fixed(upper)}" width="${fixed(thickness)}" height="${fixed(Math.max(0, lower - upper))}"><title>${escaped(words)}</title></rect>`,
      ];
    });
  });
  // Names that would run into each other are left out, every second or every third.
  const every = Math.ceil((Math.max(...groups.map(tickWidth)) + 4) / slot);
  const ticks = groups
    .map((group, index) => ({ text: shortened(group), place: left + slot * (index + 0.5) }))
    .filter((_, index) => index % every === 0);
  return frame(chart, y, ticks) + bars.join('');
}

function shortened(name: string): string {
  return name.length <= longestTick ? name : `${name.slice(0, longestTick - 1)}…`;
}

function tickWidth(name: string): number {
  return 6.2 * shortened(name).length;
}

// The frame: axes, ticks and their words.

interface Tick {
  readonly text: string;
  readonly place: number;
}

function frame(chart: Chart, y: Scale, ticks: readonly Tick[]): string {
  const lines = y.ticks.map(({ place, text }) => {
    const at = fixed(place);
    return (
      `<line class="grid" x1="${left}" y1="${at}" x2="${width - right}" y2="${at}"/>` +
      `<text class="tick" x="${left - 6}" y="${at}" dy="0.34em" text-anchor="end">${escaped(text)}</text>`
    );
  });
  const base = top + innerHeight;
  const below = ticks.map(
    ({ place, text }) =>
      `<text class="tick" x="${fixed(place)}" y="${base + 15}" text-anchor="middle">${escaped(text)}</text>`,
  );
  const label =
    `<text class="axis" x="${left + innerWidth / 2}" y="${height - 6}" text-anchor="middle">${escaped(chart.x.label)}</text>` +
    `<text class="axis" x="4" y="12">${escaped(chart.y.label)}</text>`;
  return `${lines.join('')}<line class="base" x1="${left}" y1="${base}" x2="${width - right}" y2="${base}"/>${below.join('')}${label}`;
}

function emptyBody(): string {
  return `<text class="axis" x="${width / 2}" y="${height / 2}" text-anchor="middle">no numbers</text>`;
}

function xTicks({ ticks }: Scale): Tick[] {
  // As many as do not run into each other.
  const longest = Math.max(...ticks.map(({ text }) => 6.2 * text.length)) + 6;
  const distance = ticks.length > 1 ? Math.abs(ticks[1]!.place - ticks[0]!.place) : innerWidth;
  const every = Math.max(1, Math.ceil(longest / distance));
  return ticks.filter((_, index) => index % every === 0);
}

interface Scale {
  readonly place: (value: number) => number;
  readonly ticks: readonly Tick[];
}

function scaleOf(
  axis: Omit<Axis, 'label'>,
  values: readonly number[],
  start: number,
  end: number,
  isRound: boolean,
): Scale {
  if (axis.isLogarithmic === true) return logarithmicScale(axis, values, start, end);
  let low = Math.min(axis.from ?? Number.POSITIVE_INFINITY, ...values);
  let high = Math.max(axis.to ?? Number.NEGATIVE_INFINITY, ...values);
  if (low === high) {
    const room = low === 0 ? 1 : Math.abs(low) / 2;
    [low, high] = [low - (low === 0 ? 0 : room), high + room];
  }
  const step = niceStep((high - low) / 4);
  if (isRound) [low, high] = [Math.floor(low / step + 1e-9) * step, Math.ceil(high / step - 1e-9) * step];
  const place = (value: number): number => start + ((value - low) / (high - low)) * (end - start);
  const ticks: Tick[] = [];
  for (let number = Math.ceil(low / step - 1e-9); number * step <= high + step * 1e-9; number += 1) {
    const value = number * step;
    ticks.push({ place: place(value), text: tickOf(axis, Math.abs(value) < step * 1e-9 ? 0 : value) });
  }
  return { place, ticks };
}

function logarithmicScale(axis: Omit<Axis, 'label'>, values: readonly number[], start: number, end: number): Scale {
  const positive = values.filter((value) => value > 0);
  const low = Math.floor(Math.log10(Math.min(...positive, axis.from ?? 1)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...positive, Number.MIN_VALUE))));
  const place = (value: number): number => {
    const power = Math.max(low, Math.log10(Math.max(value, Number.MIN_VALUE)));
    return start + ((power - low) / (high - low)) * (end - start);
  };
  const ticks = Array.from({ length: high - low + 1 }, (_, step) => {
    const value = 10 ** (low + step);
    return { place: place(value), text: tickOf(axis, value) };
  });
  return { place, ticks };
}

/** The next of 1, 2, 2.5 and 5 times a power of ten. */
function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 2.5, 5, 10].find((candidate) => candidate * power >= rough * (1 - 1e-9)) ?? 10;
  return factor * power;
}

function tickOf(axis: Omit<Axis, 'label'>, value: number): string {
  return (axis.tick ?? axis.format ?? inDigits)(value);
}

function fixed(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function written(axis: Axis, value: number): string {
  return (axis.format ?? inDigits)(value);
}

// The table of the same numbers.

function tableOf(chart: Chart): string {
  const heads = [chart.x.label, ...chart.series.map(({ name }) => name)].map(
    (text) => `<th scope="col">${escaped(text)}</th>`,
  );
  const rows =
    chart.kind === 'bars'
      ? chart.groups.map((group, index) =>
          row(
            group,
            chart.series.map(({ values }) => cellOf(chart.y, values[index] ?? null)),
          ),
        )
      : [...new Set(chart.series.flatMap(({ points }) => points.map(({ x }) => x)))]
          .sort((a, b) => a - b)
          .map((x) =>
            row(
              written(chart.x, x),
              chart.series.map(({ points }) =>
                pointCell(
                  chart.y,
                  points.find((point) => point.x === x),
                ),
              ),
            ),
          );
  const caption = `<caption>${escaped(`${chart.title}: ${chart.y.label}`)}</caption>`;
  return `<table>${caption}<thead><tr>${heads.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function row(head: string, cells: readonly string[]): string {
  return `<tr><th scope="row">${escaped(head)}</th>${cells.map((text) => `<td>${escaped(text)}</td>`).join('')}</tr>`;
}

function cellOf(axis: Axis, value: number | null): string {
  return value === null ? '' : written(axis, value);
}

function pointCell(axis: Axis, point: Point | undefined): string {
  if (point === undefined) return '';
  const interval =
    point.low === undefined || point.high === undefined ? '' : ` ± ${written(axis, (point.high - point.low) / 2)}`;
  return written(axis, point.y) + interval;
}
