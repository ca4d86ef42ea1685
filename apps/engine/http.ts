// HTTP to the aggregator through fetch, with a limit on decoded bytes and on time.
// What is fetched is public and named whole: never a single item, so requests say nothing about the person.
import type { Http, HttpAnswer } from './environment.ts';

/** No answer: unreachable, too slow or too long. */
export class HttpError extends Error {
  readonly code: 'unreachable' | 'too-long';
  constructor(code: 'unreachable' | 'too-long', message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'HttpError';
    this.code = code;
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

  async get(path: string, limitBytes: number): Promise<HttpAnswer> {
    const url = new URL(path, this.#baseUrl);
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(this.#timeoutMs), credentials: 'omit' });
      return { status: response.status, body: await bodyWithin(response, limitBytes, path) };
    } catch (error) {
      if (error instanceof HttpError) throw error;
      throw new HttpError('unreachable', `GET ${path}: no answer from the server; it is tried again`, { cause: error });
    }
  }
}

/** Reads a body piece by piece and stops at the limit, whatever a header promised. */
async function bodyWithin(response: Response, limitBytes: number, path: string): Promise<Uint8Array> {
  const reader = response.body?.getReader();
  const pieces: Uint8Array[] = [];
  let length = 0;
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
  const body = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    body.set(piece, at);
    at += piece.length;
  }
  return body;
}
