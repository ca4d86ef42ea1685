// The command line of the commands that are not `npm start`: flags with and without a value, and positional words.
import { UsageError } from './config.ts';

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
