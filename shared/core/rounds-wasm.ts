// A round's work in the WASM core: the same bits as the plain twin. What a call knows of a person is overwritten before it returns.
import { sha256 } from '@noble/hashes/sha2.js';
import { transformWidth } from '../maths/hadamard.ts';
import type { RandomSource } from '../maths/random.ts';
import { ringMask } from '../maths/ring.ts';
import { batchWords, type DiscreteGaussian, discreteGaussian } from '../privacy/discrete-gaussian.ts';
import { checkEncodable, type EncodedUpdate } from '../privacy/pipeline.ts';
import { maximumTries } from '../privacy/quantization.ts';
import { checkPacked, packedBytes } from '../protocol/codec.ts';
import type { RoundConfig } from '../protocol/round-config.ts';
import type { CoreMemory, CoreModule } from './module.ts';
import { checkLength, checkRing, maskWordBytes, plainRounds, type RingVector, type RoundCore } from './rounds.ts';

/** Words of rounding that are drawn at a time: as many as the platform's generator gives at once. */
const roundingWords = 16_384;
/** For each value of a draw's top 13 bits, as `makeGuide` writes it. */
const guideBytes = 4 * 2 ** 13;
/** The keystream's tables and key schedule. */
const keystreamWorkBytes = 1520;
const blockBytes = 16;

const made = new WeakMap<CoreModule, RoundCore>();

/** The WASM twin of a module, made once; the plain one without a module. */
export function roundCore(module: CoreModule | null): RoundCore {
  if (module === null) return plainRounds;
  const core = made.get(module) ?? wasmRounds(module);
  made.set(module, core);
  return core;
}

export function wasmRounds(module: CoreModule): RoundCore {
  const memory = module.memory();
  return {
    kind: 'wasm',
    encodeUpdate: (update, config, random) => encodeUpdate(memory, update, config, random),
    noisedUpdate: (update, config, random, out) => noisedUpdate(memory, update, config, random, out),
    packBits: (values, bits) => packBits(memory, values, bits),
    rotate: (values, seed) => turn(memory, values, seed, rotateThere),
    unrotate: (values, seed) => turn(memory, values, seed, rotateBack),
    ringVector: (length, bits) => new WasmRingVector(module, length, bits),
  };
}

function encodeUpdate(
  memory: CoreMemory,
  update: Float64Array,
  config: RoundConfig,
  random: RandomSource,
): EncodedUpdate {
  const { length } = config;
  return withEncoding(memory, update, config, 8, (at, law) => {
    // First the clipped numbers lie where the integers come to lie, so that few areas compete for the processor's cache.
    memory.core.clip(at.values, at.rounded, length, config.scale, config.clippingBoundInt);
    const clipped = memory.float64(at.rounded, length).slice();
    const noised = at.rounded + 4 * evened(length);
    memory.int32(at.rounded, 2 * evened(length)).fill(0);
    rotateThere(memory, at, length, config.rotationSeed);
    round(memory, at, length, config.boundSq, random);
    addNoise(memory, { ...at, noised }, length, law, random);
    return {
      clipped,
      rotated: memory.float64(at.values, length).slice(),
      rounded: memory.int32(at.rounded, length).slice(),
      noised: memory.int32(noised, length).slice(),
    };
  });
}

function noisedUpdate(
  memory: CoreMemory,
  update: Float64Array,
  config: RoundConfig,
  random: RandomSource,
  out: Int32Array,
): void {
  const { length } = config;
  checkLength('noisedUpdate, out', length, out.length);
  withEncoding(memory, update, config, 4, (at, law) => {
    memory.core.clip(at.values, 0, length, config.scale, config.clippingBoundInt);
    rotateThere(memory, at, length, config.rotationSeed);
    round(memory, at, length, config.boundSq, random);
    addNoise(memory, { ...at, noised: at.rounded }, length, law, random);
    out.set(memory.int32(at.rounded, length));
  });
}

interface EncodingAreas extends Rounding, SignAreas {
  readonly top: number;
  readonly guide: number;
}

/** Checks, lays out the areas and copies the update in. @param bytes for the integers of each number. */
function withEncoding<T>(
  memory: CoreMemory,
  update: Float64Array,
  config: RoundConfig,
  bytes: 4 | 8,
  work: (at: EncodingAreas, law: DiscreteGaussian) => T,
): T {
  checkEncodable(update, config);
  const { length } = config;
  const law = discreteGaussian({ numerator: config.sigma2num, denominator: config.sigma2den });
  const sizes = {
    values: 8 * length,
    rounded: bytes * evened(length),
    words: 4 * Math.min(roundingWords, length),
    top: 4 * law.entries,
    guide: guideBytes,
    ...signSizes(length),
  };
  return memory.with(sizes, (at) => {
    memory.float64(at.values, length).set(update);
    return work(at, law);
  });
}

interface Rounding {
  readonly values: number;
  readonly rounded: number;
  readonly words: number;
}

/** Whole vectors of integers. */
function evened(length: number): number {
  return Math.ceil(length / 4) * 4;
}

/** As `roundConditionally`: the area begins as zeros, which is what is left where nothing fits. */
function round(memory: CoreMemory, at: Rounding, length: number, boundSq: number, random: RandomSource): void {
  const { core } = memory;
  if (core.fitsIntegers(at.values, length) === 0) return;
  for (let attempt = 0; attempt < maximumTries; attempt++) {
    for (let start = 0; start < length; start += roundingWords) {
      const count = Math.min(roundingWords, length - start);
      random.fillUint32(memory.uint32(at.words, count));
      core.roundAtRandom(at.values + 8 * start, at.words, at.rounded + 4 * start, count);
    }
    if (core.sumOfSquares(at.rounded, length) <= boundSq) return;
  }
  core.truncate(at.values, at.rounded, length);
  if (!(core.sumOfSquares(at.rounded, length) <= boundSq)) memory.int32(at.rounded, length).fill(0);
}

interface Noise {
  readonly rounded: number;
  readonly noised: number;
  readonly words: number;
  readonly top: number;
  readonly guide: number;
}

/** As `DiscreteGaussian.sample`, added: a word that ties is followed by the words that decide it, after those of its batch. */
function addNoise(memory: CoreMemory, at: Noise, length: number, law: DiscreteGaussian, random: RandomSource): void {
  const { core } = memory;
  memory.uint32(at.top, law.entries).set(law.topWords);
  core.makeGuide(at.top, law.entries, at.guide);
  for (let start = 0; start < length; start += batchWords) {
    const count = Math.min(batchWords, length - start);
    random.fillUint32(memory.uint32(at.words, count));
    for (let done = 0; done < count; done++) {
      const from = 4 * (start + done);
      done += core.addNoise(
        at.words + 4 * done,
        at.rounded + from,
        at.noised + from,
        count - done,
        at.top,
        at.guide,
        law.offset,
      );
      if (done === count) break;
      const tied = memory.uint32(at.words + 4 * done, 1)[0]!;
      const noise = law.breakTie(tied, random);
      const place = 4 * (start + done);
      memory.int32(at.noised + place, 1)[0] = memory.int32(at.rounded + place, 1)[0]! + noise;
    }
  }
}

/** Areas for the signs of a rotation: both vectors of them, the key, and what the keystream works in. */
function signSizes(length: number) {
  const signs = 2 * Math.ceil(length / 8);
  return { signs: Math.ceil(signs / blockBytes) * blockBytes, key: 32, work: keystreamWorkBytes };
}

type SignAreas = { readonly [name in 'values' | keyof ReturnType<typeof signSizes>]: number };
type Turn = (memory: CoreMemory, at: SignAreas, length: number, seed: Uint8Array) => void;

function turn(memory: CoreMemory, values: Float64Array, seed: Uint8Array, way: Turn): void {
  const { length } = values;
  transformWidth(length);
  memory.with({ values: 8 * length, ...signSizes(length) }, (at) => {
    memory.float64(at.values, length).set(values);
    way(memory, at, length, seed);
    values.set(memory.float64(at.values, length));
  });
}

function rotateThere(memory: CoreMemory, at: SignAreas, length: number, seed: Uint8Array): void {
  const { core } = memory;
  const { width, second } = drawSigns(memory, at, length, seed);
  core.applySigns(at.values, at.signs, length);
  core.transform(at.values, width);
  core.applySigns(at.values, second, length);
  core.transform(at.values + 8 * (length - width), width);
}

function rotateBack(memory: CoreMemory, at: SignAreas, length: number, seed: Uint8Array): void {
  const { core } = memory;
  const { width, second } = drawSigns(memory, at, length, seed);
  core.transform(at.values + 8 * (length - width), width);
  core.applySigns(at.values, second, length);
  core.transform(at.values, width);
  core.applySigns(at.values, at.signs, length);
}

function drawSigns(memory: CoreMemory, at: SignAreas, length: number, seed: Uint8Array) {
  memory.bytes(at.key, 32).set(sha256(seed));
  const bytes = Math.ceil(length / 8);
  memory.core.keystream(at.key, at.signs, Math.ceil((2 * bytes) / blockBytes), at.work);
  return { width: transformWidth(length), second: at.signs + bytes };
}

function packBits(memory: CoreMemory, values: Uint32Array | Int32Array, bits: number): Uint8Array {
  ringMask(bits);
  const { length } = values;
  const bytes = packedBytes(length, bits);
  return memory.with({ values: 4 * length, out: bytes }, (at) => {
    // As bytes: between arrays of two kinds each number would be converted.
    memory.bytes(at.values, 4 * length).set(new Uint8Array(values.buffer, values.byteOffset, 4 * length));
    memory.core.pack(at.values, length, bits, at.out);
    return memory.bytes(at.out, bytes).slice();
  });
}

/** Elements that are copied in at a time: a multiple of eight, so that they are whole bytes when packed, and few enough for the first cache. */
const elementsAtOnce = 8192;

class WasmRingVector implements RingVector {
  readonly #memory: CoreMemory;
  readonly #length: number;
  readonly #bits: number;
  readonly #sum: number;
  /** What is being added: kept until it is overwritten by the next, or wiped. */
  readonly #part: number;

  constructor(module: CoreModule, length: number, bits: number) {
    checkRing(length, bits);
    this.#memory = module.memory();
    this.#length = length;
    this.#bits = bits;
    this.#sum = this.#memory.keep(4 * length);
    this.#part = this.#memory.keep(4 * Math.min(elementsAtOnce, length));
  }

  addPacked(payload: Uint8Array): void {
    checkPacked(payload, this.#length, this.#bits);
    const bits = this.#bits;
    this.#inParts((count, first, sum) => {
      const start = (first * bits) / 8;
      this.#copy(payload.subarray(start, start + packedBytes(count, bits)));
      this.#memory.core.addPacked(this.#part, count, bits, sum);
    });
  }

  addStream(stream: Uint8Array, sign: 1 | -1): void {
    const wordBytes = maskWordBytes(this.#bits);
    checkLength('addStream, bytes', this.#length * wordBytes, stream.length);
    this.#addWords(stream, wordBytes, sign);
  }

  add(values: Uint32Array): void {
    checkLength('add', this.#length, values.length);
    this.#addWords(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), 4, 1);
  }

  read(out: Uint32Array): void {
    checkLength('read', this.#length, out.length);
    out.set(this.#memory.uint32(this.#sum, this.#length));
  }

  values(): Uint32Array {
    const out = this.#memory.uint32(this.#sum, this.#length).slice();
    const mask = ringMask(this.#bits);
    for (let i = 0; i < out.length; i++) out[i] = out[i]! & mask;
    return out;
  }

  wipe(): void {
    this.#memory.wipe();
  }

  #addWords(words: Uint8Array, wordBytes: 2 | 4, sign: 1 | -1): void {
    this.#inParts((count, first, sum) => {
      this.#copy(words.subarray(wordBytes * first, wordBytes * (first + count)));
      this.#memory.core.addStream(sum, this.#part, count, wordBytes, sign === -1 ? 1 : 0);
    });
  }

  #inParts(add: (count: number, first: number, sum: number) => void): void {
    for (let first = 0; first < this.#length; first += elementsAtOnce) {
      add(Math.min(elementsAtOnce, this.#length - first), first, this.#sum + 4 * first);
    }
  }

  #copy(bytes: Uint8Array): void {
    this.#memory.bytes(this.#part, bytes.length).set(bytes);
  }
}
