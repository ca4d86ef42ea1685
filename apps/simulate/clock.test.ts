import { webcrypto } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digestText, VirtualClock } from './clock.ts';

const forever = () => false;

test('[SM1] events come by time, and of one time in the order in which they were asked for, whatever was cancelled', async () => {
  const delays = fc.array(fc.record({ delayMs: fc.integer({ min: 0, max: 20 }), cancelled: fc.boolean() }), {
    maxLength: 60,
  });
  await fc.assert(
    fc.asyncProperty(delays, async (asked) => {
      const clock = new VirtualClock(1_000);
      const seen: { place: number; atMs: number }[] = [];
      asked.forEach(({ delayMs, cancelled }, place) => {
        const cancel = clock.after(delayMs, 'event', () => seen.push({ place, atMs: clock.nowMs }));
        if (cancelled) cancel();
        if (cancelled) cancel();
      });
      await clock.run(forever, 2_000);
      const expected = asked
        .map(({ delayMs, cancelled }, place) => ({ place, atMs: 1_000 + delayMs, cancelled }))
        .filter(({ cancelled }) => !cancelled)
        .sort((a, b) => a.atMs - b.atMs || a.place - b.place)
        .map(({ place, atMs }) => ({ place, atMs }));
      expect(seen).toEqual(expected);
      expect(clock.nowMs).toBe(2_000);
    }),
    { numRuns: 60 },
  );
});

test('[SM1] it stops where it is told to and goes on from there; time is whole and never goes back', async () => {
  const clock = new VirtualClock(0);
  const seen: number[] = [];
  clock.after(1.4, 'a', () => seen.push(clock.nowMs));
  clock.after(10, 'b', () => clock.at(3, 'past', () => seen.push(clock.nowMs)));
  clock.after(500, 'c', () => seen.push(clock.nowMs));
  await clock.run(() => seen.length === 1, 1_000);
  expect(clock.nowMs).toBe(1);
  await clock.run(forever, 100);
  expect(clock.nowMs).toBe(100);
  await clock.run(forever, 1_000);
  expect(seen).toEqual([1, 10, 500]);
  expect(() => clock.after(Number.NaN, 'broken', () => {})).toThrow('broken: expected a time');
});

test('[SM1] thousands of cancelled timers are thrown away', async () => {
  const clock = new VirtualClock(0);
  let fired = 0;
  for (let count = 0; count < 20_000; count += 1) clock.after(1e9, 'timeout', () => {})();
  clock.after(5, 'kept', () => {
    fired += 1;
  });
  await clock.run(forever, 10);
  expect(fired).toBe(1);
});

/** Actors that do work on other threads between their events; the digest and what they saw, in order. */
async function actors(count: number): Promise<{ seen: string[]; digest: string }> {
  const clock = new VirtualClock(0);
  const seen: string[] = [];
  const act = async (actor: number, round: number): Promise<void> => {
    // Several at once: the platform finishes them in any order.
    const bytes = new Uint8Array(1 + 40_000 * ((actor * 7 + round * 3) % 5));
    const hashes = await Promise.all(
      [1, 2, 3].map((part) => clock.during(webcrypto.subtle.digest('SHA-256', bytes.subarray(0, bytes.length / part)))),
    );
    const last = new Uint8Array(hashes.at(-1)!)[0]!;
    seen.push(`${clock.nowMs} ${actor} ${round} ${last}`);
    if (round < 6) clock.after(1 + (last % 4), `actor ${actor}`, () => void act(actor, round + 1));
  };
  for (let actor = 0; actor < count; actor += 1) clock.after(actor % 3, `actor ${actor}`, () => void act(actor, 0));
  await clock.run(forever, 1_000);
  return { seen, digest: digestText(clock.digest) };
}

test('[SM2] time stands still while work is under way on other threads: the same events in the same order, time after time', async () => {
  const [first, second] = [await actors(12), await actors(12)];
  expect(first.seen).toHaveLength(12 * 7);
  expect(second).toEqual(first);
  // An event's work is through before the next one begins.
  const times = first.seen.map((line) => Number(line.split(' ')[0]));
  expect(times).toEqual([...times].sort((a, b) => a - b));
});
