// However often an engine changes, the page hears of it ten times a second at most, in order, and has the newest in the end.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EngineState } from './api.ts';
import { ManualClock } from './memory.ts';
import { PacedStates, statesApartMs } from './paced-states.ts';
import { initialEngineState } from './state.ts';

const changes = fc.array(
  fc.record({
    participation: fc.constantFrom('training', 'waiting', 'sending', 'pending'),
    historyCount: fc.nat(1000),
    afterMs: fc.constantFrom(0, 0, 0, 1, 30, 100, 400),
  }),
  { minLength: 1, maxLength: 60 },
);

test('at most ten a second, each change of the participation in order, the newest at the end', () => {
  fc.assert(
    fc.property(changes, (all) => {
      const clock = new ManualClock();
      const sent: { state: EngineState; at: number }[] = [];
      let latest = initialEngineState;
      const paced = new PacedStates(
        clock,
        () => latest,
        (state) => sent.push({ state, at: clock.now() }),
      );
      for (const { afterMs, ...change } of all) {
        clock.advance(afterMs);
        latest = { ...initialEngineState, ...change };
        paced.offer(latest);
      }
      clock.advance(60 * statesApartMs);
      for (const [index, { at }] of sent.entries()) {
        expect(sent.filter((other) => other.at > at - 1000 && other.at <= at).length).toBeLessThanOrEqual(10);
        if (index > 0) expect(at - sent[index - 1]!.at).toBeGreaterThanOrEqual(statesApartMs);
      }
      const newest = all.at(-1)!;
      expect(sent.at(-1)!.state).toMatchObject({
        participation: newest.participation,
        historyCount: newest.historyCount,
      });
      const told = sent
        .map(({ state }) => state.participation)
        .filter((name, index, names) => name !== names[index - 1]);
      const made = all
        .map(({ participation }) => participation)
        .filter((name, index, names) => name !== names[index - 1]);
      // More changes than are kept waiting: the oldest of those are left out.
      if (made.length <= 16) expect(told).toEqual(made);
    }),
  );
});

test('a clock that was set back makes nobody wait longer', () => {
  let now = 1_000_000;
  const waits: number[] = [];
  const clock = {
    now: () => now,
    after: (delayMs: number) => {
      waits.push(delayMs);
      return () => {};
    },
  };
  const sent: EngineState[] = [];
  const paced = new PacedStates(
    clock,
    () => initialEngineState,
    (state) => sent.push(state),
  );
  paced.offer(initialEngineState);
  now = 0;
  paced.offer({ ...initialEngineState, historyCount: 1 });
  expect(sent).toHaveLength(1);
  expect(waits).toEqual([statesApartMs]);
});

test('what waits is told with the figures of the moment, also those of which no state was offered', () => {
  const { clock, sent, paced, become } = pacing();
  paced.offer(initialEngineState);
  paced.offer(become({ participation: 'training', historyCount: 1 }));
  paced.offer(become({ participation: 'waiting', historyCount: 2 }));
  become({ participation: 'waiting', historyCount: 3 });
  clock.advance(statesApartMs);
  expect(sent.at(-1)).toMatchObject({ participation: 'training', historyCount: 3 });
});

test('after a withdrawal nothing of before is told', () => {
  const { clock, sent, paced, become } = pacing();
  paced.offer(initialEngineState);
  for (const participation of ['training', 'waiting', 'sending', 'off'] as const)
    paced.offer(become({ participation }));
  clock.advance(statesApartMs);
  expect(sent.map(({ participation }) => participation)).toEqual(['off', 'off']);
  clock.advance(20 * statesApartMs);
  expect(sent).toHaveLength(2);
});

function pacing() {
  const clock = new ManualClock();
  const sent: EngineState[] = [];
  let latest = initialEngineState;
  const paced = new PacedStates(
    clock,
    () => latest,
    (state) => sent.push(state),
  );
  const become = (change: Partial<EngineState>): EngineState => {
    latest = { ...initialEngineState, ...change };
    return latest;
  };
  return { clock, sent, paced, become };
}
