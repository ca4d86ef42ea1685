// The newest model as a delta from the last few, and from no others; encoded once, and only where that is smaller.
import { brotliDecompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { applyDelta } from '#shared/model/delta.ts';
import { sha256Hex } from '#shared/protocol/canonical.ts';
import { Bodies } from './bodies.ts';
import { Deltas } from './deltas.ts';
import { deltaBases } from './limits.ts';
import { memoryStore } from './store/memory.ts';

/** A file of numbers that move a little with each version. */
function fileOf(version: number, numbers = 4000): Uint8Array {
  const values = Float32Array.from(
    { length: numbers },
    (_, index) => Math.sin(index) * (index < 400 ? 1 + 1e-6 * version : 1),
  );
  return new Uint8Array(values.buffer);
}

async function opened(versions: number, numbers?: number) {
  const store = memoryStore();
  let loads = 0;
  const models = new Bodies((hash) => {
    loads++;
    return store.modelFile(hash);
  });
  const hashes: string[] = [];
  const add = async (version: number): Promise<string> => {
    const file = fileOf(version, numbers);
    const hash = sha256Hex(file);
    const other = { catalogueHash: '0'.repeat(64), featuresHash: '0'.repeat(64), serverState: new Uint8Array() };
    await store.addModel({ version, hash, file, ...other, roundId: null, publishedAt: version });
    hashes.push(hash);
    return hash;
  };
  for (let version = 1; version <= versions; version++) await add(version);
  return { deltas: await Deltas.open(store, models), hashes, add, loads: () => loads };
}

test('[H4] from each of the last few, the very bytes; smaller than the whole', async () => {
  const { deltas, hashes } = await opened(deltaBases + 3);
  const target = hashes.at(-1)!;
  for (const [index, base] of hashes.entries()) {
    const delta = await deltas.get(target, base, 'br');
    if (index < 2 || base === target) {
      expect(delta).toBeNull();
      continue;
    }
    expect(delta?.encoding).toBe('br');
    const file = applyDelta(fileOf(index + 1), brotliDecompressSync(delta!.bytes), 1e6);
    expect(sha256Hex(file)).toBe(target);
    expect(delta!.bytes.length).toBeLessThan(fileOf(1).length / 8);
  }
});

test('a model that is published is the target from then on', async () => {
  const { deltas, hashes, add } = await opened(2);
  const [first, second] = hashes as [string, string];
  expect(await deltas.get(second, first, 'br')).not.toBeNull();
  const third = await add(3);
  deltas.published(third);
  expect(await deltas.get(third, first, 'br')).not.toBeNull();
  expect(await deltas.get(third, second, 'gzip')).not.toBeNull();
  expect(await deltas.get(second, first, 'br')).toBeNull();
  for (let version = 4; version < 4 + deltaBases; version++) deltas.published(await add(version));
  expect(await deltas.get(hashes.at(-1)!, third, 'br')).not.toBeNull();
  expect(await deltas.get(hashes.at(-1)!, second, 'br')).toBeNull();
});

test('unknown files, and none yet', async () => {
  const { deltas } = await opened(0);
  expect(await deltas.get('a'.repeat(64), 'b'.repeat(64), 'br')).toBeNull();
  const { deltas: few, hashes } = await opened(1);
  expect(await few.get(hashes[0]!, 'b'.repeat(64), 'br')).toBeNull();
});

test('where it is not smaller there is none', async () => {
  const { deltas, hashes } = await opened(2, 4);
  expect(await deltas.get(hashes[1]!, hashes[0]!, undefined)).toBeNull();
});
