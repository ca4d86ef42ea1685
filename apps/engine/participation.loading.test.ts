// The code of a round is loaded when one is entered, and a load that fails ends that round before a word of it.
import { expect, test, vi } from 'vitest';
import { settled, TestAggregator, TestProfile } from './testing/aggregator.ts';

let loads = 0;
let isThere = false;
vi.mock('./masking.ts', async (original) => {
  loads++;
  if (!isThere) throw new TypeError('Failed to fetch dynamically imported module');
  return original();
});

test('a round whose code cannot be loaded: nothing entered, said or charged, and the next round goes on with it', async () => {
  const aggregator = new TestAggregator();
  const profile = new TestProfile();
  const { engine } = await profile.open(aggregator);
  for (let index = 0; index < 8; index++) await engine.record(`film-${4 * index}`, 'like');
  await engine.setConsent({ keep: true, train: true, send: true });
  await settled();
  aggregator.open();
  await settled();
  loads = 0;
  const connection = aggregator.transport.last!;
  aggregator.round(profile.clock).tell('config', aggregator.config(profile.clock).bytes);
  await vi.waitFor(() => expect(profile.outcomes).toHaveLength(1));
  expect(loads).toBe(1);
  expect(profile.outcomes).toMatchObject([{ status: 'aborted', charged: false, code: 'code-missing' }]);
  expect(connection.sent.map(({ kind }) => kind)).toEqual(['join']);
  expect(connection.closed).toBe(true);
  expect(await engine.ledger()).toEqual([]);
  expect(await engine.inspectLastUpload()).toBeNull();

  isThere = true;
  profile.clock.advance(4_000);
  await settled();
  aggregator.open();
  await settled();
  const round = aggregator.round(profile.clock);
  round.tell('config', round.bytes);
  await vi.waitFor(() => expect(aggregator.sent('advertise')).toHaveLength(1));
  await engine.close();
});
