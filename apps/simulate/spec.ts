// What one scenario is: every number that its result depends on, and nothing else. A run is a list of scenarios over the same people.
import type { LearnerName } from '#shared/model/model.ts';
import type { HabitOptions } from './habits.ts';
import type { Malice } from './malice.ts';

export interface Scenario extends HabitOptions {
  /** Place in the run, from 0. */
  readonly id: number;
  /** In words, for the report's legends: what sets it apart from the others of its run. */
  readonly label: string;
  /** What varies over the run, by name: the words of it in the label. */
  readonly varies: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly learner: LearnerName;
  /** People at the beginning. */
  readonly clients: number;
  /** nMax; null: what the crowd gives. */
  readonly cohort: number | null;
  /** z of a session, that is of all phases of an epoch together. */
  readonly noiseMultiplier: number;
  /** Most that a device spends in its life, at `delta`. */
  readonly epsilon: number;
  readonly delta: number;
  readonly cooldownMs: number;
  readonly masked: boolean;
  /** Ends after so many published rounds, or after so many days, whichever comes first. */
  readonly rounds: number;
  readonly days: number;
  readonly speedSpread: number;
  /** Of seats, those whose device vanishes in the round. */
  readonly dropout: number;
  /** Breaks of the fastest device's connection in an hour. */
  readonly breaksPerHour: number;
  /** Part of the people that means harm, and how. */
  readonly malicious: number;
  readonly malice: Malice;
  /** People whose lists are judged, and after how many published rounds each time. */
  readonly panel: number;
  readonly measureEvery: number;
  /** As many as there are between two looks at the lists as pages show them, which take long; 0: none. */
  readonly shownEvery: number;
  /** The service is restarted, and a checkpoint written, after so many rounds. */
  readonly checkpointEvery: number;
}
