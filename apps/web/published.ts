// What the server publishes, as the page uses it: the status and the catalogue. All of it is public. The policy is not among it: the page shows
// the one that the engine holds rounds to.
// The server is a peer: each answer is `unknown` until it was parsed here.
import { type Verdict, verdicts } from '#shared/adviser/gain.ts';
import { parseCatalogue } from '#shared/catalogue/parse.ts';
import type { Catalogue } from '#shared/catalogue/schema.ts';

/** Why there is nothing to show. */
export type FaultKind = 'unreachable' | 'malformed' | 'engine';

/** The part of `GET /v1/status` that the page shows. */
export interface ServiceStatus {
  readonly version: string;
  readonly catalogueHash: string;
  readonly modelVersion: number;
  readonly simulatedParticipants: number;
  readonly roundsCompleted: number;
  /** What the adviser says of the policy for the crowd that the operator expects; null from a server that says nothing of it. */
  readonly advice: { readonly verdict: Verdict; readonly crowd: number } | null;
}

/** The answer could not be had at all: no network, no server, or a status code that is not 200. */
export class UnreachableError extends Error {}

/** An answer came and is not what the protocol says. */
export class MalformedError extends Error {}

/** GETs a path of the server and returns its JSON. Rejects with UnreachableError or MalformedError. */
export type FetchJson = (path: string) => Promise<unknown>;

/** The one place where the page touches the network. Immutable answers come from the browser's cache. */
export async function fetchJson(path: string): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(path, { signal: AbortSignal.timeout(15_000) });
  } catch (error) {
    throw new UnreachableError(`GET ${path}: no answer`, { cause: error });
  }
  if (!response.ok) {
    throw new UnreachableError(`GET ${path}: expected 200, got ${response.status}`);
  }
  try {
    return await response.json();
  } catch (error) {
    throw new MalformedError(`GET ${path}: expected JSON`, { cause: error });
  }
}

export async function getStatus(get: FetchJson): Promise<ServiceStatus> {
  return parseStatus(await get('/v1/status'));
}

export async function getCatalogue(get: FetchJson, hash: string): Promise<Catalogue> {
  const answer = await get(`/v1/catalogues/${hash}`);
  try {
    return parseCatalogue(answer);
  } catch (error) {
    throw new MalformedError(`catalogue ${hash}`, { cause: error });
  }
}

/** Throws MalformedError naming the field. */
export function parseStatus(value: unknown): ServiceStatus {
  const status = record(value, 'status');
  const catalogue = record(status.catalogue, 'catalogue');
  const model = record(status.model, 'model');
  const rounds = record(status.rounds, 'rounds');
  return {
    version: text(status, 'version'),
    catalogueHash: hash(catalogue, 'hash'),
    modelVersion: finite(model, 'version'),
    simulatedParticipants: finite(status, 'simulatedParticipants'),
    roundsCompleted: finite(rounds, 'completed'),
    advice: status.advice === undefined ? null : parseAdvice(record(status.advice, 'advice')),
  };
}

function parseAdvice(advice: Fields): ServiceStatus['advice'] {
  const verdict = verdicts.find((known) => known === advice.verdict);
  if (verdict === undefined) {
    throw new MalformedError(
      `advice.verdict: expected ${verdicts.join(', ')}, got ${String(advice.verdict).slice(0, 40)}`,
    );
  }
  return { verdict, crowd: finite(advice, 'crowd') };
}

type Fields = { readonly [field: string]: unknown };

function record(value: unknown, field: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new MalformedError(`${field}: expected an object, got ${typeof value}`);
  }
  return value as Fields;
}

function finite(fields: Fields, field: string): number {
  const value = fields[field];
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
    throw new MalformedError(`${field}: expected a number of 0 or more, got ${String(value).slice(0, 40)}`);
  }
  return value;
}

function text(fields: Fields, field: string): string {
  const value = fields[field];
  if (typeof value !== 'string' || value.length > 200) {
    throw new MalformedError(`${field}: expected a short text, got ${String(value).slice(0, 40)}`);
  }
  return value;
}

function hash(fields: Fields, field: string): string {
  const value = text(fields, field);
  if (!/^[0-9a-f]{64}$/.test(value)) {
    throw new MalformedError(`${field}: expected 64 hexadecimal digits, got ${value.slice(0, 40)}`);
  }
  return value;
}
