// A client written from PROTOCOL.md alone, with socket.io-client and Node's own crypto and nothing of ours, takes part in a round.
// It is what somebody else's client would be: if this test needs to know more than the page says, the page is wrong.
import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cleanUp, type ServerProcess, startServerProcess } from './harness.ts';

interface Policy {
  readonly noiseMultiplier: number;
  readonly clippingBoundL2: number;
  readonly minCohort: number;
  readonly maxCohort: number;
  readonly honestNoiseShares: number;
  readonly bits: number;
  readonly clippingBoundInt: number;
  readonly layout: { readonly length: number };
}

type Received = { readonly kind: string; readonly fields: Record<string, unknown>; readonly binary: Buffer | null };

const frameBytes = 256 * 1024;
const roundDeadlineMs = 150_000;
const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest();

/** A connection with everything that came, and a way to wait for what is still to come. */
class Client {
  readonly socket: Socket;
  readonly received: Received[] = [];
  #read = 0;
  #wake: () => void = () => {};

  constructor(url: string) {
    // [T1]
    this.socket = io(url, { path: '/v1/socket', transports: ['websocket'], reconnection: false });
    this.socket.onAny((kind: string, fields: Record<string, unknown>, binary?: Uint8Array) => {
      this.received.push({ kind, fields, binary: binary === undefined ? null : Buffer.from(binary) });
      this.#wake();
    });
  }

  /** The next message of one of the kinds, from where the last call stopped; those between are passed over. */
  async next(...kinds: string[]): Promise<Received> {
    for (;;) {
      while (this.#read < this.received.length) {
        const message = this.received[this.#read++]!;
        if (kinds.includes(message.kind)) return message;
      }
      await new Promise<void>((wake) => {
        this.#wake = wake;
      });
    }
  }

  emit(kind: string, fields: object, binary?: Uint8Array): void {
    if (binary === undefined) this.socket.emit(kind, fields);
    else this.socket.emit(kind, fields, binary);
  }
}

describe('a client written from the protocol alone', () => {
  let server: ServerProcess;
  let client: Client;
  let policy: Policy;
  let roundId = '';
  let frames: Buffer[] = [];

  beforeAll(async () => {
    server = await startServerProcess();
    client = new Client(server.url);
  });
  afterAll(async () => {
    client?.socket.disconnect();
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
    expect(header).toMatchObject({ format: 1, version: model.fields.version });
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
    '[R2] [P1] [U2] joins, checks the config, sends a clipped and noised update, and is in the sum',
    async () => {
      let result: Received;
      do {
        const { config, modelHash } = await joined();
        roundId = checked(config, modelHash);
        const { length } = policy.layout;
        const update = Float64Array.from({ length }, (_, i) => (i % 7) - 3);
        frames = framesOf(encode(update, config));
        for (const frame of frames) client.emit('update', { roundId }, frame);
        // The others of the cohort are simulated and may vanish: then the next round it is.
        result = await client.next('result', 'abort');
      } while (result.kind === 'abort');
      expect(result.fields).toMatchObject({ roundId });
      expect(result.fields.cohort).toBeGreaterThanOrEqual(policy.minCohort);
      expect(result.fields.cohort).toBeLessThanOrEqual(policy.maxCohort);
      const published = await client.next('model');
      expect(published.fields.hash).toBe(result.fields.modelHash);
      expect(published.fields.version).toBe(result.fields.modelVersion);
    },
    3 * roundDeadlineMs,
  );

  /** Joins until a round takes it: a model published meanwhile makes the join stale. */
  async function joined(): Promise<{ config: Buffer; modelHash: string }> {
    for (;;) {
      const model = client.received.filter((message) => message.kind === 'model').at(-1)!;
      const modelHash = String(model.fields.hash);
      client.emit('join', {
        protocol: 1,
        modelHash,
        policyHash: model.fields.policyHash,
        resume: randomBytes(16).toString('hex'),
        simulated: false,
      });
      const answer = await client.next('config', 'refused');
      if (answer.kind === 'config') return { config: answer.binary!, modelHash };
      expect(answer.fields.code).toBe('stale-model');
    }
  }

  /** [P1], as far as one round shows it. Returns the round's id. */
  function checked(config: Buffer, modelHash: string): string {
    expect(config).toHaveLength(184);
    expect(config.toString('latin1', 0, 4)).toBe('TSA1');
    expect(config[4]).toBe(0);
    expect(config[5]).toBe(policy.bits);
    expect(config.toString('hex', 24, 56)).toBe(modelHash);
    expect(config.readUInt32LE(56)).toBe(policy.layout.length);
    expect(config.readUInt16LE(62)).toBe(policy.minCohort);
    expect(config.readUInt16LE(64)).toBe(policy.honestNoiseShares);
    expect(config.readUInt16LE(66)).toBe(policy.maxCohort);
    expect(config.readUInt32LE(68)).toBe(policy.clippingBoundInt);
    expect(config.readDoubleLE(128)).toBe(policy.clippingBoundL2);
    expect(config.subarray(80, 96).every((byte) => byte === 0)).toBe(true);
    const bound = config.readBigUInt64LE(72);
    expect(bound).toBe(boundSq(BigInt(policy.clippingBoundInt), BigInt(policy.layout.length)));
    const sigma2 = config.readUInt32LE(96) / config.readUInt32LE(100);
    const z = Math.sqrt((policy.honestNoiseShares * sigma2) / Number(bound));
    expect(z).toBeGreaterThanOrEqual(policy.noiseMultiplier);
    expect(config.toString('hex', 144, 176)).toBe(sha256(canonical(policy)).toString('hex'));
    expect(Number(config.readBigUInt64LE(176))).toBeGreaterThan(Date.now());
    return config.toString('hex', 8, 24);
  }

  test('[R7] an upload for a round that is over is refused and changes nothing', async () => {
    client.emit('update', { roundId }, frames[0]);
    const refused = await client.next('refused');
    expect(['late', 'not-in-round', 'duplicate']).toContain(refused.fields.code);
    expect(client.socket.connected).toBe(true);
  });

  test.each([
    ['a join without fields', 'join', {}],
    [
      'a join with a hash of another length',
      'join',
      { protocol: 1, modelHash: 'ab', policyHash: 'cd', resume: 'ef', simulated: false },
    ],
    ['an update without a frame', 'update', { roundId: '0'.repeat(32) }],
  ])('[T5] %s is refused as bad-message, and the connection stays', async (_, kind, fields) => {
    client.emit(kind, fields);
    expect((await client.next('refused')).fields.code).toBe('bad-message');
    expect(client.socket.connected).toBe(true);
  });

  test('[R4] a join for another model is stale, one under another policy is refused', async () => {
    const model = client.received.filter((message) => message.kind === 'model').at(-1)!;
    const join = {
      protocol: 1,
      modelHash: model.fields.hash,
      policyHash: model.fields.policyHash,
      resume: randomBytes(16).toString('hex'),
      simulated: false,
    };
    client.emit('join', { ...join, modelHash: '0'.repeat(64) });
    expect((await client.next('refused')).fields.code).toBe('stale-model');
    client.emit('join', { ...join, policyHash: '0'.repeat(64) });
    expect((await client.next('refused')).fields.code).toBe('wrong-policy');
    client.emit('join', { ...join, protocol: 99 });
    expect((await client.next('refused')).fields.code).toBe('protocol-version');
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
  expect(file.toString('latin1', 0, 4)).toBe('TCM1');
  return JSON.parse(file.toString('utf8', 8, 8 + file.readUInt32LE(4))) as Record<string, number | string>;
}

function isqrt(n: bigint): bigint {
  let root = BigInt(Math.floor(Math.sqrt(Number(n))));
  while (root * root > n) root--;
  while ((root + 1n) * (root + 1n) <= n) root++;
  return root;
}

/** [N3] the sensitivity bound on the rounded integers. */
function boundSq(c: bigint, length: bigint): bigint {
  const worst = c * c + length + isqrt(4n * c * c * length);
  const bounded = c * c + c + (length + isqrt(4n * length)) / 4n;
  return worst < bounded ? worst : bounded;
}

/** [N1] to [N5]: from an update to the payload of a round. */
function encode(update: Float64Array, config: Buffer): Buffer {
  const length = config.readUInt32LE(56);
  const clippingBoundInt = config.readUInt32LE(68);
  const unitsPerOne = config.readDoubleLE(120);
  const norm = Math.hypot(...update);
  const factor = Math.min(unitsPerOne, clippingBoundInt / norm);
  const rotated = rotate(
    Float64Array.from(update, (value) => value * factor),
    config.subarray(104, 120),
  );
  const rounded = round(rotated, config.readBigUInt64LE(72));
  const draw = discreteGaussian(config.readUInt32LE(96) / config.readUInt32LE(100));
  const bits = config[5]!;
  const payload = Buffer.alloc(Math.ceil((length * bits) / 8));
  for (let i = 0; i < length; i++) {
    const value = (((rounded[i]! + draw()) % 2 ** bits) + 2 ** bits) % 2 ** bits;
    for (let bit = 0; bit < bits; bit++) {
      const at = i * bits + bit;
      if (Math.floor(value / 2 ** bit) % 2 === 1) payload[at >> 3]! |= 1 << (at & 7);
    }
  }
  return payload;
}

/** [N2] */
function rotate(values: Float64Array, seed: Buffer): Float64Array {
  const { length } = values;
  const signBytes = Math.ceil(length / 8);
  const keystream = createCipheriv('aes-256-ctr', sha256(seed), Buffer.alloc(16)).update(Buffer.alloc(2 * signBytes));
  const block = 2 ** Math.floor(Math.log2(length));
  const negate = (from: number) => {
    for (let i = 0; i < length; i++) {
      if ((keystream[from + (i >> 3)]! >> (i & 7)) & 1) values[i] = -values[i]!;
    }
  };
  negate(0);
  hadamard(values.subarray(0, block));
  negate(signBytes);
  hadamard(values.subarray(length - block));
  return values;
}

function hadamard(values: Float64Array): void {
  for (let half = 1; half < values.length; half *= 2) {
    for (let start = 0; start < values.length; start += 2 * half) {
      for (let i = start; i < start + half; i++) {
        const [a, b] = [values[i]!, values[i + half]!];
        values[i] = a + b;
        values[i + half] = a - b;
      }
    }
  }
  for (let i = 0; i < values.length; i++) values[i] = values[i]! / Math.sqrt(values.length);
}

/** [N3] */
function round(values: Float64Array, bound: bigint): Int32Array {
  const square = (q: Int32Array) => q.reduce((sum, value) => sum + BigInt(value) * BigInt(value), 0n);
  for (let attempt = 0; attempt < 32; attempt++) {
    const draws = randomBytes(4 * values.length);
    const q = Int32Array.from(values, (value, i) => {
      const low = Math.floor(value);
      return low + (draws.readUInt32LE(4 * i) / 2 ** 32 < value - low ? 1 : 0);
    });
    if (square(q) <= bound) return q;
  }
  const cut = Int32Array.from(values, Math.trunc);
  return square(cut) <= bound ? cut : new Int32Array(values.length);
}

/** [N4], from a table as fine as a double: enough for a test, not for a person's privacy. */
function discreteGaussian(sigma2: number): () => number {
  const reach = Math.ceil(12 * Math.sqrt(sigma2));
  const cumulative: number[] = [];
  let total = 0;
  for (let k = -reach; k <= reach; k++) {
    total += Math.exp((-k * k) / (2 * sigma2));
    cumulative.push(total);
  }
  return () => {
    const bytes = randomBytes(8);
    const uniform = (bytes.readUInt32LE(0) * 2 ** 20 + (bytes.readUInt32LE(4) >>> 12)) / 2 ** 52;
    let [low, high] = [0, cumulative.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulative[middle]! <= uniform * total) low = middle + 1;
      else high = middle;
    }
    return low - reach;
  };
}

/** [U2] */
function framesOf(payload: Buffer): Buffer[] {
  const bytes = Buffer.concat([payload, sha256(payload)]);
  const frames: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += frameBytes) {
    const head = Buffer.alloc(3);
    head.writeUInt16LE(frames.length, 0);
    head[2] = at + frameBytes >= bytes.length ? 1 : 0;
    frames.push(Buffer.concat([head, bytes.subarray(at, at + frameBytes)]));
  }
  return frames;
}
