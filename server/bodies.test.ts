// Encoded once, negotiated, bounded.
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { Bodies } from './bodies.ts';
import { cachedBodies } from './limits.ts';

const text = Buffer.from('the same words over and over; '.repeat(200));
const hash = 'd'.repeat(64);

function counted(bytes: Uint8Array | null = text) {
  let loads = 0;
  const bodies = new Bodies(async () => {
    loads += 1;
    return bytes;
  });
  return { bodies, loads: () => loads };
}

test('[H1] each encoding gives the same bytes, under an ETag of its own', async () => {
  const { bodies } = counted();
  const plain = await bodies.get(hash, undefined);
  const br = await bodies.get(hash, 'gzip, br');
  const gzip = await bodies.get(hash, 'gzip');
  expect(plain).toMatchObject({ encoding: null, etag: `"${hash}"` });
  expect(br).toMatchObject({ encoding: 'br', etag: `"${hash}-br"` });
  expect(gzip).toMatchObject({ encoding: 'gzip', etag: `"${hash}-gzip"` });
  expect(plain?.bytes.equals(text)).toBe(true);
  expect(brotliDecompressSync(br?.bytes ?? '').equals(text)).toBe(true);
  expect(gunzipSync(gzip?.bytes ?? '').equals(text)).toBe(true);
});

test.each([
  ['identity', null],
  ['br;q=0', null],
  ['br;q=0, gzip;q=0.5', 'gzip'],
  ['*', 'br'],
  ['GZIP', 'gzip'],
  ['x'.repeat(10_000), null],
  [',,;;q=', null],
] as const)('accept-encoding %s', async (header, encoding) => {
  const { bodies } = counted();
  expect((await bodies.get(hash, header))?.encoding).toBe(encoding);
});

test('what does not become smaller is sent as it is', async () => {
  const { bodies } = counted(new Uint8Array([1, 2, 3]));
  expect((await bodies.get(hash, 'br, gzip'))?.encoding).toBeNull();
});

test('loaded and encoded once, also by requests at the same time', async () => {
  const { bodies, loads } = counted();
  await Promise.all([bodies.get(hash, 'br'), bodies.get(hash, 'gzip'), bodies.get(hash, undefined)]);
  expect(loads()).toBe(1);
  bodies.add('e'.repeat(64), text);
  await bodies.get('e'.repeat(64), 'br');
  expect(loads()).toBe(1);
});

test('unknown hashes push nothing out, also while they are looked for', async () => {
  const answers: (() => void)[] = [];
  const bodies = new Bodies(() => new Promise((resolve) => answers.push(() => resolve(null))));
  bodies.add(hash, text);
  const lookups = Array.from({ length: 10 * cachedBodies }, (_, index) => bodies.get(String(index), 'br'));
  expect((await bodies.get(hash, undefined))?.bytes.equals(text)).toBe(true);
  for (const answer of answers) answer();
  expect(await Promise.all(lookups)).toEqual(lookups.map(() => null));
  expect(answers).toHaveLength(lookups.length);
  await bodies.get(hash, 'br');
  expect(answers, 'the held one was not looked for').toHaveLength(lookups.length);
});

test('memory is bounded, and neither unknown hashes nor failures take a place', async () => {
  const { bodies, loads } = counted();
  for (let i = 0; i < cachedBodies + 1; i += 1) await bodies.get(String(i), 'br');
  await bodies.get('0', 'br');
  expect(loads()).toBe(cachedBodies + 2);

  const none = counted(null);
  expect(await none.bodies.get(hash, 'br')).toBeNull();
  expect(await none.bodies.get(hash, 'br')).toBeNull();
  expect(none.loads()).toBe(2);

  let fails = 0;
  const broken = new Bodies(async () => {
    fails += 1;
    throw new Error('disk');
  });
  await expect(broken.get(hash, 'br')).rejects.toThrow('disk');
  await expect(broken.get(hash, 'br')).rejects.toThrow('disk');
  expect(fails).toBe(2);
});
