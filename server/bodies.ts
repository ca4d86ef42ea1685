// What is served by hash: encoded once (as it is, br, gzip), kept in memory for the newest, read from the store for the rest.
// A body that is being sent stays whole whatever is published meanwhile: it is an immutable buffer of its own.
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { cachedBodies } from './limits.ts';

export interface Body {
  readonly bytes: Buffer;
  readonly encoding: 'br' | 'gzip' | null;
  /** Strong, and different for each encoding. */
  readonly etag: string;
}

interface Entry {
  readonly plain: Buffer;
  readonly br: Buffer;
  readonly gzip: Buffer;
}

const brotli = promisify(brotliCompress);
const deflate = promisify(gzip);
/** Above this, compressing a little less saves seconds of CPU at each publication. */
const largeBytes = 4 * 1024 * 1024;

/** Bodies of one kind by hash. `load` finds what is not in memory; null means that there is none. */
export class Bodies {
  readonly #load: (hash: string) => Promise<Uint8Array | null>;
  /** In order of last use. Promises, so that two requests never encode the same twice. */
  readonly #entries = new Map<string, Promise<Entry>>();
  /** What `load` has not answered yet takes no place: an unknown hash must not push out what is there. */
  readonly #loading = new Map<string, Promise<Entry | null>>();

  constructor(load: (hash: string) => Promise<Uint8Array | null>) {
    this.#load = load;
  }

  /** Encodes ahead of the first request. */
  add(hash: string, bytes: Uint8Array): void {
    void this.#encode(hash, bytes);
  }

  /** As it is, for an answer that is a part of it; or null. */
  async plain(hash: string): Promise<Buffer | null> {
    return (await this.#entry(hash))?.plain ?? null;
  }

  /** The smallest form that `acceptEncoding` allows, or null. */
  async get(hash: string, acceptEncoding: string | undefined): Promise<Body | null> {
    const entry = await this.#entry(hash);
    if (entry === null) return null;
    const accepted = acceptedEncodings(acceptEncoding);
    const forms: Body[] = [{ bytes: entry.plain, encoding: null, etag: `"${hash}"` }];
    if (accepted.has('br')) forms.push({ bytes: entry.br, encoding: 'br', etag: `"${hash}-br"` });
    if (accepted.has('gzip')) forms.push({ bytes: entry.gzip, encoding: 'gzip', etag: `"${hash}-gzip"` });
    return forms.reduce((best, form) => (form.bytes.length < best.bytes.length ? form : best));
  }

  #entry(hash: string): Promise<Entry | null> {
    const held = this.#entries.get(hash);
    if (held !== undefined) {
      this.#keep(hash, held);
      return held;
    }
    const underway = this.#loading.get(hash);
    if (underway !== undefined) return underway;
    const loading = this.#load(hash)
      .then((bytes) => (bytes === null ? null : (this.#entries.get(hash) ?? this.#encode(hash, bytes))))
      .finally(() => this.#loading.delete(hash));
    this.#loading.set(hash, loading);
    return loading;
  }

  #encode(hash: string, bytes: Uint8Array): Promise<Entry> {
    const entry = encode(bytes);
    this.#keep(hash, entry);
    entry.catch(() => this.#entries.delete(hash));
    return entry;
  }

  #keep(hash: string, entry: Promise<Entry>): void {
    this.#entries.delete(hash);
    this.#entries.set(hash, entry);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= cachedBodies) break;
      this.#entries.delete(oldest);
    }
  }
}

async function encode(bytes: Uint8Array): Promise<Entry> {
  const plain = Buffer.from(bytes);
  const large = plain.length > largeBytes;
  const [br, gz] = await Promise.all([
    brotli(plain, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: large ? 4 : 6,
        [constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
      },
    }),
    deflate(plain, { level: large ? 4 : 6 }),
  ]);
  return { plain, br, gzip: gz };
}

/** br and gzip where the header names them (or *) with a weight above 0. */
function acceptedEncodings(header: string | undefined): ReadonlySet<'br' | 'gzip'> {
  const weights = new Map<string, number>();
  for (const part of (header ?? '').split(',')) {
    const [name = '', ...parameters] = part.trim().toLowerCase().split(';');
    const weight = parameters.map((parameter) => /^\s*q=([\d.]+)\s*$/.exec(parameter)?.[1]).find(Boolean);
    if (name !== '') weights.set(name.trim(), weight === undefined ? 1 : Number(weight));
  }
  const accepted = new Set<'br' | 'gzip'>();
  for (const name of ['br', 'gzip'] as const) {
    if ((weights.get(name) ?? weights.get('*') ?? 0) > 0) accepted.add(name);
  }
  return accepted;
}
