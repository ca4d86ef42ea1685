// Masked (mode 1) and collect (mode 4): uploads come in, each counted once, and never one kind for the other.
import { describe, expect, test } from 'vitest';
import { uploadRefusal } from './round.ts';
import { RoundPlay, testRules, token } from './testing/round-play.ts';

describe.each([
  [1, 'masked', 'confirm'],
  [4, 'collect', 'aggregate'],
] as const)('mode %i', (mode, stage, next) => {
  const toUploads = () => {
    const play = new RoundPlay(testRules, mode);
    return { play, people: play.to(stage) };
  };
  const form = stage === 'masked' ? 'masked' : 'local';

  test('[R6] the stage ends with the last upload', () => {
    const { play, people } = toUploads();
    for (const person of people.slice(0, 23)) play.say(stage, person);
    expect(play.stage).toBe(stage);
    play.say(stage, 'p23');
    expect(play.stage).toBe(next);
  });

  test('progress says how many of how many', () => {
    const { play } = toUploads();
    play.say(stage, 'p5');
    const expected = { kind: 'progress', roundId: 'round-1', stage, received: 1, expected: 24 };
    expect(play.lastMessage('p5')).toEqual(expected);
    expect(play.lastMessage('p6')).toEqual(expected);
  });

  test('[R7] nobody is counted twice', () => {
    const { play } = toUploads();
    play.say(stage, 'p0');
    play.say(stage, 'p0');
    expect(play.lastMessage('p0')).toMatchObject({ kind: 'refused', code: 'duplicate' });
    expect(play.state.round).toMatchObject({ answered: 1, asked: 24 });
  });

  test('[R7] who has no seat is refused, and so is an upload for another round', () => {
    const { play } = toUploads();
    play.say(stage, 'stranger');
    expect(play.lastMessage('stranger')).toMatchObject({ kind: 'refused', code: 'not-in-round' });
    play.say(stage, 'p0', 'another');
    expect(play.lastMessage('p0')).toMatchObject({ kind: 'refused', code: 'not-in-round' });
    expect(play.state.round).toMatchObject({ answered: 0 });
  });

  test('an upload of the other mode is refused and does not count', () => {
    const { play } = toUploads();
    play.say(stage === 'masked' ? 'collect' : 'masked', 'p0');
    expect(play.lastMessage('p0')).toMatchObject({ kind: 'refused', code: 'out-of-order' });
    expect(play.state.round).toMatchObject({ answered: 0, asked: 24 });
    expect(play.state.round.stage === stage && play.state.round.members[0]?.uploaded).toBe(false);
  });

  test('[R6] who leaves is not waited for', () => {
    const { play, people } = toUploads();
    for (const person of people.slice(1)) play.say(stage, person);
    play.send({ kind: 'leave', client: 'p0' });
    expect(play.stage).toBe(next);
    expect(play.inbox.get('p0')?.some(({ kind }) => kind === 'refused')).toBe(false);
  });

  test('[R7] an upload stays in the sum when its sender leaves or its socket closes', () => {
    const { play, people } = toUploads();
    play.say(stage, 'p0');
    play.send({ kind: 'leave', client: 'p0' });
    play.say(stage, 'p1');
    play.send({ kind: 'closed', client: 'p1' });
    for (const person of people.slice(2)) play.say(stage, person);
    if (play.timers.has('grace:1')) play.fire('grace:1');
    play.answerUntil('aggregate', people.slice(2));
    expect(play.effects).toContainEqual({ kind: 'aggregate', roundId: 'round-1', cohort: 24 });
  });

  test('[R6] at the deadline those who uploaded are enough; the others are told and can join again', () => {
    const { play, people } = toUploads();
    for (const person of people.slice(0, 20)) play.say(stage, person);
    play.fire('stage');
    expect(play.stage).toBe(next);
    expect(play.lastMessage('p23')).toMatchObject({ kind: 'refused', code: 'late', retryAfterMs: 0 });
    expect(uploadRefusal(play.state, 'p23', 'round-1', form)).toBe('late');
    play.join('p23');
    expect(play.lastMessage('p23')).toMatchObject({ kind: 'waiting' });
  });

  test('[R6] at the deadline 19 are too few', () => {
    const { play, people } = toUploads();
    for (const person of people.slice(0, 19)) play.say(stage, person);
    play.fire('stage');
    expect(play.stage).toBe('gather');
    expect(play.aborted).toEqual([{ roundId: 'round-1', code: 'too-few' }]);
    expect(play.published).toEqual([]);
    expect(play.lastMessage('p23')).toEqual({ kind: 'abort', roundId: 'round-1', code: 'too-few' });
  });

  test('[R8] a stop aborts at once', () => {
    const { play } = toUploads();
    play.send({ kind: 'stop' });
    expect(play.lastMessage('p0')).toEqual({ kind: 'abort', roundId: 'round-1', code: 'stopped' });
    expect(play.timers.size).toBe(0);
  });

  test('[R7] after the round its uploads are late', () => {
    const { play } = toUploads();
    play.send({ kind: 'failed', roundId: 'round-1' });
    play.say(stage, 'p0', 'round-1');
    expect(play.lastMessage('p0')).toMatchObject({ kind: 'refused', code: 'late' });
  });

  test('messages stay linear in a large cohort', () => {
    const play = new RoundPlay(
      { ...testRules, minCohort: 700, gatherTarget: 824, maxCohort: 1000, maxWaiting: 1000 },
      mode,
    );
    const people = play.to(stage, 1000);
    for (const person of people) play.say(stage, person);
    let messages = 0;
    for (const inbox of play.inbox.values()) messages += inbox.length;
    expect(messages).toBeLessThan(1000 * 80);
  }, 60_000);
});

test('[R5] mode 1: a resume moves the seat even before the old socket is known to be closed', () => {
  const play = new RoundPlay();
  play.to('masked');
  play.send({ kind: 'resume', client: 'back', roundId: 'round-1', resume: token('p3') });
  expect(play.lastMessage('back')).toMatchObject({ kind: 'inbox' });
  play.send({ kind: 'closed', client: 'p3' });
  expect(play.timers.has('grace:3')).toBe(false);
  play.say('masked', 'p3');
  expect(play.lastMessage('p3')).toMatchObject({ kind: 'refused', code: 'not-in-round' });
  play.say('masked', 'back');
  expect(play.state.round).toMatchObject({ answered: 1 });
});

test('[R5] mode 1: after the grace it is a dropout, and coming back is late', () => {
  const play = new RoundPlay();
  const people = play.to('masked');
  for (const person of people.slice(1)) play.say('masked', person);
  play.send({ kind: 'closed', client: 'p0' });
  expect(play.stage).toBe('masked');
  play.fire('grace:0');
  expect(play.stage).toBe('confirm');
  play.send({ kind: 'resume', client: 'back', roundId: 'round-1', resume: token('p0') });
  expect(play.lastMessage('back')).toMatchObject({ kind: 'refused', code: 'late' });
});

test('[R5] mode 4: nobody has a token, so a closed socket is a dropout at once', () => {
  const play = new RoundPlay(testRules, 4);
  const people = play.to('collect');
  for (const person of people.slice(1)) play.say('collect', person);
  play.send({ kind: 'closed', client: 'p0' });
  expect(play.stage).toBe('aggregate');
});

test('[M7] a machine that does not take an upload: it is not in the sum, and its sender is told', () => {
  const play = new RoundPlay();
  play.to('masked');
  play.isEager = false;
  play.say('masked', 'p0');
  const step = { stage: 'masked', send: [], answered: 0, asked: 23, outcome: null } as const;
  const refused = [{ seat: 0, code: 'bad-frame', message: 'spare bits' }];
  play.send({ kind: 'stepped', roundId: 'round-1', ...step, refused, out: [0] });
  expect(play.lastMessage('p0')).toMatchObject({ kind: 'refused', code: 'bad-frame' });
  expect(uploadRefusal(play.state, 'p0', 'round-1', 'masked')).toBe('late');
  expect(play.state.round.stage === 'masked' && play.state.round.members[0]).toMatchObject({
    uploaded: false,
    out: true,
  });
});
