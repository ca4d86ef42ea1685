// Collect: uploads come in, each counted once; the stage ends when all that remain have answered.
import { expect, test } from 'vitest';
import { uploadRefusal } from './round.ts';
import { RoundPlay, testRules, token } from './testing/round-play.ts';

test('[R6] the stage ends with the last answer', () => {
  const play = new RoundPlay();
  const people = play.toCollect(24);
  for (const person of people.slice(0, 23)) play.upload(person);
  expect(play.stage).toBe('collect');
  play.upload('p23');
  expect(play.stage).toBe('aggregate');
  expect(play.effects).toContainEqual({ kind: 'aggregate', roundId: 'round-1', cohort: 24 });
  expect(play.sum).toEqual(people);
});

test('progress says how many of how many', () => {
  const play = new RoundPlay();
  play.toCollect(24);
  play.upload('p5');
  const expected = { kind: 'progress', roundId: 'round-1', stage: 'collect', received: 1, expected: 24 };
  expect(play.lastMessage('p5')).toEqual(expected);
  expect(play.lastMessage('p6')).toEqual(expected);
});

test('[R7] nobody is counted twice', () => {
  const play = new RoundPlay();
  play.toCollect(24);
  play.upload('p0');
  play.upload('p0');
  expect(play.lastMessage('p0')).toMatchObject({ kind: 'refused', code: 'duplicate' });
  expect(play.sum).toEqual(['p0']);
  play.send({ kind: 'closed', client: 'p0' });
  play.send({ kind: 'resume', client: 'again', roundId: 'round-1', resume: token('p0') });
  play.upload('again');
  expect(play.lastMessage('again')).toMatchObject({ kind: 'refused', code: 'duplicate' });
  expect(play.sum).toEqual(['p0']);
});

test('[R7] who has no seat is refused', () => {
  const play = new RoundPlay();
  play.toCollect(24);
  play.upload('stranger');
  expect(play.lastMessage('stranger')).toMatchObject({ kind: 'refused', code: 'not-in-round' });
  play.send({ kind: 'upload', client: 'p0', roundId: 'another' });
  expect(play.lastMessage('p0')).toMatchObject({ kind: 'refused', code: 'not-in-round' });
  expect(play.sum).toEqual([]);
});

test('[R5] within the grace the seat is kept for who has the token', () => {
  const play = new RoundPlay();
  play.toCollect(24);
  play.send({ kind: 'closed', client: 'p3' });
  expect(play.timers.get('grace:3')?.delayMs).toBe(testRules.graceMs);
  play.send({ kind: 'resume', client: 'thief', roundId: 'round-1', resume: token('guess') });
  expect(play.lastMessage('thief')).toMatchObject({ kind: 'refused', code: 'not-in-round' });
  play.send({ kind: 'resume', client: 'back', roundId: 'round-1', resume: token('p3') });
  expect(play.lastMessage('back')).toMatchObject({ kind: 'progress', stage: 'collect' });
  expect(play.timers.has('grace:3')).toBe(false);
  play.upload('back');
  expect(play.sum).toEqual(['back']);
});

test('[R5] a resume moves the seat even before the old socket is known to be closed', () => {
  const play = new RoundPlay();
  play.toCollect(24);
  play.send({ kind: 'resume', client: 'back', roundId: 'round-1', resume: token('p3') });
  play.send({ kind: 'closed', client: 'p3' });
  expect(play.timers.has('grace:3')).toBe(false);
  play.upload('p3');
  expect(play.lastMessage('p3')).toMatchObject({ kind: 'refused', code: 'not-in-round' });
  play.upload('back');
  expect(play.sum).toEqual(['back']);
});

test('[R5] after the grace it is a dropout, and coming back is late', () => {
  const play = new RoundPlay();
  const people = play.toCollect(24);
  for (const person of people.slice(1)) play.upload(person);
  play.send({ kind: 'closed', client: 'p0' });
  expect(play.stage).toBe('collect');
  play.fire('grace:0');
  expect(play.stage).toBe('aggregate');
  play.send({ kind: 'resume', client: 'back', roundId: 'round-1', resume: token('p0') });
  expect(play.lastMessage('back')).toMatchObject({ kind: 'refused', code: 'late' });
});

test('[R7] an upload stays in the sum when its sender leaves or its socket closes', () => {
  const play = new RoundPlay();
  const people = play.toCollect(24);
  play.upload('p0');
  play.send({ kind: 'leave', client: 'p0' });
  play.upload('p1');
  play.send({ kind: 'closed', client: 'p1' });
  for (const person of people.slice(2)) play.upload(person);
  expect(play.stage).toBe('aggregate');
  expect(play.effects).toContainEqual({ kind: 'aggregate', roundId: 'round-1', cohort: 24 });
});

test('[R6] at the deadline those who answered are enough', () => {
  const play = new RoundPlay();
  const people = play.toCollect(24);
  for (const person of people.slice(0, 20)) play.upload(person);
  play.fire('stage');
  expect(play.stage).toBe('aggregate');
  expect(play.lastMessage('p23')).toEqual({ kind: 'abort', roundId: 'round-1', code: 'deadline' });
  expect(uploadRefusal(play.state, 'p23', 'round-1')).toBe('not-in-round');
});

test('[R6] at the deadline 19 are too few', () => {
  const play = new RoundPlay();
  const people = play.toCollect(24);
  for (const person of people.slice(0, 19)) play.upload(person);
  play.fire('stage');
  expect(play.stage).toBe('gather');
  expect(play.aborted).toEqual([{ roundId: 'round-1', code: 'deadline' }]);
  expect(play.published).toEqual([]);
});

test('[R6] when 20 are out of reach nobody waits for the deadline', () => {
  const play = new RoundPlay();
  const people = play.toCollect(24);
  for (const person of people.slice(0, 19)) play.upload(person);
  for (const person of people.slice(19, 23)) play.send({ kind: 'leave', client: person });
  expect(play.stage).toBe('collect');
  play.send({ kind: 'leave', client: 'p23' });
  expect(play.aborted).toEqual([{ roundId: 'round-1', code: 'too-few' }]);
  expect(play.lastMessage('p0')).toEqual({ kind: 'abort', roundId: 'round-1', code: 'too-few' });
});

test('[R8] a stop aborts at once', () => {
  const play = new RoundPlay();
  play.toCollect(24);
  play.send({ kind: 'stop' });
  expect(play.lastMessage('p0')).toEqual({ kind: 'abort', roundId: 'round-1', code: 'stopped' });
  expect(play.timers.size).toBe(0);
});

test('[R7] after the round its uploads are late', () => {
  const play = new RoundPlay();
  play.toCollect(24);
  play.send({ kind: 'failed', roundId: 'round-1' });
  play.send({ kind: 'upload', client: 'p0', roundId: 'round-1' });
  expect(play.lastMessage('p0')).toMatchObject({ kind: 'refused', code: 'late' });
});

test('messages stay linear in a large cohort', () => {
  const rules = { ...testRules, minCohort: 700, gatherTarget: 824, maxCohort: 1000, maxWaiting: 1000 };
  const play = new RoundPlay(rules);
  const people = play.toCollect(1000);
  for (const person of people) play.upload(person);
  let messages = 0;
  for (const inbox of play.inbox.values()) messages += inbox.length;
  expect(messages).toBeLessThan(1000 * 80);
});
