// Protocol P1's data and its split: strong generalisation, reproducible in any language from ids alone.
// A user's fold is fmix32(userId + seed * 0x9E3779B9 mod 2^32) mod 5. Inside a held-out user the items are sorted by
// fmix32(itemId XOR fmix32(userId + seed)): the first n - floor(0.2 n) are the history, the rest the targets.
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { fmix32 } from '../maths/random.ts';

export const folds = 5;
/** Users with fewer positives are left out. */
export const leastPositives = 5;

/** Positive interactions of the users and items that take part, by row. */
export interface PositiveSet {
  /** Numeric ids by user row and by item row, ascending. */
  readonly userIds: Uint32Array;
  readonly itemIds: Uint32Array;
  /** Names by row, as the data set has them. */
  readonly users: readonly string[];
  readonly items: readonly string[];
  /** Item rows of user row k, ascending: rows[starts[k]] to rows[starts[k + 1] - 1]. */
  readonly starts: Uint32Array;
  readonly rows: Uint32Array;
  /** Parallel to rows: when; null where the data set does not say. */
  readonly times: Float64Array | null;
}

/** One positive interaction: indices into lists of names. */
export interface PositivePairs {
  readonly userNames: readonly string[];
  readonly itemNames: readonly string[];
  /** Parallel: user index and item index of each pair. Repeated pairs count once. */
  readonly userOf: Uint32Array;
  readonly itemOf: Uint32Array;
  /** Parallel: when, in any unit. Of a repeated pair the earliest counts. */
  readonly timeOf?: Float64Array;
}

/** Part of a person's likes that is held out, rounded down. */
export const heldOutPart = 0.2;

/**
 * Keeps the users with at least `leastPositives` positives and the items with at least one.
 * @throws RangeError when nobody is left.
 */
export function positiveSet(pairs: PositivePairs): PositiveSet {
  const userIdOf = numericIds(pairs.userNames);
  const itemIdOf = numericIds(pairs.itemNames);
  const itemsUsed = new Uint8Array(pairs.itemNames.length);
  const perUser: number[][] = pairs.userNames.map(() => []);
  for (let k = 0; k < pairs.userOf.length; k++) {
    perUser[pairs.userOf[k]!]!.push(pairs.itemOf[k]!);
    itemsUsed[pairs.itemOf[k]!] = 1;
  }
  const itemOrder = ascending(itemIdOf, pairs.itemNames).filter((index) => itemsUsed[index] === 1);
  const itemRow = new Uint32Array(pairs.itemNames.length);
  itemOrder.forEach((index, row) => {
    itemRow[index] = row;
  });
  const distinct = perUser.map((list) => [...new Set(list)]);
  const userOrder = ascending(userIdOf, pairs.userNames).filter((index) => distinct[index]!.length >= leastPositives);
  if (userOrder.length === 0) {
    throw new RangeError(`no user has ${leastPositives} positive interactions: is --min-rating too high?`);
  }
  const starts = new Uint32Array(userOrder.length + 1);
  userOrder.forEach((index, row) => {
    starts[row + 1] = starts[row]! + distinct[index]!.length;
  });
  const rows = new Uint32Array(starts[userOrder.length]!);
  userOrder.forEach((index, row) => {
    rows.set(Uint32Array.from(distinct[index]!, (item) => itemRow[item]!).sort(), starts[row]!);
  });
  const times = pairs.timeOf === undefined ? null : timesOf(pairs, pairs.timeOf, { userOrder, itemRow, starts, rows });
  return {
    userIds: Uint32Array.from(userOrder, (index) => userIdOf[index]!),
    itemIds: Uint32Array.from(itemOrder, (index) => itemIdOf[index]!),
    users: userOrder.map((index) => pairs.userNames[index]!),
    items: itemOrder.map((index) => pairs.itemNames[index]!),
    starts,
    rows,
    times,
  };
}

/** The earliest time of each pair of the set. */
function timesOf(
  pairs: PositivePairs,
  timeOf: Float64Array,
  set: { userOrder: readonly number[]; itemRow: Uint32Array; starts: Uint32Array; rows: Uint32Array },
): Float64Array {
  const userRow = new Int32Array(pairs.userNames.length).fill(-1);
  set.userOrder.forEach((index, row) => {
    userRow[index] = row;
  });
  const times = new Float64Array(set.rows.length).fill(Number.POSITIVE_INFINITY);
  for (let k = 0; k < pairs.userOf.length; k++) {
    const user = userRow[pairs.userOf[k]!]!;
    if (user < 0) continue;
    const start = set.starts[user]!;
    const at = start + set.rows.subarray(start, set.starts[user + 1]!).indexOf(set.itemRow[pairs.itemOf[k]!]!);
    times[at] = Math.min(times[at]!, timeOf[k]!);
  }
  return times;
}

/** The id itself where all names are canonical decimal uint32, and FNV-1a over UTF-8 of each otherwise. */
export function numericIds(names: readonly string[]): Uint32Array {
  const canonical = names.every((name) => /^(0|[1-9][0-9]{0,9})$/.test(name) && Number(name) < 2 ** 32);
  return Uint32Array.from(names, (name) => (canonical ? Number(name) : fnv1a(name)));
}

/** FNV-1a, 32 bits, over the UTF-8 bytes. */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of utf8ToBytes(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** The fold, 0 to 4, in which a user is tested. */
export function foldOf(userId: number, seed: number): number {
  return fmix32((userId + Math.imul(seed, 0x9e3779b9)) >>> 0) % folds;
}

/** The set without the people of a fold; all items stay. For choosing settings by the training people of that fold alone. */
export function withoutFold(set: PositiveSet, fold: number, seed: number): PositiveSet {
  const kept = Array.from(set.userIds.keys()).filter((user) => foldOf(set.userIds[user]!, seed) !== fold);
  const starts = new Uint32Array(kept.length + 1);
  kept.forEach((user, row) => {
    starts[row + 1] = starts[row]! + set.starts[user + 1]! - set.starts[user]!;
  });
  const rows = new Uint32Array(starts[kept.length]!);
  const times = set.times === null ? null : new Float64Array(rows.length);
  kept.forEach((user, row) => {
    rows.set(set.rows.subarray(set.starts[user]!, set.starts[user + 1]!), starts[row]!);
    times?.set(set.times!.subarray(set.starts[user]!, set.starts[user + 1]!), starts[row]!);
  });
  return {
    ...set,
    userIds: Uint32Array.from(kept, (user) => set.userIds[user]!),
    users: kept.map((user) => set.users[user]!),
    starts,
    rows,
    times,
  };
}

export interface HeldOutUser {
  /** User row. */
  readonly user: number;
  readonly history: readonly number[];
  readonly targets: readonly number[];
}

export interface Fold {
  /** User rows. */
  readonly train: readonly number[];
  readonly test: readonly HeldOutUser[];
}

/** Splits into the four training folds and the held-out one. */
export function splitFold(set: PositiveSet, fold: number, seed: number): Fold {
  const train: number[] = [];
  const test: HeldOutUser[] = [];
  set.userIds.forEach((userId, user) => {
    if (foldOf(userId, seed) === fold) test.push(holdOut(set, user, seed));
    else train.push(user);
  });
  return { train, test };
}

function holdOut(set: PositiveSet, user: number, seed: number): HeldOutUser {
  const ordered = hashOrder(set, user, seed).map((entry) => entry.row);
  const kept = ordered.length - Math.floor(heldOutPart * ordered.length);
  return { user, history: ordered.slice(0, kept), targets: ordered.slice(kept) };
}

/** A user's rows in the split's order, with their places in `rows`. */
function hashOrder(set: PositiveSet, user: number, seed: number): { row: number; key: number; at: number }[] {
  const salt = fmix32((set.userIds[user]! + seed) >>> 0);
  const start = set.starts[user]!;
  const rows = [...set.rows.subarray(start, set.starts[user + 1]!)];
  const keyed = rows.map((row, index) => ({
    row,
    key: fmix32((set.itemIds[row]! ^ salt) >>> 0),
    at: start + index,
  }));
  return keyed.sort((a, b) => a.key - b.key || a.row - b.row);
}

/** A user's rows from the earliest to the latest like; those of one time, and all where no times are known, in the order of P1's hash. */
export function orderOfUser(set: PositiveSet, user: number, seed: number): number[] {
  const { times } = set;
  const ordered = hashOrder(set, user, seed);
  if (times !== null) ordered.sort((a, b) => times[a.at]! - times[b.at]!);
  return ordered.map((entry) => entry.row);
}

function ascending(ids: Uint32Array, names: readonly string[]): number[] {
  return Array.from(ids, (_, index) => index).sort(
    (a, b) => ids[a]! - ids[b]! || (names[a]! < names[b]! ? -1 : names[a]! > names[b]! ? 1 : 0),
  );
}
