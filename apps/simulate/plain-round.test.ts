// The machine without masks, beside the devices' side of it: stages, lengths, deadlines and thresholds as under masks.
import { expect, test } from 'vitest';
import { packBits, uploadFrames } from '#shared/protocol/codec.ts';
import type { ClientSend } from '#shared/secagg/client.ts';
import type { MaskParameters } from '#shared/secagg/parameters.ts';
import type { MachineEvent, MachineStep } from '../../server/round-machine.ts';
import type { Masks } from '../engine/masking.ts';
import { startPlainMasks } from './plain-masks.ts';
import { PlainRound } from './plain-round.ts';

const config = new Uint8Array(184).fill(7);
// The brand of checked parameters is the mask machine's; here they are as they are.
const parameters = {
  length: 3,
  bits: 16,
  minCohort: 20,
  maxCohort: 28,
  neighbours: 27,
  thresholdPermille: 650,
} as MaskParameters;

const payloadOf = (values: Int32Array) => packBits(values, 16);

class Play {
  readonly round: PlainRound;
  readonly devices = new Map<number, Masks>();
  readonly steps: MachineStep[] = [];
  readonly said = new Map<number, ClientSend[]>();

  constructor(count: number) {
    this.round = new PlainRound({ config, parameters, seats: Array.from({ length: count }, (_, seat) => seat) });
  }

  async begin(): Promise<void> {
    for (const { seat, kind } of this.round.first.send) {
      expect(kind).toBe('config');
      const resume = new Uint8Array(16).fill(seat + 1);
      const masks = await startPlainMasks({ config, parameters, values: Int32Array.of(seat, -seat, 1), resume });
      this.devices.set(seat, masks);
      this.said.set(seat, [...masks.first.send]);
    }
  }

  async give(event: MachineEvent): Promise<MachineStep> {
    const step = await this.round.handle(event);
    this.steps.push(step);
    for (const { seat, kind, bytes } of step.send) {
      if (kind === 'config') continue;
      const device = this.devices.get(seat)!;
      let said = (await device.handle({ kind, bytes })).send;
      if (kind === 'inbox') said = (await device.handle({ kind: 'charged' })).send;
      this.said.set(seat, [...said]);
    }
    return step;
  }

  /** Those who have something to say say it. */
  async answer(...seats: number[]): Promise<MachineStep> {
    let step = this.round.first;
    for (const seat of seats) {
      const [message] = this.said.get(seat)!;
      if (message === undefined) throw new Error(`seat ${seat} has nothing to say`);
      step = await this.give(
        message.kind === 'masked'
          ? { kind: 'masked', seat, payload: payloadOf(Int32Array.of(seat, -seat, 1)) }
          : { kind: message.kind, seat, bytes: message.bytes },
      );
    }
    return step;
  }
}

const seats = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

test('[SM30] a round of people who all stay: five stages, and the sum of what they sent', async () => {
  const play = new Play(24);
  await play.begin();
  for (const stage of ['shares', 'masked', 'confirm', 'unmask']) {
    expect((await play.answer(...seats(0, 24))).stage).toBe(stage);
  }
  const last = await play.answer(...seats(0, 24));
  expect(last.outcome).toEqual({ kind: 'done', seats: seats(0, 24) });
  const total = (23 * 24) / 2;
  expect(play.round.sum).toEqual(Uint32Array.of(total, 2 ** 16 - total, 24));
});

test('[SM30] the messages are as long as under masks', async () => {
  const play = new Play(24);
  await play.begin();
  expect(play.said.get(0)![0]).toMatchObject({ kind: 'advertise', bytes: { length: 80 } });
  await play.answer(...seats(0, 24));
  // 32 + 82 k, PROTOCOL.md [M5].
  expect(play.said.get(0)![0]).toMatchObject({ kind: 'shares', bytes: { length: 32 + 82 * 23 } });
  await play.answer(...seats(0, 23));
  await play.give({ kind: 'deadline', stage: 'shares' });
  const upload = play.said.get(0)![0];
  expect(upload).toMatchObject({ kind: 'masked' });
  expect(upload?.kind === 'masked' && upload.frames).toEqual(uploadFrames(payloadOf(Int32Array.of(0, -0, 1))));
  await play.answer(...seats(0, 22));
  await play.give({ kind: 'dropped', seat: 22 });
  // 34 for each neighbour in U3, and for each who dealt.
  expect(play.said.get(0)![0]).toMatchObject({ kind: 'confirm', bytes: { length: 34 * 21 } });
  await play.answer(...seats(0, 22));
  expect(play.said.get(0)![0]).toMatchObject({ kind: 'unmask', bytes: { length: 34 * 23 } });
});

test('[SM31] who misses a stage is out; a second word, a late one, a foreign one and one of another length change nothing', async () => {
  const play = new Play(24);
  await play.begin();
  await play.answer(...seats(0, 23));
  const step = await play.give({ kind: 'deadline', stage: 'advertise' });
  expect(step).toMatchObject({ stage: 'shares', out: [23], answered: 0, asked: 23 });
  const late = { kind: 'advertise', seat: 23, bytes: new Uint8Array(80) } as const;
  expect((await play.give(late)).refused).toMatchObject([{ seat: 23, code: 'late' }]);
  expect((await play.give({ ...late, seat: 99 })).refused).toMatchObject([{ seat: 99, code: 'late' }]);
  expect((await play.give({ ...late, seat: 3 })).refused).toMatchObject([{ seat: 3, code: 'duplicate' }]);
  const early = { kind: 'confirm', seat: 3, bytes: new Uint8Array(34) } as const;
  expect((await play.give(early)).refused).toMatchObject([{ seat: 3, code: 'out-of-order' }]);
  await play.answer(0);
  expect((await play.answer(0)).refused).toMatchObject([{ seat: 0, code: 'duplicate' }]);
  const short = { kind: 'shares', seat: 1, bytes: new Uint8Array(40) } as const;
  expect(await play.give(short)).toMatchObject({ refused: [{ seat: 1, code: 'bad-message' }], out: [1] });
  expect(await play.give({ kind: 'resumed', seat: 2 })).toMatchObject({ send: [{ seat: 2, kind: 'roster' }] });
  await expect(play.give({ kind: 'local', seat: 2, payload: new Uint8Array(6) })).rejects.toThrow(RangeError);
});

test('[SM32] a round ends as soon as too few can be left: before the roster, before the sum, and for want of shares', async () => {
  const keys = new Play(24);
  await keys.begin();
  await keys.give({ kind: 'dropped', seat: 0 });
  await keys.give({ kind: 'dropped', seat: 1 });
  // 22 of 24 is the least roster, PROTOCOL.md [M1].
  expect((await keys.give({ kind: 'dropped', seat: 2 })).outcome).toEqual({ kind: 'aborted', code: 'too-few' });
  expect(keys.round.sum).toBeNull();

  const upload = new Play(24);
  await upload.begin();
  await upload.answer(...seats(0, 24));
  await upload.answer(...seats(0, 24));
  for (const seat of [0, 1, 2, 3]) expect((await upload.give({ kind: 'dropped', seat })).outcome).toBeNull();
  expect((await upload.give({ kind: 'dropped', seat: 4 })).outcome).toEqual({ kind: 'aborted', code: 'too-few' });
  expect((await upload.give({ kind: 'unmask', seat: 5, bytes: new Uint8Array(34) })).refused).toMatchObject([
    { code: 'late' },
  ]);

  const shares = new Play(24);
  await shares.begin();
  for (let stage = 0; stage < 4; stage += 1) await shares.answer(...seats(0, 24));
  await shares.answer(...seats(0, 14));
  const end = await shares.give({ kind: 'deadline', stage: 'unmask' });
  // t is 15 of 23 neighbours.
  expect(end.outcome).toEqual({ kind: 'aborted', code: 'too-few-shares' });
});

test('[SM33] a device answers once, says its last word again when its connection is back, and nothing after the end', async () => {
  const start = { config, parameters, values: Int32Array.of(1, 2, 3), resume: new Uint8Array(16).fill(9) };
  const device = await startPlainMasks(start);
  expect((await device.handle({ kind: 'resumed' })).send).toEqual(device.first.send);
  expect((await device.handle({ kind: 'charged' })).send).toEqual([]);
  const roster = Uint8Array.of(24, 0);
  expect((await device.handle({ kind: 'roster', bytes: roster })).state.kind).toBe('shared');
  expect((await device.handle({ kind: 'roster', bytes: roster })).send).toEqual([]);
  const charging = await device.handle({ kind: 'inbox', bytes: Uint8Array.of(24, 0) });
  expect(charging).toMatchObject({ state: { kind: 'charging' }, send: [] });
  const [upload] = (await device.handle({ kind: 'charged' })).send;
  expect((await device.handle({ kind: 'cancel', reason: 'left' })).abort).toMatchObject({ code: 'cancelled' });
  expect(upload?.kind === 'masked' && upload.frames.every((frame) => frame.every((byte) => byte === 0))).toBe(true);
  expect(await device.handle({ kind: 'resumed' })).toMatchObject({ state: { kind: 'aborted' }, send: [] });
});
