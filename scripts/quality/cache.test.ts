import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { Cache, type CacheKey } from './cache.ts';
import { differenceOf, parseMeasured } from './measured.ts';
import { measuredAs } from './testing/made-up-results.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacit-quality-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const key: CacheKey = { arguments: ['--learner', 'ease'], data: 'd', code: 'c', node: 'v20' };
const measured = measuredAs([0.1, 0.4]);

test('[QL4] what was kept is read again, and anything else that it depends on is another result', () => {
  const cache = new Cache(join(folder, 'keys'), () => {});
  expect(cache.read(key)).toBeNull();
  cache.write(key, measured);
  expect(cache.read(key)).toEqual(measured);
  const others = [
    { ...key, arguments: ['--learner', 'ials'] },
    { ...key, data: 'e' },
    { ...key, code: 'd' },
    { ...key, node: 'v22' },
  ];
  for (const other of others) expect(cache.read(other)).toBeNull();
  cache.write(others[0]!, measuredAs([0.2]));
  expect(cache.read(others[0]!)).toEqual(measuredAs([0.2]));
  expect(readdirSync(join(folder, 'keys'))).toHaveLength(2);
});

test('[QL4] a damaged file says so and counts as nothing, however it is damaged', () => {
  const notes: string[] = [];
  const cache = new Cache(join(folder, 'damaged'), (text) => notes.push(text));
  cache.write(key, measured);
  const path = cache.pathOf(key);
  const whole = readFileSync(path, 'utf8');
  fc.assert(
    fc.property(fc.integer({ min: 0, max: whole.length - 1 }), (length) => {
      writeFileSync(path, whole.slice(0, length));
      expect(cache.read(key)).toBeNull();
    }),
  );
  for (const text of [
    'null',
    '[]',
    '{}',
    '{"measured":{"kind":"magic"}}',
    whole.replace('"gini":0.9', '"gini":"0.9"'),
  ]) {
    writeFileSync(path, text);
    expect(cache.read(key), text).toBeNull();
  }
  expect(notes.at(-1)).toContain('gini: expected a finite number');
  expect(notes.at(-1)).toContain('measured again');
  cache.write(key, measured);
  expect(cache.read(key)).toEqual(measured);
});

test('[QL5] a result without a field, or with people who do not fit, is refused by name', () => {
  expect(parseMeasured(JSON.parse(JSON.stringify(measured)))).toEqual(measured);
  for (const name of Object.keys(measured)) {
    const { [name as keyof typeof measured]: _, ...rest } = measured;
    expect(() => parseMeasured(rest), name).toThrow(name === 'people' ? 'people' : new RegExp(name));
  }
  expect(() => parseMeasured({ ...measured, users: 3 })).toThrow('expected 3 numbers, got 2');
  expect(() => parseMeasured(null)).toThrow('expected an object, got null');
});

test('[QL6] differences are taken person by person: the same change for everybody is no error, and one within two errors is a tie', () => {
  const hard = measuredAs([0, 0.2, 0.5, 0.9]);
  const plus = (by: readonly number[], more = {}) =>
    measuredAs(
      hard.people.ndcg10.map((value, person) => value + by[person]!),
      more,
    );
  expect(differenceOf(plus([0.01, 0.01, 0.01, 0.01]), hard)).toMatchObject({ verdict: 'better' });
  expect(differenceOf(hard, plus([0.01, 0.01, 0.01, 0.01]))).toMatchObject({ verdict: 'worse' });
  expect(differenceOf(hard, hard)).toEqual({ mean: 0, se: 0, verdict: 'tie' });
  const uneven = differenceOf(plus([0.03, -0.01, 0.02, 0]), hard);
  // Standard deviation of .03, -.01, .02, 0 over sqrt 4.
  expect(uneven.mean).toBeCloseTo(0.01, 12);
  expect(uneven.se).toBeCloseTo(Math.sqrt(0.001 / 3 / 4), 12);
  expect(uneven.verdict).toBe('tie');
  const noisy = plus([0.01, 0.01, 0.01, 0.01], { seNdcg10Seeds: 0.008 });
  expect(differenceOf(noisy, hard)).toMatchObject({ verdict: 'tie' });
  expect(differenceOf(noisy, hard).se).toBeCloseTo(0.008, 12);
  expect(() => differenceOf(hard, measuredAs([0.1]))).toThrow('the same people');
});
