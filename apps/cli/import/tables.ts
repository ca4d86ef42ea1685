// Reading a table, delimited or JSON lines, row by row: named columns in, one call a row out. Memory is bounded by a batch of lines.
import { UsageError } from '../usage-error.ts';
import {
  type ColumnMap,
  columnOf,
  type InteractionField,
  type ItemField,
  interactionFields,
  itemFields,
} from './columns.ts';
import { lineBatches, sniffEncoding } from './lines.ts';
import { delimiterOf, RecordReader, splitRecord } from './records.ts';
import type { SourceFile } from './source.ts';

/** How a file is laid out. */
export type TableForm =
  /**
   * With a line of column names; the delimiter is found from it when null. With `unnamed` that line may be missing:
   * where the first line does not name what is needed, it is a row, and the columns are these in order.
   */
  | { readonly kind: 'delimited'; readonly delimiter: string | null; readonly unnamed?: readonly string[] }
  /** Without names: the file's columns in order, '' for one that is not used. Quotes mean nothing. */
  | { readonly kind: 'fixed'; readonly delimiter: string; readonly columns: readonly string[] }
  | { readonly kind: 'jsonl' };

export type Row<Field extends string> = Partial<Record<Field, unknown>>;

export interface RowSink<Field extends string> {
  /** Returns why the row is not acceptable, or null. */
  row(values: Row<Field>, line: number): string | null;
  reject(line: number, reason: string, text: string): void;
  /** After each batch, with the bytes' worth of lines read so far. */
  progress(lines: number): void;
}

interface TableSpec<Field extends string> {
  readonly what: string;
  readonly fields: readonly Field[];
  readonly required: readonly Field[];
}

export const interactionTable: TableSpec<InteractionField> = {
  what: 'interactions',
  fields: interactionFields,
  required: ['user', 'item'],
};
export const itemTable: TableSpec<ItemField> = { what: 'items', fields: itemFields, required: ['id'] };

/**
 * Reads a whole table.
 * @throws {UsageError} when a needed column is not there: the message lists those that are, and --map
 */
export async function readTable<Field extends string>(
  file: SourceFile,
  form: TableForm,
  spec: TableSpec<Field>,
  map: ColumnMap,
  sink: RowSink<Field>,
): Promise<void> {
  const encoding = form.kind === 'jsonl' ? 'utf-8' : await sniffEncoding(file.read());
  const take = form.kind === 'jsonl' ? jsonTaker(file, spec, map, sink) : textTaker(file, form, spec, map, sink);
  let lines = 0;
  for await (const batch of lineBatches(file.read(), encoding)) {
    for (const [index, text] of batch.lines.entries()) take.line(text, batch.first + index);
    lines += batch.lines.length;
    sink.progress(lines);
  }
  take.end();
}

interface Taker {
  line(text: string | null, number: number): void;
  end(): void;
}

function textTaker<Field extends string>(
  file: SourceFile,
  form: Exclude<TableForm, { kind: 'jsonl' }>,
  spec: TableSpec<Field>,
  map: ColumnMap,
  sink: RowSink<Field>,
): Taker {
  if (form.kind === 'fixed') {
    const positions = spec.fields.flatMap((field) => {
      const index = form.columns.indexOf(field);
      return index < 0 ? [] : [{ field, index }];
    });
    const least = form.columns.length;
    return {
      line(text, number) {
        if (text === null) sink.reject(number, 'longer than 1 MiB', '');
        if (text === null || text === '') return;
        const fields = text.split(form.delimiter);
        const reason =
          fields.length < least
            ? `expected ${least} fields, got ${fields.length}`
            : sink.row(pick(fields, positions), number);
        if (reason !== null) sink.reject(number, reason, text);
      },
      end() {},
    };
  }
  const { unnamed } = form;
  let reader: RecordReader | null = null;
  const begin = (text: string, number: number) => {
    const delimiter = form.delimiter ?? delimiterOf(text);
    const record = splitRecord(text, delimiter);
    const first = typeof record === 'string' ? [] : record.map((name) => name.trim());
    const isHeader = unnamed === undefined || spec.required.every((field) => columnOf(field, first, map) !== null);
    if (!isHeader && first.length < spec.required.length) {
      const came = typeof record === 'string' ? record : String(first.length);
      sink.reject(number, `expected at least ${spec.required.length} fields, got ${came}`, text);
      return null;
    }
    const names = isHeader ? first : first.map((_, index) => unnamed[index] ?? '');
    const positions = positionsOf(file, spec, map, names);
    const records = new RecordReader(delimiter, {
      accept: (fields, line) =>
        fields.length === names.length
          ? sink.row(pick(fields, positions), line)
          : `expected ${names.length} fields, got ${fields.length}`,
      reject: (line, reason, rejected) => sink.reject(line, reason, rejected),
    });
    if (!isHeader) records.push(text, number);
    return records;
  };
  return {
    line(text, number) {
      if (reader !== null) reader.push(text, number);
      else if (text !== null && text.trim() !== '') reader = begin(text, number);
    },
    end() {
      if (reader !== null) reader.end();
      else if (unnamed === undefined)
        throw new UsageError(`${file.name}: expected a line of column names, but the file is empty`);
    },
  };
}

function jsonTaker<Field extends string>(
  file: SourceFile,
  spec: TableSpec<Field>,
  map: ColumnMap,
  sink: RowSink<Field>,
): Taker {
  let positions: readonly { readonly field: Field; readonly name: string }[] | null = null;
  return {
    line(text, number) {
      if (text === null) sink.reject(number, 'longer than 1 MiB', '');
      if (text === null || text.trim() === '') return;
      let value: unknown;
      try {
        value = JSON.parse(text);
      } catch {
        sink.reject(number, 'expected a JSON object', text);
        return;
      }
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        sink.reject(number, 'expected a JSON object', text);
        return;
      }
      const names = Object.keys(value);
      positions ??= positionsOf(file, spec, map, names).map(({ field, index }) => ({
        field,
        name: names[index] ?? '',
      }));
      const row: Row<Field> = {};
      for (const { field, name } of positions) row[field] = (value as Record<string, unknown>)[name];
      // A field that the first line lacked may come later under its own name.
      for (const field of spec.fields) if (!(field in row) && field in value) row[field] = (value as Row<Field>)[field];
      const reason = sink.row(row, number);
      if (reason !== null) sink.reject(number, reason, text);
    },
    end() {},
  };
}

function pick<Field extends string>(
  fields: readonly string[],
  positions: readonly { readonly field: Field; readonly index: number }[],
): Row<Field> {
  const row: Row<Field> = {};
  for (const { field, index } of positions) row[field] = fields[index];
  return row;
}

function positionsOf<Field extends string>(
  file: SourceFile,
  spec: TableSpec<Field>,
  map: ColumnMap,
  names: readonly string[],
): { readonly field: Field; readonly index: number }[] {
  const here = `The columns of ${file.name} are: ${names
    .map((name) => JSON.stringify(name))
    .join(', ')
    .slice(0, 500)}.`;
  return spec.fields.flatMap((field) => {
    const column = columnOf(field, names, map);
    if (column !== null && 'missing' in column) {
      throw new UsageError(`--map ${field}=${column.missing}: there is no such column. ${here}`);
    }
    if (column === null && spec.required.includes(field)) {
      throw new UsageError(
        `${file.name}: expected a column with the ${field} of the ${spec.what}, but found none. ${here} Name it: --map ${field}=COLUMN`,
      );
    }
    return column === null ? [] : [{ field, index: column.index }];
  });
}
