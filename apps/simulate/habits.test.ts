import { expect, test } from 'vitest';
import { Chance, stream } from './chance.ts';
import { dayMs, drawHabits, hourMs, intensity, isThere, lifeMs, nextArrivalMs, stayMs } from './habits.ts';

const options = { present: 0.25, stayMinutes: 20, diurnal: 0.8, skew: 0, churn: 0.1 };
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

test('[SM55] over weeks somebody is there for the part of the day that they should be, most around their hour', () => {
  const chance = new Chance(stream(1, 'habits'));
  const habits = { busiestHour: 20 };
  const presentMs = Array.from({ length: 24 }, () => 0);
  let atMs = 0;
  const endMs = 400 * dayMs;
  while (atMs < endMs) {
    const from = nextArrivalMs(chance, habits, options, atMs);
    const until = from + stayMs(chance, options);
    // By the hour in which the visit began: it is short beside an hour's change.
    const hour = Math.floor((from % dayMs) / hourMs);
    presentMs[hour] = presentMs[hour]! + until - from;
    atMs = until;
  }
  const total = presentMs.reduce((sum, value) => sum + value, 0);
  // The rate is while away: at the busiest hour less of the day is left to come in, so a little less than 0.25.
  expect(total / endMs).toBeGreaterThan(0.2);
  expect(total / endMs).toBeLessThan(0.27);
  expect(presentMs[20]! / presentMs[8]!).toBeGreaterThan(3);
});

test('[SM55] the hour matters as much as it is told to', () => {
  const at = (hour: number, diurnal: number) => intensity({ busiestHour: 20 }, { ...options, diurnal }, hour * hourMs);
  expect(at(20, 1)).toBeCloseTo(2, 9);
  expect(at(8, 1)).toBeCloseTo(0, 9);
  expect([at(20, 0), at(8, 0)]).toEqual([1, 1]);
  const there = (hour: number) => {
    const chance = new Chance(stream(2, 'there'));
    const habits = { busiestHour: 20 };
    return mean(Array.from({ length: 4_000 }, () => Number(isThere(chance, habits, options, hour * hourMs))));
  };
  expect(there(20)).toBeGreaterThan(there(8) + 0.2);
});

test('[SM55] lives and own hours', () => {
  const chance = new Chance(stream(3, 'lives'));
  const lives = Array.from({ length: 5_000 }, () => lifeMs(chance, options) / dayMs);
  expect(mean(lives)).toBeGreaterThan(9);
  expect(mean(lives)).toBeLessThan(11);
  expect(lifeMs(chance, { ...options, churn: 0 })).toBe(Number.POSITIVE_INFINITY);
  const hours = Array.from({ length: 1_000 }, () => drawHabits(chance, 0.25, options).busiestHour);
  expect(hours.every((hour) => hour >= 0 && hour < 24)).toBe(true);
  const byTaste = Array.from({ length: 500 }, () => drawHabits(chance, 0.25, { ...options, skew: 1 }).busiestHour);
  expect(mean(byTaste)).toBeGreaterThan(5.8);
  expect(mean(byTaste)).toBeLessThan(6.2);
});
