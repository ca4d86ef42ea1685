// Taking part, with the real pipeline, ledger and trainer, against an aggregator in the test's hand. Rules: PROTOCOL.md.
import { describe, expect, test } from 'vitest';
import { experimentRandom } from '#shared/maths/random.ts';
import { RingSum } from '#shared/privacy/aggregate.ts';
import { FrameAssembler, packedBytes } from '#shared/protocol/codec.ts';
import { parseRoundConfig } from '#shared/protocol/round-config.ts';
import type { LocalEngine } from './engine.ts';
import type { DeviceFacts, EngineParts } from './environment.ts';
import { MemoryLedgerStore } from './memory.ts';
import { ReferenceTrainer } from './reference-trainer.ts';
import { settled, TestAggregator, TestProfile } from './testing/aggregator.ts';

/** A tab with eight likes and full consent, connected and told of the model: trained and joined. */
async function joined(
  aggregator: TestAggregator,
  profile = new TestProfile(),
  changes: Partial<EngineParts> = {},
  deviceFacts: Partial<DeviceFacts> = {},
) {
  const tab = await profile.open(aggregator, changes, deviceFacts);
  for (let index = 0; index < 8; index++) await tab.engine.record(`film-${4 * index}`, 'like');
  await tab.engine.setConsent({ keep: true, train: true, send: true });
  await settled();
  aggregator.open();
  await settled();
  return { ...tab, profile };
}

async function configure(aggregator: TestAggregator, profile: TestProfile, changes = {}): Promise<string> {
  const { roundId, bytes } = aggregator.config(profile.clock, changes);
  aggregator.transport.last?.receive({ kind: 'config', config: bytes });
  await settled();
  return roundId;
}

function payloadOf(aggregator: TestAggregator): Uint8Array | null {
  const { bits, layout } = aggregator.policy;
  const assembler = new FrameAssembler(packedBytes(layout.length, bits));
  let payload: Uint8Array | null = null;
  for (const { frame } of aggregator.sent('update')) payload = assembler.push(frame);
  return payload;
}

const stateOf = (engine: LocalEngine) => {
  const { participation, reason } = engine.state();
  return { participation, reason };
};

describe('one participation', () => {
  test('from opting in to the published model, each step by a message', async () => {
    const aggregator = new TestAggregator();
    const { engine, profile } = await joined(aggregator);
    const [join] = aggregator.sent('join');
    expect(join).toMatchObject({
      protocol: 1,
      modelHash: aggregator.hash,
      policyHash: aggregator.policyHash,
      simulated: false,
    });
    expect(join!.resume).toMatch(/^[0-9a-f]{32}$/);
    aggregator.transport.last?.receive({ kind: 'waiting', joined: 17, needed: 24 });
    expect(stateOf(engine)).toEqual({ participation: 'waiting', reason: { code: 'people', joined: 17, needed: 24 } });
    expect(engine.state().backend).toBe('reference');

    // However fast it goes, whoever watches is told of each state.
    const told: string[] = [];
    engine.subscribe(({ participation }) => told.push(participation));
    const roundId = await configure(aggregator, profile);
    expect(told).toEqual(['waiting', 'sending', 'pending']);
    expect(payloadOf(aggregator)).toHaveLength(packedBytes(aggregator.policy.layout.length, aggregator.policy.bits));
    expect(engine.state()).toMatchObject({ participation: 'pending', roundsTakenPart: 0 });
    aggregator.transport.last?.receive({ kind: 'progress', roundId, stage: 'collect', received: 20, expected: 24 });
    expect(engine.state().reason).toEqual({ code: 'others', received: 20, expected: 24 });
    aggregator.transport.last?.receive({ kind: 'progress', roundId, stage: 'aggregate', received: 24, expected: 24 });
    aggregator.publish(2);
    aggregator.transport.last?.receive({
      kind: 'result',
      roundId,
      cohort: 24,
      modelVersion: 2,
      modelHash: aggregator.hash,
    });
    aggregator.announce();
    await settled();
    expect(engine.state()).toMatchObject({
      roundsTakenPart: 1,
      model: { version: 2 },
      participation: 'paused',
      reason: { code: 'cooldown' },
    });
    expect(engine.state().steps.map(({ name }) => name)).toEqual([
      'trained',
      'joined',
      'config',
      'charged',
      'noised',
      'sent',
      'aggregating',
      'published',
    ]);
    expect(engine.state().epsilonSpent).toBeGreaterThan(0);
    expect(await engine.ledger()).toMatchObject([{ roundId, status: 'published', cohort: 24, modelVersion: 2 }]);
    expect(profile.outcomes).toMatchObject([{ roundId, status: 'published', charged: true }]);

    // After the cooldown: trained on the new model, and joined again on the same connection.
    profile.clock.advance(aggregator.policy.cooldownMs);
    await settled();
    expect(aggregator.sent('join')).toHaveLength(2);
    expect(aggregator.sent('join')[1]!.modelHash).toBe(aggregator.hash);
    expect(aggregator.sent('join')[1]!.resume).not.toBe(join!.resume);
    await engine.close();
    expect(aggregator.sent('leave')).toHaveLength(1);
  });

  test('[N4] what is sent is clipped, noised and decodes; the inspection shows the same, in memory only', async () => {
    const aggregator = new TestAggregator();
    const { engine, profile } = await joined(aggregator);
    expect(await engine.inspectLastUpload()).toBeNull();
    await configure(aggregator, profile);
    const inspection = (await engine.inspectLastUpload())!;
    const { policy } = aggregator;
    const sum = new RingSum(policy.layout.length, policy.bits);
    sum.add(payloadOf(aggregator)!);
    const half = 2 ** (policy.bits - 1);
    const lifted = Array.from(sum.values(), (value) => (value >= half ? value - 2 * half : value));
    expect(lifted).toEqual([...inspection.noised]);
    expect(Math.hypot(...inspection.clipped)).toBeLessThanOrEqual(policy.clippingBoundL2 * (1 + 1e-9));
    expect(Math.hypot(...inspection.raw)).toBeGreaterThan(0);
    expect(inspection.noised.some((value, index) => value !== inspection.rounded[index])).toBe(true);
    expect(inspection.uploadBytes).toBe(payloadOf(aggregator)!.length);
    await engine.erase();
    expect(await engine.inspectLastUpload()).toBeNull();
    await engine.close();
  });

  test('the same person, model and randomness give the same bytes', async () => {
    const payloads: (Uint8Array | null)[] = [];
    for (let run = 0; run < 2; run++) {
      const aggregator = new TestAggregator();
      const { engine, profile } = await joined(aggregator, new TestProfile(), { random: experimentRandom(7) });
      await configure(aggregator, profile);
      payloads.push(payloadOf(aggregator));
      await engine.close();
    }
    expect(payloads[0]).not.toBeNull();
    expect(payloads[0]).toEqual(payloads[1]);
  });
});

describe('the ledger comes first', () => {
  /** A ledger whose charge is held up until the test lets it go. */
  class SlowLedger extends MemoryLedgerStore {
    release = (): void => {};
    override async charge(...args: Parameters<MemoryLedgerStore['charge']>) {
      await new Promise<void>((resolve) => {
        this.release = resolve;
      });
      return super.charge(...args);
    }
  }

  test('[L2] nothing of the upload leaves before the charge is durable', async () => {
    const aggregator = new TestAggregator();
    const ledgerStore = new SlowLedger();
    const { engine, profile } = await joined(aggregator, new TestProfile(), { ledgerStore });
    await configure(aggregator, profile);
    expect(aggregator.sent('update')).toHaveLength(0);
    expect(engine.state().participation).toBe('sending');
    ledgerStore.release();
    await settled();
    expect(aggregator.sent('update').length).toBeGreaterThan(0);
    await engine.close();
  });

  test('[L2] a crash between charge and send stays charged, and the round is not entered again', async () => {
    const aggregator = new TestAggregator();
    const profile = new TestProfile();
    const ledgerStore = new SlowLedger();
    const { engine: crashed } = await joined(aggregator, profile, { ledgerStore });
    const { roundId, bytes } = aggregator.config(profile.clock);
    aggregator.transport.last?.receive({ kind: 'config', config: bytes });
    await settled();
    crashed.vanish();
    ledgerStore.release();
    await settled();
    expect(aggregator.sent('update')).toHaveLength(0);
    expect((await ledgerStore.read()).rows).toMatchObject([{ roundId, status: 'charged' }]);
    await crashed.close();

    const again = new MemoryLedgerStore();
    for (const { status: _status, cohort: _cohort, modelVersion: _version, ...charge } of (await ledgerStore.read())
      .rows)
      await again.charge(charge, 1);
    profile.clock.advance(aggregator.policy.cooldownMs);
    const { engine } = await joined(aggregator, profile, { ledgerStore: again });
    expect(engine.state().epsilonSpent).toBeGreaterThan(0);
    aggregator.transport.last?.receive({ kind: 'config', config: bytes });
    await settled();
    expect(aggregator.sent('update')).toHaveLength(0);
    expect(profile.outcomes.at(-1)).toMatchObject({ status: 'aborted', charged: false, code: 'round-seen' });
    await engine.close();
  });

  test('[L3] a ledger that fails to write sends nothing', async () => {
    class BrokenLedger extends MemoryLedgerStore {
      override charge(): Promise<never> {
        return Promise.reject(new Error('disk'));
      }
    }
    const aggregator = new TestAggregator();
    const { engine, profile } = await joined(aggregator, new TestProfile(), { ledgerStore: new BrokenLedger() });
    await configure(aggregator, profile);
    expect(aggregator.sent('update')).toHaveLength(0);
    expect(profile.outcomes).toMatchObject([{ charged: false, code: 'ledger-failed' }]);
    await engine.close();
  });

  test('[L3] at the cap: refused, whatever the server asks, and still told of new models', async () => {
    const aggregator = new TestAggregator();
    const profile = new TestProfile();
    for (let index = 0; index < 8; index++)
      await profile.ledgerStore.charge(
        {
          roundId: (1000 + index).toString(16).padStart(32, '0'),
          policyHash: 'b'.repeat(64),
          rho: 0.13,
          at: index,
          uploadBytes: 1,
        },
        1.05,
      );
    const { engine } = await joined(aggregator, profile);
    expect(stateOf(engine)).toEqual({ participation: 'paused', reason: { code: 'budget-spent' } });
    expect(aggregator.sent('join')).toHaveLength(0);
    await configure(aggregator, profile);
    expect(aggregator.sent('update')).toHaveLength(0);
    aggregator.publish(2);
    aggregator.announce();
    await settled();
    expect(engine.state().model?.version).toBe(2);
    await engine.close();
  });

  test('[L3] 8 participations at the demo policy, and never a ninth', async () => {
    const aggregator = new TestAggregator();
    const { engine, profile } = await joined(aggregator);
    for (let round = 1; round <= 9; round++) {
      const roundId = await configure(aggregator, profile);
      aggregator.transport.last?.receive({
        kind: 'result',
        roundId,
        cohort: 24,
        modelVersion: 1,
        modelHash: aggregator.hash,
      });
      await settled();
      profile.clock.advance(aggregator.policy.cooldownMs);
      await settled();
    }
    expect(engine.state()).toMatchObject({
      roundsTakenPart: 8,
      participation: 'paused',
      reason: { code: 'budget-spent' },
    });
    expect(engine.state().epsilonSpent).toBeLessThanOrEqual(8);
    expect((await profile.ledgerStore.read()).rhoSpent).toBeLessThanOrEqual(1.052358);
    await engine.close();
  });

  test('[L3] a clock set back makes no second budget and no endless cooldown', async () => {
    const aggregator = new TestAggregator();
    const { engine, profile } = await joined(aggregator);
    const roundId = await configure(aggregator, profile);
    profile.clock.set(profile.clock.now() - 365 * 24 * 3600 * 1000);
    aggregator.transport.last?.receive({ kind: 'abort', roundId, code: 'deadline' });
    await settled();
    await engine.close();
    const { engine: next } = await profile.open(aggregator);
    const { reason } = next.state();
    expect(reason).toEqual({ code: 'cooldown', untilMs: profile.clock.now() + aggregator.policy.cooldownMs });
    expect(next.state().epsilonSpent).toBeGreaterThan(0);
    await next.close();
  });
});

describe('what a server may not do', () => {
  test.each([
    ['too few people', { minCohort: 19 }],
    ['less noise', { sigma2num: 9, sigma2den: 1 }],
    ['more noise shares than people', { honestNoiseShares: 28 }],
    ['another model', { modelHash: 'c'.repeat(64) }],
    ['another policy', { policyHash: 'd'.repeat(64) }],
    ['another length', { length: 7 }],
    ['a wider bound', { clippingBoundL2: 1e6 }],
  ] as const)('[P1] %s: closed without a word, nothing charged', async (_what, changes) => {
    const aggregator = new TestAggregator();
    const { engine, profile } = await joined(aggregator);
    const connection = aggregator.transport.last!;
    await configure(aggregator, profile, changes);
    expect(aggregator.sent('update')).toHaveLength(0);
    expect(aggregator.sent('leave')).toHaveLength(0);
    expect(connection.closed).toBe(true);
    expect((await profile.ledgerStore.read()).rows).toEqual([]);
    expect(engine.state()).toMatchObject({ participation: 'paused', reason: { code: 'policy-refused' } });
    await engine.close();
  });

  test('[P1] an expired config', async () => {
    const aggregator = new TestAggregator();
    const { engine, profile } = await joined(aggregator);
    await configure(aggregator, profile, { expiryMs: profile.clock.now() - 1 });
    expect(aggregator.sent('update')).toHaveLength(0);
    await engine.close();
  });

  test('[P2] a second config for the round that differs: aborted and wiped', async () => {
    const aggregator = new TestAggregator();
    const { engine, profile } = await joined(aggregator);
    const { roundId, bytes } = aggregator.config(profile.clock);
    const connection = aggregator.transport.last!;
    connection.receive({ kind: 'config', config: bytes });
    await settled();
    const frames = aggregator.sent('update').length;
    connection.receive({ kind: 'config', config: bytes.slice() });
    await settled();
    expect(aggregator.sent('update')).toHaveLength(frames);
    connection.receive({ kind: 'config', config: bytes.with(110, 9) });
    await settled();
    expect(connection.closed).toBe(true);
    expect(profile.outcomes).toMatchObject([{ roundId, charged: true, code: 'second-config' }]);
    await engine.close();
  });

  test.each([
    ['example.org', 'localhost'],
    ['localhost', 'example.org'],
    ['localhost.example.org', '127.0.0.1'],
    ['127.0.0.2', '[::1]'],
  ])('[P3] mode 0 with page on %s and socket to %s: not connected at all', async (pageHostname, socketHost) => {
    const aggregator = new TestAggregator(undefined, {}, socketHost);
    const { engine } = await joined(aggregator, new TestProfile(), { pageHostname });
    expect(aggregator.transport.connections).toHaveLength(0);
    expect(stateOf(engine)).toEqual({ participation: 'paused', reason: { code: 'not-loopback' } });
    await engine.close();
  });

  test.each(['localhost', '127.0.0.1', '[::1]'])('[P3] %s is this computer', async (host) => {
    const aggregator = new TestAggregator(undefined, {}, host);
    const { engine } = await joined(aggregator, new TestProfile(), { pageHostname: host });
    expect(aggregator.sent('join')).toHaveLength(1);
    await engine.close();
  });
});

describe('connections and leaving', () => {
  test('[R5] a connection that breaks while sending resumes with exactly the same bytes', async () => {
    const aggregator = new TestAggregator();
    const { engine, profile } = await joined(aggregator);
    const { resume } = aggregator.sent('join')[0]!;
    const roundId = await configure(aggregator, profile);
    const first = aggregator.sent('update').map(({ frame }) => frame);
    aggregator.transport.last?.drop();
    profile.clock.advance(200);
    aggregator.transport.last?.open();
    await settled();
    expect(aggregator.transport.connections).toHaveLength(2);
    expect(aggregator.sent('resume')).toEqual([{ kind: 'resume', roundId, resume }]);
    expect(aggregator.sent('update').map(({ frame }) => frame)).toEqual(first);
    expect((await profile.ledgerStore.read()).rows).toHaveLength(1);
    await engine.close();
  });

  test('a server that is gone is looked for with backoff, and joined again by itself', async () => {
    const aggregator = new TestAggregator();
    const { engine, profile } = await joined(aggregator);
    for (let attempt = 0; attempt < 5; attempt++) {
      aggregator.transport.last?.drop();
      profile.clock.advance(30_000);
    }
    expect(aggregator.transport.connections).toHaveLength(6);
    expect(stateOf(engine)).toEqual({ participation: 'waiting', reason: { code: 'connecting' } });
    aggregator.open();
    await settled();
    expect(aggregator.sent('join')).toHaveLength(1);
    await engine.close();
  });

  test('withdrawing in the middle of a round leaves at once and sends nothing more', async () => {
    const aggregator = new TestAggregator();
    const { engine, profile } = await joined(aggregator);
    const connection = aggregator.transport.last!;
    await configure(aggregator, profile);
    await engine.setConsent({ send: false });
    await settled();
    expect(connection.sent.at(-1)?.kind).toBe('leave');
    expect(connection.closed).toBe(true);
    expect(engine.state()).toMatchObject({ consent: { train: true, send: false } });
    expect(profile.outcomes).toMatchObject([{ code: 'left', charged: true }]);
    await engine.close();
  });

  test('erasing while waiting leaves, and a config that comes too late finds nothing', async () => {
    const aggregator = new TestAggregator();
    const { engine, profile } = await joined(aggregator);
    const connection = aggregator.transport.last!;
    await engine.erase();
    await settled();
    expect(connection.sent.at(-1)?.kind).toBe('leave');
    await configure(aggregator, profile);
    expect(aggregator.sent('update')).toHaveLength(0);
    expect((await profile.ledgerStore.read()).rows).toEqual([]);
    await engine.close();
  });

  test('a hidden tab joins nothing, leaves the queue, and finishes a round that it paid for', async () => {
    const aggregator = new TestAggregator();
    const { engine, facts, profile } = await joined(aggregator);
    facts.set({ visible: false });
    await settled();
    expect(aggregator.sent('leave')).toHaveLength(1);
    expect(stateOf(engine)).toEqual({ participation: 'paused', reason: { code: 'hidden' } });
    facts.set({ visible: true });
    await settled();
    aggregator.open();
    await settled();
    const roundId = await configure(aggregator, profile);
    facts.set({ visible: false });
    await settled();
    expect(engine.state().participation).toBe('pending');
    aggregator.transport.last?.receive({
      kind: 'result',
      roundId,
      cohort: 24,
      modelVersion: 1,
      modelHash: aggregator.hash,
    });
    await settled();
    expect(engine.state()).toMatchObject({ roundsTakenPart: 1, reason: { code: 'hidden' } });
    await engine.close();
  });

  test('a busy processor puts the start off for 10 s, and its own training does not stop it', async () => {
    const aggregator = new TestAggregator();
    const { engine, facts, profile } = await joined(aggregator, new TestProfile(), {}, { pressure: 'critical' });
    expect(stateOf(engine)).toEqual({ participation: 'paused', reason: { code: 'pressure' } });
    profile.clock.advance(9_999);
    await settled();
    expect(aggregator.sent('join')).toHaveLength(0);
    profile.clock.advance(1);
    await settled();
    aggregator.open();
    await settled();
    expect(aggregator.sent('join')).toHaveLength(1);
    facts.set({ pressure: 'serious' });
    await settled();
    expect(engine.state().participation).toBe('waiting');
    await engine.close();
  });

  test('a click while waiting trains again, and the round gets the newer update', async () => {
    const aggregator = new TestAggregator();
    let trained = 0;
    class CountingTrainer extends ReferenceTrainer {
      override train(...args: Parameters<ReferenceTrainer['train']>) {
        trained++;
        return super.train(...args);
      }
    }
    const { engine, profile } = await joined(aggregator, new TestProfile(), {
      createTrainer: async () => new CountingTrainer(),
    });
    expect(trained).toBe(1);
    for (const itemId of ['film-1', 'film-5', 'film-9']) await engine.record(itemId, 'like');
    profile.clock.advance(1_000);
    await settled();
    expect(trained).toBe(2);
    expect(aggregator.sent('join')).toHaveLength(1);
    await configure(aggregator, profile);
    const { raw } = (await engine.inspectLastUpload())!;
    await engine.close();

    const other = new TestAggregator();
    const same = await joined(other);
    await configure(other, same.profile);
    expect((await same.engine.inspectLastUpload())!.raw).not.toEqual(raw);
    await same.engine.close();
  });

  test('a trainer that fails is made anew and tried again', async () => {
    const aggregator = new TestAggregator();
    let made = 0;
    const createTrainer = async () => {
      made++;
      if (made > 1) return new ReferenceTrainer();
      return Object.assign(new ReferenceTrainer(), { train: () => Promise.reject(new Error('device lost')) });
    };
    const { engine, profile } = await joined(aggregator, new TestProfile(), { createTrainer });
    expect(aggregator.sent('join')).toHaveLength(0);
    expect(engine.state().reason).toMatchObject({ code: 'policy-refused', detail: 'training-failed: device lost' });
    profile.clock.advance(6_000);
    await settled();
    expect(aggregator.sent('join')).toHaveLength(1);
    await engine.close();
  });

  test('[R8] a stop by the operator is shown, and ended by itself', async () => {
    const aggregator = new TestAggregator();
    const { engine, profile } = await joined(aggregator);
    aggregator.transport.last?.receive({
      kind: 'refused',
      code: 'stopped',
      message: 'maintenance',
      retryAfterMs: 1_000,
    });
    expect(engine.state().reason).toEqual({ code: 'stopped-by-operator' });
    profile.clock.advance(1_000);
    await settled();
    expect(aggregator.sent('join')).toHaveLength(2);
    await engine.close();
  });

  test('the config of a round names what the client agreed to', async () => {
    const aggregator = new TestAggregator();
    const profile = new TestProfile();
    const { bytes } = aggregator.config(profile.clock);
    expect(parseRoundConfig(bytes).policyHash).toBe(aggregator.policyHash);
  });
});

describe('two tabs', () => {
  test('one takes part, the other says so; when the one closes, the other goes on', async () => {
    const aggregator = new TestAggregator();
    const { engine: one, profile } = await joined(aggregator);
    const leader = aggregator.transport.last!;
    const { engine: other } = await profile.open(aggregator);
    profile.clock.advance(300);
    await settled();
    expect(stateOf(other)).toEqual({ participation: 'paused', reason: { code: 'other-tab' } });
    expect(one.state().participation).toBe('waiting');
    aggregator.transport.last?.open();
    aggregator.announce();
    await settled();
    // It listens for models, and joins nothing.
    expect(aggregator.sent('join')).toHaveLength(0);
    await one.close();
    expect(leader.sent.at(-1)?.kind).toBe('leave');
    await settled();
    expect(aggregator.sent('join')).toHaveLength(1);
    expect(other.state().participation).toBe('waiting');
    await other.close();
  });

  test('what one tab spent, the other knows', async () => {
    const aggregator = new TestAggregator();
    const { engine: one, profile } = await joined(aggregator);
    const leader = aggregator.transport.last!;
    const { engine: other } = await profile.open(aggregator);
    const { bytes } = aggregator.config(profile.clock);
    leader.receive({ kind: 'config', config: bytes });
    await settled();
    expect(other.state().epsilonSpent).toBeGreaterThan(0);
    expect(other.state().epsilonSpent).toBe(one.state().epsilonSpent);
    await one.close();
    await other.close();
  });
});
