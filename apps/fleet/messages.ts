// What the fleet and its worker threads say to each other.
import type { PeopleOptions } from './people.ts';
import type { Arrival, Departure } from './presence.ts';

/** Given to a worker when it starts. */
export interface WorkerTask {
  readonly url: string;
  readonly people: PeopleOptions;
  readonly ledgerPath: string;
  /** This worker keeps the people whose number has this remainder by `workers`. */
  readonly index: number;
  readonly workers: number;
}

export type ToWorker = { readonly kind: 'arrive'; readonly arrival: Arrival } | { readonly kind: 'close' };

export type FromWorker =
  | { readonly kind: 'ready'; readonly people: number; readonly imported: number }
  | { readonly kind: 'left'; readonly person: number; readonly departure: Departure }
  | { readonly kind: 'closed' };
