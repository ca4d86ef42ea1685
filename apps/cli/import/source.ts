// Where an import's bytes come from: a folder, a ZIP file or a single file, read as streams. Nothing is unpacked to the disk.
// A ZIP's directory is read first (APPNOTE.TXT 4.3), so only the wanted files are inflated; sizes and ratios are limited, and checked while inflating.
import { createReadStream } from 'node:fs';
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { crc32, createInflateRaw } from 'node:zlib';

/** A source that cannot be read: the message says what was expected, what came and what to do. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
}

export interface SourceFile {
  /** Without folders. */
  readonly name: string;
  /** Bytes when read, as far as known beforehand. */
  readonly sizeBytes: number;
  read(): AsyncIterable<Uint8Array>;
}

export interface Source {
  readonly path: string;
  readonly files: readonly SourceFile[];
}

/** All limits of a ZIP file in one place. MovieLens and its like compress 3 to 10 times; deflate can do 1,032 times. */
export const zipLimits = {
  entries: 10_000,
  directoryBytes: 16 * 1_048_576,
  inflatedBytes: 64 * 1024 ** 3,
  ratio: 100,
  /** Below this the ratio does not matter: a file of a few repeated lines is no bomb. */
  ratioFromBytes: 10 * 1_048_576,
} as const;

/** @throws {SourceError} when the path is absent, is neither file nor folder, or is a ZIP file that is not to be trusted */
export async function openSource(path: string): Promise<Source> {
  const found = await stat(path).catch(() => null);
  if (found === null) throw new SourceError(`expected a folder, a ZIP file or a file, but there is nothing at ${path}`);
  if (found.isDirectory()) {
    const names = (await readdir(path, { withFileTypes: true })).filter((entry) => entry.isFile());
    const files = await Promise.all(names.map((entry) => plainFile(join(path, entry.name))));
    return { path, files };
  }
  if (!found.isFile()) throw new SourceError(`expected a folder, a ZIP file or a file, but ${path} is neither`);
  if (await isZip(path)) return { path, files: await zipFiles(path) };
  if (extname(path).toLowerCase() === '.zip') {
    throw new SourceError(`${path}: expected a ZIP file, but it does not begin like one. Download or copy it again.`);
  }
  return { path, files: [await plainFile(path)] };
}

async function plainFile(path: string): Promise<SourceFile> {
  const { size } = await stat(path);
  return { name: basename(path), sizeBytes: size, read: () => createReadStream(path, { highWaterMark: 262_144 }) };
}

async function isZip(path: string): Promise<boolean> {
  const head = Buffer.alloc(4);
  const file = await open(path);
  try {
    await file.read(head, 0, 4, 0);
  } finally {
    await file.close();
  }
  return head.equals(Buffer.from('PK\x03\x04')) || head.equals(Buffer.from('PK\x05\x06'));
}

interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packedBytes: number;
  readonly inflatedBytes: number;
  readonly headerOffset: number;
}

/** The files of a ZIP by their directory; every number in it is checked before it is used. */
async function zipFiles(path: string): Promise<SourceFile[]> {
  const file = await open(path);
  let entries: ZipEntry[];
  try {
    entries = await readDirectory(file, path);
  } finally {
    await file.close();
  }
  const total = entries.reduce((bytes, entry) => bytes + entry.inflatedBytes, 0);
  if (total > zipLimits.inflatedBytes) {
    throw new SourceError(
      `${path}: expected at most ${zipLimits.inflatedBytes} bytes when unpacked, but it has ${total}`,
    );
  }
  for (const entry of entries) checkRatio(path, entry, entry.inflatedBytes);
  return entries.map((entry) => ({
    name: entry.name,
    sizeBytes: entry.inflatedBytes,
    read: () => inflate(path, entry),
  }));
}

function checkRatio(path: string, entry: ZipEntry, inflatedBytes: number): void {
  if (inflatedBytes <= zipLimits.ratioFromBytes || inflatedBytes <= entry.packedBytes * zipLimits.ratio) return;
  throw new SourceError(
    `${path}: ${entry.name} unpacks to more than ${zipLimits.ratio} times its size (${entry.packedBytes} bytes); ` +
      'this looks like a ZIP bomb and is refused. If it is not one, unpack it yourself and import the folder.',
  );
}

async function readDirectory(file: FileHandle, path: string): Promise<ZipEntry[]> {
  const broken = (what: string) =>
    new SourceError(`${path}: expected a ZIP file, but ${what}. Download or copy it again.`);
  const { size } = await file.stat();
  const readAt = async (position: number, length: number) => {
    if (position < 0 || position + length > size) throw broken('it ends too early');
    const bytes = Buffer.alloc(length);
    await file.read(bytes, 0, length, position);
    return bytes;
  };
  // The end record is 22 bytes and a comment of up to 65,535.
  const tailLength = Math.min(size, 22 + 65_535);
  const tail = await readAt(size - tailLength, tailLength);
  const end = tail.lastIndexOf(Buffer.from('PK\x05\x06'));
  if (end < 0 || end + 22 > tail.length) throw broken('it has no directory');
  let count = tail.readUInt16LE(end + 10);
  let directoryBytes = tail.readUInt32LE(end + 12);
  let directoryAt = tail.readUInt32LE(end + 16);
  if (count === 0xffff || directoryBytes === 0xffffffff || directoryAt === 0xffffffff) {
    // ZIP64: a locator of 20 bytes stands before the end record.
    const locator = end - 20;
    if (locator < 0 || tail.readUInt32LE(locator) !== 0x07064b50) throw broken('its ZIP64 directory is missing');
    const record = await readAt(Number(tail.readBigUInt64LE(locator + 8)), 56);
    if (record.readUInt32LE(0) !== 0x06064b50) throw broken('its ZIP64 directory is missing');
    count = Number(record.readBigUInt64LE(32));
    directoryBytes = Number(record.readBigUInt64LE(40));
    directoryAt = Number(record.readBigUInt64LE(48));
  }
  if (count > zipLimits.entries || directoryBytes > zipLimits.directoryBytes) {
    throw new SourceError(`${path}: expected at most ${zipLimits.entries} files, but its directory names ${count}`);
  }
  const directory = await readAt(directoryAt, directoryBytes);
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > directory.length || directory.readUInt32LE(at) !== 0x02014b50)
      throw broken('its directory is damaged');
    const nameLength = directory.readUInt16LE(at + 28);
    const extraLength = directory.readUInt16LE(at + 30);
    const commentLength = directory.readUInt16LE(at + 32);
    if (at + 46 + nameLength + extraLength + commentLength > directory.length) throw broken('its directory is damaged');
    const fullName = directory.toString('utf8', at + 46, at + 46 + nameLength);
    const extra = directory.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength);
    const sizes = zip64Sizes(extra, {
      inflated: directory.readUInt32LE(at + 24),
      packed: directory.readUInt32LE(at + 20),
      header: directory.readUInt32LE(at + 42),
    });
    const isEncrypted = (directory.readUInt16LE(at + 8) & 1) === 1;
    const name = fullName.split(/[\\/]/).at(-1) ?? '';
    const isHidden = name === '' || name.startsWith('.') || fullName.startsWith('__MACOSX');
    if (isEncrypted && !isHidden)
      throw new SourceError(`${path}: ${name} is encrypted; unpack it yourself and import the folder`);
    if (!isHidden) {
      entries.push({
        name,
        method: directory.readUInt16LE(at + 10),
        crc: directory.readUInt32LE(at + 16),
        packedBytes: sizes.packed,
        inflatedBytes: sizes.inflated,
        headerOffset: sizes.header,
      });
    }
    at += 46 + nameLength + extraLength + commentLength;
  }
  return entries;
}

/** Sizes that do not fit into 32 bits stand in the extra field 0x0001, in this order, each only where its 32-bit field is full. */
function zip64Sizes(extra: Buffer, sizes: { inflated: number; packed: number; header: number }) {
  let at = 0;
  while (at + 4 <= extra.length) {
    const id = extra.readUInt16LE(at);
    const end = Math.min(extra.length, at + 4 + extra.readUInt16LE(at + 2));
    if (id === 1) {
      let field = at + 4;
      const next = (value: number) => {
        if (value !== 0xffffffff || field + 8 > end) return value;
        field += 8;
        return Number(extra.readBigUInt64LE(field - 8));
      };
      const inflated = next(sizes.inflated);
      const packed = next(sizes.packed);
      return { inflated, packed, header: next(sizes.header) };
    }
    at = end;
  }
  return sizes;
}

/** The bytes of one entry. @throws {SourceError} at the first byte beyond what the directory promised, and on a wrong checksum */
async function* inflate(path: string, entry: ZipEntry): AsyncGenerator<Uint8Array> {
  if (entry.method !== 0 && entry.method !== 8) {
    throw new SourceError(
      `${path}: ${entry.name} is packed by method ${entry.method}; expected deflate. Unpack it yourself.`,
    );
  }
  const file = await open(path);
  try {
    const header = Buffer.alloc(30);
    await file.read(header, 0, 30, entry.headerOffset);
    if (header.readUInt32LE(0) !== 0x04034b50)
      throw new SourceError(`${path}: ${entry.name} is not where the directory says`);
    const start = entry.headerOffset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
    if (entry.packedBytes === 0) return;
    const packed = createReadStream(path, { start, end: start + entry.packedBytes - 1, highWaterMark: 65_536 });
    const stream: AsyncIterable<Uint8Array> & { destroy(): unknown } =
      entry.method === 0 ? packed : packed.pipe(createInflateRaw());
    let inflatedBytes = 0;
    let crc = 0;
    try {
      for await (const chunk of stream) {
        inflatedBytes += chunk.length;
        if (inflatedBytes > entry.inflatedBytes) {
          throw new SourceError(
            `${path}: ${entry.name} unpacks to more than the ${entry.inflatedBytes} bytes that it declares; refused`,
          );
        }
        crc = crc32(chunk, crc);
        yield chunk;
      }
    } catch (error) {
      if (error instanceof SourceError) throw error;
      throw new SourceError(
        `${path}: ${entry.name} cannot be unpacked: ${(error as Error).message}. Download it again.`,
      );
    } finally {
      packed.destroy();
      stream.destroy();
    }
    if (inflatedBytes !== entry.inflatedBytes || crc !== entry.crc) {
      throw new SourceError(`${path}: ${entry.name} is damaged (its checksum differs). Download or copy it again.`);
    }
  } finally {
    await file.close();
  }
}
