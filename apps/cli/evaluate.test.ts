import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Popularity } from '#shared/evaluation/learners/popularity.ts';
import { meanMetrics } from '#shared/evaluation/metrics.ts';
import { trialOfFold } from '#shared/evaluation/protocol-p1.ts';
import { type PositiveSet, positiveSet, splitFold } from '#shared/evaluation/split.ts';
import { runTrial } from '#shared/evaluation/trial.ts';
import { testData } from '#shared/testing/data.ts';
import { readDataset } from './dataset.ts';
import { run } from './evaluate.ts';
import { captured } from './testing/captured.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacit-evaluate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the command; the exit code, standard error, and the last line of standard output as JSON (null when it is none). */
async function evaluated(...argv: string[]) {
  // Here, unless a test is about threads: they would each load the sources anew.
  const { code, out, err } = await captured(() => run(argv.includes('--threads') ? argv : [...argv, '--threads', '1']));
  const last = out.trimEnd().split('\n').at(-1) ?? '';
  return { code, err, result: last.startsWith('{') ? (JSON.parse(last) as Record<string, unknown>) : null };
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
      [['--dataset', 'x', '--rounds=-3'], '--rounds: expected a whole number'],
      [['--dataset', 'x', '--fold', '7'], '--fold: expected a whole number from 0 to 4, got "7"'],
      [['--dataset', 'x', '--learner', 'magic'], 'expected one of popularity, content, item-knn'],
      [['--dataset', 'x', '--protocol', 'p9'], 'expected one of p1, p2, time'],
      [['--dataset', 'x', '--colour', 'red'], 'colour'],
      [['--dataset', 'x', '--learner', 'popularity', '--cohort', '50'], '--cohort means nothing for popularity'],
      [['--dataset', 'x', '--learner', 'ease', '--dim', '8'], '--dim means nothing for ease; it takes --lambda'],
      [['--dataset', 'x', '--items-k', '100'], '--items-k means nothing for reconstruction'],
      [['--dataset', 'x', '--delta', '1e-6'], '--delta means nothing for reconstruction'],
      [['--dataset', 'x', '--epsilon', '4', '--bits', '4'], '--bits means nothing with --epsilon'],
      [['--dataset', 'x', '--epsilon', '4', '--cohort', '19'], '--epsilon needs a --cohort of 20 or more'],
      [['--dataset', 'x', '--population', '5x'], 'expected one of 1x, 10x, 100x'],
      [['--dataset', 'x', '--server-optimizer', 'sdg'], 'expected one of preconditioned, sgd'],
      [['--dataset', 'x', '--server-rate', '1'], '--server-rate needs --server-optimizer'],
      [['--dataset', 'x', '--protocol', 'p2', '--fold', '1'], '--fold means nothing for --protocol p2'],
      [['--dataset', 'x', '--protocol', 'time', '--leave-out', '1'], '--leave-out means nothing for --protocol time'],
      [['--dataset', 'x', '--leave-out', '5'], '--leave-out: expected a whole number from 0 to 4, got "5"'],
      [['--dataset', 'x', '--threads', '0'], '--threads: expected a whole number from 1'],
    ] as const) {
      const { code, err } = await evaluated(...argv);
      expect(code).toBe(2);
      expect(err).toContain(message);
    }
  });

  test('[EV12] the JSON has every field, and repeats with other noise give a standard error over seeds', async () => {
    const path = writeTwoTastes();
    const argv = ['--dataset', path, '--fold', '0', '--dim', '4', '--cohort', '20', '--rounds', '2', '--json'];
    const { result } = await evaluated(...argv, '--epsilon', '6', '--population', '10x', '--noise-seeds', '3');
    const fields = 'ndcg10 ndcg100 recall20 seNdcg10 coverage gini users rounds participationsPerUser epsilon';
    for (const field of [...fields.split(' '), 'uploadBytesPerClient', 'downloadBytesPerClient', 'wallSeconds']) {
      expect(result![field], field).toEqual(expect.any(Number));
    }
    expect(result).toMatchObject({ participationsPerUser: 1, rounds: 2 });
    expect(result!.epsilon).toBeLessThanOrEqual(6);
    const [a, b, c] = result!.ndcg10Seeds as [number, number, number];
    const mean = (a + b + c) / 3;
    const squares = (a - mean) ** 2 + (b - mean) ** 2 + (c - mean) ** 2;
    expect(result!.ndcg10).toBeCloseTo(mean, 12);
    expect(result!.seNdcg10Seeds).toBeCloseTo(Math.sqrt(squares / 2 / 3), 12);
  });

  test('[EV21] --people gives every test person, the same in the same order for every learner', async () => {
    const path = writeTwoTastes();
    const of = async (...argv: string[]) => (await evaluated('--dataset', path, '--json', ...argv)).result!;
    const alone = await of('--learner', 'user-knn');
    expect(alone).not.toHaveProperty('people');
    const result = await of('--learner', 'user-knn', '--people');
    const people = result.people as Record<string, number[]>;
    for (const metric of ['ndcg10', 'ndcg100', 'recall20']) {
      const values = people[metric]!;
      expect(values).toHaveLength(60);
      expect(values.reduce((sum, value) => sum + value, 0) / 60, metric).toBeCloseTo(Number(result[metric]), 12);
    }
    expect(result.ndcg10).toBe(alone.ndcg10);
    // The second fold alone is the second part of all of them.
    const fold = (n: number) => of('--learner', 'user-knn', '--people', '--fold', String(n));
    const [first, second] = [await fold(0), await fold(1)].map((each) => (each.people as typeof people).ndcg10!);
    expect(people.ndcg10!.slice(0, first!.length + second!.length)).toEqual([...first!, ...second!]);
  });

  test('[EV18] the numbers are the same to the last bit on one thread and on two, and for the same seed again', async () => {
    const path = writeTwoTastes();
    const argv = ['--dataset', path, '--learner', 'co-occurrence', '--epsilon', '6', '--noise-seeds', '2', '--json'];
    const strip = ({ result }: Awaited<ReturnType<typeof evaluated>>) => ({ ...result, wallSeconds: 0, threads: 0 });
    const one = await evaluated(...argv);
    expect(one.result).toMatchObject({ threads: 1, noisePath: 'each-person', folds: [0, 1, 2, 3, 4] });
    const two = await evaluated(...argv, '--threads', '2');
    expect(two.result).toMatchObject({ threads: 2 });
    expect(strip(two)).toEqual(strip(one));
    expect(strip(await evaluated(...argv))).toEqual(strip(one));
    const failing = await evaluated('--dataset', path, '--learner', 'content', '--threads', '2');
    expect(failing).toMatchObject({ code: 1, result: null });
    expect(failing.err).toContain('content needs genres or years');
  });

  test('[EV19] without the people of a fold the others are tested, all of them', async () => {
    const path = writeTwoTastes();
    const popular = (...argv: string[]) =>
      evaluated('--dataset', path, '--learner', 'popularity', '--json', ...argv).then(({ result }) => result!);
    const { users } = await popular('--fold', '2');
    expect(await popular('--leave-out', '2')).toMatchObject({ users: 60 - Number(users), leaveOut: 2, items: 40 });
  });

  test('[EV20] sets of other shapes: ten people, a thousand likes, unicode, ids beyond 2^32, repeated rows', async () => {
    const rows = ['user,item'];
    for (let k = 0; k < 1100; k++) rows.push(`99999999999999999999,${k}`, `Zoë 🎬,${k % 40}`);
    for (let person = 0; person < 8; person++) {
      for (let k = 0; k < 8; k++)
        rows.push(`人 ${person},${(person * 5 + k * 3) % 40}`, `人 ${person},${(person * 5 + k * 3) % 40}`);
    }
    const path = join(folder, 'odd.csv');
    writeFileSync(path, rows.join('\n'));
    for (const learner of ['popularity', 'user-knn', 'ease', 'communities', 'co-occurrence']) {
      const { code, result } = await evaluated('--dataset', path, '--learner', learner, '--json');
      expect(code, learner).toBe(0);
      expect(result, learner).toMatchObject({ users: 10, items: 1100 });
    }
    const { code, err } = await evaluated('--dataset', path, '--learner', 'co-occurrence', '--epsilon', '2');
    expect(code).toBe(1);
    expect(err).toContain('the fewest that secure aggregation sums');
  });

  test('[EV13] p2 prints the leak-only control; time needs timestamps', async () => {
    const path = writeTwoTastes();
    const { result } = await evaluated('--dataset', path, '--learner', 'user-knn', '--protocol', 'p2', '--json');
    expect(result!.hr10).toEqual(expect.any(Number));
    expect(result!.leakOnly).toMatchObject({ hr10: expect.any(Number), ndcg10: expect.any(Number) });
    const { code, err } = await evaluated('--dataset', path, '--learner', 'user-knn', '--protocol', 'time');
    expect(code).toBe(1);
    expect(err).toContain('timestamp');
  });

  test('[EV14] EASE on 60,000 items says how many bytes it needs and ends with 1', async () => {
    const rows = ['user,item'];
    for (let item = 0; item < 60_000; item++) rows.push(`${item % 12},${item}`);
    const path = join(folder, 'wide.csv');
    writeFileSync(path, rows.join('\n'));
    const { code, err } = await evaluated('--dataset', path, '--learner', 'ease', '--json');
    expect(code).toBe(1);
    expect(err).toContain('ease on 60000 items needs 28800480000 bytes');
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

    test('[EV15] central baselines, all folds: EASE .3275 and iALS .3207 within .006, user-kNN .293, item-kNN above .258', {
      timeout: 600_000,
    }, async () => {
      const ndcg10 = async (...argv: string[]) =>
        Number((await evaluated('--dataset', ml100k!, '--json', ...argv)).result!.ndcg10);
      expect(Math.abs((await ndcg10('--learner', 'ease')) - 0.3275)).toBeLessThan(0.006);
      expect(Math.abs((await ndcg10('--learner', 'ials', '--rounds', '6')) - 0.3207)).toBeLessThan(0.006);
      expect(Math.abs((await ndcg10('--learner', 'user-knn')) - 0.293)).toBeLessThan(0.006);
      expect(await ndcg10('--learner', 'item-knn')).toBeGreaterThan(0.258);
    });

    test('[EV16] content alone, fold 0: above .198, where popularity has .143', { timeout: 300_000 }, async () => {
      const { result } = await evaluated('--dataset', ml100k!, '--learner', 'content', '--fold', '0', '--json');
      expect(result!.ndcg10).toBeGreaterThan(0.198);
    });

    test('[EV19] what a federation makes of fold 0: co-occurrence as EASE, communities far above popularity, and privacy that a crowd pays for', {
      timeout: 300_000,
    }, async () => {
      const ndcg10 = async (...argv: string[]) =>
        Number((await evaluated('--dataset', ml100k!, '--fold', '0', '--json', ...argv)).result!.ndcg10);
      const coOccurrence = ['--learner', 'co-occurrence'];
      expect(await ndcg10(...coOccurrence)).toBeGreaterThan((await ndcg10('--learner', 'ease')) - 0.01);
      expect(await ndcg10('--learner', 'communities')).toBeGreaterThan(
        (await ndcg10('--learner', 'popularity')) + 0.06,
      );
      const one = await ndcg10(...coOccurrence, '--epsilon', '4');
      const ten = await ndcg10(...coOccurrence, '--epsilon', '4', '--population', '10x');
      const hundred = await ndcg10(...coOccurrence, '--epsilon', '4', '--population', '100x');
      expect(one).toBeGreaterThan(0.22);
      expect(ten).toBeGreaterThan(one + 0.02);
      // A larger crowd is no worse.
      expect(hundred).toBeGreaterThan(ten - 0.005);
    });

    test('[EV17] the time-ordered split tests 213 people of 938, p2 all 943; the control is chance', {
      timeout: 120_000,
    }, async () => {
      const of = async (...argv: string[]) =>
        (await evaluated('--dataset', ml100k!, '--learner', 'popularity', '--json', ...argv)).result!;
      expect(await of('--protocol', 'time')).toMatchObject({ users: 213, items: 1447 });
      const p2 = await of('--protocol', 'p2');
      expect(p2).toMatchObject({ users: 943, items: 1682 });
      // Standard error of chance: sqrt(0.1 0.9 / 943) = 0.0098; four of them.
      expect(Math.abs((p2.leakOnly as { hr10: number }).hr10 - 0.1)).toBeLessThan(0.04);
    });
  });
