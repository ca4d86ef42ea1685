// A client written from PROTOCOL.md alone takes part in rounds: with the built server and its fleet, and among clients of ours, where the sum
// can be compared integer by integer. A mask, a share or a graph that is not what ours is would leave noise of the whole ring in it.
import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { examplePolicy } from '#shared/testing/example-policy.ts';
import { type BareRounds, bareRounds } from '../../server/testing/bare-rounds.ts';
import { RawClient } from '../../server/testing/raw-client.ts';
import { boundSq, ForeignClient, framesOf, type Received, readConfig, type Stray } from './foreign-client.ts';
import { cleanUp, type ServerProcess, startServerProcess } from './harness.ts';

/** [P5], as far as a client needs it. */
interface Policy {
  readonly mode: number;
  readonly minCohort: number;
  readonly maxCohort: number;
  readonly honestNoiseShares: number;
  readonly learner: string;
  readonly phases: readonly Phase[];
}

interface Phase {
  readonly noiseMultiplier: number;
  readonly clippingBoundL2: number;
  readonly bits: number;
  readonly clippingBoundInt: number;
  readonly layout: { readonly length: number };
}

const roundDeadlineMs = 150_000;
const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest();

describe('with the built server and its fleet', () => {
  let server: ServerProcess;
  let client: ForeignClient;
  let policy: Policy;
  let phase: Phase;
  let roundId = '';

  beforeAll(async () => {
    server = await startServerProcess();
    client = new ForeignClient(server.url);
  });
  afterAll(async () => {
    client?.close();
    await server?.stop();
    await cleanUp();
  });

  async function fetched(path: string): Promise<Buffer> {
    const response = await fetch(`${server.url}${path}`);
    expect(response.status, path).toBe(200);
    return Buffer.from(await response.arrayBuffer());
  }

  test('[H1] [T4] reads policy, model, features and catalogue, each by the hash of its bytes', async () => {
    const model = await client.next('model');
    expect(model.fields).toMatchObject({ version: expect.any(Number), hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
    const policyJson = await fetched('/v1/policy');
    policy = JSON.parse(policyJson.toString()) as Policy;
    expect(sha256(canonical(policy)).toString('hex')).toBe(model.fields.policyHash);
    const file = await fetched(`/v1/models/${String(model.fields.hash)}`);
    expect(sha256(file).toString('hex')).toBe(model.fields.hash);
    const header = headerOf(file);
    expect(header).toMatchObject({ format: 2, version: model.fields.version, learner: policy.learner, epoch: 1 });
    phase = policy.phases[Number(header.phase)]!;
    const numbers = (n: number) => 4 * n;
    const { featureColumns, dimension, offsetRows, items } = header as Record<string, number>;
    const afterHeader = 8 + Math.ceil(file.readUInt32LE(4) / 4) * 4;
    expect(file.length).toBe(
      afterHeader + numbers(featureColumns! * dimension! + offsetRows! + offsetRows! * dimension! + items!),
    );
    const features = await fetched(`/v1/features/${String(header.featuresHash)}`);
    expect(sha256(features).toString('hex')).toBe(header.featuresHash);
    expect(features.toString('latin1', 0, 4)).toBe('TCF1');
    const catalogue = await fetched(`/v1/catalogues/${String(header.catalogueHash)}`);
    expect(sha256(catalogue).toString('hex')).toBe(header.catalogueHash);
    expect((JSON.parse(catalogue.toString()) as { items: unknown[] }).items).toHaveLength(items!);
  });

  test(
    '[R2] [P1] [M2] to [M10] joins, checks the config, masks, confirms, unmasks, and is in the sum',
    async () => {
      let outcome: Received | null;
      do {
        const { config, modelHash } = await joined();
        roundId = checked(config, modelHash);
        const update = Float64Array.from({ length: phase.layout.length }, (_, i) => (i % 7) - 3);
        outcome = await client.takePart(config, update);
        // The others of the cohort are simulated and may vanish: then the next round it is.
      } while (outcome?.kind === 'abort');
      expect(outcome?.fields).toMatchObject({ roundId });
      expect(outcome?.fields.cohort).toBeGreaterThanOrEqual(policy.minCohort);
      expect(outcome?.fields.cohort).toBeLessThanOrEqual(policy.maxCohort);
      const published = await client.next('model');
      expect(published.fields.hash).toBe(outcome?.fields.modelHash);
      expect(published.fields.version).toBe(outcome?.fields.modelVersion);
    },
    3 * roundDeadlineMs,
  );

  /** Joins until a round takes it: a model published meanwhile makes the join stale. */
  async function joined(): Promise<{ config: Buffer; modelHash: string }> {
    for (;;) {
      const modelHash = String(client.received.filter(({ kind }) => kind === 'model').at(-1)!.fields.hash);
      client.join();
      const answer = await client.next('config', 'refused');
      if (answer.kind === 'config') return { config: answer.binary!, modelHash };
      expect(answer.fields.code).toBe('stale-model');
    }
  }

  /** [P1], as far as one round shows it. Returns the round's id. */
  function checked(config: Buffer, modelHash: string): string {
    expect(config).toHaveLength(184);
    expect(config.toString('latin1', 0, 4)).toBe('TSA1');
    expect([config[4], policy.mode]).toEqual([1, 1]);
    expect(config.toString('hex', 24, 56)).toBe(modelHash);
    const round = readConfig(config);
    expect(round).toMatchObject({
      bits: phase.bits,
      length: phase.layout.length,
      nMin: policy.minCohort,
      nEff: policy.honestNoiseShares,
      nMax: policy.maxCohort,
      clippingBoundInt: phase.clippingBoundInt,
      clippingBoundL2: phase.clippingBoundL2,
    });
    // [M1]
    expect(round.k).toBeGreaterThanOrEqual(Math.min(round.nMax - 1, 128));
    expect(round.tPermille).toBeGreaterThanOrEqual(650);
    expect(round.tPermille).toBeLessThanOrEqual(800);
    expect(config.subarray(80, 96).every((byte) => byte === 0)).toBe(true);
    expect(round.boundSq).toBe(boundSq(BigInt(phase.clippingBoundInt), BigInt(phase.layout.length)));
    const z = Math.sqrt((policy.honestNoiseShares * round.sigma2) / Number(round.boundSq));
    expect(z).toBeGreaterThanOrEqual(phase.noiseMultiplier);
    expect(config.toString('hex', 144, 176)).toBe(sha256(canonical(policy)).toString('hex'));
    expect(Number(config.readBigUInt64LE(176))).toBeGreaterThan(Date.now());
    return config.toString('hex', 8, 24);
  }

  test.each(['advertise', 'shares', 'confirm', 'unmask', 'masked'])(
    '[R7] %s for a round that is over is refused and changes nothing',
    async (kind) => {
      client.emit(kind, { roundId }, kind === 'masked' ? framesOf(Buffer.alloc(8))[0] : Buffer.alloc(80, 1));
      const refused = await client.next('refused');
      expect(['late', 'not-in-round', 'duplicate']).toContain(refused.fields.code);
      expect(client.socket.connected).toBe(true);
    },
  );

  test.each([
    ['a join without fields', 'join', {}],
    [
      'a join with a hash of another length',
      'join',
      { protocol: 4, modelHash: 'ab', policyHash: 'cd', simulated: false },
    ],
    ['an upload without a frame', 'masked', { roundId: '0'.repeat(32) }],
    ['an advertise without bytes', 'advertise', { roundId: '0'.repeat(32) }],
    ['a resume with a short secret', 'resume', { roundId: '0'.repeat(32), resume: '00' }],
  ])('[T5] %s is refused as bad-message, and the connection stays', async (_, kind, fields) => {
    client.emit(kind, fields);
    expect((await client.next('refused')).fields.code).toBe('bad-message');
    expect(client.socket.connected).toBe(true);
  });

  test('[R4] a join for another model is stale, one under another policy or protocol is refused', async () => {
    const { hash, policyHash } = client.received.filter(({ kind }) => kind === 'model').at(-1)!.fields;
    const join = { protocol: 4, modelHash: hash, policyHash, simulated: false };
    client.emit('join', { ...join, modelHash: '0'.repeat(64) });
    expect((await client.next('refused')).fields.code).toBe('stale-model');
    client.emit('join', { ...join, policyHash: '0'.repeat(64) });
    expect((await client.next('refused')).fields.code).toBe('wrong-policy');
    for (const protocol of [1, 99]) {
      client.emit('join', { ...join, protocol });
      expect((await client.next('refused')).fields.code).toBe('protocol-version');
    }
  });
});

describe('among clients of ours', () => {
  // 100,000 numbers of 24 bits are two frames.
  const policies = [
    examplePolicy(500),
    examplePolicy(77, { bits: 18 }),
    examplePolicy(100_000, { bits: 24 }),
    examplePolicy(77, { bits: 11, clippingBoundInt: 64 }),
  ];
  let rounds: BareRounds | null = null;
  let foreign: ForeignClient[] = [];
  let ours: RawClient[] = [];

  afterEach(async () => {
    for (const client of [...foreign, ...ours]) client.close();
    await rounds?.close();
    rounds = null;
  });

  /** A cohort of 28, `strays.length` of them foreign; two of ours leave after their shares. The sum has to be that of those who stayed. */
  async function play(policy: (typeof policies)[number], strays: readonly (Stray | null)[]) {
    const opened = await bareRounds(policy, { graceMs: 2000, quietMs: 60_000 });
    rounds = opened;
    foreign = strays.map(() => new ForeignClient(opened.url));
    ours = Array.from({ length: policy.maxCohort - strays.length }, () => new RawClient(opened.url));
    await Promise.all(ours.map((client) => client.join()));
    const length = policy.layout.length;
    const outcomes = await Promise.all([
      ...foreign.map(async (client, which) => {
        await client.next('model');
        client.join();
        const { binary } = await client.next('config');
        const update = Float64Array.from({ length }, (_, i) => Math.sin(i + which));
        return (await client.takePart(binary!, update, strays[which]))?.kind ?? 'vanished';
      }),
      ...ours.map((client, which) =>
        client
          .takePart({
            seed: which,
            before: (message) => {
              const leaves = which < 2 && message.kind === 'masked';
              if (leaves) client.drop();
              return !leaves;
            },
          })
          .then(
            ({ kind }) => kind as string,
            () => 'vanished',
          ),
      ),
    ]);
    const expected = new Uint32Array(length);
    const stays = foreign.filter((_, which) => {
      const stray = strays[which];
      return stray?.how !== 'vanishes' || stray.at === 'confirm' || stray.at === 'unmask';
    });
    for (const { integers } of [...stays, ...ours.slice(2)]) {
      integers?.forEach((value, i) => {
        expected[i] = expected[i]! + value;
      });
    }
    const [arrived] = opened.arrived;
    expect(arrived?.cohort).toBe(stays.length + ours.length - 2);
    expect(arrived?.sum).toEqual(expected.map((value) => value & (2 ** policy.bits - 1)));
    return outcomes.slice(0, strays.length);
  }

  // The rounds below have 500 numbers of 16 bits, and 100,000 of 24.
  test.each([policies[1]!, policies[3]!])(
    '[M2] to [M11] the sum is exact, with 77 numbers of $bits bits',
    async (policy) => {
      // The round ends without a publication.
      expect(await play(policy, [null, null, null])).toEqual(['abort', 'abort', 'abort']);
    },
  );

  test('[M13] three vanish before their advertise, shares and upload: the sum is that of the others', async () => {
    const strays = (['advertise', 'shares', 'masked'] as const).map((at): Stray => ({ at, how: 'vanishes' }));
    expect(await play(policies[0]!, strays)).toEqual(['vanished', 'vanished', 'vanished']);
  });

  test('[M13] two vanish before their confirm and unmask: their updates are in the sum', async () => {
    const strays = (['confirm', 'unmask'] as const).map((at): Stray => ({ at, how: 'vanishes' }));
    expect(await play(policies[0]!, [...strays, null])).toEqual(['vanished', 'vanished', 'abort']);
  });

  test('[R5] three lose their connection at their shares, confirm and unmask and come back: everyone is in the sum', async () => {
    const strays = (['shares', 'confirm', 'unmask'] as const).map((at): Stray => ({ at, how: 'comes back' }));
    expect(await play(policies[0]!, strays)).toEqual(['abort', 'abort', 'abort']);
  });

  test('[R5] one loses its connection between the two frames of its upload and comes back: everyone is in the sum', async () => {
    expect(await play(policies[2]!, [null, { at: 'masked', how: 'comes back' }, null])).toEqual([
      'abort',
      'abort',
      'abort',
    ]);
  });
});

/** [T4] canonical JSON. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`;
}

/** The model file's header. */
function headerOf(file: Buffer): Record<string, number | string> {
  expect(file.toString('latin1', 0, 4)).toBe('TCM2');
  return JSON.parse(file.toString('utf8', 8, 8 + file.readUInt32LE(4))) as Record<string, number | string>;
}
