// What is measured: every row is a command line of `tacit evaluate`, with an id by which tables, plots and goals find it. Adding a row here is all
// that a new measurement needs; the document shows it under its experiment. Rows that ask for the same run share it.

/** Which data sets an experiment is for: the first of the command line, each of the others, or all. */
export type Place = 'first' | 'others' | 'all';

export interface Row {
  /** Unique in the grid. */
  readonly id: string;
  /** As a reader calls it. */
  readonly label: string;
  /** For `tacit evaluate`, without --dataset, --seed, --json and --people. */
  readonly options: readonly string[];
}

export interface Experiment {
  /** For --only. */
  readonly name: string;
  readonly summary: string;
  readonly place: Place;
  readonly rows: readonly Row[];
}

/** Seed of the splits and the first of the training, in every row. */
export const seed = 1;

export const epsilons = [1, 2, 4, 8] as const;
export const populations = ['1x', '10x', '100x'] as const;
export type Population = (typeof populations)[number];

const row = (id: string, label: string, options: string): Row => ({ id, label, options: options.split(' ') });

/** Every learner with its standards; `learner.` is followed by its name. */
const learners: readonly Row[] = [
  row('popularity', 'popularity', '--learner popularity'),
  row('content', 'content', '--learner content'),
  row('item-knn', 'item-kNN', '--learner item-knn'),
  row('user-knn', 'user-kNN', '--learner user-knn'),
  row('ease', 'EASE', '--learner ease'),
  row('ials', 'iALS', '--learner ials'),
  row('reconstruction', 'reconstruction', '--learner reconstruction --cohort 100 --rounds 40'),
  row('co-occurrence', 'co-occurrence', '--learner co-occurrence'),
  row('communities', 'communities', '--learner communities'),
];

/** Of those that a federation could run. */
export const federatedIds = ['reconstruction', 'co-occurrence', 'communities'] as const;

function under(protocol: string): Row[] {
  return learners.map(({ id, label, options }) => ({
    id: `${protocol}.${id}`,
    label,
    options: [...options, '--protocol', protocol],
  }));
}

/** Noise seeds: as many as tell the differences that matter, by what a run costs. */
const coOccurrenceSeeds: Readonly<Record<Population, Readonly<Record<number, number>>>> = {
  '1x': { 1: 10, 2: 10, 4: 10, 8: 10 },
  '10x': { 1: 3, 2: 10, 4: 3, 8: 10 },
  '100x': { 1: 2, 2: 2, 4: 2, 8: 2 },
};
const communitiesSeeds: Readonly<Record<Population, number>> = { '1x': 4, '10x': 2, '100x': 2 };

/** Of a private row. */
export const privateId = (learner: string, population: Population, epsilon: number): string =>
  `${learner}.${population}.epsilon-${epsilon}`;

function privateRow(learner: string, population: Population, epsilon: number, more: string): Row {
  const label = `${learner}, ${population}, epsilon ${epsilon}`;
  return row(
    privateId(learner, population, epsilon),
    label,
    `--learner ${learner} --epsilon ${epsilon} --population ${population} ${more}`,
  );
}

function privacyRows(): Row[] {
  const rows: Row[] = [];
  for (const population of populations) {
    for (const epsilon of epsilons) {
      const seeds = coOccurrenceSeeds[population][epsilon];
      rows.push(privateRow('co-occurrence', population, epsilon, `--noise-seeds ${seeds}`));
    }
    for (const epsilon of epsilons.slice(1)) {
      rows.push(privateRow('communities', population, epsilon, `--noise-seeds ${communitiesSeeds[population]}`));
    }
  }
  // Everybody once, in as few rounds as there are people for.
  for (const epsilon of epsilons.slice(1)) {
    rows.push(privateRow('reconstruction', '1x', epsilon, '--cohort 700 --rounds 1 --noise-seeds 2'));
  }
  for (const epsilon of epsilons.slice(1)) {
    rows.push(privateRow('reconstruction', '10x', epsilon, '--cohort 500 --rounds 14'));
  }
  return rows;
}

const bitRows: readonly Row[] = [1, 2, 4, 8].map((bits) =>
  row(`bits-${bits}`, `${bits} bit${bits === 1 ? '' : 's'}`, `${learners[6]!.options.join(' ')} --bits ${bits}`),
);
const dimRows: readonly Row[] = [8, 16, 64].map((dim) =>
  row(`dim-${dim}`, `d = ${dim}`, `${learners[6]!.options.join(' ')} --dim ${dim}`),
);
/** K of co-occurrence without noise. */
export const openItems = [100, 200, 400, 800] as const;
/** K of co-occurrence at epsilon 4 and 10x, beside the K of its rule. */
export const privateItems = [75, 150, 600] as const;
const itemRows: readonly Row[] = [
  ...openItems.map((k) => row(`items-${k}`, `K = ${k}`, `--learner co-occurrence --items-k ${k}`)),
  ...privateItems.map((k) =>
    row(
      `private-items-${k}`,
      `K = ${k}, epsilon 4, 10x`,
      `--learner co-occurrence --items-k ${k} --epsilon 4 --population 10x --noise-seeds 3`,
    ),
  ),
];

const roundRows: readonly Row[] = [
  row('seeds', 'preconditioned, 3 seeds', '--learner reconstruction --cohort 100 --rounds 40 --noise-seeds 3'),
  row('cohort-500', 'preconditioned, cohort 500', '--learner reconstruction --cohort 500 --rounds 20'),
  row('local-5', 'FedAvg, 5 local steps', '--learner reconstruction --cohort 100 --rounds 40 --local-steps 5'),
  row(
    'prox-5',
    'FedProx, 5 local steps, mu 0.1',
    '--learner reconstruction --cohort 100 --rounds 40 --local-steps 5 --prox-mu 0.1',
  ),
  row('size-weights', 'weights by size', '--learner reconstruction --cohort 100 --rounds 40 --weights size'),
  ...['sgd', 'momentum', 'adagrad', 'adam', 'yogi'].map((name) =>
    row(
      `optimizer-${name}`,
      name === 'sgd' ? 'SGD' : name[0]!.toUpperCase() + name.slice(1),
      `--learner reconstruction --cohort 100 --rounds 40 --server-optimizer ${name}`,
    ),
  ),
];

const fleet =
  '--learner reconstruction --fold 0 --cohort 100 --rounds 20 --local-steps 5 --speed-spread 30 --noise-seeds 5';
const fleetRows: readonly Row[] = [
  row('fleet-drop', 'FedAvg, the slow are dropped', `${fleet} --partial-work drop`),
  row('fleet-accept', 'FedAvg, partial work counts', fleet),
  row('fleet-prox', 'FedProx mu 0.1, partial work counts', `${fleet} --prox-mu 0.1`),
];

export const folds = [0, 1, 2, 3, 4] as const;

export const experiments: readonly Experiment[] = [
  { name: 'learners', summary: 'every learner and baseline, without privacy', place: 'all', rows: learners },
  {
    name: 'splits',
    summary: 'popularity by fold: the splits are those of the definition',
    place: 'first',
    rows: folds.map((fold) => row(`fold-${fold}`, `fold ${fold}`, `--learner popularity --fold ${fold}`)),
  },
  { name: 'privacy', summary: 'the federated learners by epsilon and population', place: 'first', rows: privacyRows() },
  { name: 'bytes', summary: 'bits, dimensions and items', place: 'first', rows: [...bitRows, ...dimRows, ...itemRows] },
  {
    name: 'rounds',
    summary: 'FedAvg, FedProx, server optimisers and weights over rounds',
    place: 'first',
    rows: roundRows,
  },
  {
    name: 'fleet',
    summary: 'FedProx on devices of speeds 1 to 30, over 5 seeds',
    place: 'first',
    rows: fleetRows,
  },
  { name: 'p2', summary: 'leave one out, with the leak-only control', place: 'first', rows: under('p2') },
  { name: 'time', summary: 'learn from the past, be judged by the future', place: 'first', rows: under('time') },
  {
    name: 'others',
    summary: 'co-occurrence under privacy, on the other data sets',
    place: 'others',
    rows: ['1x' as const, '10x' as const].flatMap((population) =>
      epsilons
        .slice(1)
        .map((epsilon) =>
          row(
            `others.${privateId('co-occurrence', population, epsilon)}`,
            `co-occurrence, ${population}, epsilon ${epsilon}`,
            `--learner co-occurrence --epsilon ${epsilon} --population ${population} --noise-seeds 3`,
          ),
        ),
    ),
  },
];

/** One measurement on one data set. */
export interface Task {
  readonly experiment: string;
  readonly row: Row;
  /** Place of the data set on the command line. */
  readonly dataset: number;
}

/** All that the grid asks for with so many data sets. @param only names of experiments; null: all. */
export function tasksOf(grid: readonly Experiment[], datasets: number, only: readonly string[] | null): Task[] {
  const tasks: Task[] = [];
  for (let dataset = 0; dataset < datasets; dataset++) {
    for (const { name, place, rows } of grid) {
      if (only !== null && !only.includes(name)) continue;
      if (place === 'first' ? dataset > 0 : place === 'others' && dataset === 0) continue;
      for (const each of rows) tasks.push({ experiment: name, row: each, dataset });
    }
  }
  return tasks;
}

/** The command's arguments after `tacit evaluate --dataset PATH`. */
export function argumentsOf({ options }: Row): string[] {
  return [...options, '--seed', String(seed)];
}

/** Folds times seeds: what a run costs grows with it. */
export function partsOf(each: Row): number {
  const { options } = each;
  const hasOneFold = options.includes('--fold') || options.includes('--protocol');
  return noiseSeedsOf(each) * (hasOneFold ? 1 : folds.length);
}

/** Noise seeds of a row; one unless it says otherwise. */
function noiseSeedsOf({ options }: Row): number {
  const at = options.indexOf('--noise-seeds');
  return at < 0 ? 1 : Number(options[at + 1]);
}

/** The private rows of a learner that the grid has, for one population. */
function privateRowsOf(learner: string, population: Population): { readonly epsilon: number; readonly row: Row }[] {
  const rows = experiments.find(({ name }) => name === 'privacy')!.rows;
  return epsilons.flatMap((epsilon) => {
    const found = rows.find(({ id }) => id === privateId(learner, population, epsilon));
    return found === undefined ? [] : [{ epsilon, row: found }];
  });
}

/** Such as: reconstruction has 2 at 1x and 1 at 10x; and so on. Of the grid as it is, whatever is measured of it. */
export function seedsInWords(): string {
  const learnersInWords = federatedIds.map((learner) => {
    const parts = populations.flatMap((population) => {
      const seeds = privateRowsOf(learner, population).map((each) => noiseSeedsOf(each.row));
      if (seeds.length === 0) return [];
      const [least, most] = [Math.min(...seeds), Math.max(...seeds)];
      return [`${least === most ? least : `${least} to ${most}`} at ${population}`];
    });
    return `${learner} has ${listed(parts)}`;
  });
  return learnersInWords.join('; ');
}

/** What the grid leaves out under privacy, a sentence a learner; those that have everything have none. */
export function unmeasuredInWords(): string[] {
  return federatedIds.flatMap((learner) => {
    const without = populations.filter((population) => privateRowsOf(learner, population).length === 0);
    const rest = populations.filter((population) => !without.includes(population));
    const nowhere = epsilons.filter(
      (epsilon) =>
        !rest.some((population) => privateRowsOf(learner, population).some((each) => each.epsilon === epsilon)),
    );
    const parts = [
      ...(without.length === 0 ? [] : [`with ${listed(without)} the people`]),
      ...(nowhere.length === 0 ? [] : [`at epsilon ${listed(nowhere.map(String))}`]),
    ];
    return parts.length === 0 ? [] : [`Under privacy ${learner} was not measured ${parts.join(' or ')}.`];
  });
}

/** a, b and c. */
function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
