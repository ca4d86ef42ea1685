// The raw numbers of a run as CSV (RFC 4180): a row a round, and a row a speed class.
import { hourMs } from './habits.ts';
import type { ScenarioResult } from './result.ts';
import { beginningMs } from './scenario.ts';
import type { RoundRow } from './tally.ts';
import { answerStages } from './visit.ts';

type Cell = string | number | null;

const hours = (atMs: number | null): number | null => (atMs === null ? null : (atMs - beginningMs) / hourMs);

/** Columns of rounds.csv, in order, and where each comes from. */
const roundColumns: readonly (readonly [string, (row: RoundRow) => Cell])[] = [
  ['round', (row) => row.round],
  ['outcome', (row) => row.outcome],
  ['code', (row) => row.code],
  ['model_version', (row) => row.version],
  ['opened_hours', (row) => hours(row.openedMs)],
  ['configured_hours', (row) => hours(row.configuredMs)],
  ['closed_hours', (row) => hours(row.closedMs)],
  ['present', (row) => row.present],
  ['seated', (row) => row.seated],
  ['malicious', (row) => row.malicious],
  ...answerStages.map((stage) => [`answered_${stage}`, (row: RoundRow) => row.answers[stage]] as const),
  ['cohort', (row) => row.cohort],
  ...(['late', 'left', 'vanished', 'lost'] as const).flatMap((ending) =>
    answerStages.map((stage) => [`${ending}_${stage}`, (row: RoundRow) => row.missing[ending][stage]] as const),
  ),
  ['up_bytes', (row) => row.upBytes],
  ['down_bytes', (row) => row.downBytes],
  ...(['shared', 'content', 'popular', 'lift', 'shown'] as const).flatMap((ranking) => [
    [`ndcg10_${ranking}`, (row: RoundRow) => row.quality?.[ranking]?.mean ?? null] as const,
    [`ndcg10_${ranking}_se`, (row: RoundRow) => row.quality?.[ranking]?.se ?? null] as const,
  ]),
];

/** @param rounds by scenario, beside its label. */
export function roundsCsv(
  scenarios: readonly { readonly label: string; readonly rounds: readonly RoundRow[] }[],
): string {
  return csv(
    ['simulated', 'scenario', 'label', ...roundColumns.map(([name]) => name)],
    scenarios.flatMap(({ label, rounds }, index) =>
      rounds.map((row) => ['true', index, label, ...roundColumns.map(([, of]) => of(row))]),
    ),
  );
}

export function devicesCsv(results: readonly ScenarioResult[]): string {
  const columns = [
    'people',
    'visits',
    'seats',
    'updates',
    'late',
    'gone',
    'shareOfPeople',
    'shareOfUpdates',
    'updatesPerPerson',
    'readySeconds',
    'uploadSeconds',
    'busySecondsPerSeat',
    'upBytesPerUpdate',
    'downBytesPerUpdate',
    'upBytesPerPerson',
    'downBytesPerPerson',
  ] as const;
  return csv(
    ['simulated', 'scenario', 'label', 'slownessFrom', 'slownessTo', ...columns].map(snake),
    results.flatMap(({ scenario, classes }, index) =>
      classes.map((row) => ['true', index, scenario.label, ...row.slowness, ...columns.map((name) => row[name])]),
    ),
  );
}

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function csv(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [head, ...rows].map((row) => `${row.map(cell).join(',')}\n`).join('');
}

function cell(value: Cell): string {
  if (value === null) return '';
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
