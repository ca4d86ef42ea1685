// The command line of the commands that are not `npm start`: flags with and without a value, and positional words.
import { UsageError } from './usage-error.ts';

/** For each flag, what stands for its value in a message; null for a flag without a value. */
export type FlagTable = Readonly<Record<string, string | null>>;

export interface Arguments {
  readonly words: readonly string[];
  /** Value of each flag that was given, '' for one without a value. */
  readonly flags: ReadonlyMap<string, string>;
}

/** @throws {UsageError} for an unknown flag, a missing value, a flag given twice or too many words */
export function parseArguments(argv: readonly string[], table: FlagTable, mostWords: number): Arguments {
  const words: string[] = [];
  const flags = new Map<string, string>();
  for (let index = 0; index < argv.length; index += 1) {
    const argument = argv[index] ?? '';
    if (!argument.startsWith('-') || argument === '-') {
      words.push(argument);
      if (words.length > mostWords) throw new UsageError(`unexpected argument "${argument}". Try --help.`);
      continue;
    }
    const equals = argument.indexOf('=');
    const flag = equals < 0 ? argument : argument.slice(0, equals);
    const value = table[flag];
    if (value === undefined) {
      throw new UsageError(`unknown flag "${flag}". Known flags: ${Object.keys(table).join(', ')}. Try --help.`);
    }
    if (flags.has(flag)) throw new UsageError(`${flag} is given twice; give it once.`);
    if (value === null) {
      if (equals >= 0) throw new UsageError(`${flag} takes no value, but got "${argument.slice(equals + 1)}".`);
      flags.set(flag, '');
    } else if (equals >= 0) {
      flags.set(flag, argument.slice(equals + 1));
    } else {
      index += 1;
      const next = argv[index];
      if (next === undefined || next.startsWith('--')) throw new UsageError(`${flag}: expected ${value} after it.`);
      flags.set(flag, next);
    }
  }
  return { words, flags };
}

export interface NumberRange {
  readonly least: number;
  readonly most: number;
  readonly whole?: true;
  /** What is expected, in words, where the bounds do not say it well. */
  readonly inWords?: string;
}

/** Digits with or without a point and a power of ten: no other base, no infinity. */
const decimal = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

/** @param text the value of a flag. @throws {UsageError} for what is no decimal number within the range */
export function numberOf(flag: string, text: string, { least, most, whole, inWords }: NumberRange): number {
  const value = decimal.test(text.trim()) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most) || (whole && !Number.isInteger(value))) {
    const expected = inWords ?? `a ${whole ? 'whole ' : ''}number from ${least} to ${most}`;
    throw new UsageError(`${flag}: expected ${expected}, got ${JSON.stringify(text)}`);
  }
  return value;
}

/** @param text the value of a flag. @throws {UsageError} for what is none of the words */
export function oneOf<Word extends string>(flag: string, text: string, words: readonly Word[]): Word {
  const word = words.find((known) => known === text);
  if (word === undefined) {
    throw new UsageError(`${flag}: expected one of ${words.join(', ')}, got ${JSON.stringify(text)}`);
  }
  return word;
}

/** An argument as a shell takes it. */
export function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}
