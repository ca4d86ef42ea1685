import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { Popularity } from '#shared/evaluation/learners/popularity.ts';
import { meanMetrics } from '#shared/evaluation/metrics.ts';
import { trialOfFold } from '#shared/evaluation/protocol-p1.ts';
import { type PositiveSet, positiveSet, splitFold } from '#shared/evaluation/split.ts';
import { runTrial } from '#shared/evaluation/trial.ts';
import { testData } from '#shared/testing/data.ts';
import { readDataset } from './dataset.ts';
import { run } from './evaluate.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacit-evaluate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the command; the exit code, standard error, and the last line of standard output as JSON (null when it is none). */
async function evaluated(...argv: string[]) {
  let out = '';
  let err = '';
  const stdout = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += String(text);
    return true;
  });
  try {
    const code = await run(argv);
    const last = out.trimEnd().split('\n').at(-1) ?? '';
    return { code, err, result: last.startsWith('{') ? (JSON.parse(last) as Record<string, unknown>) : null };
  } finally {
    stdout.mockRestore();
    stderr.mockRestore();
  }
}

/** 60 people of two tastes over 40 items, without ratings; ids are words. */
function writeTwoTastes(): string {
  const rows = ['user,item'];
  for (let person = 0; person < 60; person++) {
    for (let k = 0; k < 12; k++)
      rows.push(`person ${person},${person % 2 === 0 ? 'left' : 'right'}-${(person * 7 + k * 3) % 20}`);
  }
  const path = join(folder, 'two-tastes');
  writeFileSync(`${path}.csv`, rows.join('\r\n'));
  return `${path}.csv`;
}

describe('tacit evaluate', () => {
  test('[EV8] a set without ratings, genres, years and numeric ids: the federation learns the two tastes that popularity cannot tell', async () => {
    const path = writeTwoTastes();
    const popular = await evaluated('--dataset', path, '--seed', '3', '--json', '--learner', 'popularity');
    const common = ['--dataset', path, '--dim', '4', '--cohort', '20', '--rounds', '6', '--seed', '3', '--json'];
    const learned = await evaluated(...common);
    expect(learned.code).toBe(0);
    expect(learned.result).toMatchObject({ users: 60, rounds: 6, items: 40, uploadBytesPerClient: 2 * (40 * 4 + 10) });
    expect(learned.result!.ndcg10).toBeGreaterThan(1.5 * Number(popular.result!.ndcg10));
    expect((learned.result!.curve as { round: number }[]).map((point) => point.round)).toEqual([1, 2, 5, 6]);
    expect(await evaluated(...common).then((again) => again.result!.ndcg10)).toBe(learned.result!.ndcg10);
  });

  test('[EV9] bad usage ends with 2 and says what was expected', async () => {
    for (const [argv, message] of [
      [[], '--dataset is missing'],
      [['--dataset', 'x', '--rounds=-3'], '--rounds is "-3", expected a whole number'],
      [['--dataset', 'x', '--fold', '7'], '--fold is "7"'],
      [['--dataset', 'x', '--learner', 'magic'], 'expected popularity, content, item-knn'],
      [['--dataset', 'x', '--protocol', 'p9'], 'expected p1, p2 or time'],
      [['--dataset', 'x', '--colour', 'red'], 'colour'],
    ] as const) {
      const { code, err } = await evaluated(...argv);
      expect(code).toBe(2);
      expect(err).toContain(message);
    }
  });
});

const ml100k = testData('ml-100k');

if (ml100k !== null)
  describe('protocol P1 on MovieLens 100K', () => {
    const load = async (): Promise<PositiveSet> => {
      const dataset = await readDataset(ml100k!);
      const liked = Array.from(dataset.ratings.keys()).filter((index) => dataset.ratings[index]! >= 4);
      return positiveSet({
        userNames: dataset.users,
        itemNames: dataset.items,
        userOf: Uint32Array.from(liked, (index) => dataset.userOf[index]!),
        itemOf: Uint32Array.from(liked, (index) => dataset.itemOf[index]!),
      });
    };

    const popularity = (set: PositiveSet, fold: number) =>
      meanMetrics(
        runTrial(trialOfFold(set, fold, 1, null), new Popularity(), { seed: 1, checkpoints: [] }).rounds[0]!.people,
      );

    test('[EV10] golden values: sizes of the split and the popularity baseline in every fold', async () => {
      const set = await load();
      expect([set.users.length, set.items.length]).toEqual([938, 1447]);
      const golden = [
        [755, 0.14346],
        [761, 0.13817],
        [747, 0.15076],
        [735, 0.15483],
        [754, 0.13951],
      ] as const;
      golden.forEach(([trainUsers, ndcg10], fold) => {
        const split = splitFold(set, fold, 1);
        expect(split.train).toHaveLength(trainUsers);
        expect(popularity(set, fold).ndcg10).toBeCloseTo(ndcg10, 5);
      });
      const split = splitFold(set, 0, 1);
      const sum = (of: (user: (typeof split.test)[number]) => number) =>
        split.test.reduce((total, user) => total + of(user), 0);
      const trainPairs = split.train.reduce((total, user) => total + set.starts[user + 1]! - set.starts[user]!, 0);
      expect([trainPairs, split.test.length]).toEqual([43_760, 183]);
      expect(sum((user) => user.history.length)).toBe(9_344);
      expect(sum((user) => user.targets.length)).toBe(2_257);
      expect(sum((user) => user.targets.reduce((total, row) => total + set.itemIds[row]!, 0))).toBe(814_822);
      const { ndcg100, recall20 } = popularity(set, 0);
      expect(ndcg100).toBeCloseTo(0.26081, 5);
      expect(recall20).toBeCloseTo(0.1853, 5);
    });

    test('[EV11] reconstruction, fold 0: far above popularity (.143) and content alone (.19) after 5 rounds', {
      timeout: 120_000,
    }, async () => {
      const { result } = await evaluated('--dataset', ml100k!, '--fold', '0', '--rounds', '5', '--json');
      expect(result!.ndcg10).toBeGreaterThan(0.27);
    });
  });
