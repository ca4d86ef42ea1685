// Which charts a run has: those that compare its scenarios, and those of one scenario. Repeats with other seeds are put together.

import type { BarChart, Chart, Point, XySeries } from '../../charts/chart.ts';
import { inBytes, inDigits, inPercent, inTime } from '../../charts/text.ts';
import { hourMs, minuteMs } from '../habits.ts';
import { maliceInWords } from '../malice.ts';
import { type Mean, meanAndError, type Quality } from '../quality.ts';
import { epsilonBars, type ScenarioResult } from '../result.ts';
import { beginningMs } from '../scenario.ts';
import type { RoundRow } from '../tally.ts';
import { answerStages } from '../visit.ts';

/** Standard errors to each side of a mean, in bars and bands. */
const halfWidth = 2;

/** Scenarios that differ in their seed alone. */
interface Group {
  readonly label: string;
  readonly results: readonly ScenarioResult[];
}

function groupsOf(results: readonly ScenarioResult[]): Group[] {
  const byLabel = new Map<string, ScenarioResult[]>();
  for (const result of results) {
    const { label } = result.scenario;
    byLabel.set(label, [...(byLabel.get(label) ?? []), result]);
  }
  return [...byLabel].map(([label, members]) => ({ label, results: members }));
}

/** Mean over repeats with their standard error; of one alone its own, over the people of the panel. */
function together(values: readonly Mean[]): Mean {
  return values.length === 1 ? values[0]! : meanAndError(values.map(({ mean }) => mean));
}

function pointOf(x: number, { mean, se }: Mean): Point {
  return { x, y: mean, low: mean - halfWidth * se, high: mean + halfWidth * se };
}

type Ranking = keyof Quality;

/** A ranking's quality after each measured round that all repeats have. */
function curveOf({ results }: Group, ranking: Ranking): Point[] {
  const first = results[0]!;
  return first.curve.flatMap(({ published }) => {
    const there = results.flatMap(
      ({ curve }) => curve.find((point) => point.published === published)?.quality[ranking] ?? [],
    );
    return there.length < results.length ? [] : [pointOf(published, together(there))];
  });
}

function lastOf({ results }: Group, ranking: Ranking): Mean | null {
  const last = results.flatMap((result) => result.last?.[ranking] ?? []);
  return last.length === 0 ? null : together(last);
}

const repeatsInWords = (groups: readonly Group[]): string =>
  groups.some(({ results }) => results.length > 1)
    ? 'Means over repeats with other seeds, with two standard errors over the repeats to each side.'
    : 'With two standard errors over the people of the panel to each side.';

/** Charts over all scenarios. */
export function comparisons(results: readonly ScenarioResult[]): Chart[] {
  const groups = groupsOf(results);
  const charts: Chart[] = [qualityOverRounds(groups), qualityOverEpsilon(groups)];
  const harmed = groups.filter(({ results: [first] }) => first!.scenario.malicious > 0);
  if (harmed.length > 0) charts.push(illWill(groups));
  return charts;
}

function qualityOverRounds(groups: readonly Group[]): Chart {
  const reference = groups[0]!;
  const atFirst = reference.results.flatMap(({ facts }) => facts.shownAtFirst ?? []);
  const shown =
    groups.length > 1 || atFirst.length === 0 ? [] : [pointOf(0, together(atFirst)), ...curveOf(reference, 'shown')];
  return {
    kind: 'xy',
    title: 'Quality over rounds',
    note: `NDCG@10 of held-out likes, by the published model’s scores${
      shown.length > 0
        ? '; as shown: the list of the page, from crowd or content, whichever serves a person better'
        : ''
    }. ${repeatsInWords(groups)}`,
    x: { label: 'published rounds', from: 0 },
    y: { label: 'NDCG@10' },
    series: [
      ...groups.map((group): XySeries => ({ name: `shared, ${group.label}`, points: curveOf(group, 'shared') })),
      ...(shown.length > 0 ? [{ name: 'as shown', points: shown, hasPoints: true }] : []),
      { name: 'content alone', points: withoutBand(curveOf(reference, 'content')), isReference: true },
      { name: 'popular', points: withoutBand(curveOf(reference, 'popular')), isReference: true },
    ],
  };
}

const withoutBand = (points: readonly Point[]): Point[] => points.map(({ x, y }) => ({ x, y }));

function qualityOverEpsilon(groups: readonly Group[]): Chart {
  const byRest = new Map<string, Group[]>();
  for (const group of groups) {
    const { varies } = group.results[0]!.scenario;
    const rest = Object.entries(varies)
      .filter(([name]) => name !== 'epsilon')
      .map(([, text]) => text)
      .join(', ');
    byRest.set(rest, [...(byRest.get(rest) ?? []), group]);
  }
  const points = (of: readonly Group[], ranking: Ranking): Point[] =>
    of
      .flatMap((group) => {
        const last = lastOf(group, ranking);
        return last === null ? [] : [pointOf(group.results[0]!.scenario.epsilon, last)];
      })
      .sort((a, b) => a.x - b.x);
  const every = points(groups, 'content');
  return {
    kind: 'xy',
    title: 'Quality over epsilon',
    note: 'NDCG@10 after the last round, by the epsilon that a device may spend in its life. Bars are two standard errors to each side.',
    x: { label: 'epsilon at most, for one person' },
    y: { label: 'NDCG@10' },
    series: [
      ...[...byRest].map(
        ([rest, of]): XySeries => ({
          name: rest === '' ? 'shared' : `shared, ${rest}`,
          points: points(of, 'shared'),
          hasPoints: true,
        }),
      ),
      { name: 'content alone', points: withoutBand(onePerX(every)), isReference: true },
      { name: 'popular', points: withoutBand(onePerX(points(groups, 'popular'))), isReference: true },
    ],
  };
}

function onePerX(points: readonly Point[]): Point[] {
  return points.filter((point, index) => points.findIndex(({ x }) => x === point.x) === index);
}

function illWill(groups: readonly Group[]): Chart {
  const kinds = new Set(
    groups.flatMap(({ results: [first] }) => (first!.scenario.malicious > 0 ? [first!.scenario.malice] : [])),
  );
  const doing = [...kinds].map((kind) => `${kind}: they ${maliceInWords[kind]}`).join('; ');
  return {
    kind: 'xy',
    title: 'What ill will does',
    note: `Shared less content alone, NDCG@10 person by person, with malicious participants and without (${doing}).`,
    x: { label: 'published rounds', from: 0 },
    y: { label: 'NDCG@10 above content', to: 0, from: 0 },
    series: groups.map((group) => ({ name: group.label, points: curveOf(group, 'lift') })),
  };
}

/** Charts of one scenario. */
export function detailsOf(result: ScenarioResult, rounds: readonly RoundRow[]): Chart[] {
  return [
    bytesOfDevices(result),
    bytesOfServer(rounds),
    dropouts(result),
    endings(result),
    timesOfRounds(rounds),
    timeToUpdate(result),
    sharesByClass(result),
    fairness(result),
    epsilonSpent(result),
    presence(result),
  ];
}

const classNames = ({ classes }: ScenarioResult): string[] =>
  classes.map(({ slowness: [from, to] }) => `${inDigits(round1(from))}–${inDigits(round1(to))}×`);

const round1 = (value: number): number => Math.round(value * 10) / 10;

function bytesOfDevices(result: ScenarioResult): BarChart {
  return {
    kind: 'bars',
    title: 'Bytes of a participation',
    note: `Messages of a round for one update that counted, by how slow the device is (1× is the fastest). A person moves ${inBytes(result.bytes.upPerPersonDay)} up and ${inBytes(result.bytes.downPerPersonDay)} down a day in all, models included.`,
    x: { label: 'slowness of the device' },
    y: { label: 'bytes', format: inBytes },
    groups: classNames(result),
    series: [
      { name: 'up', values: result.classes.map((row) => row.upBytesPerUpdate) },
      { name: 'down', values: result.classes.map((row) => row.downBytesPerUpdate) },
    ],
  };
}

function bytesOfServer(rounds: readonly RoundRow[]): Chart {
  return {
    kind: 'xy',
    title: 'Bytes at the server',
    note: 'Everything between the devices and the server since the round before: rounds, waiting, and files.',
    x: { label: 'rounds', from: 0 },
    y: { label: 'bytes a round', from: 0, format: inBytes },
    series: [
      { name: 'received', points: rounds.map((row) => ({ x: row.round, y: row.upBytes })) },
      { name: 'sent', points: rounds.map((row) => ({ x: row.round, y: row.downBytes })) },
    ],
  };
}

function dropouts({ missing, seats }: ScenarioResult): BarChart {
  return {
    kind: 'bars',
    title: 'Who was missing, and when',
    note: `Of ${inDigits(seats)} seats, those whose answer never came, by the stage that it was due in.`,
    x: { label: 'stage' },
    y: { label: 'seats', from: 0 },
    groups: answerStages,
    series: [
      { name: 'vanished', values: answerStages.map((stage) => missing.vanished[stage]) },
      { name: 'left the page', values: answerStages.map((stage) => missing.left[stage]) },
      { name: 'too late', values: answerStages.map((stage) => missing.late[stage]) },
      { name: 'lost the round', values: answerStages.map((stage) => missing.lost[stage]) },
    ],
    isStacked: true,
  };
}

function endings({ rounds }: ScenarioResult): BarChart {
  const codes = Object.entries(rounds.byCode);
  return {
    kind: 'bars',
    title: 'How rounds ended',
    note: 'Published, or given up with the code that their members heard.',
    x: { label: 'outcome' },
    y: { label: 'rounds', from: 0 },
    groups: ['published', ...codes.map(([code]) => code)],
    series: [{ name: 'rounds', values: [rounds.published, ...codes.map(([, count]) => count)] }],
  };
}

function timesOfRounds(rounds: readonly RoundRow[]): Chart {
  const gathering = rounds.map((row) => (row.configuredMs ?? row.closedMs) - row.openedMs);
  const itself = rounds.map((row) => row.closedMs - (row.configuredMs ?? row.closedMs));
  const unit = timeUnitOf([...gathering, ...itself]);
  const points = (times: readonly number[]): Point[] =>
    rounds.map((row, index) => ({ x: hoursOf(row), y: times[index]! / unit.ms }));
  return {
    kind: 'xy',
    title: 'How long rounds take',
    note: 'From the first who waited to a fixed cohort, and from there to the end.',
    x: { label: 'hours since the beginning', from: 0 },
    y: { label: unit.name, from: 0, format: (value) => `${inDigits(value)} ${unit.short}`, tick: inDigits },
    series: [
      { name: 'gathering', points: points(gathering) },
      { name: 'the round itself', points: points(itself) },
    ],
  };
}

interface TimeUnit {
  readonly name: string;
  readonly short: string;
  readonly ms: number;
}

/** The largest unit that the longest time has some of. */
function timeUnitOf(timesMs: readonly number[]): TimeUnit {
  const longest = Math.max(0, ...timesMs);
  if (longest > 3 * hourMs) return { name: 'hours', short: 'h', ms: hourMs };
  if (longest > 3 * minuteMs) return { name: 'minutes', short: 'min', ms: minuteMs };
  return { name: 'seconds', short: 's', ms: 1000 };
}

const hoursOf = ({ closedMs }: RoundRow): number => (closedMs - beginningMs) / hourMs;

function timeToUpdate(result: ScenarioResult): BarChart {
  return {
    kind: 'bars',
    title: 'Fast and slow devices: time to an update',
    note: 'From beginning to train to asking for a seat, and from being given one to the last byte of the upload. Means, on a logarithmic axis.',
    x: { label: 'slowness of the device' },
    y: { label: 'seconds', format: inTime, tick: inDigits, isLogarithmic: true },
    groups: classNames(result),
    series: [
      { name: 'to a seat', values: result.classes.map((row) => row.readySeconds) },
      { name: 'to an upload', values: result.classes.map((row) => row.uploadSeconds) },
    ],
  };
}

function sharesByClass(result: ScenarioResult): BarChart {
  return {
    kind: 'bars',
    title: 'Fast and slow devices: whose updates count',
    note: 'Where the second bar is shorter than the first, these people are heard less than they are many.',
    x: { label: 'slowness of the device' },
    y: { label: 'share', from: 0, format: inPercent },
    groups: classNames(result),
    series: [
      { name: 'of the people', values: result.classes.map((row) => row.shareOfPeople) },
      { name: 'of the updates', values: result.classes.map((row) => row.shareOfUpdates) },
    ],
  };
}

function fairness({ participation }: ScenarioResult): Chart {
  const { lorenz, gini, never, people } = participation;
  const last = lorenz.length - 1;
  return {
    kind: 'xy',
    title: 'How even participation is',
    note: `Share of all updates by the least active part of the people (Lorenz). Gini ${inDigits(gini)}; ${inDigits(never)} of ${inDigits(people)} never took part.`,
    x: { label: 'part of the people', from: 0, to: 1, format: inPercent },
    y: { label: 'share of the updates', from: 0, to: 1, format: inPercent },
    series: [
      { name: 'updates', points: lorenz.map((y, tenth) => ({ x: tenth / last, y })) },
      { name: 'if all took part alike', points: [0, 1].map((x) => ({ x, y: x })), isReference: true },
    ],
  };
}

function epsilonSpent({ epsilon, scenario, facts }: ScenarioResult): BarChart {
  const edge = (bar: number) => (scenario.epsilon * bar) / epsilonBars;
  return {
    kind: 'bars',
    title: 'Epsilon spent',
    note: `Of each person's ledger at delta ${inDigits(scenario.delta)}: mean ${inDigits(epsilon.mean)}, most ${inDigits(epsilon.max)}, cap ${inDigits(scenario.epsilon)}. One session costs ${inDigits(facts.epsilonPerSession)}.`,
    x: { label: 'epsilon, from' },
    y: { label: 'people', from: 0 },
    groups: epsilon.counts.map((_, bar) => inDigits(edge(bar))),
    series: [{ name: 'people', values: epsilon.counts }],
  };
}

function presence({ presentByHour, scenario }: ScenarioResult): BarChart {
  return {
    kind: 'bars',
    title: 'People there by time of day',
    note: `Mean number of people present in each hour of virtual time; ${inPercent(scenario.present)} of them on average over the day.`,
    x: { label: 'hour of the day' },
    y: { label: 'people', from: 0 },
    groups: presentByHour.map((_, hour) => String(hour)),
    series: [{ name: 'people', values: presentByHour }],
  };
}
