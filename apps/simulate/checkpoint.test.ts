import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { CheckpointError, checkpointPath, readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { firstState } from './scenario.ts';
import { staged } from './testing/small.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacit-checkpoint-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = 'ab'.repeat(32);
const state = firstState(await staged({ clients: 24 }));

test('[SM4] what was written is read as it was; there may be none', () => {
  const path = checkpointPath(folder, 3);
  expect(readCheckpoint(path, run)).toBeNull();
  writeCheckpoint(path, run, state);
  expect(readCheckpoint(path, run)).toEqual(state);
  writeCheckpoint(path, run, { ...state, starts: 7 });
  expect(readCheckpoint(path, run)?.starts).toBe(7);
  // Labelled in the file itself.
  expect(readFileSync(path, 'utf8')).toContain('"simulated":true');
});

test('[SM4] one of another run, a damaged one and one that was cut off are refused, with what to do', () => {
  const path = checkpointPath(folder, 4);
  writeCheckpoint(path, run, state);
  expect(() => readCheckpoint(path, 'cd'.repeat(32))).toThrow(/other options.*remove its folder/s);
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replace('small', 'smell').replace('starts\\":0', 'starts\\":1'));
  expect(() => readCheckpoint(path, run)).toThrow(/does not have its hash/);
  for (const broken of [text.slice(0, text.length / 2), '[]', '"text"', '{"format":9}']) {
    writeFileSync(path, broken);
    expect(() => readCheckpoint(path, run)).toThrow(CheckpointError);
  }
});
