// What the fleet and its worker threads say to each other.
import type { Catalogue } from '#shared/catalogue/schema.ts';
import type { Arrival, Departure } from './presence.ts';

/** Given to a worker when it starts. */
export interface WorkerTask {
  readonly url: string;
  readonly catalogue: Catalogue;
  /** The database of the imported people; null: people are made up. */
  readonly interactionsPath: string | null;
  readonly population: number;
  readonly seed: number;
  readonly ledgerPath: string;
  /** This worker keeps the people whose number has this remainder by `workers`. */
  readonly index: number;
  readonly workers: number;
}

export type ToWorker = { readonly kind: 'arrive'; readonly arrival: Arrival } | { readonly kind: 'close' };

export type FromWorker =
  | { readonly kind: 'ready'; readonly people: number; readonly endless: boolean }
  | { readonly kind: 'left'; readonly person: number; readonly departure: Departure }
  | { readonly kind: 'closed' };
