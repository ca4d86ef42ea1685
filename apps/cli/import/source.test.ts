import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterAll, expect, test } from 'vitest';
import { openSource, SourceError, zipLimits } from './source.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacit-source-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function saved(bytes: Uint8Array): string {
  files += 1;
  const path = join(folder, `${files}.zip`);
  writeFileSync(path, bytes);
  return path;
}

const text = (value: string) => new TextEncoder().encode(value);

async function contents(path: string, name: string): Promise<string> {
  const file = (await openSource(path)).files.find((entry) => entry.name === name);
  if (file === undefined) throw new Error(`no ${name}`);
  const parts: Uint8Array[] = [];
  for await (const part of file.read()) parts.push(part);
  return Buffer.concat(parts).toString();
}

/** Where the directory's record of the first file starts. */
const directoryAt = (zip: Uint8Array) => Buffer.from(zip).indexOf(Buffer.from('PK\x01\x02'));

test('[IM11] files of a ZIP are found without their folders, deflated or stored', async () => {
  const zip = zipSync({
    'ml/ratings.csv': text('a,b\n'),
    'ml/movies.csv': [text('c,d\n'), { level: 0 }],
    'ml/.hidden': text('x'),
  });
  const path = saved(zip);
  expect((await openSource(path)).files.map(({ name }) => name)).toEqual(['ratings.csv', 'movies.csv']);
  expect(await contents(path, 'ratings.csv')).toBe('a,b\n');
  expect(await contents(path, 'movies.csv')).toBe('c,d\n');
});

test('[IM12] a ZIP bomb is refused before it is unpacked', async () => {
  const zip = zipSync({ 'ratings.csv': new Uint8Array(zipLimits.ratioFromBytes * 3) });
  expect(zip.length).toBeLessThan(100_000);
  await expect(openSource(saved(zip))).rejects.toThrow(/more than 100 times its size/);
});

test('[IM13] a ZIP bomb that lies about its size is stopped at the size that it declares', async () => {
  const zip = zipSync({ 'ratings.csv': new Uint8Array(zipLimits.ratioFromBytes * 3) });
  new DataView(zip.buffer).setUint32(directoryAt(zip) + 24, 1_000, true);
  const path = saved(zip);
  await expect(contents(path, 'ratings.csv')).rejects.toThrow(/more than the 1000 bytes that it declares/);
});

test('[IM14] a damaged file is noticed', async () => {
  const zip = zipSync({ 'ratings.csv': [text('user,item\n1,2\n'), { level: 0 }] });
  const at = Buffer.from(zip).indexOf('1,2');
  zip[at] = 57;
  await expect(contents(saved(zip), 'ratings.csv')).rejects.toThrow(/checksum/);
});

test('[IM15] an encrypted file, a cut-off file, a missing one and one that is no ZIP file are refused with the reason', async () => {
  const encrypted = zipSync({ 'ratings.csv': text('a') });
  encrypted[directoryAt(encrypted) + 8] = 1;
  await expect(openSource(saved(encrypted))).rejects.toThrow(/encrypted/);
  const whole = zipSync({ 'ratings.csv': text('a,b,c'.repeat(100)) });
  await expect(openSource(saved(whole.slice(0, 60)))).rejects.toThrow(/no directory/);
  await expect(openSource(join(folder, 'absent.zip'))).rejects.toThrow(SourceError);
  await expect(openSource(saved(text('user,item\n1,2\n')))).rejects.toThrow(/does not begin like one/);
});
