// What an attack on our own code is, and what comes out of it. Each attack runs twice: against the code as it is, and against a control with
// the one protection taken away. The control has to succeed, else the attack proves nothing. Everything here is simulated: made-up people,
// seeded randomness, one process.
import type { CatalogueItem } from '../../catalogue/schema.ts';
import { experimentRandomOfLabel, type RandomSource } from '../../maths/random.ts';
import type { MaskCrypto } from '../../secagg/crypto.ts';

export interface AttackSetting {
  readonly crypto: MaskCrypto;
  /** A public catalogue; the attacks on histories take its best known items. */
  readonly items: readonly CatalogueItem[];
  readonly seed: number;
  /** The short case, for every build. */
  readonly isSmall: boolean;
  /** Trials of each statistical attack; null: as many as the attack thinks right. */
  readonly trials: number | null;
}

/**
 * Who attacks. `server`: the server that follows the protocol and keeps all that it sees. `active server`: says what it likes to whom it
 * likes. `all others fake`: an active server that plays every other participant, so that masks hide nothing. `server and 10 %`: the server
 * and that part of nMax, who tell it all they know and add no noise.
 */
export type Adversary = 'server' | 'active server' | 'all others fake' | 'server and 10 %';

/** Higher is better for the attacker in each of them. */
export type Measure = 'F1' | 'AUC' | 'success rate' | 'epsilon' | 'epsilon, lower bound';

export interface AttackResult {
  /** The name of the row, as in `rowsOf`. Unique among all attacks. */
  readonly attack: string;
  readonly adversary: Adversary;
  readonly measure: Measure;
  /** With the protection off. */
  readonly control: number;
  /** Our code. */
  readonly protected: number;
  /** Of somebody who sees nothing; null where there is no such thing. */
  readonly chance: number | null;
  /** `protected` may be at most this: what is promised, plus the error of so many trials. */
  readonly bound: number;
  /** The control succeeded, and our code stayed within the bound. */
  readonly passed: boolean;
  readonly trials: number;
  /** What was protected, what the control lacks, and where the bound comes from. */
  readonly note: string;
  readonly details: Readonly<Record<string, number>>;
}

export interface Attack {
  readonly name: string;
  readonly summary: string;
  /** The names of its rows; one row of the attack's own name unless said otherwise. */
  readonly rows?: readonly string[];
  run(setting: AttackSetting): Promise<readonly AttackResult[]>;
}

/** The names of the rows that an attack comes to, in their order. */
export function rowsOf({ name, rows = [name] }: Attack): readonly string[] {
  return rows;
}

export interface Outcome extends Omit<AttackResult, 'passed' | 'details'> {
  /** The control has to reach it, else the attack is not one. */
  readonly controlAtLeast: number;
  readonly details?: Readonly<Record<string, number>>;
}

/** Judges an outcome. Throws RangeError for a number that is none: an attack that measured nothing has not passed. */
export function judged({ controlAtLeast, details = {}, ...outcome }: Outcome): AttackResult {
  for (const value of [outcome.control, outcome.protected, outcome.bound, controlAtLeast]) {
    if (!Number.isFinite(value))
      throw new RangeError(`attack ${outcome.attack}: expected finite numbers, got ${value}`);
  }
  if (outcome.trials < 1) throw new RangeError(`attack ${outcome.attack}: expected trials, got ${outcome.trials}`);
  const passed = outcome.control >= controlAtLeast && outcome.protected <= outcome.bound;
  return { ...outcome, passed, details };
}

/** Randomness of one part of an attack, by name: the same seed gives the same run. Never that of a real participation. */
export function randomOf(setting: AttackSetting, ...names: readonly (string | number)[]): RandomSource {
  return experimentRandomOfLabel(`attack ${setting.seed} ${names.join(' ')}`);
}

/** Uniform on 0 to bound - 1, near enough for choosing whom to attack. */
export function below(random: RandomSource, bound: number): number {
  const word = new Uint32Array(1);
  random.fillUint32(word);
  return word[0]! % bound;
}
