import { describe, expect, test } from 'vitest';
import { experimentRandom } from '#shared/maths/random.ts';
import { ManualClock } from '../engine/memory.ts';
import { type Arrival, demoPace, logUniform, Presence, type PresenceOptions } from './presence.ts';
import { vanishingMoments } from './slow-transport.ts';

function scene(options: Partial<PresenceOptions> = {}, seed = 7) {
  const clock = new ManualClock();
  const arrivals: Arrival[] = [];
  const presence = new Presence({
    present: 36,
    population: 2000,
    cooldownMs: 30_000,
    pace: demoPace,
    clock,
    random: experimentRandom(seed),
    onArrive: (arrival) => arrivals.push(arrival),
    ...options,
  });
  return { clock, arrivals, presence };
}

describe('presence', () => {
  test('[FL1] the first people come within the first moments, each once', () => {
    const { clock, arrivals, presence } = scene();
    presence.start();
    clock.advance(demoPace.firstArrivalsMs);
    expect(presence.count).toBe(36);
    expect(new Set(arrivals.map(({ person }) => person)).size).toBe(36);
    expect(arrivals.every(({ lookAroundMs }) => lookAroundMs === 0)).toBe(true);
  });

  test('[FL2] the same seed gives the same comings and goings', () => {
    const run = (seed: number) => {
      const { clock, arrivals, presence } = scene({}, seed);
      presence.start();
      clock.advance(2_000);
      for (const { person } of arrivals.slice(0, 20)) presence.left(person, 'took-part');
      clock.advance(60_000);
      return arrivals;
    };
    expect(run(3)).toEqual(run(3));
    expect(run(3)).not.toEqual(run(4));
  });

  test('[FL3] whoever leaves is replaced by somebody else, and the crowd keeps its size', () => {
    const { clock, arrivals, presence } = scene();
    presence.start();
    clock.advance(2_000);
    const first = arrivals.map(({ person }) => person);
    for (const person of first) presence.left(person, 'took-part');
    expect(presence.count).toBe(0);
    clock.advance(25_000);
    for (const { person } of arrivals.slice(36)) expect(first).not.toContain(person);
    clock.advance(120_000);
    expect(presence.count).toBe(36);
  });

  test('[FL4] leaving twice counts once', () => {
    const { clock, arrivals, presence } = scene();
    presence.start();
    clock.advance(2_000);
    presence.left(arrivals[0]?.person ?? -1, 'went-away');
    presence.left(arrivals[0]?.person ?? -1, 'went-away');
    clock.advance(200_000);
    expect(arrivals).toHaveLength(37);
  });

  test('[FL5] whose budget is spent does not come again, and new people can be let in', () => {
    const { clock, arrivals, presence } = scene({ present: 3, population: 5, cooldownMs: 0 });
    presence.start();
    clock.advance(2_000);
    for (let leaving = 0; leaving < 5; leaving += 1) {
      const arrival = arrivals[leaving];
      if (arrival !== undefined) presence.left(arrival.person, 'budget-spent');
      clock.advance(5_000);
    }
    expect(new Set(arrivals.map(({ person }) => person)).size).toBe(5);
    expect(arrivals).toHaveLength(5);
    expect(presence.able).toBe(0);
    presence.grow(10);
    clock.advance(5_000);
    expect(presence.count).toBe(3);
    expect(arrivals.slice(5).every(({ person }) => person >= 5)).toBe(true);
  });

  test('[FL6] a small population waits for its cooldown instead of coming early', () => {
    const { clock, arrivals, presence } = scene({ present: 2, population: 2 });
    presence.start();
    clock.advance(2_000);
    const leftAt = clock.now();
    for (const { person } of arrivals.slice(0, 2)) presence.left(person, 'took-part');
    clock.advance(29_000);
    expect(arrivals).toHaveLength(2);
    clock.advance(30_000);
    expect(clock.now() - leftAt).toBe(59_000);
    expect(presence.count).toBe(2);
  });

  test('[FL7] after close nobody comes, and no timer is left', () => {
    const { clock, arrivals, presence } = scene();
    presence.start();
    presence.close();
    presence.close();
    expect(clock.pending).toBe(0);
    clock.advance(60_000);
    expect(arrivals).toHaveLength(0);
  });

  test('[FL8] a tenth vanish and the speeds differ thirtyfold', () => {
    const { clock, arrivals, presence } = scene({ cooldownMs: 0 });
    presence.start();
    for (let step = 0; arrivals.length < 4_000; step += 1) {
      clock.advance(1_000);
      const leaving = arrivals.at(-1 - (step % 20));
      for (const { person } of arrivals.slice(-36)) presence.left(person, 'took-part');
      if (leaving === undefined) break;
    }
    const moments = arrivals.flatMap(({ vanishesAt }) => vanishesAt ?? []);
    const vanishing = moments.length / arrivals.length;
    const standardError = Math.sqrt((0.1 * 0.9) / arrivals.length);
    expect(Math.abs(vanishing - 0.1)).toBeLessThan(4 * standardError);
    // At each moment of a round as likely as at another.
    for (const moment of vanishingMoments) {
      const count = moments.filter((one) => one === moment).length;
      expect(Math.abs(count / moments.length - 0.2)).toBeLessThan(4 * Math.sqrt((0.2 * 0.8) / moments.length));
    }
    const steps = arrivals.map(({ stepMs }) => stepMs).sort((a, b) => a - b);
    expect((steps.at(-1) ?? 0) / (steps[0] ?? 1)).toBeGreaterThan(28);
    expect(steps.every((stepMs) => stepMs >= 50 && stepMs <= 1_500)).toBe(true);
  });

  test('log-uniform has its ends and its middle where they belong', () => {
    expect(logUniform([50, 1500], 0)).toBe(50);
    expect(logUniform([50, 1500], 0.5)).toBeCloseTo(Math.sqrt(50 * 1500), 9);
  });
});
