// From what a scenario counted to what a report says of it: JSON without times of this machine, so that the same run gives the same file.
import { meanOf, medianOf } from '#shared/maths/statistics.ts';
import { digestText } from './clock.ts';
import type { PersonState } from './crowd.ts';
import { speedClassBounds } from './device.ts';
import { hourMs } from './habits.ts';
import { type Mean, meanAndError, type Quality } from './quality.ts';
import { beginningMs, type EndReason, epsilonSpent, type Facts, type ScenarioState } from './scenario.ts';
import type { Scenario } from './spec.ts';
import { noAnswers, type RoundRow, type StageCounts } from './tally.ts';
import { answerStages } from './visit.ts';

export type MissingCounts = RoundRow['missing'];

export interface ClassResult {
  /** Times slower than the fastest device, from and to. */
  readonly slowness: readonly [number, number];
  readonly people: number;
  readonly visits: number;
  readonly seats: number;
  readonly updates: number;
  readonly late: number;
  readonly gone: number;
  readonly shareOfPeople: number;
  readonly shareOfUpdates: number;
  readonly updatesPerPerson: number;
  /** From beginning to train to asking for a seat, and from the config to the upload's last byte. Means; null without any. */
  readonly readySeconds: number | null;
  readonly uploadSeconds: number | null;
  readonly busySecondsPerSeat: number | null;
  readonly upBytesPerUpdate: number | null;
  readonly downBytesPerUpdate: number | null;
  readonly upBytesPerPerson: number;
  readonly downBytesPerPerson: number;
}

export interface CurvePoint {
  readonly round: number;
  readonly published: number;
  readonly hours: number;
  readonly quality: Quality;
}

export interface ScenarioResult {
  readonly simulated: true;
  readonly scenario: Scenario;
  readonly facts: Facts;
  readonly ended: EndReason;
  /** Of virtual time. */
  readonly hours: number;
  readonly rounds: {
    readonly published: number;
    readonly aborted: number;
    readonly byCode: Readonly<Record<string, number>>;
    readonly meanCohort: number | null;
    readonly meanGatherSeconds: number | null;
    readonly meanRoundSeconds: number | null;
  };
  readonly curve: readonly CurvePoint[];
  readonly last: Quality | null;
  /** Of the people who were there at the end or before, by their ledgers. */
  readonly epsilon: {
    readonly mean: number;
    readonly median: number;
    readonly max: number;
    readonly counts: readonly number[];
  };
  readonly participation: {
    readonly people: number;
    readonly newcomers: number;
    readonly gone: number;
    readonly updates: number;
    readonly perPerson: Mean;
    readonly never: number;
    readonly gini: number;
    /** Share of all updates that the least active tenth, two tenths, ... of the people made. */
    readonly lorenz: readonly number[];
  };
  /** Updates lost, by the stage whose answer was missing and what became of the device. */
  readonly missing: MissingCounts;
  readonly seats: number;
  readonly maliciousSeats: number;
  readonly bytes: {
    readonly up: number;
    readonly down: number;
    /** Of a round's own messages, for one update that counted. */
    readonly upPerUpdate: number | null;
    readonly downPerUpdate: number | null;
    readonly upPerPersonDay: number;
    readonly downPerPersonDay: number;
  };
  readonly classes: readonly ClassResult[];
  /** Mean number of people there in each hour of the day, UTC of virtual time; null where it was not simulated. */
  readonly presentByHour: readonly (number | null)[];
  /** Of all events, and of the last model: what two runs are compared by. */
  readonly digest: string;
  readonly modelHash: string;
}

/** Bars of the distribution of epsilon, from 0 to the cap. */
export const epsilonBars = 16;
const tenths = 10;

export function resultOf(scenario: Scenario, state: ScenarioState): ScenarioResult {
  const { tally, people, facts } = state;
  const { rounds } = tally;
  const published = rounds.filter(({ outcome }) => outcome === 'published');
  const spent = people.map((person) => epsilonSpent(person, scenario.delta));
  const hours = (state.nowMs - beginningMs) / hourMs;
  const personDays =
    sum(people.map(({ joinedMs, leavesMs }) => livedMs(joinedMs, leavesMs, state.nowMs))) / (24 * hourMs);
  const counted = sum(tally.classes.map((row) => row.counted));
  const roundUp = sum(tally.classes.map((row) => row.roundUpBytes));
  const roundDown = sum(tally.classes.map((row) => row.roundDownBytes));
  const curve = curveOf(published);
  return {
    simulated: true,
    scenario,
    facts,
    ended: state.ended ?? 'days',
    hours,
    rounds: {
      published: published.length,
      aborted: rounds.length - published.length,
      byCode: countsOf(rounds.flatMap(({ code }) => code ?? [])),
      meanCohort: meanOrNull(published.map(({ cohort }) => cohort)),
      meanGatherSeconds: meanOrNull(rounds.map((row) => ((row.configuredMs ?? row.closedMs) - row.openedMs) / 1000)),
      meanRoundSeconds: meanOrNull(rounds.map((row) => (row.closedMs - (row.configuredMs ?? row.closedMs)) / 1000)),
    },
    curve,
    last: curve.at(-1)?.quality ?? null,
    epsilon: {
      mean: meanOf(spent),
      median: medianOf(spent),
      max: Math.max(0, ...spent),
      counts: histogram(spent, scenario.epsilon, epsilonBars),
    },
    participation: {
      people: people.length,
      newcomers: people.length - scenario.clients,
      gone: people.filter(({ isGone }) => isGone).length,
      updates: sum(people.map((person) => person.counted)),
      perPerson: meanAndError(people.map((person) => person.counted)),
      never: people.filter((person) => person.counted === 0).length,
      ...fairnessOf(people),
    },
    missing: missingOf(rounds),
    seats: sum(tally.classes.map((row) => row.seats)),
    maliciousSeats: sum(rounds.map(({ malicious }) => malicious)),
    bytes: {
      up: tally.upBytes,
      down: tally.downBytes,
      upPerUpdate: counted === 0 ? null : roundUp / counted,
      downPerUpdate: counted === 0 ? null : roundDown / counted,
      upPerPersonDay: tally.upBytes / personDays,
      downPerPersonDay: tally.downBytes / personDays,
    },
    classes: classesOf(scenario, state),
    presentByHour: tally.presentMsByHour.map((present, hour) => {
      const observed = tally.observedMsByHour[hour]!;
      return observed === 0 ? null : present / observed;
    }),
    digest: digestText(state.digest),
    modelHash: state.server.hash,
  };
}

function livedMs(joinedMs: number, leavesMs: number | null, nowMs: number): number {
  return Math.min(leavesMs ?? nowMs, nowMs) - joinedMs;
}

function curveOf(published: readonly RoundRow[]): CurvePoint[] {
  return published.flatMap((row, index) =>
    row.quality === null
      ? []
      : [
          {
            round: row.round,
            published: index + 1,
            hours: (row.closedMs - beginningMs) / hourMs,
            quality: row.quality,
          },
        ],
  );
}

function classesOf({ speedSpread }: Scenario, { tally }: ScenarioState): ClassResult[] {
  const people = sum(tally.classes.map((row) => row.people));
  const updates = sum(tally.classes.map((row) => row.counted));
  const per = (total: number, count: number): number | null => (count === 0 ? null : total / count);
  return tally.classes.map((row, index) => ({
    slowness: speedClassBounds(index, speedSpread),
    people: row.people,
    visits: row.visits,
    seats: row.seats,
    updates: row.counted,
    late: row.late,
    gone: row.gone,
    shareOfPeople: people === 0 ? 0 : row.people / people,
    shareOfUpdates: updates === 0 ? 0 : row.counted / updates,
    updatesPerPerson: per(row.counted, row.people) ?? 0,
    readySeconds: per(row.readyMs / 1000, row.seats),
    uploadSeconds: per(row.uploadMs / 1000, row.uploads),
    busySecondsPerSeat: per(row.busyMs / 1000, row.seats),
    upBytesPerUpdate: per(row.roundUpBytes, row.counted),
    downBytesPerUpdate: per(row.roundDownBytes, row.counted),
    upBytesPerPerson: per(row.upBytes, row.people) ?? 0,
    downBytesPerPerson: per(row.downBytes, row.people) ?? 0,
  }));
}

function missingOf(rounds: readonly RoundRow[]): MissingCounts {
  const total: MissingCounts = { late: noAnswers(), left: noAnswers(), vanished: noAnswers(), lost: noAnswers() };
  for (const { missing } of rounds) {
    for (const ending of ['late', 'left', 'vanished', 'lost'] as const) {
      const counts: StageCounts = total[ending];
      for (const stage of answerStages) counts[stage] += missing[ending][stage];
    }
  }
  return total;
}

/** Gini coefficient of updates over people, and points of their Lorenz curve. */
function fairnessOf(people: readonly PersonState[]): { readonly gini: number; readonly lorenz: readonly number[] } {
  const ascending = people.map(({ counted }) => counted).sort((a, b) => a - b);
  const total = sum(ascending);
  if (total === 0) return { gini: 0, lorenz: Array.from({ length: tenths + 1 }, () => 0) };
  const weighted = sum(ascending.map((value, index) => value * (2 * (index + 1) - ascending.length - 1)));
  return {
    gini: weighted / (ascending.length * total),
    lorenz: Array.from({ length: tenths + 1 }, (_, tenth) => {
      const cut = Math.round((tenth * ascending.length) / tenths);
      return sum(ascending.slice(0, cut)) / total;
    }),
  };
}

/** Counts in `bars` equal parts of 0 to `most`; what is at the end belongs to the last. */
function histogram(values: readonly number[], most: number, bars: number): number[] {
  const counts = Array.from({ length: bars }, () => 0);
  for (const value of values) {
    const bar = Math.min(bars - 1, Math.floor((value / most) * bars));
    counts[bar] = counts[bar]! + 1;
  }
  return counts;
}

function countsOf(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of [...names].sort()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function meanOrNull(values: readonly number[]): number | null {
  return values.length === 0 ? null : meanOf(values);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
