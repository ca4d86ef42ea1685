import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ringsOfCrowds } from './crowd-rings.ts';

const decisions = readFileSync(new URL('../DECISIONS.md', import.meta.url), 'utf8');

test('every crowd sends no more than before, with little more noise, and DECISIONS.md has its row', () => {
  const rows = ringsOfCrowds();
  expect(rows.some(({ chosen }) => chosen.bits < 13)).toBe(true);
  for (const { learner, phase, present, maxCohort, length, wider, chosen } of rows) {
    expect(chosen.bits).toBeLessThanOrEqual(wider.bits);
    expect(chosen.uploadBytes).toBe(Math.ceil((length * chosen.bits) / 8));
    // 5 % of the variance, and what rounding a share's variance up adds.
    expect(chosen.addedNoise).toBeLessThan(Math.sqrt(1.05 * 1.007) - 1);
    const noise = (added: number) => `+${(100 * added).toFixed(2)} %`;
    const cells = [wider, chosen].flatMap(({ bits, uploadBytes, addedNoise }) => [
      bits,
      uploadBytes,
      noise(addedNoise),
    ]);
    expect(decisions).toContain(`| ${[`${learner}, ${phase}`, present, maxCohort, length, ...cells].join(' | ')} |`);
  }
});
