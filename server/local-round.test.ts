// The machine of mode 4: uploads alone, each counted once.
import { expect, test } from 'vitest';
import { packBits } from '#shared/protocol/codec.ts';
import { LocalRound } from './local-round.ts';

const config = new Uint8Array(184).fill(7);
const start = { config, length: 3, bits: 18, minCohort: 2, seats: [0, 1, 2] };
const upload = (seat: number, ...values: number[]) =>
  ({ kind: 'local', seat, payload: packBits(Int32Array.from(values), 18) }) as const;

test('the config goes to every seat; the last upload ends it, and the sum is theirs modulo 2^b', async () => {
  const round = new LocalRound(start);
  expect(round.first).toMatchObject({ stage: 'collect', answered: 0, asked: 3, outcome: null });
  expect(round.first.send).toEqual([0, 1, 2].map((seat) => ({ seat, kind: 'config', bytes: config })));
  expect(await round.handle(upload(0, 1, -2, 3))).toMatchObject({ answered: 1, asked: 3, outcome: null });
  await round.handle(upload(1, 10, 20, 30));
  expect(round.sum).toBeNull();
  expect(await round.handle(upload(2, 100, -200, 300))).toMatchObject({ outcome: { kind: 'done', seats: [0, 1, 2] } });
  // 1 + 10 + 100, 2^18 - 2 + 20 - 200, 3 + 30 + 300.
  expect(round.sum).toEqual(Uint32Array.of(111, 2 ** 18 - 182, 333));
});

test('[R7] a second upload, one of a stranger, one under masks and one of another length do not count', async () => {
  const round = new LocalRound(start);
  await round.handle(upload(0, 1, 1, 1));
  expect((await round.handle(upload(0, 1, 1, 1))).refused).toMatchObject([{ seat: 0, code: 'duplicate' }]);
  expect((await round.handle(upload(9, 1, 1, 1))).refused).toMatchObject([{ seat: 9, code: 'not-in-round' }]);
  const masked = { ...upload(1, 1, 1, 1), kind: 'masked' } as const;
  expect((await round.handle(masked)).refused).toMatchObject([{ seat: 1, code: 'out-of-order' }]);
  const words = await round.handle({ kind: 'shares', seat: 1, bytes: new Uint8Array(8) });
  expect(words.refused).toMatchObject([{ seat: 1, code: 'out-of-order' }]);
  const short = await round.handle(upload(1, 1, 1));
  expect(short).toMatchObject({ refused: [{ seat: 1, code: 'bad-frame' }], out: [1], answered: 1, asked: 2 });
  expect(await round.handle(upload(2, 5, 5, 5))).toMatchObject({ outcome: { kind: 'done', seats: [0, 2] } });
  expect(round.sum).toEqual(Uint32Array.of(6, 6, 6));
});

test('[R6] who leaves is not waited for; an upload that came before stays', async () => {
  const round = new LocalRound(start);
  await round.handle(upload(0, 1, 1, 1));
  expect(await round.handle({ kind: 'dropped', seat: 0 })).toMatchObject({ answered: 1, asked: 3, outcome: null });
  await round.handle(upload(1, 2, 2, 2));
  const step = await round.handle({ kind: 'dropped', seat: 2 });
  expect(step).toMatchObject({ out: [], outcome: { kind: 'done', seats: [0, 1] } });
  expect((await round.handle(upload(2, 4, 4, 4))).refused).toMatchObject([{ seat: 2, code: 'late' }]);
  expect(round.sum).toEqual(Uint32Array.of(3, 3, 3));
});

test('[R6] at the deadline those who uploaded are enough, or too few', async () => {
  const enough = new LocalRound(start);
  await enough.handle(upload(0, 1, 1, 1));
  await enough.handle(upload(1, 1, 1, 1));
  expect(await enough.handle({ kind: 'deadline', stage: 'advertise' })).toMatchObject({ outcome: null });
  const step = await enough.handle({ kind: 'deadline', stage: 'collect' });
  expect(step).toMatchObject({ out: [2], outcome: { kind: 'done', seats: [0, 1] } });
  const few = new LocalRound(start);
  await few.handle(upload(0, 1, 1, 1));
  expect(await few.handle({ kind: 'deadline', stage: 'collect' })).toMatchObject({
    out: [1, 2],
    outcome: { kind: 'aborted', code: 'too-few' },
  });
  expect(few.sum).toBeNull();
});

test('[R6] when the minimum is out of reach nobody waits for the deadline', async () => {
  const round = new LocalRound(start);
  await round.handle({ kind: 'dropped', seat: 0 });
  expect(await round.handle({ kind: 'dropped', seat: 1 })).toMatchObject({
    outcome: { kind: 'aborted', code: 'too-few' },
  });
});
