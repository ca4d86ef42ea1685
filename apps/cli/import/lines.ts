// Bytes to numbered lines, a batch at a time, with a limit on the length of a line. UTF-8, UTF-16 with a mark, or windows-1252.

export type Encoding = 'utf-8' | 'windows-1252';

export interface LineBatch {
  /** Number of the first line, counted from 1. */
  readonly first: number;
  /** Without their ends (LF, CRLF). null: a line longer than the limit, dropped. */
  readonly lines: readonly (string | null)[];
}

export const lineLimit = 1_048_576;

/** Bytes looked at to find the encoding. */
const sniffBytes = 4 * 1_048_576;

/**
 * The encoding of a file: UTF-8 unless its first 4 MiB are not valid UTF-8 (the older MovieLens sets are windows-1252).
 */
export async function sniffEncoding(bytes: AsyncIterable<Uint8Array>): Promise<Encoding> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let read = 0;
  for await (const chunk of bytes) {
    if (read === 0 && utf16Mark(chunk) !== null) return 'utf-8';
    try {
      decoder.decode(chunk, { stream: true });
    } catch {
      return 'windows-1252';
    }
    read += chunk.length;
    if (read >= sniffBytes) break;
  }
  return 'utf-8';
}

function utf16Mark(chunk: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if (chunk[0] === 0xff && chunk[1] === 0xfe) return 'utf-16le';
  return chunk[0] === 0xfe && chunk[1] === 0xff ? 'utf-16be' : null;
}

/** Lines in order; memory is bounded by a chunk and the longest line. A byte-order mark is left out. */
export async function* lineBatches(
  bytes: AsyncIterable<Uint8Array>,
  encoding: Encoding = 'utf-8',
): AsyncGenerator<LineBatch> {
  let decoder: InstanceType<typeof TextDecoder> | null = null;
  let rest = '';
  let isDropping = false;
  let first = 1;
  const batchOf = (text: string, isLast: boolean): LineBatch => {
    const parts = (rest + text).split('\n');
    const unfinished = parts.pop() ?? '';
    const lines: (string | null)[] = parts.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
    if (isDropping && lines.length > 0) {
      lines[0] = null;
      isDropping = false;
    }
    for (let index = 0; index < lines.length; index += 1) {
      if ((lines[index]?.length ?? 0) > lineLimit) lines[index] = null;
    }
    rest = unfinished;
    if (rest.length > lineLimit) {
      rest = '';
      isDropping = true;
    }
    if (isLast && (rest !== '' || isDropping)) lines.push(isDropping ? null : rest.replace(/\r$/, ''));
    const batch = { first, lines };
    first += lines.length;
    return batch;
  };
  for await (const chunk of bytes) {
    decoder ??= new TextDecoder(utf16Mark(chunk) ?? encoding);
    yield batchOf(decoder.decode(chunk, { stream: true }), false);
  }
  yield batchOf(decoder?.decode() ?? '', true);
}
