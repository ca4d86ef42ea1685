// What `tacit evaluate --json --people` says, as far as the document uses it, and how two of them are compared.
// Two rows judge the same people, so their difference is taken person by person: its standard error is much smaller than that of either mean. Where
// rows repeat with other noise, what the repeats differ by is added, for it is common to all people of a repeat.
import { meanOf, standardErrorOf } from '#shared/maths/statistics.ts';

export const metrics = ['ndcg10', 'ndcg100', 'recall20'] as const;
export type Metric = (typeof metrics)[number];

export interface CurvePoint {
  readonly round: number;
  readonly ndcg10: number;
  readonly seNdcg10: number;
}

export interface Measured {
  readonly ndcg10: number;
  readonly ndcg100: number;
  readonly recall20: number;
  /** Of the test people. */
  readonly people: Readonly<Record<Metric, readonly number[]>>;
  readonly ndcg10Seeds: readonly number[];
  /** null with one seed. */
  readonly seNdcg10Seeds: number | null;
  readonly curve: readonly CurvePoint[];
  readonly coverage: number;
  readonly gini: number;
  readonly users: number;
  readonly items: number;
  readonly central: boolean;
  readonly rounds: number;
  readonly participationsPerUser: number;
  readonly epsilon: number | null;
  readonly noisePath: string | null;
  readonly uploadBytesPerClient: number;
  readonly downloadBytesPerClient: number;
  readonly hr10: number | null;
  readonly leakOnly: { readonly hr10: number; readonly ndcg10: number } | null;
}

/** Limit of what is read. */
const mostPeople = 10_000_000;

/** What was expected of a result and what came. */
class MeasuredError extends Error {
  override readonly name = 'MeasuredError';
}

/** @throws MeasuredError that names the field */
export function parseMeasured(value: unknown): Measured {
  const fields = recordOf(value, 'a result');
  const number = (name: string): number => numberOf(fields[name], name);
  const nullable = (name: string): number | null => (fields[name] === null ? null : number(name));
  const people = recordOf(fields.people, 'people');
  const byPerson = {
    ndcg10: numbersOf(people.ndcg10, 'people.ndcg10'),
    ndcg100: numbersOf(people.ndcg100, 'people.ndcg100'),
    recall20: numbersOf(people.recall20, 'people.recall20'),
  };
  const users = number('users');
  for (const metric of metrics) {
    if (byPerson[metric].length !== users) {
      throw new MeasuredError(`people.${metric}: expected ${users} numbers, got ${byPerson[metric].length}`);
    }
  }
  if (!Array.isArray(fields.curve)) throw new MeasuredError('curve: expected an array');
  const curve = fields.curve.map((point: unknown, index): CurvePoint => {
    const of = recordOf(point, `curve[${index}]`);
    return {
      round: numberOf(of.round, 'round'),
      ndcg10: numberOf(of.ndcg10, 'ndcg10'),
      seNdcg10: numberOf(of.seNdcg10, 'seNdcg10'),
    };
  });
  if (typeof fields.central !== 'boolean') throw new MeasuredError('central: expected true or false');
  const path = fields.noisePath;
  if (path !== null && typeof path !== 'string') throw new MeasuredError('noisePath: expected a text or null');
  const leak = fields.leakOnly === null ? null : recordOf(fields.leakOnly, 'leakOnly');
  return {
    ndcg10: number('ndcg10'),
    ndcg100: number('ndcg100'),
    recall20: number('recall20'),
    people: byPerson,
    ndcg10Seeds: numbersOf(fields.ndcg10Seeds, 'ndcg10Seeds'),
    seNdcg10Seeds: nullable('seNdcg10Seeds'),
    curve,
    coverage: number('coverage'),
    gini: number('gini'),
    users,
    items: number('items'),
    central: fields.central,
    rounds: number('rounds'),
    participationsPerUser: number('participationsPerUser'),
    epsilon: nullable('epsilon'),
    noisePath: path,
    uploadBytesPerClient: number('uploadBytesPerClient'),
    downloadBytesPerClient: number('downloadBytesPerClient'),
    hr10: nullable('hr10'),
    leakOnly: leak === null ? null : { hr10: numberOf(leak.hr10, 'hr10'), ndcg10: numberOf(leak.ndcg10, 'ndcg10') },
  };
}

function recordOf(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new MeasuredError(`${name}: expected an object, got ${value === null ? 'null' : typeof value}`);
  }
  return value as Readonly<Record<string, unknown>>;
}

function numberOf(value: unknown, name: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new MeasuredError(`${name}: expected a finite number, got ${JSON.stringify(value)}`);
  }
  return value;
}

function numbersOf(value: unknown, name: string): number[] {
  if (!Array.isArray(value) || value.length > mostPeople) {
    throw new MeasuredError(`${name}: expected an array of at most ${mostPeople} numbers`);
  }
  return value.map((each: unknown) => numberOf(each, name));
}

/** Over the test people. */
export function errorOverPeople(measured: Measured, metric: Metric): number {
  return standardErrorOf(measured.people[metric]);
}

export type Verdict = 'better' | 'worse' | 'tie';

export interface Difference {
  /** a - b, NDCG@10. */
  readonly mean: number;
  readonly se: number;
  /** A difference below two standard errors is a tie. */
  readonly verdict: Verdict;
}

/** Standard errors below which a difference is a tie, and which the plots' bars are long on each side. */
export const leastErrors = 2;

/** a against b on the same people. @throws RangeError when the people are not the same number */
export function differenceOf(a: Measured, b: Measured): Difference {
  if (a.users !== b.users) throw new RangeError(`expected the same people, got ${a.users} and ${b.users}`);
  const pairs = a.people.ndcg10.map((value, person) => value - b.people.ndcg10[person]!);
  const mean = meanOf(pairs);
  const se = Math.hypot(standardErrorOf(pairs), a.seNdcg10Seeds ?? 0, b.seNdcg10Seeds ?? 0);
  const isTie = Math.abs(mean) < leastErrors * se || mean === 0;
  return { mean, se, verdict: isTie ? 'tie' : mean > 0 ? 'better' : 'worse' };
}
