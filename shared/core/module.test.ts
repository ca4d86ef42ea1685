// The built core: its size, what it refuses to be, and the rules of its memories.
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { builtCore, builtCoreBytes, isBlank } from '../testing/built-core.ts';
import { CoreModule, CoreUnusable } from './module.ts';

/** What visitors download before their first list: the whole core, compressed. */
const mostCompressedBytes = 8 * 1024;

test('the core stays below 8 kB, compressed', () => {
  expect(gzipSync(builtCoreBytes(), { level: 9 }).length).toBeLessThan(mostCompressedBytes);
});

test('the core names nothing of the machine that built it, and imports nothing', () => {
  const text = Buffer.from(builtCoreBytes()).toString('latin1');
  expect(text).not.toMatch(/assembly|\.ts|node_modules/);
  expect(WebAssembly.Module.imports(new WebAssembly.Module(builtCoreBytes()))).toEqual([]);
});

describe('what is no core is unusable, in words', () => {
  const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

  test.each([
    ['nothing, as where the download failed', null],
    ['a page in its place', new TextEncoder().encode('<!doctype html>')],
    ['a core that was cut off', builtCoreBytes().subarray(0, 2000)],
    ['another module', Uint8Array.from(header)],
  ])('%s', (_, bytes) => {
    expect(() => new CoreModule(bytes)).toThrow(CoreUnusable);
  });

  test('where a policy forbids WebAssembly, or there is none', () => {
    const original = Object.getOwnPropertyDescriptor(globalThis, 'WebAssembly')!;
    const forbidden = class {
      constructor() {
        throw new EvalError('call to WebAssembly.Module() blocked by CSP');
      }
    };
    try {
      Object.defineProperty(globalThis, 'WebAssembly', { ...original, value: { ...WebAssembly, Module: forbidden } });
      expect(() => builtCore()).toThrow(/cannot be used here: .*blocked by CSP/);
      Object.defineProperty(globalThis, 'WebAssembly', { ...original, value: undefined });
      expect(() => builtCore()).toThrow('there is no WebAssembly here');
    } finally {
      Object.defineProperty(globalThis, 'WebAssembly', original);
    }
  });
});

describe('a memory', () => {
  test('keeps what is to be kept, and wipes the arena after each call, also after one that throws', () => {
    const memory = builtCore().memory();
    const kept = memory.keep(1000);
    memory.bytes(kept, 1000).fill(1);
    const inside = memory.with({ a: 100_000, b: 7 }, ({ a, b }) => {
      expect(a % 16).toBe(0);
      expect(b).toBeGreaterThanOrEqual(a + 100_000 + 16);
      memory.bytes(a, 100_000).fill(2);
      return a;
    });
    const failing = () =>
      memory.with({ c: 50 }, ({ c }) => {
        memory.bytes(c, 50).fill(3);
        throw new Error('no');
      });
    expect(failing).toThrow('no');
    expect(memory.bytes(inside, 100_000).every((byte) => byte === 0)).toBe(true);
    expect(memory.bytes(kept, 1000).every((byte) => byte === 1)).toBe(true);
    memory.wipe();
    expect(isBlank(memory, 100_000)).toBe(true);
  });

  test('takes one call at a time', () => {
    const memory = builtCore().memory();
    memory.with({ a: 8 }, () => {
      expect(() => memory.with({ b: 8 }, () => 0)).toThrow('one call at a time');
      expect(() => memory.keep(8)).toThrow('no open arena');
    });
    expect(memory.with({ b: 8 }, () => 1)).toBe(1);
  });

  test('is its own: instances of one module share nothing', () => {
    const module = builtCore();
    const [one, other] = [module.memory(), module.memory()];
    one.bytes(one.keep(16), 16).fill(9);
    expect(isBlank(other, 200)).toBe(true);
  });
});
