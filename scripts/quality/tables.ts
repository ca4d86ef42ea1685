// Tables and commands in Markdown.
import { inBytes } from '../../apps/charts/text.ts';
import { quoted } from '../../apps/cli/arguments.ts';
import { argumentsOf, type Row } from './grid.ts';
import { type Difference, errorOverPeople, type Measured, type Metric } from './measured.ts';
import type { Results } from './results.ts';

/** @param rows parallel to the heads. @param words so many columns are words, the others numbers. */
export function tableOf(heads: readonly string[], rows: readonly (readonly string[])[], words = 1): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const rule = `|${' --- |'.repeat(words)}${' ---: |'.repeat(heads.length - words)}`;
  return [line(heads), rule, ...rows.map(line)].join('\n');
}

export const inFour = (value: number): string => value.toFixed(4);

export function withError(value: number, se: number): string {
  return `${value.toFixed(4)} ± ${se.toFixed(4)}`;
}

/** Such as +.0030 ± .0012, better. */
export function differenceInWords(difference: Difference | null): string {
  if (difference === null) return '';
  const { mean, se, verdict } = difference;
  return `${mean < 0 ? '−' : '+'}${Math.abs(mean).toFixed(4)} ± ${se.toFixed(4)}, ${verdict}`;
}

export interface Column {
  readonly head: string;
  readonly of: (measured: Measured, row: Row) => string;
}

const metricColumn = (head: string, metric: Metric): Column => ({
  head,
  of: (measured) => withError(measured[metric], errorOverPeople(measured, metric)),
});

export const ndcg10Column = metricColumn('NDCG@10', 'ndcg10');
const bytesColumns: readonly Column[] = [
  { head: 'up', of: ({ central, uploadBytesPerClient }) => (central ? '' : inBytes(uploadBytesPerClient)) },
  { head: 'down', of: ({ central, downloadBytesPerClient }) => (central ? '' : inBytes(downloadBytesPerClient)) },
];
export const qualityColumns: readonly Column[] = [
  ndcg10Column,
  metricColumn('NDCG@100', 'ndcg100'),
  metricColumn('Recall@20', 'recall20'),
];
export const exposureColumns: readonly Column[] = [
  { head: 'coverage', of: ({ coverage }) => coverage.toFixed(3) },
  { head: 'Gini', of: ({ gini }) => gini.toFixed(3) },
];
export const seedsColumn: Column = {
  head: 's.e. over seeds',
  of: ({ seNdcg10Seeds, ndcg10Seeds }) =>
    seNdcg10Seeds === null ? '' : `${inFour(seNdcg10Seeds)} (${ndcg10Seeds.length})`,
};
export const uploadColumn = bytesColumns[0]!;
export const downloadColumn = bytesColumns[1]!;
export const participationsColumn: Column = {
  head: 'participations',
  of: ({ central, participationsPerUser }) => (central ? '' : String(participationsPerUser)),
};

/** One line a row; a row without numbers says so. */
export function rowsTable(
  results: Results,
  rows: readonly Row[],
  columns: readonly Column[],
  dataset = 0,
  first = 'learner',
): string {
  const lines = rows.map((row) => {
    const measured = results.measuredOf(row.id, dataset);
    if (measured === null) return [row.label, 'not measured', ...columns.slice(1).map(() => '')];
    return [row.label, ...columns.map(({ of }) => of(measured, row))];
  });
  return tableOf([first, ...columns.map(({ head }) => head)], lines);
}

/** The command of a row, as anybody would give it. */
export function commandOf(row: Row, dataset: string): string {
  return `npm run -s tacit -- evaluate --dataset ${quoted(dataset)} ${argumentsOf(row).join(' ')} --json`;
}

/** The commands of rows, folded away. */
export function commandsOf(rows: readonly Row[], dataset: string): string {
  const lines = rows.map((row) => `${commandOf(row, dataset)}   # ${row.label}`);
  return ['<details><summary>Commands</summary>', '', '```sh', ...lines, '```', '', '</details>'].join('\n');
}
