import { expect, test } from 'vitest';
import { roundCore } from '#shared/core/rounds-wasm.ts';
import { readCore } from './core-file.ts';

test('the core that the build made is found from the source, and used', () => {
  const told: string[] = [];
  expect(roundCore(readCore((reason) => told.push(reason))).kind).toBe('wasm');
  expect(told).toEqual([]);
});

test('where WebAssembly cannot be used, the reason is told and the plain twin serves', () => {
  const original = Object.getOwnPropertyDescriptor(globalThis, 'WebAssembly')!;
  const told: string[] = [];
  try {
    Object.defineProperty(globalThis, 'WebAssembly', { ...original, value: undefined });
    expect(roundCore(readCore((reason) => told.push(reason))).kind).toBe('plain');
  } finally {
    Object.defineProperty(globalThis, 'WebAssembly', original);
  }
  expect(told).toEqual(['there is no WebAssembly here']);
});
