// Aggregate: the sum is complete; nothing that comes now changes it.
import { expect, test } from 'vitest';
import { RoundPlay, testRules, token } from './testing/round-play.ts';

function inAggregate(mode: 1 | 4 = 1): RoundPlay {
  const play = new RoundPlay(testRules, mode);
  const people = play.to(mode === 1 ? 'advertise' : 'collect');
  play.answerUntil('aggregate', people);
  return play;
}

test.each([1, 4] as const)('mode %i: the cohort hears of it and the deadline starts', (mode) => {
  const play = inAggregate(mode);
  expect(play.lastMessage('p0')).toMatchObject({ kind: 'progress', stage: 'aggregate', received: 24, expected: 24 });
  expect([...play.timers]).toEqual([['stage', { roundId: 'round-1', delayMs: testRules.aggregateMs }]]);
});

test('[R7] answers and uploads are refused and do not change the sum', () => {
  const play = inAggregate();
  play.say('masked', 'p0');
  expect(play.lastMessage('p0')).toMatchObject({ kind: 'refused', code: 'duplicate' });
  play.say('unmask', 'p0');
  expect(play.lastMessage('p0')).toMatchObject({ kind: 'refused', code: 'late' });
  play.say('masked', 'stranger');
  expect(play.lastMessage('stranger')).toMatchObject({ kind: 'refused', code: 'not-in-round' });
  expect(play.state.round).toMatchObject({ stage: 'aggregate', cohort: 24 });
});

test('closing and coming back keeps the seat: the result reaches the new socket', () => {
  const play = inAggregate();
  play.send({ kind: 'closed', client: 'p0' });
  expect(play.timers.has('grace:0')).toBe(false);
  play.send({ kind: 'resume', client: 'back', roundId: 'round-1', resume: token('p0') });
  expect(play.lastMessage('back')).toMatchObject({ kind: 'progress', stage: 'aggregate' });
});

test('a join by somebody who is in this round is a duplicate', () => {
  const play = inAggregate();
  play.join('p0');
  expect(play.lastMessage('p0')).toMatchObject({ kind: 'refused', code: 'duplicate' });
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
