// The WASM core as a module: compiled once from bytes that the edges load, instantiated with a memory of its own for whatever keeps numbers.
// shared/core/assembly/ is its source, `npm run build` makes it.

/** All pointers are byte offsets in the instance's memory. What each function does is written where it is defined, in assembly/. */
export interface CoreExports {
  clip(values: number, clipped: number, length: number, scale: number, bound: number): void;
  applySigns(values: number, signs: number, length: number): void;
  transform(values: number, width: number): void;
  /** Answers 0 or 1. */
  fitsIntegers(values: number, length: number): number;
  roundAtRandom(values: number, words: number, rounded: number, length: number): void;
  truncate(values: number, rounded: number, length: number): void;
  sumOfSquares(rounded: number, length: number): number;
  makeGuide(top: number, entries: number, guide: number): void;
  addNoise(
    words: number,
    rounded: number,
    noised: number,
    length: number,
    top: number,
    guide: number,
    offset: number,
  ): number;
  keystream(key: number, out: number, blocks: number, work: number): void;
  pack(values: number, length: number, bits: number, out: number): void;
  addPacked(packed: number, length: number, bits: number, sum: number): void;
  addStream(sum: number, stream: number, length: number, wordBytes: number, isMinus: number): void;
  scores(rows: number, items: number, dimension: number, u: number, bias: number, out: number): void;
  best(
    rows: number,
    items: number,
    dimension: number,
    u: number,
    scale: number,
    unit: number,
    bias: number,
    excluded: number,
    heap: number,
    count: number,
  ): number;
  softmaxMean(
    rows: number,
    items: number,
    dimension: number,
    u: number,
    mean: number,
    weights: number,
    result: number,
  ): number;
  addProduct(a: number, aColumns: number, b: number, bColumns: number, rows: number, out: number, isGram: number): void;
  quantise(rows: number, items: number, dimension: number, out: number, scales: number): void;
  assemble(
    gram: number,
    size: number,
    rows: number,
    weights: number,
    targets: number,
    count: number,
    unobserved: number,
    ridge: number,
    matrix: number,
    right: number,
  ): void;
  /** Answers 0 or 1. */
  factorise(matrix: number, size: number): number;
  solve(factor: number, size: number, x: number): void;
  differentiate(
    gram: number,
    size: number,
    rows: number,
    weights: number,
    targets: number,
    count: number,
    unobserved: number,
    ridge: number,
    u: number,
    gradient: number,
    pulls: number,
  ): number;
}

/** Why there is no WASM here, in plain English: an expected outcome. The plain twins serve instead. */
export class CoreUnusable extends Error {
  override readonly name = 'CoreUnusable';
}

/** A compiled core. It has no memory: each `memory()` is a new instance. */
export class CoreModule {
  readonly #module: WebAssembly.Module;

  /**
   * Compiles and checks. Loading is the edges' business: apps/engine/core-file.ts, server/core-file.ts.
   * @param bytes the built core; null where it could not be loaded. @throws CoreUnusable: without WebAssembly or its SIMD, where a content
   * security policy forbids it, on a big-endian platform, or for bytes that are no core.
   */
  constructor(bytes: Uint8Array | null) {
    if (bytes === null) throw new CoreUnusable('the core could not be loaded');
    if (typeof WebAssembly !== 'object') throw new CoreUnusable('there is no WebAssembly here');
    if (new Uint8Array(Uint16Array.of(1).buffer)[0] !== 1) throw new CoreUnusable('the processor is not little-endian');
    try {
      // SIMD instructions are part of the module, so it compiles where they are known alone.
      this.#module = new WebAssembly.Module(bytes);
      // A core of another build would have other exports.
      exportsOf(new WebAssembly.Instance(this.#module));
    } catch (error) {
      throw new CoreUnusable(`WebAssembly with SIMD cannot be used here: ${messageOf(error)}`);
    }
  }

  /** A new instance with a memory of its own. Throws RangeError where there is no room. */
  memory(): CoreMemory {
    const instance = new WebAssembly.Instance(this.#module);
    return new CoreMemory(exportsOf(instance), instance.exports.memory as WebAssembly.Memory);
  }
}

const functionNames: readonly (keyof CoreExports)[] = [
  'clip',
  'applySigns',
  'transform',
  'fitsIntegers',
  'roundAtRandom',
  'truncate',
  'sumOfSquares',
  'makeGuide',
  'addNoise',
  'keystream',
  'pack',
  'addPacked',
  'addStream',
  'scores',
  'best',
  'softmaxMean',
  'addProduct',
  'quantise',
  'assemble',
  'factorise',
  'solve',
  'differentiate',
];

function exportsOf({ exports }: WebAssembly.Instance): CoreExports {
  const missing = functionNames.find((name) => typeof exports[name] !== 'function');
  if (missing !== undefined || !(exports.memory instanceof WebAssembly.Memory)) {
    throw new TypeError(`expected a core that exports ${missing ?? 'memory'}, got another module`);
  }
  return exports as unknown as CoreExports;
}

const pageBytes = 65_536;
/** Pointers are multiples of a vector, and a vector of zeros lies behind each area: whole vectors may be read at its end. */
const vectorBytes = 16;
/** An area begins at this address or above, so that 0 can mean that there is none. */
const firstAddress = 64;

/** The memory of one instance: first what is kept across calls, then the arena of the call under way. */
export class CoreMemory {
  readonly core: CoreExports;
  readonly #memory: WebAssembly.Memory;
  #keptEnd = firstAddress;
  #isOpen = false;

  constructor(core: CoreExports, memory: WebAssembly.Memory) {
    this.core = core;
    this.#memory = memory;
  }

  /** An area that is kept across calls, of zeros. For public numbers, and for sums until `wipe`. Not while an arena is open. */
  keep(bytes: number): number {
    if (this.#isOpen) throw new TypeError('keep: expected no open arena');
    const address = this.#keptEnd;
    this.#keptEnd = areaEnd(address, bytes);
    this.#reach(this.#keptEnd);
    return address;
  }

  /**
   * Runs `work` with areas of the given numbers of bytes, all zeros, and overwrites them afterwards, whatever happens: what a call knows of a
   * person does not outlive it.
   */
  with<Sizes extends Record<string, number>, T>(
    sizes: Sizes,
    work: (areas: { readonly [name in keyof Sizes]: number }) => T,
  ): T {
    if (this.#isOpen) throw new TypeError('with: expected one call at a time');
    let end = this.#keptEnd;
    const areas: Record<string, number> = {};
    for (const [name, bytes] of Object.entries(sizes)) {
      areas[name] = end;
      end = areaEnd(end, bytes);
    }
    this.#reach(end);
    this.#isOpen = true;
    try {
      return work(areas as { [name in keyof Sizes]: number });
    } finally {
      this.#isOpen = false;
      new Uint8Array(this.#memory.buffer, this.#keptEnd, end - this.#keptEnd).fill(0);
    }
  }

  /** Overwrites what is kept. */
  wipe(): void {
    new Uint8Array(this.#memory.buffer, 0, this.#keptEnd).fill(0);
  }

  // Views are made anew for each use: growing detaches those of before.

  bytes(address: number, length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#memory.buffer, address, length);
  }

  int8(address: number, length: number): Int8Array {
    return new Int8Array(this.#memory.buffer, address, length);
  }

  int16(address: number, length: number): Int16Array {
    return new Int16Array(this.#memory.buffer, address, length);
  }

  int32(address: number, length: number): Int32Array {
    return new Int32Array(this.#memory.buffer, address, length);
  }

  uint32(address: number, length: number): Uint32Array {
    return new Uint32Array(this.#memory.buffer, address, length);
  }

  float32(address: number, length: number): Float32Array {
    return new Float32Array(this.#memory.buffer, address, length);
  }

  float64(address: number, length: number): Float64Array {
    return new Float64Array(this.#memory.buffer, address, length);
  }

  #reach(end: number): void {
    const missing = end - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / pageBytes));
  }
}

function areaEnd(address: number, bytes: number): number {
  return address + Math.ceil(bytes / vectorBytes) * vectorBytes + vectorBytes;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
