// On a weak machine training waits for the person to rest, between the steps of a fit too; elsewhere it does not. The same numbers come out.
import { expect, test } from 'vitest';
import { trainingSteps, trainReference } from '#shared/model/objective.ts';
import { Calm, calmTrainer, isWeak, mostPutOffMs } from './calm.ts';
import { ManualClock } from './memory.ts';
import { ReferenceTrainer } from './reference-trainer.ts';
import { settled } from './testing/aggregator.ts';
import { goldenInteractions, goldenTable } from './trainer/golden.ts';

const table = goldenTable();

/** A trainer that counts its steps, on a machine whose person begins to type before step `busyFrom`. */
function counted(calm: Calm, busyFrom: number) {
  const counts = { steps: 0 };
  const trainer = new ReferenceTrainer(async () => {
    counts.steps++;
    if (counts.steps === busyFrom) calm.report(true);
    await calm.wait();
  });
  return { counts, trainer: calmTrainer(trainer, calm) };
}

test('few cores, and a browser that does not tell, are a weak machine', () => {
  expect([undefined, 1, 2, 4, 6, 16].map(isWeak)).toEqual([true, true, true, true, false, false]);
});

test('a fit stands still between two steps while the person is busy, and ends as it would have', async () => {
  const calm = new Calm(true, new ManualClock());
  const { counts, trainer } = counted(calm, 2);
  await trainer.load(table);
  const fit = trainer.train(goldenInteractions);
  await settled();
  expect(counts.steps).toBe(2);
  await settled();
  expect(counts.steps).toBe(2);
  calm.report(false);
  expect(await fit).toEqual(trainReference(table, goldenInteractions));
  expect(counts.steps).toBe(trainingSteps + 1);
});

test('nothing is loaded and no fit begun while the person is busy', async () => {
  const calm = new Calm(true, new ManualClock());
  const { counts, trainer } = counted(calm, Number.POSITIVE_INFINITY);
  calm.report(true);
  const work = trainer.load(table).then(() => trainer.train(goldenInteractions));
  await settled();
  expect(counts.steps).toBe(0);
  calm.report(false);
  calm.report(true);
  await settled();
  expect(counts.steps).toBe(0);
  calm.report(false);
  await work;
  expect(counts.steps).toBe(trainingSteps + 1);
});

test('a machine with cores to spare trains on', async () => {
  const calm = new Calm(false, new ManualClock());
  const { counts, trainer } = counted(calm, 1);
  await trainer.load(table);
  await trainer.train(goldenInteractions);
  expect(counts.steps).toBe(trainingSteps + 1);
});

test('somebody who never rests does not put training off for ever, and who rests and goes on is not disturbed', async () => {
  const clock = new ManualClock();
  const calm = new Calm(true, clock);
  const isHeld = async () => {
    let held = true;
    void calm.wait().then(() => {
      held = false;
    });
    await settled();
    return held;
  };
  calm.report(true);
  clock.advance(mostPutOffMs - 1);
  expect(await isHeld()).toBe(true);
  clock.advance(1);
  expect(await isHeld()).toBe(false);
  calm.report(false);
  calm.report(true);
  expect(await isHeld()).toBe(true);
  calm.report(false);
});
