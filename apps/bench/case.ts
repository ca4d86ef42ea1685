// What every case has: where to run, how much effort, and what comes out.
import type { Effort, Standing } from './contest.ts';
import { counted, type Measurement, measured, type Place } from './result.ts';
import type { BrowserVenue, Venue } from './venue.ts';

export interface Bench {
  /** Opened when a case asks for it first; one for all of them. */
  browser(): Promise<BrowserVenue>;
  readonly node: Venue;
  readonly effort: Effort;
  readonly isQuick: boolean;
  /** Progress. */
  readonly say: (text: string) => void;
}

export interface Case {
  /** What `--only` takes. */
  readonly name: string;
  /** What it measures, in one line. */
  readonly about: string;
  readonly run: (bench: Bench) => Promise<Measurement[]>;
}

interface Where {
  readonly case: string;
  readonly place: Place;
  readonly size: string;
}

/** The time of a run of each contender. @param per things that are done in a run, for a time each, in ns */
export function wallOf(where: Where, standings: readonly Standing[], per?: number): Measurement[] {
  return standings.map(({ contender, wallMs }) =>
    per === undefined
      ? measured({ ...where, code: contender, measure: 'wall', unit: 'ms' }, wallMs)
      : measured(
          { ...where, code: contender, measure: 'wall each', unit: 'ns' },
          wallMs.map((ms) => (1e6 * ms) / per),
        ),
  );
}

export function factsOf(where: Where, standings: readonly Standing[], names: readonly string[]): Measurement[] {
  return standings.flatMap(({ contender, facts }) =>
    names.flatMap((name) => {
      const value = facts[name];
      return value === undefined ? [] : [counted({ ...where, code: contender, measure: name, unit: '' }, value)];
    }),
  );
}
