// A client written from PROTOCOL.md alone: socket.io-client, Node's own crypto, and nothing of ours. It is what somebody else's client would
// be: if it needs to know more than the page says, the page is wrong. Its noise comes from a table of doubles, so it is no client for people.
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { io, type Socket } from 'socket.io-client';

export interface Received {
  readonly kind: string;
  readonly fields: Record<string, unknown>;
  readonly binary: Buffer | null;
}

export type Said = 'advertise' | 'shares' | 'masked' | 'confirm' | 'unmask';

/** Where it strays: it vanishes before it says this, or loses its connection there and comes back. */
export type Stray = { readonly at: Said; readonly how: 'vanishes' | 'comes back' };

const frameBytes = 256 * 1024;
const prime = 2n ** 255n - 19n;

export const sha256 = (...parts: readonly (Uint8Array | string)[]) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const label = (name: string) => `tacit/secagg/1 ${name}`;

export class ForeignClient {
  socket: Socket;
  readonly received: Received[] = [];
  /** The noised integers of the last update: what its part of the sum must be. */
  integers: Int32Array = new Int32Array(0);
  readonly #url: string;
  readonly #resume = randomBytes(16);
  #read = 0;
  #wake: () => void = () => {};
  #roundId = '';
  #stray: Stray | null = null;

  constructor(url: string) {
    this.#url = url;
    this.socket = this.#connect();
  }

  #connect(): Socket {
    // [T1]
    const options = { path: '/v1/socket', transports: ['websocket'], reconnection: false, forceNew: true };
    const socket = io(this.#url, options);
    // [T2]
    socket.onAny((kind: string, fields: Record<string, unknown>, binary?: Uint8Array) => {
      if (socket !== this.socket) return;
      this.received.push({ kind, fields, binary: binary === undefined ? null : Buffer.from(binary) });
      this.#wake();
    });
    return socket;
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

  close(): void {
    this.socket.disconnect();
  }

  /** Section 3: asks for a seat under the model announced last. */
  join(): void {
    const announced = this.received.filter(({ kind }) => kind === 'model').at(-1)!;
    const { hash, policyHash } = announced.fields;
    this.emit('join', { protocol: 4, modelHash: hash, policyHash, simulated: false });
  }

  /** [M2] to [M12]: from the config to the outcome: `result`, `abort`, or null when it vanished. @throws on what the rules say to abort for */
  async takePart(config: Buffer, update: Float64Array, stray: Stray | null = null): Promise<Received | null> {
    this.#stray = stray;
    this.#roundId = config.toString('hex', 8, 24);
    const round = readConfig(config);
    this.integers = noised(update, config);

    const channelSecret = randomBytes(32);
    const r = randomElement();
    const b = randomElement();
    const cfgHash = sha256(label('config'), config);
    const maskSecret = hkdf(le32(r), cfgHash, Buffer.from(label('mask-sk')));
    const [channelKey, maskKey] = [privateKey(channelSecret), privateKey(maskSecret)];
    const own = { channel: publicBytes(channelKey), mask: publicBytes(maskKey) };
    if (!(await this.#say('advertise', [Buffer.concat([own.channel, own.mask, this.#resume])]))) return null;

    // [M3]
    const told = await this.#told('roster');
    if (told.binary === null || told.kind !== 'roster') return told;
    const rosterBytes = told.binary;
    const n = rosterBytes.readUInt16LE(0);
    must(rosterBytes.length === 2 + 64 * n && n >= round.nMin && n <= round.nMax, 'roster: its size');
    const roster = Array.from({ length: n }, (_, i) => ({
      channel: rosterBytes.subarray(2 + 64 * i, 34 + 64 * i),
      mask: rosterBytes.subarray(34 + 64 * i, 66 + 64 * i),
    }));
    const rosterHash = sha256(label('roster'), cfgHash, rosterBytes);
    const u = roster.findIndex(({ channel }) => channel.equals(own.channel));
    must(u >= 0 && roster[u]!.mask.equals(own.mask), 'roster: the own keys');
    must(
      new Set(roster.flatMap(({ channel, mask }) => [channel.toString('hex'), mask.toString('hex')])).size === 2 * n,
      'roster: a key twice',
    );
    must(
      roster.every(({ channel }, i) => i === 0 || Buffer.compare(roster[i - 1]!.channel, channel) < 0),
      'roster: its order',
    );

    // [M1] [M4]
    const k = Math.min(round.k, n - 1);
    const t = Math.floor((round.tPermille * k + 999) / 1000);
    const neighbours = neighboursOf(rosterHash, n, k, u);
    const near = [...neighbours, u].sort((a, b) => a - b);

    // [M5]
    const channels = new Map(neighbours.map((v) => [v, agree(channelKey, roster[v]!.channel)]));
    const [sharesOfB, sharesOfR] = [shamir(b, t, near), shamir(r, t, near)];
    const directed = (name: string, from: number, to: number) =>
      Buffer.concat([Buffer.from(label(name)), u16(from), u16(to)]);
    const associated = (from: number, to: number) =>
      Buffer.concat([Buffer.from(label('share-aad')), rosterHash, u16(from), u16(to)]);
    const shareKey = (from: number, to: number, other: number) =>
      hkdf(channels.get(other)!, rosterHash, directed('share', from, to));
    const commitment = sha256(label('commit'), rosterHash, u16(u), le32(b));
    const sealed = neighbours.map((v) => {
      const cipher = createCipheriv('aes-256-gcm', shareKey(u, v, v), Buffer.alloc(12));
      cipher.setAAD(associated(u, v));
      const pair = Buffer.concat([le32(sharesOfB.get(v)!), le32(sharesOfR.get(v)!)]);
      return Buffer.concat([u16(v), cipher.update(pair), cipher.final(), cipher.getAuthTag()]);
    });
    if (!(await this.#say('shares', [Buffer.concat([commitment, ...sealed])]))) return null;

    // [M6]
    const inbox = await this.#told('inbox');
    if (inbox.binary === null || inbox.kind !== 'inbox') return inbox;
    const bitmapBytes = Math.ceil(n / 8);
    const u2 = Buffer.from(inbox.binary.subarray(0, bitmapBytes));
    checkSurvivors(u2, n, u, near, t, round.nMin);
    const senders = neighbours.filter((v) => bit(u2, v));
    must(inbox.binary.length === bitmapBytes + 82 * senders.length, 'inbox: its length');
    const held = new Map([[u, Buffer.concat([le32(sharesOfB.get(u)!), le32(sharesOfR.get(u)!)])]]);
    senders.forEach((v, i) => {
      const entry = inbox.binary!.subarray(bitmapBytes + 82 * i, bitmapBytes + 82 * (i + 1));
      must(entry.readUInt16LE(0) === v, 'inbox: its order');
      const decipher = createDecipheriv('aes-256-gcm', shareKey(v, u, v), Buffer.alloc(12));
      decipher.setAAD(associated(v, u));
      decipher.setAuthTag(entry.subarray(66));
      held.set(v, Buffer.concat([decipher.update(entry.subarray(2, 66)), decipher.final()]));
    });

    // [M7]
    const masked = Uint32Array.from(this.integers);
    addMask(masked, hkdf(le32(b), rosterHash, Buffer.from(label('self-mask'))), round.bits, 1);
    for (const v of senders) {
      const info = Buffer.concat([Buffer.from(label('pair-mask')), u16(Math.min(u, v)), u16(Math.max(u, v))]);
      addMask(masked, hkdf(agree(maskKey, roster[v]!.mask), rosterHash, info), round.bits, u < v ? 1 : -1);
    }
    if (!(await this.#say('masked', framesOf(packed(masked, round.bits))))) return null;

    // [M8] [M9]
    const request = await this.#told('unmask_req');
    if (request.binary === null || request.kind !== 'unmask_req') return request;
    const u3 = request.binary;
    must(u3.length === bitmapBytes && u3.every((byte, i) => (byte & ~u2[i]!) === 0), 'unmask_req: part of U2');
    checkSurvivors(u3, n, u, near, t, round.nMin);
    const mac = (from: number, to: number, other: number) =>
      createHmac('sha256', hkdf(channels.get(other)!, rosterHash, directed('confirm-key', from, to)))
        .update(Buffer.concat([Buffer.from(label('confirm')), rosterHash, u2, u3]))
        .digest();
    const survivors = neighbours.filter((v) => bit(u3, v));
    if (!(await this.#say('confirm', [Buffer.concat(survivors.flatMap((v) => [u16(v), mac(u, v, v)]))]))) return null;
    const confirmations = await this.#told('confirmations');
    if (confirmations.binary === null || confirmations.kind !== 'confirmations') return confirmations;
    let same = 1;
    for (let at = 0; at < confirmations.binary.length; at += 34) {
      const v = confirmations.binary.readUInt16LE(at);
      if (survivors.includes(v) && mac(v, u, v).equals(confirmations.binary.subarray(at + 2, at + 34))) same++;
    }
    must(same >= t, `confirmations: ${t} of the same sets, got ${same}`);

    // [M10]
    const released = near
      .filter((v) => bit(u2, v) && held.has(v))
      .flatMap((v) => [u16(v), bit(u3, v) ? held.get(v)!.subarray(0, 32) : held.get(v)!.subarray(32)]);
    if (!(await this.#say('unmask', [Buffer.concat(released)]))) return null;
    return this.#told('result');
  }

  /** Says it, or strays. False when it vanished. */
  async #say(kind: Said, messages: Buffer[]): Promise<boolean> {
    const stray = this.#stray?.at === kind ? this.#stray : null;
    if (stray?.how === 'vanishes') {
      this.socket.io.engine.close();
      return false;
    }
    if (stray !== null) {
      // [R5] The connection is lost, with the first frame of an upload on its way; on the new one everything is said again.
      this.emit(kind, { roundId: this.#roundId }, messages[0]);
      this.socket.io.engine.close();
      this.socket = this.#connect();
      await this.next('model');
      this.emit('resume', { roundId: this.#roundId, resume: this.#resume.toString('hex') });
    }
    for (const message of messages) this.emit(kind, { roundId: this.#roundId }, message);
    return true;
  }

  /** The next message of this kind, or how the round ended. What was said twice may have been refused as a duplicate. */
  async #told(kind: string): Promise<Received> {
    for (;;) {
      const message = await this.next(kind, 'abort', 'result', 'refused');
      if (message.kind !== 'refused') return message;
      must(
        message.fields.code === 'duplicate',
        `${kind}: refused, ${String(message.fields.code)}: ${String(message.fields.message)}`,
      );
    }
  }
}

function must(isSo: boolean, what: string): void {
  if (!isSo) throw new Error(`foreign client: ${what}`);
}

/** Section 5. */
export function readConfig(config: Buffer) {
  return {
    bits: config[5]!,
    k: config.readUInt16LE(6),
    length: config.readUInt32LE(56),
    tPermille: config.readUInt16LE(60),
    nMin: config.readUInt16LE(62),
    nEff: config.readUInt16LE(64),
    nMax: config.readUInt16LE(66),
    clippingBoundInt: config.readUInt32LE(68),
    boundSq: config.readBigUInt64LE(72),
    sigma2: config.readUInt32LE(96) / config.readUInt32LE(100),
    unitsPerOne: config.readDoubleLE(120),
    clippingBoundL2: config.readDoubleLE(128),
  };
}

/** [M6] [M8] */
function checkSurvivors(set: Buffer, n: number, u: number, near: readonly number[], t: number, nMin: number): void {
  const members = Array.from({ length: n }, (_, i) => i).filter((i) => bit(set, i));
  must(members.includes(u), 'the own index');
  must(members.length >= nMin, `${nMin} survivors, got ${members.length}`);
  must(near.filter((v) => bit(set, v)).length >= t, `${t} of the neighbourhood`);
}

const bit = (set: Buffer, i: number) => ((set[i >> 3]! >> (i & 7)) & 1) === 1;

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

/** 32 bytes, little-endian. */
function le32(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(64, '0'), 'hex').reverse();
}

function randomElement(): bigint {
  return BigInt(`0x${randomBytes(64).toString('hex')}`) % prime;
}

/** HKDF-SHA-256 of secret, salt and info, 32 bytes. */
function hkdf(secret: Buffer, salt: Buffer, info: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, salt, info, 32));
}

function privateKey(secret: Buffer): KeyObject {
  const der = Buffer.concat([Buffer.from('302e020100300506032b656e04220420', 'hex'), secret]);
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
}

function publicBytes(key: KeyObject): Buffer {
  return createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(12);
}

function agree(own: KeyObject, peer: Buffer): Buffer {
  const der = Buffer.concat([Buffer.from('302a300506032b656e032100', 'hex'), peer]);
  return diffieHellman({ privateKey: own, publicKey: createPublicKey({ key: der, format: 'der', type: 'spki' }) });
}

/** [M4] */
function neighboursOf(rosterHash: Buffer, n: number, k: number, u: number): number[] {
  const all = Array.from({ length: n }, (_, i) => i);
  if (k === n - 1) return all.filter((v) => v !== u);
  const hashes = all.map((i) => sha256(label('graph'), rosterHash, u16(i)));
  const ring = [...all].sort((a, b) => Buffer.compare(hashes[a]!, hashes[b]!));
  const place = ring.indexOf(u);
  const found: number[] = [];
  for (let distance = 1; distance <= k / 2; distance++) {
    found.push(ring[(place + distance) % n]!, ring[(place - distance + n) % n]!);
  }
  return found.sort((a, b) => a - b);
}

/** [M5] A polynomial of degree t - 1 with the secret at 0; shares by holder v, at x = v + 1. */
function shamir(secret: bigint, t: number, holders: readonly number[]): Map<number, bigint> {
  const coefficients = [secret, ...Array.from({ length: t - 1 }, randomElement)];
  return new Map(
    holders.map((v) => [v, coefficients.reduceRight((value, part) => (value * BigInt(v + 1) + part) % prime, 0n)]),
  );
}

/** [M7] */
function addMask(values: Uint32Array, key: Buffer, bits: number, sign: 1 | -1): void {
  const wordBytes = bits <= 16 ? 2 : 4;
  const stream = createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(wordBytes * values.length));
  for (let i = 0; i < values.length; i++) {
    const word = wordBytes === 2 ? stream.readUInt16LE(2 * i) : stream.readUInt32LE(4 * i);
    values[i] = values[i]! + sign * word;
  }
}

/** [N5] */
function packed(values: Uint32Array, bits: number): Buffer {
  const payload = Buffer.alloc(Math.ceil((values.length * bits) / 8));
  values.forEach((value, i) => {
    for (let b = 0; b < bits; b++) {
      const at = i * bits + b;
      if ((value >>> b) & 1) payload[at >> 3]! |= 1 << (at & 7);
    }
  });
  return payload;
}

/** [U2] */
export function framesOf(payload: Buffer): Buffer[] {
  const bytes = Buffer.concat([payload, sha256(payload)]);
  const frames: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += frameBytes) {
    const isLast = at + frameBytes >= bytes.length;
    frames.push(Buffer.concat([u16(frames.length), Buffer.of(isLast ? 1 : 0), bytes.subarray(at, at + frameBytes)]));
  }
  return frames;
}

function isqrt(n: bigint): bigint {
  let root = BigInt(Math.floor(Math.sqrt(Number(n))));
  while (root * root > n) root--;
  while ((root + 1n) * (root + 1n) <= n) root++;
  return root;
}

/** [N3] The sensitivity bound on the rounded integers. */
export function boundSq(c: bigint, length: bigint): bigint {
  const worst = c * c + length + isqrt(4n * c * c * length);
  const bounded = c * c + c + (length + isqrt(4n * length)) / 4n;
  return worst < bounded ? worst : bounded;
}

/** [N1] to [N4]: from an update to noised integers. */
function noised(update: Float64Array, config: Buffer): Int32Array {
  const { clippingBoundInt, unitsPerOne, boundSq: bound, sigma2 } = readConfig(config);
  const norm = Math.sqrt(update.reduce((sum, value) => sum + value * value, 0));
  const factor = norm === 0 ? 0 : Math.min(unitsPerOne, clippingBoundInt / norm);
  const rotated = rotate(
    update.map((value) => value * factor),
    config.subarray(104, 120),
  );
  const draw = discreteGaussian(sigma2);
  return round(rotated, bound).map((value) => value + draw());
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
