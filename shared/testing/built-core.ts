// The built WASM core, for tests: `npm test` and `npm run build` make it. Without it tests fail; there is no skipping.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CoreMemory, CoreModule } from '../core/module.ts';

const path = join(import.meta.dirname, '..', '..', 'build', 'core.wasm');

export function builtCoreBytes(): Uint8Array<ArrayBuffer> {
  if (!existsSync(path)) throw new Error(`expected ${path}; run node scripts/build-core.mjs`);
  return new Uint8Array(readFileSync(path));
}

export function builtCore(): CoreModule {
  return new CoreModule(builtCoreBytes());
}

/** A core whose instances can be looked into: what is left in a memory after a call. */
export class WatchedCore extends CoreModule {
  readonly memories: CoreMemory[] = [];

  constructor() {
    super(builtCoreBytes());
  }

  override memory(): CoreMemory {
    const memory = super.memory();
    this.memories.push(memory);
    return memory;
  }
}

/** Whether `bytes` bytes from the start of a memory are zeros. */
export function isBlank(memory: CoreMemory, bytes: number): boolean {
  return memory.bytes(0, bytes).every((byte) => byte === 0);
}
