// What a scenario counts, as JSON: rows of rounds, sums by speed class, and people by the hour of the day.
import { type Device, speedClasses, speedClassOf } from './device.ts';
import type { Quality } from './quality.ts';
import { type AnswerStage, answerStages, type Ending, type Part } from './visit.ts';

export type StageCounts = { [stage in AnswerStage]: number };

export interface RoundRow {
  /** From 1, in the order of their ends; rounds that published nothing have one too. */
  readonly round: number;
  readonly id: string;
  outcome: 'published' | 'aborted';
  code: string | null;
  /** The model that was published; null without one. */
  version: number | null;
  /** Unix ms of virtual time: somebody waits, the cohort is fixed, it is over. */
  readonly openedMs: number;
  readonly configuredMs: number | null;
  readonly closedMs: number;
  /** People there when it ended. */
  readonly present: number;
  /** Updates in the sum. */
  cohort: number;
  seated: number;
  /** Of those seated, who mean harm. */
  malicious: number;
  /** Answers given in each stage. */
  answers: StageCounts;
  /** Who was missing in each stage, by what became of them. */
  missing: { [ending in Exclude<Ending, 'counted' | 'aborted'>]: StageCounts };
  /** All bytes between devices and server since the round before, downloads included. */
  upBytes: number;
  downBytes: number;
  quality: Quality | null;
}

export interface ClassRow {
  people: number;
  visits: number;
  presentMs: number;
  seats: number;
  counted: number;
  late: number;
  gone: number;
  /** Sums over seats, and over uploads. */
  readyMs: number;
  uploadMs: number;
  uploads: number;
  busyMs: number;
  upBytes: number;
  downBytes: number;
  /** Bytes of rounds' own messages, over seats whose update counted. */
  roundUpBytes: number;
  roundDownBytes: number;
}

export interface Tally {
  rounds: RoundRow[];
  classes: ClassRow[];
  /** Mean number of people there in each hour of the day, as sums: person-ms, and ms observed. */
  presentMsByHour: number[];
  observedMsByHour: number[];
  upBytes: number;
  downBytes: number;
  /** Of them, what rounds so far have in their rows. */
  upBytesOfRounds: number;
  downBytesOfRounds: number;
}

const zeros = (count: number): number[] => Array.from({ length: count }, () => 0);
export const noAnswers = (): StageCounts => ({ advertise: 0, shares: 0, masked: 0, confirm: 0, unmask: 0 });

export function emptyTally(): Tally {
  return {
    rounds: [],
    classes: Array.from({ length: speedClasses }, () => ({
      people: 0,
      visits: 0,
      presentMs: 0,
      seats: 0,
      counted: 0,
      late: 0,
      gone: 0,
      readyMs: 0,
      uploadMs: 0,
      uploads: 0,
      busyMs: 0,
      upBytes: 0,
      downBytes: 0,
      roundUpBytes: 0,
      roundDownBytes: 0,
    })),
    presentMsByHour: zeros(24),
    observedMsByHour: zeros(24),
    upBytes: 0,
    downBytes: 0,
    upBytesOfRounds: 0,
    downBytesOfRounds: 0,
  };
}

export function classOf(tally: Tally, device: Device, speedSpread: number): ClassRow {
  return tally.classes[speedClassOf(device.slowness, speedSpread)]!;
}

export function addPart(row: ClassRow, part: Part): void {
  row.seats += 1;
  row.readyMs += part.readyMs;
  if (part.uploadMs !== null) {
    row.uploads += 1;
    row.uploadMs += part.uploadMs;
  }
  if (part.ending === 'counted') {
    row.counted += 1;
    row.roundUpBytes += part.upBytes;
    row.roundDownBytes += part.downBytes;
  }
  if (part.ending === 'late') row.late += 1;
  if (part.ending === 'left' || part.ending === 'vanished' || part.ending === 'lost') row.gone += 1;
}

export function addPartToRound(row: RoundRow, part: Part, malicious: boolean): void {
  row.seated += 1;
  if (malicious) row.malicious += 1;
  const given = part.missing === null ? answerStages.length : answerStages.indexOf(part.missing);
  for (const stage of answerStages.slice(0, given)) row.answers[stage] += 1;
  if (part.missing !== null && part.ending !== 'counted' && part.ending !== 'aborted') {
    row.missing[part.ending][part.missing] += 1;
  }
}

/** Adds the time from `fromMs` to `toMs`, in which `present` people were there. UTC hours of virtual time. */
export function addPresence(tally: Tally, present: number, fromMs: number, toMs: number): void {
  const hourMs = 3_600_000;
  for (let at = fromMs; at < toMs; ) {
    const hour = Math.floor(at / hourMs);
    const end = Math.min(toMs, (hour + 1) * hourMs);
    const index = hour % 24;
    tally.presentMsByHour[index] = tally.presentMsByHour[index]! + present * (end - at);
    tally.observedMsByHour[index] = tally.observedMsByHour[index]! + (end - at);
    at = end;
  }
}
