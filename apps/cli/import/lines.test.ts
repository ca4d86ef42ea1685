import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Encoding, lineBatches, lineLimit, sniffEncoding } from './lines.ts';

async function* chunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function linesOf(bytes: Uint8Array, size = 7, encoding: Encoding = 'utf-8') {
  const lines: (string | null)[] = [];
  for await (const batch of lineBatches(chunks(bytes, size), encoding)) {
    expect(batch.first).toBe(lines.length + 1);
    lines.push(...batch.lines);
  }
  return lines;
}

const utf8 = (text: string) => new TextEncoder().encode(text);

test('[IM1] lines do not depend on how the bytes come', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.string({ unit: 'binary' }).map((line) => line.replaceAll(/[\r\n\ufeff]/g, '')),
        { maxLength: 8 },
      ),
      fc.integer({ min: 1, max: 9 }),
      fc.constantFrom('\n', '\r\n'),
      async (lines, size, end) => {
        const bytes = utf8(lines.map((line) => line + end).join(''));
        expect(await linesOf(bytes, size)).toEqual(lines);
      },
    ),
  );
});

test('[IM2] a byte-order mark is no part of the first line', async () => {
  expect(await linesOf(utf8('\ufeffuser,item\n1,2'), 2)).toEqual(['user,item', '1,2']);
});

test('[IM3] UTF-16 with a mark is read', async () => {
  const bytes = new Uint8Array(Buffer.from('\ufeffuser\n影\n', 'utf16le'));
  expect(await linesOf(bytes, 6)).toEqual(['user', '影']);
});

test('[IM4] a line without end is dropped and costs no memory; the next one is read', async () => {
  const long = new Uint8Array(3 * lineLimit).fill(97);
  const bytes = utf8('first\n');
  const all = Buffer.concat([bytes, long, utf8('\nlast\n')]);
  expect(await linesOf(all, 65_536)).toEqual(['first', null, 'last']);
  expect(await linesOf(Buffer.concat([bytes, long]), 65_536)).toEqual(['first', null]);
});

test('[IM5] the older sets are windows-1252 and are found to be', async () => {
  const bytes = Uint8Array.of(0x4c, 0xe9, 0x6f, 0x6e);
  expect(await sniffEncoding(chunks(bytes, 2))).toBe('windows-1252');
  expect(await linesOf(bytes, 2, 'windows-1252')).toEqual(['Léon']);
  expect(await sniffEncoding(chunks(utf8('Léon 🎬'), 1))).toBe('utf-8');
});
