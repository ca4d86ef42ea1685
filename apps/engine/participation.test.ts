// Taking part, with the real pipeline, ledger, masks and trainer, in rounds with honest others. Rules: PROTOCOL.md.
import { describe, expect, test } from 'vitest';
import { experimentRandom } from '#shared/maths/random.ts';
import { learnerNames } from '#shared/model/model.ts';
import { sha256Hex } from '#shared/protocol/canonical.ts';
import { FrameAssembler, packBits, packedBytes, unpackBits } from '#shared/protocol/codec.ts';
import type { ClientMessage } from '#shared/protocol/messages.ts';
import { parseRoundConfig } from '#shared/protocol/round-config.ts';
import type { MaskCrypto } from '#shared/secagg/crypto.ts';
import { Account } from './account.ts';
import type { UploadInspection } from './api.ts';
import type { LocalEngine } from './engine.ts';
import type { Clock, DeviceFacts, EngineParts, Locks } from './environment.ts';
import { MemoryFacts, MemoryLedgerStore, MemoryLocks } from './memory.ts';
import { Participation, type Person } from './participation.ts';
import { PublishedModels } from './published.ts';
import { ReferenceTrainer } from './reference-trainer.ts';
import { settled, smallCatalogue, TestAggregator, TestProfile } from './testing/aggregator.ts';
import type { MaskedRound } from './testing/masked-round.ts';
import { nodeMaskCrypto } from './testing/node-crypto.ts';

const allConsents = { keep: true, train: true, send: true };
/** A federation that sends updates alone. */
const aloneAggregator = () => new TestAggregator(undefined, { mode: 4 });

/** A tab with eight likes and full consent, connected and told of the model: trained and joined. */
async function joined(
  aggregator: TestAggregator,
  profile = new TestProfile(),
  changes: Partial<EngineParts> = {},
  deviceFacts: Partial<DeviceFacts> = {},
  alone = false,
) {
  const tab = await profile.open(aggregator, changes, deviceFacts);
  for (let index = 0; index < 8; index++) await tab.engine.record(`film-${4 * index}`, 'like');
  await tab.engine.setConsent({ ...allConsents, alone });
  await settled();
  aggregator.open();
  await settled();
  return { ...tab, profile };
}

/** Tells the device a config, and nothing else. */
async function configure(aggregator: TestAggregator, profile: TestProfile, changes = {}): Promise<string> {
  const { roundId, bytes } = aggregator.config(profile.clock, changes);
  aggregator.transport.last?.receive({ kind: 'config', config: bytes });
  await settled();
  return roundId;
}

/** A whole round, told to the device with its result. */
async function participate(aggregator: TestAggregator, profile: TestProfile): Promise<MaskedRound> {
  const round = aggregator.round(profile.clock);
  await round.until(null);
  await aggregator.end(round);
  return round;
}

/** What was uploaded, from its frames. */
function payloadOf(aggregator: TestAggregator, kind: 'masked' | 'local'): Uint8Array {
  const { bits, layout } = aggregator.policy;
  const assembler = new FrameAssembler(packedBytes(layout.length, bits));
  let payload: Uint8Array | null = null;
  for (const { frame } of aggregator.sent(kind)) payload = assembler.push(frame);
  return payload!;
}

const saidKinds = (aggregator: TestAggregator): string[] => aggregator.saidInRounds().map(({ kind }) => kind);
const bytesOf = (message: ClientMessage): Uint8Array =>
  'frame' in message ? message.frame : 'bytes' in message ? message.bytes : new Uint8Array();
const stateOf = (engine: LocalEngine) => {
  const { participation, reason } = engine.state();
  return { participation, reason };
};
const cooldownEnd = (engine: LocalEngine): number => {
  const { reason } = engine.state();
  if (reason.code !== 'cooldown') throw new RangeError(`expected a cooldown, got ${reason.code}`);
  return reason.untilMs;
};
const arraysOf = ({ raw, clipped, rotated, rounded, noised, masked }: UploadInspection) =>
  [raw, clipped, rotated, rounded, noised, masked].filter((values) => values !== null);
const isWiped = (inspection: UploadInspection): boolean =>
  arraysOf(inspection).every((values) => values.every((value) => value === 0));

describe('one participation', () => {
  test('from opting in to the published model, each step by a message or an own act', async () => {
    const aggregator = new TestAggregator();
    const { engine, profile } = await joined(aggregator);
    expect(aggregator.sent('join')).toEqual([
      {
        kind: 'join',
        protocol: 4,
        modelHash: aggregator.hash,
        policyHash: aggregator.policyHash,
        simulated: false,
      },
    ]);
    aggregator.transport.last?.receive({ kind: 'waiting', joined: 17, needed: 24 });
    expect(stateOf(engine)).toEqual({ participation: 'waiting', reason: { code: 'people', joined: 17, needed: 24 } });
    expect(engine.state().backend).toBe('reference');

    // However fast it goes, whoever watches is told of each state.
    const told: string[] = [];
    engine.subscribe(({ participation }) => told.push(participation));
    const steps = () => engine.state().steps.map(({ name }) => name);
    const round = aggregator.round(profile.clock);
    const { roundId } = round;
    await round.until('roster');
    expect(steps()).toEqual(['trained', 'joined', 'config', 'noised', 'keys']);
    await round.until('inbox');
    expect(steps().slice(5)).toEqual(['shares']);
    expect(engine.state()).toMatchObject({ participation: 'sending', epsilonSpent: 0 });
    expect(await engine.ledger()).toMatchObject([{ roundId, status: 'entered', rho: 0, mode: 1 }]);
    await round.until('unmask_req');
    expect(steps().slice(6)).toEqual(['charged', 'sent']);
    expect(told.filter((state, index) => state !== told[index - 1])).toEqual(['waiting', 'sending', 'pending']);
    expect(await engine.ledger()).toMatchObject([{ roundId, status: 'sent', uploadBytes: 95 }]);
    expect(engine.state()).toMatchObject({ participation: 'pending', roundsTakenPart: 0 });
    aggregator.transport.last?.receive({ kind: 'progress', roundId, stage: 'masked', received: 20, expected: 24 });
    expect(engine.state().reason).toEqual({ code: 'others', received: 20, expected: 24 });
    await round.until('confirmations');
    expect(steps().slice(8)).toEqual(['confirmed']);
    await round.until(null);
    expect(steps().slice(9)).toEqual(['unmasked']);
    aggregator.transport.last?.receive({ kind: 'progress', roundId, stage: 'aggregate', received: 20, expected: 20 });
    await aggregator.end(round);
    expect(steps().slice(10)).toEqual(['aggregating', 'published']);
    expect(engine.state()).toMatchObject({
      roundsTakenPart: 1,
      model: { version: 2 },
      participation: 'paused',
      reason: { code: 'cooldown' },
    });
    expect(engine.state().epsilonSpent).toBeGreaterThan(0);
    expect(await engine.ledger()).toMatchObject([{ roundId, status: 'published', cohort: 20, modelVersion: 2 }]);
    expect(profile.outcomes).toMatchObject([{ roundId, status: 'published', charged: true }]);
    expect(saidKinds(aggregator)).toEqual(['advertise', 'shares', 'masked', 'confirm', 'unmask']);

    // After the cooldown: trained on the new model, and joined again on the same connection.
    profile.clock.advance(2 * aggregator.policy.cooldownMs);
    await settled();
    expect(aggregator.sent('join')).toHaveLength(2);
    expect(aggregator.sent('join')[1]!.modelHash).toBe(aggregator.hash);
    await engine.close();
    expect(aggregator.sent('leave')).toHaveLength(1);
  });

  test('[N4] [M7] what the server gets is masked, and what it reads is the sum; the inspection shows each step', async () => {
    const aggregator = new TestAggregator();
    const { engine, profile } = await joined(aggregator);
    expect(await engine.inspectLastUpload()).toBeNull();
    const round = aggregator.round(profile.clock);
    await round.until('inbox');
    const waiting = (await engine.inspectLastUpload())!;
    expect(waiting).toMatchObject({ roundId: round.roundId, mode: 1, sent: 'waiting', masked: null });
    expect(waiting.messages.map(({ kind }) => kind)).toEqual(['advertise', 'shares']);
    await round.until(null);
    await aggregator.end(round);
    const inspection = (await engine.inspectLastUpload())!;
    const { policy } = aggregator;
    const { length } = policy.layout;
    const ring = 2 ** policy.bits - 1;

    // Each step by its own numbers.
    expect(Math.hypot(...inspection.raw)).toBeGreaterThan(0);
    expect(Math.hypot(...inspection.clipped)).toBeLessThanOrEqual(policy.clippingBoundL2 * (1 + 1e-9));
    const scaled = Math.hypot(...inspection.clipped) * inspection.scale;
    expect(Math.hypot(...inspection.rotated)).toBeCloseTo(scaled, 6);
    for (const [i, value] of inspection.rotated.entries()) {
      expect(Math.abs(inspection.rounded[i]! - value)).toBeLessThan(1);
    }
    expect(inspection.noised.filter((value, i) => value !== inspection.rounded[i]).length).toBeGreaterThan(length / 2);

    // What left is the masked vector, and nothing in it is the noised one.
    const masked = unpackBits(payloadOf(aggregator, 'masked'), length, policy.bits);
    expect(inspection.masked).toEqual(masked);
    expect(masked.filter((value, i) => value === (inspection.noised[i]! & ring)).length).toBeLessThan(length / 10);
    // The sum holds it.
    expect([...round.sum].map((value, i) => (value - round.otherValues[i]!) & ring)).toEqual(
      [...inspection.noised].map((value) => value & ring),
    );

    const sizes = { advertise: 80, shares: 32 + 82 * 19, masked: 95 + 35, confirm: 34 * 19, unmask: 34 * 20 };
    expect(inspection).toMatchObject({
      sent: 'among-others',
      minCohort: policy.minCohort,
      bits: policy.bits,
      uploadBytes: 95,
      messages: Object.entries(sizes).map(([kind, bytes]) => ({ kind, bytes })),
    });
    expect(aggregator.saidInRounds().map((message) => bytesOf(message).length)).toEqual(Object.values(sizes));
    expect(inspection.noiseMultiplier).toBeGreaterThanOrEqual(2);
    expect(inspection.noiseMultiplierAlone).toBeCloseTo(inspection.noiseMultiplier / Math.sqrt(18), 12);
    expect(inspection.rho).toBeCloseTo(1 / (2 * inspection.noiseMultiplier ** 2), 12);
    expect((await engine.ledger())[0]!.rho).toBe(inspection.rho);

    // In memory alone, until the history is erased.
    expect(isWiped(inspection)).toBe(false);
    await engine.erase();
    expect(await engine.inspectLastUpload()).toBeNull();
    expect(isWiped(inspection)).toBe(true);
    await engine.close();
  });

  test('the same person, model and randomness give the same bytes; another round has other keys and another noise', async () => {
    const said: Uint8Array[][] = [];
    for (let run = 0; run < 2; run++) {
      const aggregator = new TestAggregator();
      const { engine, profile } = await joined(aggregator, new TestProfile(), { random: experimentRandom(7) });
      await participate(aggregator, profile);
      profile.clock.advance(2 * aggregator.policy.cooldownMs);
      await settled();
      await participate(aggregator, profile);
      said.push(aggregator.saidInRounds().map(bytesOf));
      await engine.close();
    }
    expect(said[0]).toHaveLength(10);
    expect(said[0]).toEqual(said[1]);
    const [first, second] = [said[0]![0]!, said[0]![5]!];
    expect(first.subarray(0, 32)).not.toEqual(second.subarray(0, 32));
    expect(first.subarray(32, 64)).not.toEqual(second.subarray(32, 64));
    expect(first.subarray(64)).not.toEqual(second.subarray(64));
    expect(said[0]![2]).not.toEqual(said[0]![7]);
  });

  test.each(learnerNames)(
    '[N7] %s: no liked film, one or a thousand, new or returning: the same messages of the same sizes, and as many timers',
    async (learner) => {
      const items = Array.from({ length: 1_000 }, (_, index) => ({
        ...smallCatalogue.items[index % smallCatalogue.items.length]!,
        id: `film-${index}`,
      }));
      const seen: string[] = [];
      for (const likes of [0, 1, 1_000]) {
        const films = Math.max(1, likes);
        const aggregator = new TestAggregator({ ...smallCatalogue, items }, {}, true, learner);
        const turns = learner === 'reconstruction' ? 2 : aggregator.federation.phases.length;
        const profile = new TestProfile(films);
        let timers = 0;
        const clock: Clock = {
          now: () => profile.clock.now(),
          after: (delayMs, run) => {
            timers++;
            return profile.clock.after(delayMs, run);
          },
        };
        const { engine } = await profile.open(aggregator, { clock });
        const at = profile.clock.now();
        const rows = items.slice(0, films).map(({ id }) => ({ itemId: id, action: 'like' as const, at }));
        await profile.historyStore.merge(rows.slice(1));
        profile.tabs.open().announce({ kind: 'history' });
        await engine.record(rows[0]!.itemId, likes === 0 ? 'seen' : 'like');
        await engine.setConsent(allConsents);
        await settled();
        aggregator.open();
        await settled();
        expect(engine.state()).toMatchObject({ historyCount: films, reason: { code: 'people' } });
        const shown: string[] = [];
        for (let turn = 0; turn < turns; turn++) {
          const before = aggregator.transport.connections.flatMap(({ sent }) => sent).length;
          timers = 0;
          await participate(aggregator, profile);
          const messages = aggregator.transport.connections.flatMap(({ sent }) => sent).slice(before);
          const sizes = messages.map((message) => {
            const fields = Object.entries(message).map(([name, value]) =>
              value instanceof Uint8Array ? value.length : name,
            );
            return [message.kind, ...fields].join(' ');
          });
          shown.push(...sizes, `${timers} timers`);
          profile.clock.advance(2 * aggregator.policy.cooldownMs);
          await settled();
          if (learner !== 'reconstruction') await aggregator.nextPhase();
        }
        expect(shown).toHaveLength(6 * turns);
        expect(timers).toBeGreaterThan(0);
        expect(aggregator.sent('join')).toHaveLength(turns + 1);
        seen.push(shown.join('\n'));
        await engine.close();
      }
      expect(seen[1]).toBe(seen[0]);
      expect(seen[2]).toBe(seen[0]);
    },
  );
});

test('[P2] terms that are not agreed to any more when the config comes: refused, and nothing entered or said', async () => {
  const aggregator = new TestAggregator();
  const profile = new TestProfile();
  const { clock } = profile;
  const parts: EngineParts = {
    ...profile,
    transport: aggregator.transport,
    http: aggregator.http,
    digest: sha256Hex,
    tabs: profile.tabs.open(),
    facts: new MemoryFacts(),
    createTrainer: async () => new ReferenceTrainer(),
    createMaskCrypto: async () => nodeMaskCrypto,
    onRoundEnd: (outcome) => profile.outcomes.push(outcome),
  };
  let agrees = true;
  const person: Person = {
    consent: () => ({ ...allConsents, alone: false }),
    historyCount: () => 1,
    agreesTo: () => agrees,
    interactions: () => ({ liked: [1], disliked: [], seen: [] }),
  };
  const account = new Account(parts.ledgerStore, parts.locks);
  await account.refresh(clock.now());
  const models = new PublishedModels(parts.http, parts.cacheStore, clock, sha256Hex, () => {});
  await models.refresh();
  const participation = new Participation(parts, person, models, account, () => {});
  participation.evaluate();
  await settled();
  aggregator.open();
  await settled();
  expect(participation.view.reason.code).toBe('people');
  agrees = false;
  await configure(aggregator, profile);
  expect(participation.view).toMatchObject({ state: 'paused', reason: { code: 'terms-changed' } });
  expect(profile.outcomes).toMatchObject([{ charged: false, code: 'terms-changed' }]);
  expect(saidKinds(aggregator)).toEqual([]);
  expect((await profile.ledgerStore.read()).rows).toEqual([]);
  await participation.close();
});

describe('what became of an upload', () => {
  const roundOf = async () => {
    const aggregator = new TestAggregator();
    const { engine, profile } = await joined(aggregator);
    const round = aggregator.round(profile.clock);
    const tell = async (message: Parameters<NonNullable<typeof aggregator.transport.last>['receive']>[0]) => {
      aggregator.transport.last?.receive(message);
      await settled();
    };
    const sent = async () => (await engine.inspectLastUpload())!.sent;
    return { aggregator, engine, profile, round, roundId: round.roundId, tell, sent };
  };
  type Scene = Awaited<ReturnType<typeof roundOf>>;
  const late = { kind: 'refused', code: 'late', message: '', retryAfterMs: null } as const;
  const endings: readonly (readonly [string, UploadInspection['sent'], (scene: Scene) => Promise<void>])[] = [
    [
      'published',
      'among-others',
      async ({ aggregator, round }) => {
        await round.until(null);
        await aggregator.end(round);
      },
    ],
    [
      'published without a word in between',
      'unknown',
      ({ roundId, aggregator, tell }) =>
        tell({ kind: 'result', roundId, cohort: 20, modelVersion: 2, modelHash: aggregator.hash }),
    ],
    ['given up', 'round-stopped', ({ roundId, tell }) => tell({ kind: 'abort', roundId, code: 'too-few' })],
    ['refused as late', 'left-out', ({ tell }) => tell(late)],
    [
      'refused as late after the server asked to unmask',
      'unknown',
      async ({ round, tell }) => {
        await round.until('confirmations');
        await tell(late);
      },
    ],
    [
      'a request to unmask fewer than allowed, which this device refuses',
      'unknown',
      async ({ round }) => {
        const bytes = round.next!.bytes.map((byte, index) => (index === 0 ? byte & 1 : 0));
        round.tell('unmask_req', bytes);
        await settled();
      },
    ],
    [
      'a connection that does not come back',
      'unknown',
      async ({ aggregator, profile }) => {
        aggregator.transport.last?.drop();
        profile.clock.advance(10_000);
        await settled();
      },
    ],
    [
      'silence',
      'unknown',
      async ({ profile }) => {
        profile.clock.advance(180_000);
        await settled();
      },
    ],
    ['refused as no part of the round', 'unknown', ({ tell }) => tell({ ...late, code: 'not-in-round' })],
  ];
  test.each(endings)('%s: %s', async (how, expected, end) => {
    const scene = await roundOf();
    const { engine, round, sent } = scene;
    await round.until('inbox');
    expect(await sent()).toBe('waiting');
    await round.until('unmask_req');
    expect(await sent()).toBe('on-its-way');
    await end(scene);
    expect(await sent()).toBe(expected);
    expect(engine.state().steps.map(({ name }) => name)).toContain(
      expected === 'among-others' || how.startsWith('published') ? 'published' : 'aborted',
    );
    await engine.close();
  });

  test('sent alone it stays so, whatever becomes of the round', async () => {
    const aggregator = aloneAggregator();
    const { engine, profile } = await joined(aggregator, new TestProfile(), {}, {}, true);
    const roundId = await configure(aggregator, profile);
    expect((await engine.inspectLastUpload())!.sent).toBe('alone');
    aggregator.transport.last?.receive({ kind: 'abort', roundId, code: 'too-few' });
    await settled();
    expect((await engine.inspectLastUpload())!.sent).toBe('alone');
    await engine.close();
  });
});

/** A ledger whose writes are held up until the test lets them go. */
class SlowLedger extends MemoryLedgerStore {
  readonly #slow: 'enter' | 'charge';
  release = (): void => {};

  constructor(slow: 'enter' | 'charge') {
    super();
    this.#slow = slow;
  }

  override async enter(...args: Parameters<MemoryLedgerStore['enter']>) {
    if (this.#slow === 'enter') await this.#held();
    return super.enter(...args);
  }

  override async charge(...args: Parameters<MemoryLedgerStore['charge']>) {
    if (this.#slow === 'charge') await this.#held();
    return super.charge(...args);
  }

  #held(): Promise<void> {
    return new Promise<void>((resolve) => {
      this.release = resolve;
    });
  }
}

describe('the ledger comes first', () => {
  test('[L2] nothing of a round leaves before it is entered durably', async () => {
    const aggregator = new TestAggregator();
    const ledgerStore = new SlowLedger('enter');
    const { engine, profile } = await joined(aggregator, new TestProfile(), { ledgerStore });
    const round = aggregator.round(profile.clock);
    await round.exchange();
    expect(saidKinds(aggregator)).toEqual([]);
    expect(engine.state().participation).toBe('sending');
    ledgerStore.release();
    await round.listen();
    expect(saidKinds(aggregator)).toEqual(['advertise']);
    await round.until(null);
    await engine.close();
  });

  test('[L2] nothing of the upload leaves before the charge is durable', async () => {
    const aggregator = new TestAggregator();
    const ledgerStore = new SlowLedger('charge');
    const { engine, profile } = await joined(aggregator, new TestProfile(), { ledgerStore });
    const round = aggregator.round(profile.clock);
    await round.until('inbox');
    await round.exchange();
    expect(saidKinds(aggregator)).toEqual(['advertise', 'shares']);
    expect(engine.state()).toMatchObject({ participation: 'sending', epsilonSpent: 0 });
    expect((await engine.inspectLastUpload())!.sent).toBe('waiting');
    ledgerStore.release();
    await round.listen();
    expect(saidKinds(aggregator)).toEqual(['advertise', 'shares', 'masked']);
    await round.until(null);
    await engine.close();
  });

  test('[L2] a crash before the charge costs nothing, one between charge and send stays charged; neither round is entered again', async () => {
    for (const [until, status] of [
      ['roster', 'entered'],
      ['inbox', 'charged'],
    ] as const) {
      const aggregator = new TestAggregator(undefined, { cooldownMs: 20_000 });
      const profile = new TestProfile();
      const ledgerStore = new SlowLedger('charge');
      const { engine: crashed } = await joined(aggregator, profile, { ledgerStore });
      const round = aggregator.round(profile.clock);
      await round.until(until);
      if (until === 'inbox') await round.exchange();
      const before = saidKinds(aggregator);
      crashed.vanish();
      ledgerStore.release();
      await settled();
      expect(saidKinds(aggregator)).toEqual(before);
      expect(before).not.toContain('masked');
      const book = await ledgerStore.read();
      expect(book.rows).toMatchObject([{ roundId: round.roundId, status }]);
      expect(book.rhoSpent > 0).toBe(status === 'charged');
      await crashed.close();

      profile.clock.advance(2 * aggregator.policy.cooldownMs);
      const { engine } = await joined(aggregator, profile, { ledgerStore });
      expect(engine.state().epsilonSpent > 0).toBe(status === 'charged');
      aggregator.transport.last?.receive({ kind: 'config', config: round.bytes });
      await settled();
      expect(saidKinds(aggregator)).toEqual(before);
      expect(profile.outcomes.at(-1)).toMatchObject({ status: 'aborted', charged: false, code: 'round-seen' });
      expect((await ledgerStore.read()).rows).toEqual(book.rows);
      await engine.close();
    }
  });

  test('[L3] a ledger that fails to write: nothing leaves, and the server is not told why', async () => {
    class BrokenLedger extends MemoryLedgerStore {
      override charge(): Promise<never> {
        return Promise.reject(new Error('disk'));
      }
    }
    class ShutLedger extends MemoryLedgerStore {
      override enter(): Promise<never> {
        return Promise.reject(new Error('disk'));
      }
    }
    for (const [ledgerStore, said] of [
      [new ShutLedger(), []],
      [new BrokenLedger(), ['advertise', 'shares']],
    ] as const) {
      const aggregator = new TestAggregator();
      const { engine, profile } = await joined(aggregator, new TestProfile(), { ledgerStore });
      const connection = aggregator.transport.last!;
      const round = aggregator.round(profile.clock);
      for (let exchange = 0; exchange <= said.length; exchange++) await round.exchange();
      expect(saidKinds(aggregator)).toEqual(said);
      expect(connection.closed).toBe(true);
      expect(connection.sent.map(({ kind }) => kind)).not.toContain('leave');
      expect(profile.outcomes).toMatchObject([{ charged: false, code: 'ledger-failed' }]);
      expect((await ledgerStore.read()).rhoSpent).toBe(0);
      expect(await engine.inspectLastUpload()).toBeNull();
      await engine.close();
    }
  });

  test('[L3] at the cap: refused, whatever the server asks, and still told of new models', async () => {
    const aggregator = new TestAggregator();
    const profile = new TestProfile();
    for (let index = 0; index < 8; index++) {
      const roundId = (1000 + index).toString(16).padStart(32, '0');
      await profile.ledgerStore.enter({
        roundId,
        policyHash: 'b'.repeat(64),
        mode: index % 2 === 0 ? 1 : 4,
        at: index,
        place: null,
      });
      await profile.ledgerStore.charge({ roundId, rho: 0.13, at: index, uploadBytes: 1 }, 1.05);
    }
    const { engine } = await joined(aggregator, profile);
    expect(stateOf(engine)).toEqual({ participation: 'paused', reason: { code: 'budget-spent' } });
    expect(aggregator.sent('join')).toHaveLength(0);
    await configure(aggregator, profile);
    expect(saidKinds(aggregator)).toEqual([]);
    aggregator.publish(2);
    aggregator.announce();
    await settled();
    expect(engine.state().model?.version).toBe(2);
    await engine.close();
  });

  test('[L3] a hostile server that asks for 1,000 rounds gets 8 updates, and never a ninth', async () => {
    const aggregator = new TestAggregator();
    const { engine, profile } = await joined(aggregator);
    let paid = 0;
    for (let asked = 0; asked < 1000; asked++) {
      const { reason } = engine.state();
      if (reason.code === 'budget-spent') {
        // No longer joined; it is asked all the same.
        const { bytes } = aggregator.config(profile.clock);
        aggregator.transport.last?.receive({ kind: 'config', config: bytes });
        continue;
      }
      const round = aggregator.round(profile.clock);
      await round.until('unmask_req');
      paid++;
      // It takes the upload, gives the round up and asks again.
      aggregator.transport.last?.receive({ kind: 'abort', roundId: round.roundId, code: 'too-few' });
      await settled();
      profile.clock.advance(2 * aggregator.policy.cooldownMs);
      await settled();
    }
    await settled();
    expect(paid).toBe(8);
    expect(saidKinds(aggregator).filter((kind) => kind === 'masked')).toHaveLength(8);
    expect(saidKinds(aggregator).filter((kind) => kind === 'advertise')).toHaveLength(8);
    expect(stateOf(engine)).toEqual({ participation: 'paused', reason: { code: 'budget-spent' } });
    expect(engine.state().epsilonSpent).toBeLessThanOrEqual(8);
    expect((await profile.ledgerStore.read()).rhoSpent).toBeLessThanOrEqual(1.052358);
    await engine.close();
  });

  test('[L3] another tab that spends the rest in between: not entered, and nothing is said', async () => {
    const aggregator = new TestAggregator();
    const { engine, profile } = await joined(aggregator);
    const roundId = 'f'.repeat(32);
    await profile.ledgerStore.enter({ roundId, policyHash: 'b'.repeat(64), mode: 1, at: 1, place: null });
    await profile.ledgerStore.charge({ roundId, rho: 1, at: 1, uploadBytes: 1 }, 1.05);
    await configure(aggregator, profile);
    expect(saidKinds(aggregator)).toEqual([]);
    expect(profile.outcomes).toMatchObject([{ charged: false, code: 'budget-spent' }]);
    expect((await profile.ledgerStore.read()).rows).toHaveLength(1);
    await engine.close();
  });

  test('[L3] another tab that spends the rest while the masks are agreed: not charged, not sent, and no word of it', async () => {
    const aggregator = new TestAggregator();
    const { engine, profile } = await joined(aggregator);
    const connection = aggregator.transport.last!;
    const round = aggregator.round(profile.clock);
    await round.until('inbox');
    const roundId = 'f'.repeat(32);
    await profile.ledgerStore.enter({ roundId, policyHash: 'b'.repeat(64), mode: 1, at: 1, place: null });
    await profile.ledgerStore.charge({ roundId, rho: 1, at: 1, uploadBytes: 1 }, 1.05);
    round.tell('inbox', round.next!.bytes);
    await settled();
    expect(connection.sent.map(({ kind }) => kind)).toEqual(['join', 'advertise', 'shares']);
    expect(connection.closed).toBe(true);
    expect(profile.outcomes).toMatchObject([{ charged: false, code: 'budget-spent' }]);
    const book = await profile.ledgerStore.read();
    expect(book.rhoSpent).toBe(1);
    expect(book.rows).toMatchObject([{ roundId }, { roundId: round.roundId, status: 'aborted', rho: 0 }]);
    await engine.close();
  });

  test('[L3] a clock set back makes no second budget and no endless cooldown', async () => {
    const aggregator = new TestAggregator();
    const { engine, profile } = await joined(aggregator);
    const round = aggregator.round(profile.clock);
    await round.until('unmask_req');
    profile.clock.set(profile.clock.now() - 365 * 24 * 3600 * 1000);
    aggregator.transport.last?.receive({ kind: 'abort', roundId: round.roundId, code: 'too-few' });
    await settled();
    await engine.close();
    const { engine: next } = await profile.open(aggregator);
    const waitMs = cooldownEnd(next) - profile.clock.now();
    expect(waitMs).toBeGreaterThanOrEqual(aggregator.policy.cooldownMs);
    expect(waitMs).toBeLessThanOrEqual(2 * aggregator.policy.cooldownMs);
    expect(next.state().epsilonSpent).toBeGreaterThan(0);
    await next.close();
  });

  test('[L4] a browser whose storage was cleared starts a new account, and says since when', async () => {
    const aggregator = new TestAggregator();
    const { engine, profile } = await joined(aggregator);
    const { accountSince } = engine.state();
    expect(accountSince).toBe(profile.clock.now());
    await participate(aggregator, profile);
    await engine.close();
    profile.clock.advance(1_000_000);
    const { engine: again } = await profile.open(aggregator);
    expect(again.state()).toMatchObject({ accountSince });
    expect(again.state().epsilonSpent).toBeGreaterThan(0);
    await again.close();
    const { engine: cleared } = await profile.open(aggregator, { ledgerStore: new MemoryLedgerStore() });
    expect(cleared.state()).toMatchObject({ accountSince: profile.clock.now(), epsilonSpent: 0 });
    await cleared.close();
  });
});

describe('a phase of an epoch', () => {
  const phased = () => new TestAggregator(undefined, {}, true, 'co-occurrence');

  test('[L6] is taken part in once, whatever the server asks; the next phase and the next epoch are others', async () => {
    const aggregator = phased();
    const { engine, profile } = await joined(aggregator);
    for (const [epoch, phase] of [
      [1, 0],
      [1, 1],
      [2, 0],
    ] as const) {
      expect(engine.state()).toMatchObject({ model: { epoch, phase }, reason: { code: 'people' } });
      const before = saidKinds(aggregator).length;
      await participate(aggregator, profile);
      expect(saidKinds(aggregator).slice(before)).toEqual(['advertise', 'shares', 'masked', 'confirm', 'unmask']);
      profile.clock.advance(2 * aggregator.policy.cooldownMs);
      await settled();
      expect(engine.state().reason).toEqual({ code: 'phase-done' });
      // It is asked all the same, under the model that it has and under a later one of the phase.
      await configure(aggregator, profile);
      aggregator.publish(aggregator.model.header.version + 1);
      aggregator.announce();
      await settled();
      await configure(aggregator, profile);
      expect(saidKinds(aggregator)).toHaveLength(before + 5);
      const { rows } = await profile.ledgerStore.read();
      expect(rows.at(-1)).toMatchObject({ place: { federation: 'f0'.repeat(16), epoch, phase }, status: 'published' });
      await aggregator.nextPhase();
    }
    const { rows, rhoSpent } = await profile.ledgerStore.read();
    expect(rows).toHaveLength(3);
    expect(rhoSpent).toBeCloseTo(
      rows.reduce((sum, { rho }) => sum + rho, 0),
      12,
    );
    await engine.close();
  });

  test('[L6] two tabs in two rounds of one phase, without locks between them: one of them is charged, and one sends', async () => {
    const aggregator = phased();
    const profile = new TestProfile();
    const { engine: one } = await joined(aggregator, profile, { locks: new MemoryLocks() });
    const round = aggregator.round(profile.clock);
    await round.until('inbox');
    // The other tab has gone through a round of its own by now.
    const roundId = 'e'.repeat(32);
    const place = { federation: 'f0'.repeat(16), epoch: 1, phase: 0 };
    const other = { roundId, policyHash: aggregator.policyHash, mode: 1, at: profile.clock.now(), place } as const;
    expect(await profile.ledgerStore.enter(other)).toBe('entered');
    expect(await profile.ledgerStore.charge({ roundId, rho: 0.1, at: other.at, uploadBytes: 1 }, 1)).toBe('charged');
    round.tell('inbox', round.next!.bytes);
    await settled();
    expect(saidKinds(aggregator)).toEqual(['advertise', 'shares']);
    expect(profile.outcomes).toMatchObject([{ charged: false, code: 'phase-done' }]);
    expect((await profile.ledgerStore.read()).rows).toMatchObject([
      { roundId: round.roundId, status: 'aborted', rho: 0 },
      { roundId, status: 'charged' },
    ]);
    await one.close();
  });

  test('[L6] a crash between charge and send: the phase is done, also for the tab that comes after it', async () => {
    const aggregator = phased();
    const profile = new TestProfile();
    const ledgerStore = new SlowLedger('charge');
    const { engine: crashed } = await joined(aggregator, profile, { ledgerStore });
    const round = aggregator.round(profile.clock);
    await round.until('inbox');
    await round.exchange();
    crashed.vanish();
    ledgerStore.release();
    await settled();
    await crashed.close();
    profile.clock.advance(2 * aggregator.policy.cooldownMs);
    const { engine } = await joined(aggregator, profile, { ledgerStore });
    expect(engine.state().reason).toEqual({ code: 'phase-done' });
    await configure(aggregator, profile);
    expect(saidKinds(aggregator)).toEqual(['advertise', 'shares']);
    expect((await ledgerStore.read()).rows).toMatchObject([{ status: 'charged' }]);
    await engine.close();
  });
});

describe('one browser profile is in a round at most once', () => {
  test('[L2] two engines that get one config at once, without locks between them: one says something', async () => {
    const aggregator = new TestAggregator();
    const profile = new TestProfile();
    const { engine: one } = await joined(aggregator, profile, { locks: new MemoryLocks() });
    const first = aggregator.transport.last!;
    const { engine: other } = await joined(aggregator, profile, { locks: new MemoryLocks() });
    const second = aggregator.transport.last!;
    const { bytes } = aggregator.config(profile.clock);
    first.receive({ kind: 'config', config: bytes });
    second.receive({ kind: 'config', config: bytes });
    await settled();
    expect(saidKinds(aggregator)).toEqual(['advertise']);
    expect(profile.outcomes).toMatchObject([{ status: 'aborted', charged: false, code: 'round-seen' }]);
    // The other's row is not touched by the one that was refused.
    expect((await profile.ledgerStore.read()).rows).toMatchObject([{ status: 'entered' }]);
    await one.close();
    await other.close();
  });

  test('a browser without locks takes no part', async () => {
    const none: Locks = { run: () => Promise.reject(new TypeError('navigator.locks is undefined')) };
    const aggregator = new TestAggregator();
    const { engine } = await joined(aggregator, new TestProfile(), { locks: none });
    expect(aggregator.sent('join')).toHaveLength(0);
    expect(stateOf(engine)).toEqual({ participation: 'paused', reason: { code: 'storage' } });
    await engine.close();
  });

  test('a lock of the round that cannot be had at all: no part either', async () => {
    class LedgerLocksAlone extends MemoryLocks {
      override run<T>(name: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
        if (name === 'tacit-round') return Promise.reject(new TypeError('no'));
        return super.run(name, work, signal);
      }
    }
    const aggregator = new TestAggregator();
    const { engine } = await joined(aggregator, new TestProfile(), { locks: new LedgerLocksAlone() });
    expect(aggregator.sent('join')).toHaveLength(0);
    expect(stateOf(engine)).toEqual({ participation: 'paused', reason: { code: 'storage' } });
    await engine.close();
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
    ['a thinner graph', { neighbours: 8 }],
    ['a lower threshold', { thresholdPermille: 500 }],
    ['no masks', { mode: 4, neighbours: 0, thresholdPermille: 0 }],
  ] as const)('[P1] %s: closed without a word, nothing entered', async (_what, changes) => {
    const aggregator = new TestAggregator();
    const { engine, profile } = await joined(aggregator, new TestProfile(), {}, {}, true);
    const connection = aggregator.transport.last!;
    await configure(aggregator, profile, changes);
    expect(saidKinds(aggregator)).toEqual([]);
    expect(aggregator.sent('leave')).toHaveLength(0);
    expect(connection.closed).toBe(true);
    expect((await profile.ledgerStore.read()).rows).toEqual([]);
    expect(engine.state()).toMatchObject({ participation: 'paused', reason: { code: 'policy-refused' } });
    expect(await engine.inspectLastUpload()).toBeNull();
    await engine.close();
  });

  test('[P1] an expired config', async () => {
    const aggregator = new TestAggregator();
    const { engine, profile } = await joined(aggregator);
    await configure(aggregator, profile, { expiryMs: profile.clock.now() - 1 });
    expect(saidKinds(aggregator)).toEqual([]);
    await engine.close();
  });

  /** Rounds until the device has answered a message: the same message again, and another one under its name. */
  const messages = ['config', 'roster', 'inbox', 'unmask_req', 'confirmations'] as const;
  test.each(messages)(
    '[P2] a second %s: the same bytes change nothing, others end the round and wipe it',
    async (kind) => {
      const aggregator = new TestAggregator();
      const { engine, profile } = await joined(aggregator);
      const connection = aggregator.transport.last!;
      const round = aggregator.round(profile.clock);
      await round.until(kind);
      const { bytes } = round.next!;
      await round.exchange();
      const said = saidKinds(aggregator);
      const inspection = (await engine.inspectLastUpload())!;
      round.tell(kind, bytes.slice());
      await settled();
      expect(saidKinds(aggregator)).toEqual(said);
      expect(connection.closed).toBe(false);
      const other = bytes.slice();
      other[other.length - 1]! ^= 1;
      round.tell(kind, other);
      await settled();
      expect(connection.closed).toBe(true);
      const isCharged = kind !== 'config' && kind !== 'roster';
      const code = kind === 'config' ? 'second-config' : 'changed-message';
      expect(profile.outcomes).toMatchObject([{ roundId: round.roundId, status: 'aborted', charged: isCharged, code }]);
      // What never left is gone; what has left may still be looked at.
      expect(isWiped(inspection)).toBe(!isCharged);
      await round.exchange().catch(() => {});
      expect(saidKinds(aggregator)).toEqual(said);
      expect((await profile.ledgerStore.read()).rows).toMatchObject([{ status: 'aborted' }]);
      await engine.close();
    },
  );

  test('[M9] shares are given to nobody without enough confirmations of the same survivors', async () => {
    for (const [kept, released] of [
      [11, false],
      [12, true],
    ] as const) {
      const aggregator = new TestAggregator();
      const { engine, profile } = await joined(aggregator);
      const round = aggregator.round(profile.clock);
      await round.until('confirmations');
      // t = ceil(0.65 * 19) = 13 of the neighbourhood, the own one included.
      await round.exchange((bytes) => bytes.slice(0, kept * 34));
      expect(saidKinds(aggregator).includes('unmask')).toBe(released);
      expect(profile.outcomes.map(({ code }) => code)).toEqual(released ? [] : ['unconfirmed']);
      await engine.close();
    }
  });

  test('[M9] a confirmation of other survivors counts for nothing', async () => {
    const aggregator = new TestAggregator();
    const { engine, profile } = await joined(aggregator);
    const round = aggregator.round(profile.clock);
    await round.until('confirmations');
    await round.exchange((bytes) => bytes.map((byte, at) => (at % 34 === 33 && at < 8 * 34 ? byte ^ 1 : byte)));
    expect(saidKinds(aggregator)).not.toContain('unmask');
    expect(profile.outcomes).toMatchObject([{ code: 'unconfirmed', charged: true }]);
    await engine.close();
  });

  test.each([
    [
      'without this device in it',
      (u3: Uint8Array, own: number) => u3.map((byte, at) => (at === own >> 3 ? byte & ~(1 << (own & 7)) : byte)),
    ],
    [
      'fewer than nMin',
      // Somebody of another byte than the own one.
      (u3: Uint8Array, own: number) => u3.map((byte, at) => (at === (own < 8 ? 1 : 0) ? byte & 0xfe : byte)),
    ],
  ] as const)('[M8] survivors %s: no confirmation and no share leaves', async (_what, change) => {
    const aggregator = new TestAggregator();
    const { engine, profile } = await joined(aggregator);
    const round = aggregator.round(profile.clock);
    await round.until('roster');
    const own = indexInRoster(round.next!.bytes, aggregator.sent('advertise')[0]!.bytes);
    await round.until('unmask_req');
    await round.exchange((u3) => change(u3, own));
    expect(saidKinds(aggregator)).toEqual(['advertise', 'shares', 'masked']);
    expect(profile.outcomes).toMatchObject([{ status: 'aborted', charged: true }]);
    await engine.close();
  });

  test('[M12] a message before its time ends the round', async () => {
    const aggregator = new TestAggregator();
    const { engine, profile } = await joined(aggregator);
    const round = aggregator.round(profile.clock);
    await round.until('roster');
    round.tell('unmask_req', new Uint8Array(3).fill(0xff));
    await settled();
    expect(saidKinds(aggregator)).toEqual(['advertise']);
    expect(profile.outcomes).toMatchObject([{ code: 'out-of-order', charged: false }]);
    await engine.close();
  });

  test.each(['roster', 'inbox', 'unmask_req', 'confirmations'] as const)(
    '[M12] the round given up while %s is being answered: the answer is not said, on the connection that stays',
    async (kind) => {
      const aggregator = new TestAggregator();
      const { engine, profile } = await joined(aggregator);
      const round = aggregator.round(profile.clock);
      await round.until(kind);
      const said = saidKinds(aggregator);
      round.tell(kind, round.next!.bytes);
      aggregator.transport.last!.receive({ kind: 'abort', roundId: round.roundId, code: 'stopped' });
      await settled();
      expect(saidKinds(aggregator)).toEqual(said);
      expect(aggregator.transport.last!.closed).toBe(false);
      expect(profile.outcomes).toMatchObject([{ code: 'stopped', charged: said.includes('masked') }]);
      expect((await profile.ledgerStore.read()).rhoSpent > 0).toBe(said.includes('masked'));
      await engine.close();
    },
  );

  test('[P3] over a network in clear: not connected at all', async () => {
    const aggregator = new TestAggregator(undefined, {}, false);
    const { engine } = await joined(aggregator);
    expect(aggregator.transport.connections).toHaveLength(0);
    expect(stateOf(engine)).toEqual({ participation: 'paused', reason: { code: 'not-secure' } });
    await engine.close();
  });
});

/** Where a device's channel key stands in a roster. */
function indexInRoster(roster: Uint8Array, advertise: Uint8Array): number {
  const key = advertise.slice(0, 32).join();
  const size = roster[0]! | (roster[1]! << 8);
  return Array.from({ length: size }, (_, i) => roster.slice(2 + 64 * i, 34 + 64 * i).join()).indexOf(key);
}

describe('sent alone (mode 4)', () => {
  test('[P4] not without the consent to it', async () => {
    const aggregator = aloneAggregator();
    const { engine, profile } = await joined(aggregator);
    expect(stateOf(engine)).toEqual({ participation: 'paused', reason: { code: 'alone-not-allowed' } });
    // It hears of models, and says nothing; a config all the same finds nobody.
    await configure(aggregator, profile);
    aggregator.publish(2);
    aggregator.announce();
    await settled();
    expect(engine.state().model?.version).toBe(2);
    expect(aggregator.transport.connections.flatMap(({ sent }) => sent)).toEqual([]);
    expect((await profile.ledgerStore.read()).rows).toEqual([]);
    await engine.close();
  });

  test('[P4] with the consent: entered, charged, and the noised integers in frames, without a key told to anybody', async () => {
    const aggregator = aloneAggregator();
    const { engine, profile } = await joined(aggregator, new TestProfile(), {}, {}, true);
    const roundId = await configure(aggregator, profile);
    expect(saidKinds(aggregator)).toEqual(['local']);
    const inspection = (await engine.inspectLastUpload())!;
    const { bits, layout, noiseMultiplier } = aggregator.policy;
    expect(payloadOf(aggregator, 'local')).toEqual(packBits(inspection.noised, bits));
    expect(inspection).toMatchObject({ mode: 4, sent: 'alone', masked: null });
    expect(inspection.messages).toEqual([{ kind: 'local', bytes: packedBytes(layout.length, bits) + 35 }]);
    // Its own noise is all there is, and has full size.
    expect(inspection.noiseMultiplierAlone).toBe(inspection.noiseMultiplier);
    expect(inspection.noiseMultiplier).toBeGreaterThanOrEqual(noiseMultiplier);
    expect(await engine.ledger()).toMatchObject([{ roundId, mode: 4, status: 'sent' }]);
    expect(engine.state().epsilonSpent).toBeGreaterThan(0);
    const result = { kind: 'result', roundId, cohort: 3, modelVersion: 1, modelHash: aggregator.hash } as const;
    aggregator.transport.last?.receive(result);
    await settled();
    expect(engine.state()).toMatchObject({ roundsTakenPart: 1 });
    expect(engine.state().steps.map(({ name }) => name)).toEqual([
      'trained',
      'joined',
      'config',
      'noised',
      'charged',
      'sent',
      'published',
    ]);
    await engine.close();
  });

  test('[P4] the same ledger pays: at the cap nothing is sent alone either', async () => {
    const aggregator = aloneAggregator();
    const profile = new TestProfile();
    const roundId = 'f'.repeat(32);
    await profile.ledgerStore.enter({ roundId, policyHash: 'b'.repeat(64), mode: 1, at: 1, place: null });
    await profile.ledgerStore.charge({ roundId, rho: 1, at: 1, uploadBytes: 1 }, 1.05);
    const { engine } = await joined(aggregator, profile, {}, {}, true);
    expect(engine.state().reason).toEqual({ code: 'budget-spent' });
    expect(aggregator.sent('join')).toHaveLength(0);
    await engine.close();
  });

  test('[L2] nothing leaves before the charge is durable', async () => {
    const aggregator = aloneAggregator();
    const ledgerStore = new SlowLedger('charge');
    const { engine, profile } = await joined(aggregator, new TestProfile(), { ledgerStore }, {}, true);
    await configure(aggregator, profile);
    expect(saidKinds(aggregator)).toEqual([]);
    ledgerStore.release();
    await settled();
    expect(saidKinds(aggregator)).toEqual(['local']);
    await engine.close();
  });

  test('[P4] taking that consent back ends the round at once, and the queue', async () => {
    const aggregator = aloneAggregator();
    const ledgerStore = new SlowLedger('charge');
    const { engine, profile } = await joined(aggregator, new TestProfile(), { ledgerStore }, {}, true);
    const connection = aggregator.transport.last!;
    await configure(aggregator, profile);
    await engine.setConsent({ alone: false });
    ledgerStore.release();
    await settled();
    expect(connection.sent.map(({ kind }) => kind)).toEqual(['join', 'leave']);
    expect(connection.closed).toBe(true);
    expect(engine.state()).toMatchObject({
      consent: { send: true, alone: false },
      reason: { code: 'alone-not-allowed' },
    });
    await engine.close();
  });

  test('among others it changes nothing', async () => {
    const aggregator = new TestAggregator();
    const { engine, profile } = await joined(aggregator, new TestProfile(), {}, {}, true);
    const round = aggregator.round(profile.clock);
    await round.until('inbox');
    await engine.setConsent({ alone: false });
    await round.until(null);
    expect(engine.state().participation).toBe('pending');
    await engine.close();
  });

  test('[R5] a connection that breaks ends the round: there is no coming back', async () => {
    const aggregator = aloneAggregator();
    const { engine, profile } = await joined(aggregator, new TestProfile(), {}, {}, true);
    const roundId = await configure(aggregator, profile);
    aggregator.transport.last?.drop();
    await settled();
    profile.clock.advance(60_000);
    aggregator.open();
    await settled();
    expect(saidKinds(aggregator)).toEqual(['local']);
    expect(profile.outcomes).toMatchObject([{ roundId, status: 'aborted', charged: true, code: 'connection-lost' }]);
    await engine.close();
  });

  test('[P2] a second config that differs: aborted and wiped', async () => {
    const aggregator = aloneAggregator();
    const { engine, profile } = await joined(aggregator, new TestProfile(), {}, {}, true);
    const { roundId, bytes } = aggregator.config(profile.clock);
    const connection = aggregator.transport.last!;
    connection.receive({ kind: 'config', config: bytes });
    await settled();
    connection.receive({ kind: 'config', config: bytes.slice() });
    await settled();
    expect(connection.closed).toBe(false);
    connection.receive({ kind: 'config', config: bytes.with(110, 9) });
    await settled();
    expect(connection.closed).toBe(true);
    expect(profile.outcomes).toMatchObject([{ roundId, charged: true, code: 'second-config' }]);
    await engine.close();
  });
});

describe('the cooldown', () => {
  test('lasts once to twice as long as the policy says: drawn at each charge, kept until the next, and anew in a new engine', async () => {
    const extensions: number[] = [];
    const aggregator = new TestAggregator(undefined, { cooldownMs: 24 * 3600 * 1000 });
    const { cooldownMs } = aggregator.policy;
    const profile = new TestProfile();
    let { engine } = await joined(aggregator, profile);
    for (let participation = 0; participation < 6; participation++) {
      await participate(aggregator, profile);
      const charge = profile.clock.now();
      const until = cooldownEnd(engine);
      extensions.push(until - charge - cooldownMs);
      // Looking again draws nothing.
      profile.clock.advance(cooldownMs / 2);
      aggregator.announce();
      await settled();
      expect(cooldownEnd(engine)).toBe(until);
      const joins = aggregator.sent('join').length;
      profile.clock.advance(until - profile.clock.now() - 1);
      await settled();
      expect(aggregator.sent('join')).toHaveLength(joins);
      if (participation === 5) break;
      profile.clock.advance(1);
      await settled();
      expect(aggregator.sent('join')).toHaveLength(joins + 1);
    }
    const before = cooldownEnd(engine);
    await engine.close();
    ({ engine } = await profile.open(aggregator));
    const lastCharge = before - extensions.at(-1)! - cooldownMs;
    profile.clock.set(lastCharge);
    expect(new Set([...extensions, cooldownEnd(engine) - lastCharge - cooldownMs]).size).toBe(7);
    for (const extension of extensions) {
      expect(extension).toBeGreaterThanOrEqual(0);
      expect(extension).toBeLessThanOrEqual(cooldownMs);
    }
    // Not all at one end.
    expect(Math.max(...extensions) - Math.min(...extensions)).toBeGreaterThan(cooldownMs / 4);
    await engine.close();
  });

  test('of no time has no extension', async () => {
    const aggregator = new TestAggregator(undefined, { cooldownMs: 0 });
    const { engine, profile } = await joined(aggregator);
    await participate(aggregator, profile);
    expect(engine.state()).toMatchObject({ roundsTakenPart: 1, reason: { code: 'people' } });
    await engine.close();
  });
});

describe('hold', () => {
  test('fewer people than needed: nothing is said and nothing is charged, however long it takes', async () => {
    const aggregator = new TestAggregator();
    const { engine, profile } = await joined(aggregator);
    for (let minute = 0; minute < 60; minute++) {
      aggregator.transport.last?.receive({ kind: 'waiting', joined: minute % 24, needed: 24 });
      profile.clock.advance(60_000);
    }
    await settled();
    expect(stateOf(engine)).toEqual({ participation: 'waiting', reason: { code: 'people', joined: 11, needed: 24 } });
    expect(saidKinds(aggregator)).toEqual([]);
    expect(aggregator.sent('join')).toHaveLength(1);
    expect(await engine.ledger()).toEqual([]);
    expect(engine.state().epsilonSpent).toBe(0);
    expect(await engine.inspectLastUpload()).toBeNull();
    await engine.close();
  });

  test('an update is held for a day at most: then it is made anew, and the seat in the queue with it', async () => {
    let trained = 0;
    class CountingTrainer extends ReferenceTrainer {
      override train(...args: Parameters<ReferenceTrainer['train']>) {
        trained++;
        return super.train(...args);
      }
    }
    const aggregator = new TestAggregator();
    const createTrainer = async () => new CountingTrainer();
    const { engine, profile } = await joined(aggregator, new TestProfile(), { createTrainer });
    profile.clock.advance(24 * 3600 * 1000 - 1);
    await settled();
    expect(trained).toBe(1);
    profile.clock.advance(1);
    await settled();
    expect(trained).toBe(2);
    expect(aggregator.transport.last!.sent.map(({ kind }) => kind)).toEqual(['join', 'leave', 'join']);
    await engine.close();
  });

  test('an update that grew old while the computer slept is not sent', async () => {
    const aggregator = new TestAggregator();
    const { engine, profile } = await joined(aggregator);
    // The time of day went on, and no timer ran.
    profile.clock.set(profile.clock.now() + 25 * 3600 * 1000);
    await configure(aggregator, profile);
    expect(saidKinds(aggregator)).toEqual([]);
    expect((await profile.ledgerStore.read()).rows).toEqual([]);
    await engine.close();
  });
});

describe('connections', () => {
  const stages = [
    ['roster', ['advertise']],
    ['inbox', ['advertise', 'shares']],
    ['unmask_req', ['advertise', 'shares', 'masked']],
    ['confirmations', ['advertise', 'shares', 'masked', 'confirm']],
    [null, ['advertise', 'shares', 'masked', 'confirm', 'unmask']],
  ] as const;
  test.each(stages)(
    '[R5] broken before %s: comes back, says its last word again in the same bytes, and ends well',
    async (next, said) => {
      const aggregator = new TestAggregator();
      const { engine, profile } = await joined(aggregator);
      const round = aggregator.round(profile.clock);
      await round.until(next);
      const resume = Buffer.from(aggregator.sent('advertise')[0]!.bytes.subarray(64)).toString('hex');
      const before = aggregator.saidInRounds();
      expect(before.map(({ kind }) => kind)).toEqual(said);
      aggregator.transport.last?.drop();
      profile.clock.advance(200);
      aggregator.transport.last?.open();
      await round.listen();
      expect(aggregator.transport.connections).toHaveLength(2);
      const again = aggregator.transport.last!.sent;
      expect(again.map(({ kind }) => kind)).toEqual(['resume', said.at(-1)]);
      expect(again[0]).toEqual({ kind: 'resume', roundId: round.roundId, resume });
      expect(bytesOf(again[1]!)).toEqual(bytesOf(before.at(-1)!));
      await round.until(null);
      await aggregator.end(round);
      expect((await profile.ledgerStore.read()).rows).toMatchObject([{ status: 'published' }]);
      const inspection = (await engine.inspectLastUpload())!;
      const ring = 2 ** aggregator.policy.bits - 1;
      expect([...round.sum].map((value, i) => (value - round.otherValues[i]!) & ring)).toEqual(
        [...inspection.noised].map((value) => value & ring),
      );
      // Shown once, and counted as often as it was sent.
      const steps = engine.state().steps.map(({ name }) => name);
      expect(new Set(steps).size).toBe(steps.length);
      expect(inspection.messages).toHaveLength(6);
      await engine.close();
    },
  );

  test('[R5] broken before anything was said: the round is over, and nothing was charged', async () => {
    const aggregator = new TestAggregator();
    const ledgerStore = new SlowLedger('enter');
    const { engine, profile } = await joined(aggregator, new TestProfile(), { ledgerStore });
    await configure(aggregator, profile);
    aggregator.transport.last?.drop();
    ledgerStore.release();
    await settled();
    profile.clock.advance(2_000);
    aggregator.open();
    await settled();
    expect(saidKinds(aggregator)).toEqual([]);
    expect((await ledgerStore.read()).rows).toMatchObject([{ status: 'aborted', rho: 0 }]);
    expect(profile.outcomes).toMatchObject([{ charged: false, code: 'connection-lost' }]);
    await engine.close();
  });

  test('[L2] broken while the ledger pays: the upload waits for the connection, and is never paid for twice', async () => {
    const aggregator = new TestAggregator();
    const ledgerStore = new SlowLedger('charge');
    const { engine, profile } = await joined(aggregator, new TestProfile(), { ledgerStore });
    const round = aggregator.round(profile.clock);
    await round.until('inbox');
    await round.exchange();
    aggregator.transport.last?.drop();
    ledgerStore.release();
    await settled();
    expect((await engine.inspectLastUpload())!.sent).toBe('waiting');
    expect(saidKinds(aggregator)).toEqual(['advertise', 'shares']);
    profile.clock.advance(200);
    aggregator.transport.last?.open();
    await round.listen();
    expect(saidKinds(aggregator)).toEqual(['advertise', 'shares', 'resume', 'masked']);
    await round.until(null);
    await aggregator.end(round);
    expect((await ledgerStore.read()).rows).toMatchObject([{ status: 'published' }]);
    await engine.close();
  });

  test('[R5] a connection that does not come back: the round is over after 10 s', async () => {
    const aggregator = new TestAggregator();
    const { engine, profile } = await joined(aggregator);
    const round = aggregator.round(profile.clock);
    await round.until('inbox');
    aggregator.transport.last?.drop();
    profile.clock.advance(10_000);
    await settled();
    expect(profile.outcomes).toMatchObject([{ code: 'connection-lost', charged: false }]);
    expect(await engine.inspectLastUpload()).toBeNull();
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
});

describe('leaving', () => {
  const moments = ['config', 'roster', 'inbox', 'unmask_req', 'confirmations', null] as const;
  test.each(moments)(
    'withdrawing consent before %s is told: nothing more leaves, and all is destroyed',
    async (next) => {
      const aggregator = new TestAggregator();
      const { engine, profile } = await joined(aggregator);
      const connection = aggregator.transport.last!;
      const round = aggregator.round(profile.clock);
      await round.until(next);
      const inspection = await engine.inspectLastUpload();
      const said = saidKinds(aggregator);
      await engine.setConsent({ send: false });
      expect(connection.sent.at(-1)?.kind).toBe('leave');
      expect(connection.closed).toBe(true);
      expect(await engine.inspectLastUpload()).toBeNull();
      if (inspection !== null) expect(isWiped(inspection)).toBe(true);
      // What the server still says finds nobody.
      if (round.next !== null) round.tell(round.next.kind, round.next.bytes);
      await settled();
      profile.clock.advance(60_000);
      await settled();
      expect(saidKinds(aggregator)).toEqual(said);
      expect(engine.state()).toMatchObject({ consent: { train: true, send: false, alone: false } });
      const charged = said.includes('masked');
      expect(profile.outcomes).toMatchObject(next === 'config' ? [] : [{ code: 'left', charged }]);
      const rows = (await profile.ledgerStore.read()).rows.map(({ status, rho }) => [status, rho > 0]);
      expect(rows).toEqual(next === 'config' ? [] : [['aborted', charged]]);
      await engine.close();
    },
  );

  test.each(['enter', 'charge'] as const)('withdrawing while the ledger writes (%s): nothing leaves', async (slow) => {
    const aggregator = new TestAggregator();
    const ledgerStore = new SlowLedger(slow);
    const { engine, profile } = await joined(aggregator, new TestProfile(), { ledgerStore });
    const round = aggregator.round(profile.clock);
    if (slow === 'charge') await round.until('inbox');
    await round.exchange();
    const said = saidKinds(aggregator);
    await engine.setConsent({ train: false });
    ledgerStore.release();
    await settled();
    expect(saidKinds(aggregator)).toEqual(said);
    expect(said).not.toContain('masked');
    // The charge that was under way is kept: nobody can say any more that nothing left.
    const rows = (await ledgerStore.read()).rows.map(({ status, rho }) => [status, rho > 0]);
    expect(rows).toEqual([['aborted', slow === 'charge']]);
    await engine.close();
  });

  test('withdrawing in the middle of a step of the masks: what it was about to say is not said', async () => {
    const aggregator = new TestAggregator();
    const { engine, profile } = await joined(aggregator);
    const round = aggregator.round(profile.clock);
    await round.until('roster');
    round.tell('roster', round.next!.bytes);
    // The keys are being agreed right now.
    await engine.setConsent({ send: false });
    await settled();
    expect(saidKinds(aggregator)).toEqual(['advertise']);
    await engine.close();
  });

  test('withdrawing overwrites the keys of the round, whatever the masks were doing', async () => {
    for (const isBusy of [false, true]) {
      const aggregator = new TestAggregator();
      const secrets: Uint8Array[] = [];
      const createMaskCrypto = async (): Promise<MaskCrypto> => ({
        ...nodeMaskCrypto,
        agreementKey: (secret) => {
          secrets.push(secret);
          return nodeMaskCrypto.agreementKey(secret);
        },
      });
      const { engine, profile } = await joined(aggregator, new TestProfile(), { createMaskCrypto });
      const round = aggregator.round(profile.clock);
      await round.until('roster');
      // The secret key of the channels is kept until the shares are dealt.
      expect(secrets.filter((secret) => secret.some((byte) => byte !== 0))).toHaveLength(1);
      if (isBusy) round.tell('roster', round.next!.bytes);
      await engine.setConsent({ send: false });
      await settled();
      expect(secrets.every((secret) => secret.every((byte) => byte === 0))).toBe(true);
      await engine.close();
    }
  });

  test('consent withdrawn in another tab ends the round of this one', async () => {
    const aggregator = new TestAggregator();
    const { engine, profile } = await joined(aggregator);
    const { engine: other } = await profile.open(aggregator, { transport: new TestAggregator().transport });
    const round = aggregator.round(profile.clock);
    await round.until('inbox');
    await other.setConsent({ send: false });
    round.tell('inbox', round.next!.bytes);
    await settled();
    expect(saidKinds(aggregator)).toEqual(['advertise', 'shares']);
    expect(engine.state().consent.send).toBe(false);
    await engine.close();
    await other.close();
  });

  test('erasing while waiting leaves, and a config that comes too late finds nothing', async () => {
    const aggregator = new TestAggregator();
    const { engine, profile } = await joined(aggregator);
    const connection = aggregator.transport.last!;
    await engine.erase();
    await settled();
    expect(connection.sent.at(-1)?.kind).toBe('leave');
    await configure(aggregator, profile);
    expect(saidKinds(aggregator)).toEqual([]);
    expect((await profile.ledgerStore.read()).rows).toEqual([]);
    await engine.close();
  });

  test('closing in a round leaves it, and nothing is kept of it but its row', async () => {
    const aggregator = new TestAggregator();
    const { engine, profile } = await joined(aggregator);
    const round = aggregator.round(profile.clock);
    await round.until('unmask_req');
    const inspection = (await engine.inspectLastUpload())!;
    await engine.close();
    await settled();
    expect(isWiped(inspection)).toBe(true);
    expect(saidKinds(aggregator)).toEqual(['advertise', 'shares', 'masked']);
    expect((await profile.ledgerStore.read()).rows).toMatchObject([{ status: 'aborted' }]);
    expect(profile.clock.pending).toBe(0);
  });

  test('a hidden tab joins nothing, leaves the queue, and finishes a round that it is in', async () => {
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
    const round = aggregator.round(profile.clock);
    await round.until('roster');
    facts.set({ visible: false });
    await settled();
    expect(engine.state().participation).toBe('sending');
    await round.until(null);
    expect(engine.state().participation).toBe('pending');
    await aggregator.end(round);
    expect(engine.state()).toMatchObject({ roundsTakenPart: 1, reason: { code: 'hidden' } });
    await engine.close();
  });
});

describe('training', () => {
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
    const raw = (await engine.inspectLastUpload())!.raw.slice();
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
    const { engine: other } = await profile.open(aggregator, { transport: new TestAggregator().transport });
    const round = aggregator.round(profile.clock);
    await round.until('unmask_req');
    expect(other.state().epsilonSpent).toBeGreaterThan(0);
    expect(other.state().epsilonSpent).toBe(one.state().epsilonSpent);
    await aggregator.end(await round.until(null));
    expect(other.state().roundsTakenPart).toBe(1);
    await one.close();
    await other.close();
  });
});
