// QUALITY.md from the results: the same results give the same bytes. Words about numbers are made from the numbers (better, worse, tie); where a
// sentence is fixed it says what was done, and nothing about how it came out.
import { inBytes } from '../../apps/charts/text.ts';
import {
  bytes,
  central,
  comparisonTable,
  crowds,
  disappointmentTable,
  fleet,
  others,
  privacy,
  rounds,
} from './comparisons.ts';
import { type Figure, figuresOf } from './figures.ts';
import { goalTable } from './goals.ts';
import { type Row, seed, seedsInWords, unmeasuredInWords } from './grid.ts';
import type { Measured } from './measured.ts';
import { type Results, rowsOf } from './results.ts';
import {
  type Column,
  commandsOf,
  downloadColumn,
  exposureColumns,
  inFour,
  ndcg10Column,
  participationsColumn,
  qualityColumns,
  rowsTable,
  seedsColumn,
  tableOf,
  uploadColumn,
} from './tables.ts';

export interface Made {
  /** Processor, cores and memory, in words. */
  readonly machine: string;
  readonly node: string;
  /** Of the product. */
  readonly version: string;
  /** Hash of the evaluation's code. */
  readonly code: string;
  /** The command line that makes all of it, with the data sets by name. */
  readonly command: string;
}

export interface Document {
  readonly text: string;
  readonly figures: readonly Figure[];
}

/** The folder of the plots, as the document links it. */
export const plotFolder = 'docs/quality';

export function documentOf(results: Results, made: Made): Document {
  const figures = figuresOf(results);
  const sections = [
    head(results, made),
    reading(),
    ...(isMovieLens100K(results) ? [goalSection(results)] : []),
    learnerSection(results, figures),
    privacySection(results, figures),
    byteSection(results, figures),
    roundSection(results, figures),
    exposureSection(results, figures),
    protocolSection(results),
    ...results.datasets.slice(1).map((_, index) => otherSection(results, index + 1)),
    limitSection(results),
  ];
  return {
    text: `${sections.map((parts) => parts.filter((part) => part !== '').join('\n\n')).join('\n\n')}\n`,
    figures,
  };
}

/** The goals are for this data set and mean nothing for another. */
function isMovieLens100K({ datasets: [first] }: Results): boolean {
  return first?.users === 943 && first.items === 1682 && first.interactions === 100_000;
}

function head({ datasets }: Results, { machine, node, version, code, command }: Made): string[] {
  const facts = datasets.map(
    ({ name, users, items, interactions }) =>
      `- ${name}: ${interactions.toLocaleString('en-US')} interactions of ${users.toLocaleString('en-US')} people with ${items.toLocaleString('en-US')} items.`,
  );
  return [
    '# Quality',
    'How good every learner is, against every baseline, with and without privacy, and what does not work. This file and its plots are made by one command, which goes on where it was stopped; do not edit them by hand:',
    ['```sh', command, '```'].join('\n'),
    [
      ...facts,
      `- Seed ${seed} for the splits and the first of the training; repeats take the seeds after it.`,
      `- Made on ${machine}, Node ${node}, Tacit ${version}, evaluation code ${code}. The same command on the same machine gives the same bytes; times are left out for that reason.`,
      '- Nobody took part in this: the federation is **simulated** from recorded ratings, with the objective, server step and noise of the product.',
    ].join('\n'),
  ];
}

function reading(): string[] {
  return [
    '## How to read it',
    [
      '- **P1**, the protocol where nothing else is said: a person is in one of five folds, and the model of a fold is learned from the people of the other four. Of each unknown person 80 % of the likes are shown, and all other items are ranked; the hidden likes are to come first. All five folds, each person once. A like is a rating of 4 or more.',
      '- **± is one standard error over the people.** Many of them are hard for every learner, so it is large; differences are taken person by person, and theirs is much smaller. Where a row repeats with other noise, the error over the repeats is beside it and is added to that of a difference. **A difference of less than two standard errors is called a tie.** Where a row has one seed alone, what another seed would change is not in the error.',
      '- **Up and down** are what one person sends and fetches in one participation, in the form that the evaluation counts: masks and keys come on top (`npm run secagg:costs`). Central baselines need everybody’s history in one place, so they have none.',
      '- **Epsilon** is what the ledger of a device charges for all its participations at delta 1e-6: each in full, at most 1,000 people in a sum, noise for the survivors who are honest. 10x and 100x repeat each person: the noise of a larger crowd, and no more to learn from. They are simulated.',
      '- **Coverage** is the part of the catalogue that is in somebody’s first ten; **Gini** says how unevenly those places are spread (0 evenly, 1 all to one item).',
    ].join('\n'),
  ];
}

function goalSection(results: Results): string[] {
  return [
    '## Goals',
    `Set beforehand, NDCG@10 under P1 on ${results.datasets[0]!.name}; a row of several numbers is met when all of them are. ± is over the noise seeds here.`,
    goalTable(results),
    'The rows’ commands are below, in the sections of the learners; those of the splits are here.',
    commandsOf(rowsOf('splits'), results.datasets[0]!.name),
  ];
}

const costColumns = [uploadColumn, downloadColumn, participationsColumn];

function learnerSection(results: Results, figures: readonly Figure[]): string[] {
  const name = results.datasets[0]!.name;
  return [
    '## Without privacy',
    'Popularity, content and four central baselines, then what a federation can learn. Content needs nothing of anybody but the popularity.',
    rowsTable(results, rowsOf('learners'), [...qualityColumns, ...costColumns]),
    plotsOf(figures, ['learners']),
    ...within('Against the central learner of the same family, person by person:', comparisonTable(results, central)),
    commandsOf(rowsOf('learners'), name),
  ];
}

function privacySection(results: Results, figures: readonly Figure[]): string[] {
  const rows = rowsOf('privacy');
  const columns: Column[] = [
    ndcg10Column,
    seedsColumn,
    { head: 'epsilon charged', of: ({ epsilon }) => (epsilon === null ? '' : epsilon.toFixed(3)) },
    participationsColumn,
    uploadColumn,
    ...exposureColumns,
    { head: 'noise', of: noiseInWords },
  ];
  return [
    '## With privacy',
    'Levels to compare with: popularity and content, which need no crowd, and the central learners, which keep no privacy. Content here knows the clean popularity, which a private federation does not. Bars in the plots are two standard errors to each side, of the difference from content, person by person.',
    plotsOf(figures, ['privacy-1x', 'privacy-10x', 'privacy-100x']),
    rowsTable(results, rows, columns),
    'Noise “of each person” is drawn in the steps of the product; beyond 200 million numbers a release “summed” draws that of all at once, with the same mean and variance (a test holds both together).',
    ...within('Against public content, person by person:', comparisonTable(results, privacy)),
    ...within('And what a larger crowd of the same tastes brings:', comparisonTable(results, crowds)),
    commandsOf(rows, results.datasets[0]!.name),
  ];
}

function noiseInWords({ noisePath }: Measured): string {
  return noisePath === null ? '' : noisePath === 'each-person' ? 'of each person' : noisePath;
}

function byteSection(results: Results, figures: readonly Figure[]): string[] {
  const rows = rowsOf('bytes');
  return [
    '## Bytes against quality',
    'Fewer bits a number (rotated, rounded at random, summed in a ring that fits the cohort), fewer dimensions, fewer items. Bars in the plots are two standard errors to each side, of the difference from the standard (float and d = 32; all items, or the K of the rule), which has none itself.',
    plotsOf(figures, ['bytes-reconstruction', 'bytes-co-occurrence']),
    rowsTable(results, rows, [ndcg10Column, seedsColumn, uploadColumn, downloadColumn], 0, 'setting'),
    ...within('Person by person:', comparisonTable(results, bytes)),
    commandsOf(rows, results.datasets[0]!.name),
  ];
}

function roundSection(results: Results, figures: readonly Figure[]): string[] {
  const rows = [rowsOf('learners').find(({ id }) => id === 'reconstruction')!, ...rowsOf('rounds')];
  const fleetRows = rowsOf('fleet');
  const atRound = (round: number): Column => ({
    head: `round ${round}`,
    of: ({ curve }) => {
      const point = curve.find((each) => each.round === round);
      return point === undefined ? '' : inFour(point.ndcg10);
    },
  });
  const over = [1, 5, 10, 20, 40].map(atRound);
  return [
    '## Quality over rounds',
    'Reconstruction without noise, NDCG@10 after a number of rounds. Server optimisers run with the standard rates of the code, which were chosen on MovieLens 100K.',
    plotsOf(figures, ['rounds-devices', 'rounds-server']),
    rowsTable(results, rows, [...over, seedsColumn, uploadColumn], 0, 'setting'),
    ...within('After the last round, person by person:', comparisonTable(results, rounds)),
    '### Slow devices',
    'Fold 0, 20 rounds of five local steps on devices of speeds 1 to 30 (simulated, log-uniform): the slow manage fewer steps in a round’s time.',
    rowsTable(results, fleetRows, [ndcg10Column, seedsColumn], 0, 'setting'),
    ...within('', comparisonTable(results, fleet)),
    commandsOf([...rows, ...fleetRows], results.datasets[0]!.name),
  ];
}

function exposureSection(results: Results, figures: readonly Figure[]): string[] {
  return [
    '## Who gains',
    'Which items are shown at all: the better for the few, the less the well known take all places.',
    plotsOf(figures, ['who-gains']),
    rowsTable(results, rowsOf('learners'), [ndcg10Column, ...exposureColumns]),
  ];
}

function protocolSection(results: Results): string[] {
  const hits: Column = { head: 'HR@10', of: ({ hr10 }) => (hr10 === null ? '' : inFour(hr10)) };
  const leak = rowsOf('p2').flatMap(({ id }) => results.measuredOf(id)?.leakOnly ?? [])[0];
  return [
    '## Other protocols',
    '### P2: leave one out, 99 negatives',
    'Only for comparison with published tables: each person’s last item against 99 drawn ones, every interaction counts. Training negatives are drawn from what the person did not train on.',
    leak === undefined
      ? ''
      : `**Leak-only control**: a “model” that only counts how often an item was drawn as a negative has HR@10 ${inFour(leak.hr10)} and NDCG@10 ${inFour(leak.ndcg10)}. Chance is 0.10; a protocol that leaks has 1.`,
    rowsTable(results, rowsOf('p2'), [hits, ndcg10Column]),
    '### In order of time',
    'Everybody’s likes before one moment train; those who liked before and after are judged by what they liked after.',
    rowsTable(results, rowsOf('time'), [{ head: 'people', of: ({ users }) => String(users) }, ...qualityColumns]),
    commandsOf([...rowsOf('p2'), ...rowsOf('time')], results.datasets[0]!.name),
  ];
}

function otherSection(results: Results, dataset: number): string[] {
  const { name } = results.datasets[dataset]!;
  const [open, noisy] = [rowsOf('learners'), rowsOf('others')];
  return [
    `## On ${name}`,
    'With the settings of the sections above.',
    rowsTable(results, open, [...qualityColumns, ...exposureColumns, uploadColumn], dataset),
    rowsTable(results, noisy, [ndcg10Column, seedsColumn, uploadColumn], dataset),
    ...within('Against content, person by person:', comparisonTable(results, others, dataset)),
    commandsOf([...open, ...noisy], name),
  ];
}

function limitSection(results: Results): string[] {
  const { datasets } = results;
  const most = datasets.reduce((largest, each) => (each.interactions > largest.interactions ? each : largest));
  return [
    '## What does not work',
    ...within(
      'What was there to be better and is not (worse, or a tie), and what was there to save something and costs quality, of all that is compared above, on every data set:',
      disappointmentTable(results),
    ),
    ...datasets.flatMap(({ name }, dataset) =>
      within(
        `How near a private federation comes to a central learner on ${name}, by co-occurrence:`,
        gapTable(results, dataset === 0 ? rowsOf('privacy') : rowsOf('others'), dataset),
      ),
    ),
    [
      'Tried and left out, in prototypes or versions that are gone, so that no command makes their numbers again ([DECISIONS.md](DECISIONS.md#learners-and-their-evaluation) has them): a low-dimensional triangle before the items, two passes of it, other shares of the budget for the popularity, popularity uploads weighted by popularity, learned weights for the content under noise, and eigenvalues without their bias, for co-occurrence; a mixture of multinomials for communities; weights by the number of steps for devices that are slow.',
      'What these numbers cannot say:',
      [
        '- What people once recorded is not what they would click on a page. A federation’s people come and go; here everybody of a fold is there once in turn (`npm run -s tacit -- simulate` has comers, leavers, and the slow).',
        `- Nothing larger than ${most.interactions.toLocaleString('en-US')} interactions (${most.name}) was measured.`,
        '- The search for constants is charged to nobody. They follow from reasoning where there is any, and were otherwise chosen on MovieLens latest-small, Last.fm and the training people of one fold of MovieLens 100K; on those a learner may look better than elsewhere.',
        '- 10x and 100x copy people. A real crowd of that size also brings tastes that nobody here has, which may help or not.',
        ...unmeasuredInWords().map((words) => `- ${words}`),
        `- Seeds are few where runs are long. Under privacy ${seedsInWords()}. A tie with few may be a small difference, and a small difference may be a tie.`,
      ].join('\n'),
    ].join('\n\n'),
  ];
}

/** Which part of the way from content to iALS is gone, by epsilon and population. */
function gapTable(results: Results, rows: readonly Row[], dataset: number): string {
  const [low, high] = [results.measuredOf('content', dataset), results.measuredOf('ials', dataset)];
  if (low === null || high === null) return '';
  const lines = rows.flatMap(({ id, label }) => {
    const measured = results.measuredOf(id, dataset);
    if (measured === null || !label.startsWith('co-occurrence')) return [];
    const part = (measured.ndcg10 - low.ndcg10) / (high.ndcg10 - low.ndcg10);
    return [[label, `${Math.round(100 * part)} %`, inBytes(measured.uploadBytesPerClient)]];
  });
  return lines.length === 0 ? '' : tableOf(['', 'of the way from content to iALS', 'up'], lines);
}

/** A sentence and what it is about; neither without the other. */
function within(sentence: string, table: string): string[] {
  return table === '' ? [] : [sentence, table];
}

function plotsOf(figures: readonly Figure[], names: readonly string[]): string {
  return figures
    .filter(({ name }) => names.includes(name))
    .map(({ name, chart }) => `![${chart.title}: ${chart.y.label} by ${chart.x.label}](${plotFolder}/${name}.svg)`)
    .join('\n');
}
