import fc from 'fast-check';
import { expect, test } from 'vitest';
import { delimiterOf, RecordReader, splitRecord } from './records.ts';

function read(text: string, columns: number, delimiter = ',') {
  const records: { line: number; fields: readonly string[] }[] = [];
  const rejected: { line: number; reason: string }[] = [];
  const reader = new RecordReader(delimiter, {
    accept: (fields, line) => {
      if (fields.length !== columns) return `expected ${columns} fields, got ${fields.length}`;
      records.push({ line, fields });
      return null;
    },
    reject: (line, reason) => rejected.push({ line, reason }),
  });
  text.split('\n').forEach((line, index) => {
    reader.push(line, index + 1);
  });
  reader.end();
  return { records, rejected };
}

const quoted = (field: string) => `"${field.replaceAll('"', '""')}"`;

test('[IM6] whatever is in quotes comes out as it was, line ends included', () => {
  const field = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', ' ', '影', '🎬'), maxLength: 8 });
  fc.assert(
    fc.property(fc.array(fc.tuple(field, field, field), { minLength: 1, maxLength: 6 }), (rows) => {
      const text = rows.map((row) => row.map(quoted).join(',')).join('\n');
      const { records, rejected } = read(text, 3);
      expect(rejected).toEqual([]);
      expect(records.map(({ fields }) => fields)).toEqual(rows);
    }),
  );
});

test('[IM7] a quote that never closes costs its own row alone', () => {
  const { records, rejected } = read('1,"Broken,x\n2,Fine,y\n3,"Also, fine",z\n4,Fine,w', 3);
  expect(records.map(({ line }) => line)).toEqual([2, 3, 4]);
  expect(rejected).toEqual([{ line: 1, reason: expect.any(String) }]);
});

test('[IM8] a quote that never closes in a large file is given up soon', () => {
  const rows = Array.from({ length: 5_000 }, (_, row) => `${row},b,c`);
  rows[10] = '10,"b,c';
  const { records, rejected } = read(rows.join('\n'), 3);
  expect(records).toHaveLength(4_999);
  expect(rejected).toEqual([{ line: 11, reason: 'a quote is opened and never closed' }]);
});

test('[IM9] too many and too few fields, and text after a quote, are rejected with their line', () => {
  const { records, rejected } = read('1,2,3\n1,2\n1,2,3,4\n"1"x,2,3\n\n4,5,6', 3);
  expect(records.map(({ line }) => line)).toEqual([1, 6]);
  expect(rejected).toEqual([
    { line: 2, reason: 'expected 3 fields, got 2' },
    { line: 3, reason: 'expected 3 fields, got 4' },
    { line: 4, reason: 'text after a quote' },
  ]);
});

test('[IM10] the delimiter is found from the header', () => {
  expect(delimiterOf('user,item,rating')).toBe(',');
  expect(delimiterOf('user;item;rating')).toBe(';');
  expect(delimiterOf('user\titem\trating')).toBe('\t');
  expect(delimiterOf('"last, first";item;rating')).toBe(';');
  expect(delimiterOf('user')).toBe(',');
});

test('a quote within a field that does not start with one is a letter', () => {
  expect(splitRecord('12" Vinyl,x', ',')).toEqual(['12" Vinyl', 'x']);
  expect(splitRecord('"a",', ',')).toEqual(['a', '']);
});
