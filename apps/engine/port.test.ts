// The engine across a message port: one interface at both ends.
import { afterEach, describe, expect, test } from 'vitest';
import { parsePolicy, policyHash } from '#shared/protocol/policy.ts';
import { defaultTuning } from '#shared/ranking/tuning.ts';
import type { EngineState } from './api.ts';
import type { LocalEngine } from './engine.ts';
import type { DeviceFacts } from './environment.ts';
import { favourableFacts, SystemClock } from './memory.ts';
import { type Port, PortEngine, serveEngine } from './port.ts';
import { initialEngineState } from './state.ts';
import { TestAggregator, TestProfile } from './testing/aggregator.ts';

const channels: MessageChannel[] = [];
afterEach(() => {
  for (const { port1, port2 } of channels.splice(0)) {
    port1.close();
    port2.close();
  }
});

function ports(): [Port, Port] {
  const channel = new MessageChannel();
  channels.push(channel);
  channel.port1.start();
  channel.port2.start();
  return [channel.port1 as unknown as Port, channel.port2 as unknown as Port];
}

async function pair() {
  const [page, worker] = ports();
  const facts: DeviceFacts[] = [];
  const started: (string | null)[] = [];
  const interactions: boolean[] = [];
  let local: LocalEngine | null = null;
  serveEngine(
    async ({ backend }) => {
      started.push(backend);
      local = (await new TestProfile().open(new TestAggregator())).engine;
      return local;
    },
    worker,
    {
      clock: new SystemClock(),
      onFacts: (reported) => facts.push(reported),
      onInteracting: (interacting) => interactions.push(interacting),
    },
  );
  const remote = new PortEngine(page, initialEngineState);
  const heard: EngineState[] = [];
  const firstModel = new Promise<void>((resolve) => {
    remote.subscribe((state) => {
      heard.push(state);
      if (state.model !== null) resolve();
    });
  });
  remote.start({ backend: 'cpu', facts: favourableFacts });
  await firstModel;
  return { remote, local: local! as LocalEngine, heard, facts, interactions, started, page };
}

describe('port', () => {
  test('starts with the backend asked for and the facts, and shows the initial state until then', async () => {
    const { remote, heard, facts, interactions, started } = await pair();
    expect(heard[0]).toBe(initialEngineState);
    expect(started).toEqual(['cpu']);
    expect(facts).toEqual([favourableFacts]);
    remote.reportFacts({ ...favourableFacts, visible: false });
    await remote.history();
    expect(facts[1]!.visible).toBe(false);
    remote.reportInteracting(true);
    remote.reportInteracting(false);
    await remote.history();
    expect(interactions).toEqual([true, false]);
    await remote.close();
  });

  test('each call gives what the engine gives', async () => {
    const { remote, local } = await pair();
    expect(await remote.record('film-1', 'like', 1000)).toBeNull();
    expect(await remote.history()).toEqual([{ itemId: 'film-1', action: 'like', at: 1000 }]);
    expect(await remote.recommend(5)).toEqual(await local.recommend(5));
    expect(await remote.similar('film-1', 3)).toEqual(await local.similar('film-1', 3));
    expect(await remote.setConsent({ train: true })).toEqual({
      keep: true,
      train: true,
      send: false,
      alone: false,
    });
    expect(await remote.explain('film-2')).toEqual(await local.explain('film-2'));
    expect(await remote.placesWithout('film-1', ['film-2'])).toEqual(await local.placesWithout('film-1', ['film-2']));
    await remote.setTuning({ ...defaultTuning, novelty: 0.5 });
    expect(local.state().tuning.novelty).toBe(0.5);
    await expect(remote.setTuning({ ...defaultTuning, novelty: 2 })).rejects.toMatchObject({ name: 'TypeError' });
    expect(await remote.recordAndCompare('film-3', 'like', 5)).toMatchObject({ previous: null, remaining: 2 });
    expect(await remote.recordAndCompare('film-3', null, 5)).toMatchObject({ previous: { action: 'like' }, listed: 5 });
    expect(await remote.evaluateSelf()).toMatchObject({ likes: 1, choice: { why: 'few' }, results: null });
    expect(await remote.ledger()).toEqual([]);
    expect(await remote.inspectLastUpload()).toBeNull();
    expect(await remote.exportLedger()).toBe(await local.exportLedger());
    expect(await remote.import(await remote.export())).toMatchObject({ unchanged: 1 });
    await remote.erase();
    expect(await remote.history()).toEqual([]);
    await remote.undoErase();
    expect(await remote.history()).toHaveLength(1);
    await remote.close();
  });

  test('the state comes over whole, with the policy that the device checked', async () => {
    const { remote, local } = await pair();
    expect(remote.state()).toEqual(local.state());
    const { policy, withdrawalUnsaved } = remote.state();
    expect(policyHash(parsePolicy(policy?.policy))).toBe(policy?.hash);
    expect(policy?.hash).toBe(new TestAggregator().policyHash);
    expect(withdrawalUnsaved).toBe(false);
    expect(initialEngineState).toMatchObject({ policy: null, withdrawalUnsaved: false });
    await remote.close();
  });

  test('an error keeps its name, its words and its code', async () => {
    const { remote } = await pair();
    await expect(remote.recommend(-1)).rejects.toMatchObject({
      name: 'RangeError',
      message: expect.stringContaining('-1'),
    });
    await expect(remote.import('x')).rejects.toMatchObject({ name: 'ImportError' });
    await remote.close();
  });

  test('messages of others are ignored at both ends', async () => {
    const { remote, page } = await pair();
    for (const noise of [
      null,
      7,
      'x',
      {},
      { kind: 'call' },
      { kind: 'call', id: 1, method: 'constructor', args: [] },
      { kind: 'facts' },
      { kind: 'interacting', interacting: 1 },
    ])
      page.postMessage(noise);
    expect(await remote.history()).toEqual([]);
    await remote.close();
  });

  test('after closing, and when the worker died, calls are refused', async () => {
    const { remote } = await pair();
    await remote.close();
    await remote.close();
    await expect(remote.history()).rejects.toMatchObject({ code: 'closed' });
    const [page] = ports();
    const orphan = new PortEngine(page, initialEngineState);
    const call = orphan.history();
    orphan.fail('the worker stopped');
    await expect(call).rejects.toThrow('the worker stopped');
  });

  test('an engine that cannot start says why to every call', async () => {
    const [page, worker] = ports();
    serveEngine(() => Promise.reject(new Error('no engine here')), worker, {
      clock: new SystemClock(),
      onFacts: () => {},
      onInteracting: () => {},
    });
    const remote = new PortEngine(page, initialEngineState);
    remote.start({ backend: null, facts: favourableFacts });
    await expect(remote.history()).rejects.toThrow('no engine here');
  });
});
