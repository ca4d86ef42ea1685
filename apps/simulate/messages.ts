// What the simulator and its worker threads say to each other.
import type { PeopleSource } from './people.ts';
import type { Progress } from './scenario.ts';
import type { Scenario } from './spec.ts';

/** Given to a worker when it starts. */
export interface SimulationTask {
  readonly people: PeopleSource;
  /** Where checkpoints are, and the hash of all that the run depends on. */
  readonly folder: string;
  readonly run: string;
}

export type ToSimulator = { readonly kind: 'run'; readonly scenario: Scenario } | { readonly kind: 'close' };

export type FromSimulator =
  | ({ readonly kind: 'progress' } & Progress)
  /** The last checkpoint says that the scenario has ended. */
  | { readonly kind: 'done'; readonly scenario: number }
  | { readonly kind: 'failed'; readonly scenario: number; readonly message: string };
