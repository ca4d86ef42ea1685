// Aggregate: the sum is complete; nothing that comes now changes it.
import { expect, test } from 'vitest';
import { RoundPlay, testRules, token } from './testing/round-play.ts';

function inAggregate(): RoundPlay {
  const play = new RoundPlay();
  for (const person of play.toCollect(24)) play.upload(person);
  return play;
}

test('the cohort hears of it and the deadline starts', () => {
  const play = inAggregate();
  expect(play.lastMessage('p0')).toMatchObject({ kind: 'progress', stage: 'aggregate', received: 24, expected: 24 });
  expect([...play.timers]).toEqual([['stage', { roundId: 'round-1', delayMs: testRules.aggregateMs }]]);
});

test('[R7] uploads are refused and do not change the sum', () => {
  const play = inAggregate();
  play.upload('p0');
  expect(play.lastMessage('p0')).toMatchObject({ kind: 'refused', code: 'duplicate' });
  play.upload('stranger');
  expect(play.lastMessage('stranger')).toMatchObject({ kind: 'refused', code: 'not-in-round' });
  expect(play.sum).toHaveLength(24);
});

test('closing and coming back keeps the seat: the result reaches the new socket', () => {
  const play = inAggregate();
  play.send({ kind: 'closed', client: 'p0' });
  expect(play.timers.has('grace:0')).toBe(false);
  play.send({ kind: 'resume', client: 'back', roundId: 'round-1', resume: token('p0') });
  expect(play.lastMessage('back')).toMatchObject({ kind: 'progress', stage: 'aggregate' });
});

test('then it publishes', () => {
  const play = inAggregate();
  play.send({ kind: 'aggregated', roundId: 'round-1' });
  expect(play.stage).toBe('publish');
  expect(play.effects).toContainEqual({ kind: 'publish', roundId: 'round-1' });
  expect(play.timers.get('stage')?.delayMs).toBe(testRules.publishMs);
});

test.each(['deadline', 'failure', 'stop'] as const)('[R6] a %s ends the round without a model', (how) => {
  const play = inAggregate();
  if (how === 'deadline') play.fire('stage');
  else if (how === 'failure') play.send({ kind: 'failed', roundId: 'round-1' });
  else play.send({ kind: 'stop' });
  expect(play.stage).toBe('gather');
  expect(play.aborted).toEqual([{ roundId: 'round-1', code: how === 'stop' ? 'stopped' : 'server-error' }]);
  play.send({ kind: 'aggregated', roundId: 'round-1' });
  expect(play.published).toEqual([]);
  expect(play.state.current.version).toBe(1);
});
