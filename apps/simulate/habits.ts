// When simulated people are there: visits by time of day, each person with hours of their own, and people who come for good and leave for good.
// Arrivals are a Poisson process whose rate follows the hour (thinning: Lewis and Shedler 1979); visits and lives last exponentially.
import { type Chance, Chance as Draws, stream } from './chance.ts';

export interface HabitOptions {
  /** Part of the people that is there at a time, on average over the day; above 0, below 1. */
  readonly present: number;
  /** Mean length of a visit. */
  readonly stayMinutes: number;
  /** 0: every hour is alike. 1: a person's quietest hour has no visits and the busiest twice the mean. */
  readonly diurnal: number;
  /** Part of the people whose hours go with their taste, 0 to 1: the more, the less a cohort looks like everybody. */
  readonly skew: number;
  /** Part of the people that leaves for good in a day, and is followed by as many newcomers. */
  readonly churn: number;
}

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** Most people's busiest hours are around this one. */
const eveningHour = 20;
const eveningStdHours = 3;
/** People of one taste come within an hour or so. */
const tasteStdHours = 1;
/** A newcomer follows somebody who left after this, on average. */
const vacancyMeanMs = hourMs;

export interface Habits {
  /** Hour of the day with most visits, in [0, 24). */
  readonly busiestHour: number;
}

/** @param tastePlace where the person's taste stands among all, in [0, 1). */
export function drawHabits(chance: Chance, tastePlace: number, { skew }: HabitOptions): Habits {
  const follows = chance.happens(skew);
  const own = chance.normal(eveningHour, eveningStdHours);
  const shared = chance.normal(24 * tastePlace, tasteStdHours);
  return { busiestHour: modulo(follows ? shared : own, 24) };
}

/** Visits an hour while away, such that `present` of the day is spent here. */
function awayRate({ present, stayMinutes }: HabitOptions): number {
  return present / (1 - present) / (stayMinutes / 60);
}

/** The rate over its mean at a time, 1 - diurnal to 1 + diurnal. */
export function intensity({ busiestHour }: Habits, { diurnal }: HabitOptions, nowMs: number): number {
  const hour = modulo(nowMs, dayMs) / hourMs;
  return 1 + diurnal * Math.cos((2 * Math.PI * (hour - busiestHour)) / 24);
}

/** When somebody who is away comes next, unix ms. */
export function nextArrivalMs(chance: Chance, habits: Habits, options: HabitOptions, nowMs: number): number {
  const mostRate = awayRate(options) * (1 + options.diurnal);
  let atMs = nowMs;
  do {
    atMs += chance.exponential(hourMs / mostRate);
  } while (!chance.happens(intensity(habits, options, atMs) / (1 + options.diurnal)));
  return atMs;
}

/** Whether somebody is there when a simulation begins. */
export function isThere(chance: Chance, habits: Habits, options: HabitOptions, nowMs: number): boolean {
  const rate = awayRate(options) * intensity(habits, options, nowMs);
  return chance.happens(rate / (rate + 60 / options.stayMinutes));
}

export function stayMs(chance: Chance, { stayMinutes }: HabitOptions): number {
  return chance.exponential(stayMinutes * minuteMs);
}

/** How long a person stays among the people at all, ms; Infinity without churn. */
export function lifeMs(chance: Chance, { churn }: HabitOptions): number {
  return churn > 0 ? chance.exponential(dayMs / churn) : Number.POSITIVE_INFINITY;
}

export function vacancyMs(chance: Chance): number {
  return chance.exponential(vacancyMeanMs);
}

/** The stream of a person's choices for one purpose. */
export function chanceOf(seed: number, person: number, ...purpose: readonly (string | number)[]): Chance {
  return new Draws(stream(seed, 'person', person, ...purpose));
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
