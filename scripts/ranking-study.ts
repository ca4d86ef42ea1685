// `npm run ranking:study`: what the device's own choices in ranking are worth, on people's real histories. Parts:
//   actions    likes alone, and with dislikes (ratings of 2 or less) and seen (3 and what is between)
//   recency    weights by age: none, the standard, and shorter half-lives with the same floor; the future is held out, by the time protocol and for strangers
//   choice     the shared model, content, and what the device chooses, by number of likes, for a good, a mediocre and an untaught shared model
//   diversity  NDCG@10 and how alike the ten are, by the diversity of the tuning
// All of it is judged by full ranking over the person's held-out likes (NDCG@10), with people that the model never saw. Nothing is tuned here.
import { meanOf, standardErrorOf } from '#shared/maths/statistics.ts';
import { parseArguments } from '../apps/cli/arguments.ts';
import { type Dataset, readDataset } from '../apps/cli/dataset.ts';
import { computeFeatures } from '../shared/catalogue/features.ts';
import type { CatalogueItem } from '../shared/catalogue/schema.ts';
import { histogramOf, type TrainingData } from '../shared/evaluation/learner.ts';
import { fullLayout } from '../shared/evaluation/learners/reconstruction.ts';
import { ndcg, topRows } from '../shared/evaluation/metrics.ts';
import { likesOf } from '../shared/evaluation/protocol-p1.ts';
import { timeSplit } from '../shared/evaluation/protocol-time.ts';
import { orderOfUser, type PositiveSet, positiveSet, splitFold } from '../shared/evaluation/split.ts';
import { ContentScorer, contentUnits } from '../shared/learners/content/scorer.ts';
import { ReconstructionScorer } from '../shared/learners/reconstruction/scorer.ts';
import type { Scorer } from '../shared/learners/scorer.ts';
import { fmix32 } from '../shared/maths/random.ts';
import type { Features } from '../shared/model/model.ts';
import { trainReference } from '../shared/model/objective.ts';
import {
  type DatedRow,
  interactionsFrom,
  leastRecencyWeight,
  recencyHalfLifeDays,
  recencyWeight,
} from '../shared/model/recency.ts';
import { initialModel, serverStep } from '../shared/model/server-step.ts';
import { materialise } from '../shared/model/table.ts';
import { clientUpdate } from '../shared/model/update.ts';
import { chooseModel, comparedPart } from '../shared/ranking/choice.ts';
import { excludedRows } from '../shared/ranking/list.ts';
import { tunedRows } from '../shared/ranking/tuned.ts';
import { defaultTuning, neutralTuning } from '../shared/ranking/tuning.ts';

const usage = `What the device's choices in ranking are worth, on real histories.

Usage: npm run ranking:study -- --dataset PATH [--part actions,recency,choice,diversity]

PATH is a MovieLens folder or zip, or a table of interactions with ratings and times. About ten minutes on MovieLens 100K for all parts.
`;

const parts = ['actions', 'recency', 'choice', 'diversity'] as const;
const seed = 1;
const folds = [0, 1, 2, 3, 4];
const hash = '0'.repeat(64);
const dayMs = 24 * 3600 * 1000;
const shape = { dimension: 32, unobservedWeight: 0.5, lambda: 0.01 };

/** A test person: what the device knows, with times, and the likes that are held out. */
interface Person {
  readonly history: readonly DatedRow[];
  readonly targets: ReadonlySet<number>;
}

interface Study {
  readonly data: TrainingData;
  readonly features: Features;
  readonly people: readonly Person[];
}

const { flags } = parseArguments(
  process.argv.slice(2),
  { '--dataset': 'a path', '--part': parts.join(','), '--help': null },
  0,
);
const path = flags.get('--dataset');
if (path === undefined || flags.has('--help')) {
  process.stdout.write(usage);
  process.exit(flags.has('--help') ? 0 : 2);
}
const dataset = await readDataset(path);
const set = likesIn(dataset);
const items = set.items.map((id): CatalogueItem => {
  const known = dataset.described.get(id);
  return { id, title: id, genres: known?.genres ?? [], ...(known?.year ? { year: known.year } : {}) };
});
const features = computeFeatures(items);
const keyOf = (row: number): number => fmix32(set.itemIds[row]!);
for (const part of (flags.get('--part') ?? parts.join(',')).split(',')) {
  const name = parts.find((known) => known === part);
  if (name === undefined) throw new RangeError(`--part: expected some of ${parts.join(', ')}, got ${part}`);
  process.stdout.write(`\n${name}\n`);
  ({ actions, recency, choice, diversity })[name]();
}

function actions(): void {
  const others = otherRatings(dataset, set);
  const rows = new Map<string, number[]>();
  for (const fold of folds) {
    const study = strangers(fold);
    const test = splitFold(set, fold, seed).test;
    for (const [name, scorer] of scorersOf(study, 20, 100)) {
      study.people.forEach((person, index) => {
        const more = others.get(test[index]!.user) ?? [];
        const variants: readonly (readonly [string, readonly DatedRow[]])[] = [
          ['likes', person.history],
          ['likes, dislikes', [...person.history, ...more.filter(({ kind }) => kind === 'disliked')]],
          ['likes, seen', [...person.history, ...more.filter(({ kind }) => kind === 'seen')]],
          ['likes, dislikes, seen', [...person.history, ...more]],
        ];
        // The same items are ranked in each variant.
        const known = [...person.history, ...more].map(({ row }) => row);
        for (const [variant, history] of variants) {
          const scores = scorer.scores(interactionsFrom(history, () => 1));
          add(rows, `${name}: ${variant}`, ndcg(topRows(scores, known, 10), person.targets, 10));
        }
      });
    }
  }
  printAgainst(rows, (key) => `${key.split(':')[0]}: likes`);
}

function recency(): void {
  const weights: readonly (readonly [string, (ageMs: number) => number])[] = [
    ['none', () => 1],
    [`standard: ${recencyHalfLifeDays} days`, recencyWeight],
    ...[30, 365, 730].map((days): [string, (ageMs: number) => number] => [
      `${days} days`,
      (ageMs) => Math.max(leastRecencyWeight, 2 ** (-Math.floor(ageMs / dayMs) / days)),
    ]),
  ];
  const studies: readonly (readonly [string, Study])[] = [
    ['time protocol', pastAndFuture()],
    ...folds.map((fold): [string, Study] => ['strangers, in order of time', strangers(fold)]),
  ];
  const rows = new Map<string, number[]>();
  for (const [protocol, study] of studies) {
    for (const [name, scorer] of scorersOf(study, 20, 100)) {
      for (const { history, targets } of study.people) {
        for (const [weight, weightOf] of weights) {
          const interactions = interactionsFrom(history, weightOf);
          add(
            rows,
            `${protocol}, ${name}: ${weight}`,
            ndcg(topRows(scorer.scores(interactions), interactions.liked, 10), targets, 10),
          );
        }
      }
    }
  }
  printAgainst(rows, (key) => `${key.split(':')[0]}: none`);
}

function choice(): void {
  const crowds = [
    ['good', 20, 100],
    ['mediocre', 2, 20],
    ['untaught', 0, 0],
  ] as const;
  for (const [crowd, rounds, cohort] of crowds) {
    const rows = new Map<string, number[]>();
    for (const fold of folds.slice(0, 2)) {
      const study = strangers(fold);
      const [[, shared], [, content]] = scorersOf(study, rounds, cohort);
      const popularity = histogramOf(study.data);
      for (const likes of [2, 3, 5, 8, 12, 20, 40]) {
        for (const { history, targets } of study.people) {
          if (history.length < likes) continue;
          const first = history.slice(0, likes);
          const part = comparedPart(first, keyOf);
          const { used } = chooseModel(shared, content, part, keyOf, popularity);
          const interactions = interactionsFrom(first);
          const of = (scorer: Scorer) =>
            ndcg(topRows(scorer.scores(interactions), interactions.liked, 10), targets, 10);
          const [byShared, byContent] = [of(shared), of(content)];
          const label = `${String(likes).padStart(2)} likes`;
          add(rows, `${label}, shared`, byShared);
          add(rows, `${label}, content`, byContent);
          add(rows, `${label}, chosen`, used === 'shared' ? byShared : byContent);
        }
      }
    }
    process.stdout.write(`${crowd} shared model (${rounds} rounds of ${cohort})\n`);
    for (const [key, values] of rows) print(`  ${key}`, values);
  }
}

function diversity(): void {
  const rows = new Map<string, number[]>();
  const alike = new Map<string, number[]>();
  for (const fold of folds) {
    const study = strangers(fold);
    const popularity = histogramOf(study.data);
    const units = contentUnits(features);
    for (const [name, scorer] of scorersOf(study, 20, 100)) {
      for (const { history, targets } of study.people) {
        const interactions = interactionsFrom(history);
        const listing = { scores: scorer.scores(interactions), excluded: excludedRows(items.length, interactions) };
        for (const strength of [0, 0.05, defaultTuning.diversity, 0.2, 0.4, 1]) {
          const tuning = { ...neutralTuning, diversity: strength };
          const ten = tunedRows({ ...listing, interactions, catalogue: { items }, popularity, units }, tuning, 10);
          add(rows, `${name}: diversity ${strength}`, ndcg(ten, targets, 10));
          const pairs = ten.flatMap((a, index) => ten.slice(index + 1).map((b) => units.cosine(a, b)));
          add(alike, `${name}: diversity ${strength}`, meanOf(pairs));
        }
      }
    }
  }
  printAgainst(rows, (key) => `${key.split(':')[0]}: diversity 0`);
  process.stdout.write('mean cosine of two of the ten in content\n');
  for (const [key, values] of alike) print(key, values);
}

/** The shared model after so many rounds without noise, and content with the popularity of the training people. */
function scorersOf({ data }: Study, rounds: number, cohort: number): [[string, Scorer], [string, Scorer]] {
  const popularity = histogramOf(data).map((likes) => likes + 0.5);
  const layout = fullLayout(items.length, shape.dimension);
  let { model, state } = initialModel({ items }, features, hash, hash, { ...shape, layout, popularity });
  for (let round = 0; round < rounds; round++) {
    const table = materialise(model, features);
    const total = new Float64Array(layout.length);
    for (let member = 0; member < cohort; member++) {
      const liked = Array.from(data.people[(round * cohort + member) % data.people.length]!);
      const update = clientUpdate(trainReference(table, { liked, disliked: [], seen: [] }), model, layout);
      for (let index = 0; index < total.length; index++) total[index] = total[index]! + update[index]! / cohort;
    }
    ({ model, state } = serverStep({ model, state, features, layout, mean: total, noiseStdOfMean: 0, cohort }));
  }
  return [
    ['shared', new ReconstructionScorer(materialise(model, features))],
    ['content', new ContentScorer(features, popularity)],
  ];
}

/** People of a fold that the others teach nothing about; their last fifth of likes is held out. */
function strangers(fold: number): Study {
  const { train, test } = splitFold(set, fold, seed);
  const data = { items: set.items, people: train.map((user) => likesOf(set, user)), features };
  const people = test.map(({ user, targets }) => {
    const order = orderOfUser(set, user, seed);
    return personOf(user, order.slice(0, order.length - targets.length), order.slice(order.length - targets.length));
  });
  return { data, features, people };
}

/** The time protocol: everybody's past, and the future of those who come back. */
function pastAndFuture(): Study {
  const { data, test } = timeSplit(set, seed, features);
  const userOf = new Map(set.users.map((_, user) => [orderOfUser(set, user, seed).join(), user]));
  const people = test.map(({ history, targets }) =>
    personOf(userOf.get([...history, ...targets].join())!, history, targets),
  );
  return { data, features, people };
}

function personOf(user: number, history: readonly number[], targets: readonly number[]): Person {
  const start = set.starts[user]!;
  const rows = likesOf(set, user);
  const dated = history.map(
    (row): DatedRow => ({ row, kind: 'liked', at: set.times![start + rows.indexOf(row)]! * 1000 }),
  );
  return { history: dated, targets: new Set(targets) };
}

/** Ratings of 4 and more. */
function likesIn({ users, items: names, userOf, itemOf, ratings, times, rated }: Dataset): PositiveSet {
  if (times === null || !rated)
    throw new RangeError('the study needs ratings and times, and the data set has not both');
  const kept = Array.from(ratings.keys()).filter((index) => ratings[index]! >= 4);
  return positiveSet({
    userNames: users,
    itemNames: names,
    userOf: Uint32Array.from(kept, (index) => userOf[index]!),
    itemOf: Uint32Array.from(kept, (index) => itemOf[index]!),
    timeOf: Float64Array.from(kept, (index) => times[index]!),
  });
}

/** What a person rated lower, by the person's row in the set. */
function otherRatings(
  { users, items: names, userOf, itemOf, ratings, times }: Dataset,
  likes: PositiveSet,
): Map<number, DatedRow[]> {
  const userRow = new Map(likes.users.map((name, row) => [name, row]));
  const itemRow = new Map(likes.items.map((name, row) => [name, row]));
  const found = new Map<number, DatedRow[]>();
  ratings.forEach((rating, index) => {
    const user = userRow.get(users[userOf[index]!]!);
    const row = itemRow.get(names[itemOf[index]!]!);
    if (user === undefined || row === undefined || rating >= 4) return;
    const kind = rating <= 2 ? 'disliked' : 'seen';
    found.set(user, [...(found.get(user) ?? []), { row, kind, at: times![index]! * 1000 }]);
  });
  return found;
}

function add(rows: Map<string, number[]>, key: string, value: number): void {
  const values = rows.get(key);
  if (values === undefined) rows.set(key, [value]);
  else values.push(value);
}

/** Each row with its paired difference from another. */
function printAgainst(rows: Map<string, number[]>, baseOf: (key: string) => string): void {
  for (const [key, values] of rows) {
    const base = rows.get(baseOf(key))!;
    const differences = values.map((value, index) => value - base[index]!);
    print(
      key,
      values,
      key === baseOf(key) ? '' : `   ${signed(meanOf(differences))} ± ${standardErrorOf(differences).toFixed(4)}`,
    );
  }
}

function print(key: string, values: readonly number[], more = ''): void {
  process.stdout.write(
    `${key.padEnd(64)} ${meanOf(values).toFixed(4)}  n ${String(values.length).padStart(5)}${more}\n`,
  );
}

function signed(value: number): string {
  return `${value < 0 ? '' : '+'}${value.toFixed(4)}`;
}
