// HTTP to the aggregator through fetch, with a limit on decoded bytes and on time.
// What is fetched is public: whole files, the rest of a cut one, or the way from one public model to the next. Never a single item, so requests say
// nothing of what somebody likes.
import type { Http, HttpAnswer } from './environment.ts';

const nothing = new Uint8Array();

/** No answer: unreachable, too slow or too long. */
export class HttpError extends Error {
  readonly code: 'unreachable' | 'too-long';
  /** Decoded bytes that came before it was cut. */
  readonly received: Uint8Array;
  constructor(
    code: 'unreachable' | 'too-long',
    message: string,
    received: Uint8Array = nothing,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'HttpError';
    this.code = code;
    this.received = received;
  }
}

const defaultTimeoutMs = 60_000;

/** GETs paths below `baseUrl` (an origin). */
export class FetchHttp implements Http {
  readonly #baseUrl: string;
  readonly #timeoutMs: number;

  constructor(baseUrl: string, timeoutMs = defaultTimeoutMs) {
    this.#baseUrl = baseUrl;
    this.#timeoutMs = timeoutMs;
  }

  async get(path: string, limitBytes: number, held: Uint8Array = nothing): Promise<HttpAnswer> {
    const url = new URL(path, this.#baseUrl);
    const headers: HeadersInit = held.length === 0 ? {} : { range: `bytes=${held.length}-` };
    const pieces: Uint8Array[] = [];
    let kept = held;
    try {
      const signal = AbortSignal.timeout(this.#timeoutMs);
      const response = await fetch(url, { signal, headers, credentials: 'omit' });
      if (response.status === 206) {
        // Another part than was asked for: the next try asks for the whole.
        if (!response.headers.get('content-range')?.startsWith(`bytes ${held.length}-`)) {
          kept = nothing;
          throw new TypeError();
        }
        pieces.push(held);
      }
      await readWithin(response, limitBytes, path, pieces);
      return { status: response.status === 206 ? 200 : response.status, body: joined(pieces) };
    } catch (error) {
      if (error instanceof HttpError) throw error;
      // What came is worth keeping where it goes further than what was there.
      const received = joined(pieces);
      throw new HttpError(
        'unreachable',
        `GET ${path}: no answer from the server; it is tried again`,
        received.length >= kept.length ? received : kept,
        { cause: error },
      );
    }
  }
}

/** Reads a body piece by piece and stops at the limit, whatever a header promised. What came is in `pieces`, also where it throws. */
async function readWithin(response: Response, limitBytes: number, path: string, pieces: Uint8Array[]): Promise<void> {
  const reader = response.body?.getReader();
  let length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  while (reader !== undefined) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > limitBytes) {
      await reader.cancel();
      throw new HttpError('too-long', `GET ${path}: expected at most ${limitBytes} bytes, got more`);
    }
    pieces.push(value);
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const body = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    body.set(piece, at);
    at += piece.length;
  }
  return body;
}
