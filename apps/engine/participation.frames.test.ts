// An upload of several frames: one at a time is with the socket, and a wipe keeps the others. Frames are small here, so that it has four.
import { expect, test, vi } from 'vitest';
import { settled, TestAggregator, TestProfile } from './testing/aggregator.ts';

vi.mock('#shared/protocol/limits.ts', async (original) => ({
  ...(await original<typeof import('#shared/protocol/limits.ts')>()),
  maximumFrameBytes: 60,
}));

const frames = 4;

/** A device that is about to be told the inbox, and a socket that lets go of a frame when the test says so. */
async function uploading() {
  const aggregator = new TestAggregator();
  const profile = new TestProfile();
  const { engine } = await profile.open(aggregator);
  for (let index = 0; index < 8; index++) await engine.record(`film-${4 * index}`, 'like');
  await engine.setConsent({ keep: true, train: true, send: true });
  await settled();
  aggregator.open();
  await settled();
  const drains: (() => void)[] = [];
  /** The newest connection tells when it holds nothing. */
  const gate = () =>
    Object.assign(aggregator.transport.last!, {
      drained: () => new Promise<void>((resolve) => drains.push(resolve)),
    });
  gate();
  const drain = async () => {
    drains.shift()!();
    await settled();
  };
  const round = aggregator.round(profile.clock);
  await round.until('inbox');
  await round.exchange();
  return { aggregator, engine, profile, round, drains, drain, gate };
}

test('the next frame is handed over when the one before has left, and the round goes on', async () => {
  const { aggregator, engine, round, drain } = await uploading();
  const steps = () => engine.state().steps.map(({ name }) => name);
  for (let handed = 1; handed < frames; handed++) {
    expect(aggregator.sent('masked')).toHaveLength(handed);
    // Part of it has left: nobody may read that nothing has.
    expect((await engine.inspectLastUpload())!.sent).toBe('on-its-way');
    expect(steps()).not.toContain('sent');
    expect(await engine.ledger()).toMatchObject([{ status: 'charged' }]);
    await drain();
  }
  expect(aggregator.sent('masked')).toHaveLength(frames);
  expect(steps()).toContain('sent');
  expect(await engine.ledger()).toMatchObject([{ status: 'sent' }]);
  await round.listen();
  await round.until(null);
  await aggregator.end(round);
  const inspection = (await engine.inspectLastUpload())!;
  expect(inspection.sent).toBe('among-others');
  expect(inspection.messages.map(({ kind }) => kind)).toEqual(['advertise', 'shares', 'masked', 'confirm', 'unmask']);
  const ring = 2 ** aggregator.policy.bits - 1;
  expect([...round.sum].map((value, i) => (value - round.otherValues[i]!) & ring)).toEqual(
    [...inspection.noised].map((value) => value & ring),
  );
  await engine.close();
});

test('withdrawing between two frames: no other one leaves', async () => {
  const { aggregator, engine, profile, drain } = await uploading();
  await drain();
  const connection = aggregator.transport.last!;
  expect(aggregator.sent('masked')).toHaveLength(2);
  await engine.setConsent({ send: false });
  await drain();
  expect(connection.sent.map(({ kind }) => kind).slice(-3)).toEqual(['masked', 'masked', 'leave']);
  expect(profile.outcomes).toMatchObject([{ charged: true, code: 'left' }]);
  await engine.close();
});

test('a round that the server gives up between two frames sends no other one', async () => {
  const { aggregator, engine, round, drain } = await uploading();
  aggregator.transport.last!.receive({ kind: 'abort', roundId: round.roundId, code: 'too-few' });
  await settled();
  await drain();
  expect(aggregator.sent('masked')).toHaveLength(1);
  expect((await engine.inspectLastUpload())!.sent).toBe('round-stopped');
  await engine.close();
});

test('a connection that breaks between two frames: the whole upload again on the next, and nothing more on the first', async () => {
  const { aggregator, engine, profile, round, drain, gate } = await uploading();
  await drain();
  const first = aggregator.transport.last!;
  first.drop();
  profile.clock.advance(200);
  gate();
  aggregator.transport.last!.open();
  await settled();
  // What waited for the first connection finds that it is gone.
  await drain();
  expect(first.sent.filter(({ kind }) => kind === 'masked')).toHaveLength(2);
  for (let handed = 1; handed < frames; handed++) await drain();
  expect(aggregator.sent('masked')).toHaveLength(frames);
  await round.listen();
  await round.until(null);
  await aggregator.end(round);
  expect((await engine.inspectLastUpload())!.sent).toBe('among-others');
  await engine.close();
});
