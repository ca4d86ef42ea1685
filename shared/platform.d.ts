// What shared/ uses of the platform, declared here so that neither the DOM's nor Node's types leak in. Browsers, workers and Node 20 all have it.

interface PlatformCrypto {
  /** Fills the array (at most 65,536 bytes) from the operating system's generator and returns it. */
  getRandomValues<T extends Uint8Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>(array: T): T;
}

declare const crypto: PlatformCrypto;

/** What shared/core uses of WebAssembly. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    constructor(module: Module);
    readonly exports: Record<string, unknown>;
  }
  class Memory {
    readonly buffer: ArrayBuffer;
    /** @param pages of 64 KiB. Throws RangeError where there is not so much. */
    grow(pages: number): number;
  }
}
