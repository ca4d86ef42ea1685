// Which rows are compared with which, and what each change was to bring. The document's tables of differences and its section on what does not work
// are made of these alone.
import { epsilons, experiments, federatedIds, openItems, populations, privateId, privateItems } from './grid.ts';
import type { Difference } from './measured.ts';
import type { Results } from './results.ts';
import { differenceInWords, tableOf } from './tables.ts';

export interface Comparison {
  readonly what: string;
  readonly a: string;
  readonly against: string;
  readonly b: string;
  /** gain: a is there to be better. cost: a saves something, and is not to be worse. */
  readonly hope: 'gain' | 'cost';
}

const compare = (what: string, a: string, against: string, b: string, hope: Comparison['hope']): Comparison => ({
  what,
  a,
  against,
  b,
  hope,
});

/** Federated against its central counterpart. */
export const central: readonly Comparison[] = [
  compare('reconstruction', 'reconstruction', 'iALS', 'ials', 'cost'),
  compare('co-occurrence', 'co-occurrence', 'EASE', 'ease', 'cost'),
  compare('communities', 'communities', 'user-kNN', 'user-knn', 'cost'),
];

/** A crowd under noise against public content, which costs nobody anything. */
export const privacy: readonly Comparison[] = populations.flatMap((population) =>
  federatedIds.flatMap((learner) =>
    epsilons.map((epsilon) =>
      compare(
        `${learner}, ${population}, epsilon ${epsilon}`,
        privateId(learner, population, epsilon),
        'content',
        'content',
        'gain',
      ),
    ),
  ),
);

/** More people of the same tastes. */
export const crowds: readonly Comparison[] = federatedIds.flatMap((learner) =>
  epsilons.flatMap((epsilon) =>
    (
      [
        ['10x', '1x'],
        ['100x', '10x'],
      ] as const
    ).map(([large, small]) =>
      compare(
        `${learner}, epsilon ${epsilon}, ${large}`,
        privateId(learner, large, epsilon),
        small,
        privateId(learner, small, epsilon),
        'gain',
      ),
    ),
  ),
);

const standard = 'one step, preconditioned';
export const rounds: readonly Comparison[] = [
  compare('5 local steps (FedAvg)', 'local-5', standard, 'reconstruction', 'gain'),
  compare('5 local steps with FedProx', 'prox-5', '5 local steps without', 'local-5', 'gain'),
  compare('weights by size', 'size-weights', 'no weights', 'reconstruction', 'gain'),
  ...['SGD', 'Momentum', 'Adagrad', 'Adam', 'Yogi'].map((name) =>
    compare(name, `optimizer-${name.toLowerCase()}`, 'the preconditioned step', 'reconstruction', 'gain'),
  ),
];

export const fleet: readonly Comparison[] = [
  compare('FedProx mu 0.1', 'fleet-prox', 'FedAvg, the slow are dropped', 'fleet-drop', 'gain'),
  compare('FedProx mu 0.1', 'fleet-prox', 'FedAvg, partial work counts', 'fleet-accept', 'gain'),
];

export const bytes: readonly Comparison[] = [
  ...[8, 4, 2, 1].map((bits) =>
    compare(`${bits} bit${bits === 1 ? '' : 's'}`, `bits-${bits}`, 'updates as they are', 'reconstruction', 'cost'),
  ),
  compare('d = 64', 'dim-64', 'd = 32', 'reconstruction', 'gain'),
  ...[16, 8].map((dim) => compare(`d = ${dim}`, `dim-${dim}`, 'd = 32', 'reconstruction', 'cost')),
  ...[...openItems]
    .reverse()
    .map((k) => compare(`co-occurrence, K = ${k}`, `items-${k}`, 'all items', 'co-occurrence', 'cost')),
  ...privateItems.map((k) =>
    compare(
      `co-occurrence, epsilon 4, 10x, K = ${k}`,
      `private-items-${k}`,
      'K by the rule',
      privateId('co-occurrence', '10x', 4),
      'gain',
    ),
  ),
];

/** On the data sets after the first. */
export const others: readonly Comparison[] = experiments
  .filter(({ place }) => place === 'others')
  .flatMap(({ rows }) => rows.map(({ id, label }) => compare(label, id, 'content', 'content', 'gain')));

const ofFirst: readonly Comparison[] = [...central, ...privacy, ...crowds, ...rounds, ...fleet, ...bytes];
const ofOthers: readonly Comparison[] = [...central, ...others];

const heads = ['', 'against', 'difference in NDCG@10'];

/** Those that are measured, as a table; empty when there are none. */
export function comparisonTable(results: Results, comparisons: readonly Comparison[], dataset = 0): string {
  const lines = comparisons.flatMap(({ what, a, against, b }) => {
    const difference = results.difference(a, b, dataset);
    return difference === null ? [] : [[what, against, differenceInWords(difference)]];
  });
  return lines.length === 0 ? '' : tableOf(heads, lines, 2);
}

interface Disappointment {
  /** Place of the data set. */
  readonly dataset: number;
  readonly comparison: Comparison;
  readonly difference: Difference;
}

/** What was to be better and is not, or was to cost nothing and does, on any of the data sets. */
export function disappointments(results: Results): Disappointment[] {
  return results.datasets.flatMap((_, dataset) =>
    (dataset === 0 ? ofFirst : ofOthers).flatMap((comparison) => {
      const difference = results.difference(comparison.a, comparison.b, dataset);
      if (difference === null) return [];
      const { verdict } = difference;
      const isFine = comparison.hope === 'gain' ? verdict === 'better' : verdict !== 'worse';
      return isFine ? [] : [{ dataset, comparison, difference }];
    }),
  );
}

export function disappointmentTable(results: Results): string {
  const found = disappointments(results);
  if (found.length === 0) return '';
  const lines = found.map(({ dataset, comparison: { what, against }, difference }) => [
    results.datasets[dataset]!.name,
    what,
    against,
    differenceInWords(difference),
  ]);
  return tableOf(['on', ...heads], lines, 3);
}
