// The code of taking part comes with the consent to train, and a download that fails is tried again: meanwhile nothing is joined or sent.
import { expect, test, vi } from 'vitest';
import { LaterTransport } from './later-transport.ts';
import { settled, TestAggregator, TestProfile } from './testing/aggregator.ts';

let loads = 0;
let isThere = false;
vi.mock('./participation.ts', async (original) => {
  loads++;
  if (!isThere) throw new TypeError('Failed to fetch dynamically imported module');
  return original();
});

test('is loaded with the consent to train and not before; fails and comes again', async () => {
  const aggregator = new TestAggregator();
  const profile = new TestProfile();
  const { engine, facts } = await profile.open(aggregator);
  // The profile itself tried to.
  loads = 0;
  await engine.record('film-1', 'like');
  expect(await engine.recommend(3)).toHaveLength(3);
  profile.clock.advance(120_000);
  await settled();
  expect(loads).toBe(0);
  expect(engine.state()).toMatchObject({ participation: 'off', reason: { code: 'not-opted-in' }, steps: [] });
  expect(await engine.inspectLastUpload()).toBeNull();

  await engine.setConsent({ train: true, send: true });
  await vi.waitFor(() => expect(loads).toBe(1));
  await settled();
  expect(engine.state()).toMatchObject({ participation: 'waiting', reason: { code: 'connecting' } });
  facts.set({ online: false });
  expect(engine.state()).toMatchObject({ participation: 'paused', reason: { code: 'offline' } });
  facts.set({ online: true });
  expect(loads).toBe(1);
  expect(aggregator.transport.last).toBeNull();

  isThere = true;
  profile.clock.advance(1_000);
  await vi.waitFor(() => expect(aggregator.transport.last).not.toBeNull());
  expect(loads).toBe(2);
  await engine.close();
});

test('a consent that was taken back while the code came joins nothing', async () => {
  const aggregator = new TestAggregator();
  const { engine } = await new TestProfile().open(aggregator);
  await engine.record('film-1', 'like');
  await Promise.all([engine.setConsent({ train: true, send: true }), engine.setConsent({ train: false })]);
  await settled();
  expect(engine.state()).toMatchObject({ participation: 'off', consent: { train: false, send: false } });
  expect(aggregator.transport.last).toBeNull();
  await engine.close();
});

test('a socket whose code comes late is connected then, and not when it was closed before', async () => {
  const aggregator = new TestAggregator();
  const opened: string[] = [];
  const handlers = (name: string) => ({
    onOpen: () => opened.push(name),
    onMessage: () => {},
    onFault: () => {},
    onClose: () => opened.push(`${name} closed`),
  });
  const later = new LaterTransport(true, async () => aggregator.transport);
  later.connect(handlers('closed before')).close();
  const connection = later.connect(handlers('kept'));
  connection.send({ kind: 'leave' });
  await settled();
  aggregator.open();
  connection.send({ kind: 'leave' });
  expect(aggregator.transport.last!.sent).toEqual([{ kind: 'leave' }]);
  new LaterTransport(true, async () => Promise.reject(new TypeError('no code'))).connect(handlers('failed'));
  await settled();
  expect(opened).toEqual(['kept', 'failed closed']);
});
