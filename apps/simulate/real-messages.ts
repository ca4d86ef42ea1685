// What a run in real time and its worker threads say to each other.
import type { PersonState } from './crowd.ts';
import type { PeopleSource } from './people.ts';
import type { Scenario } from './spec.ts';
import type { Tally } from './tally.ts';
import type { Part } from './visit.ts';

/** Given to a worker when it starts. */
export interface RealTask {
  readonly people: PeopleSource;
  readonly scenario: Scenario;
  /** The server's origin. */
  readonly url: string;
  /** How many times faster than the clock of the devices the crowd's is, and when it began, unix ms of this machine. */
  readonly lapse: number;
  readonly beganMs: number;
  readonly rho: { readonly once: number; readonly cap: number };
  /** This worker has the people whose number has this remainder by `workers`. */
  readonly index: number;
  readonly workers: number;
}

export type ToRealWorker = { readonly kind: 'begin' | 'close' };

export type FromRealWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'part'; readonly part: Part; readonly malicious: boolean }
  /** Now and then. */
  | {
      readonly kind: 'there';
      readonly present: number;
      readonly able: number;
      readonly upBytes: number;
      readonly downBytes: number;
    }
  | { readonly kind: 'closed'; readonly people: readonly PersonState[]; readonly tally: Tally };
