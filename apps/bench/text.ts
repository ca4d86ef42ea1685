// Measurements and goals in words: for the terminal, and as the tables of PERFORMANCE.md.
import { inBytes, inDigits } from '../charts/text.ts';
import { contenders } from './contenders.ts';
import type { Goal } from './goals.ts';
import type { Machine, Measurement } from './result.ts';

export function titleOf(code: string): string {
  return code in contenders ? contenders[code as keyof typeof contenders].title : code;
}

export function valueInWords(value: number, unit: string): string {
  if (unit === 'B') return inBytes(value);
  const digits = inDigits(value);
  return unit === '' ? digits : `${digits} ${unit}`;
}

export function spreadInWords({ low, high, unit, runs }: Measurement): string {
  return runs === 1 ? '' : `${inDigits(low)} to ${inDigits(high)}${unit === '' ? '' : ` ${unit}`}`;
}

export function metInWords({ met }: Goal): string {
  return met === null ? 'not measured' : met ? 'met' : 'NOT met';
}

export function measuredInWords({ measured, unit }: Goal): string {
  return measured === null ? '-' : valueInWords(measured, unit);
}

export function machineInWords(machine: Machine): string {
  const { processor, cores, memoryBytes, system, node, chromium, tfjs, tacit, adapter, isSoftwareAdapter } = machine;
  const graphics =
    adapter === null
      ? 'no graphics adapter'
      : `graphics by ${adapter}${isSoftwareAdapter ? ', which is software' : ''}`;
  return [
    `${processor}, ${cores} ${cores === 1 ? 'core' : 'cores'}, ${inBytes(memoryBytes)}, ${system}`,
    `Node ${node}`,
    chromium === null ? 'no browser' : `Chromium ${chromium} with ${graphics}`,
    `tfjs ${tfjs}`,
    `Tacit ${tacit}`,
  ].join('; ');
}

/** A table of GitHub's Markdown, which reads well in a terminal too. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, 3, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

export function goalsTable(goals: readonly Goal[]): string {
  return table(
    ['what', 'goal', 'measured', ''],
    goals.map((goal) => [goal.name, goal.goal, measuredInWords(goal), metInWords(goal)]),
  );
}

export function resultsTable(results: readonly Measurement[]): string {
  return table(
    ['case', 'where', 'size', 'code', 'measure', 'median', 'quartiles', 'runs'],
    results.map((result) => [
      result.case,
      result.place,
      result.size,
      titleOf(result.code),
      result.measure,
      valueInWords(result.value, result.unit),
      spreadInWords(result),
      String(result.runs),
    ]),
  );
}
