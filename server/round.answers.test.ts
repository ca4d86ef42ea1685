// Advertise, shares, confirm, unmask: answers go to the machine, who is silent or gone does not stop the others, who comes back has its seat.
import { describe, expect, test } from 'vitest';
import { advertiseOf, RoundPlay, testRules, token } from './testing/round-play.ts';

const answerStages = ['advertise', 'shares', 'confirm', 'unmask'] as const;
const after = { advertise: 'shares', shares: 'masked', confirm: 'unmask', unmask: 'aggregate' } as const;
const told = { advertise: 'config', shares: 'roster', confirm: 'unmask_req', unmask: 'confirmations' } as const;

describe.each(answerStages)('%s', (stage) => {
  test('[R6] the stage ends with the last answer; its deadline is that of the protocol', () => {
    const play = new RoundPlay();
    const people = play.to(stage);
    expect(play.timers.get('stage')?.delayMs).toBe(testRules.answerMs[stage]);
    for (const person of people.slice(0, 23)) play.say(stage, person);
    expect(play.stage).toBe(stage);
    play.say(stage, 'p23');
    expect(play.stage).toBe(after[stage]);
  });

  test('[R6] at the deadline the machine is told, once', () => {
    const play = new RoundPlay();
    const people = play.to(stage);
    for (const person of people.slice(0, 22)) play.say(stage, person);
    play.fire('stage');
    expect(play.effects).toContainEqual({ kind: 'step', roundId: 'round-1', event: { kind: 'deadline', stage } });
    expect(play.stage).toBe(after[stage]);
  });

  test('[R6] a machine that does not come back from its deadline ends the round', () => {
    const play = new RoundPlay();
    play.to(stage);
    play.isEager = false;
    play.fire('stage');
    expect(play.state.round).toMatchObject({ stage, overdue: true });
    play.fire('stage');
    expect(play.aborted).toEqual([{ roundId: 'round-1', code: 'server-error' }]);
    const before = play.state;
    play.work();
    expect(play.state, 'what it says afterwards').toEqual(before);
  });

  test('[R7] who has no seat is refused, and an upload is not for now', () => {
    const play = new RoundPlay();
    play.to(stage);
    play.say(stage, 'stranger');
    expect(play.lastMessage('stranger')).toMatchObject({ kind: 'refused', code: 'not-in-round' });
    play.say(stage, 'p0', 'another');
    expect(play.lastMessage('p0')).toMatchObject({ kind: 'refused', code: 'not-in-round' });
    play.say('masked', 'p0');
    const early = stage === 'advertise' || stage === 'shares';
    expect(play.lastMessage('p0')).toMatchObject({ kind: 'refused', code: early ? 'out-of-order' : 'duplicate' });
    play.say('collect', 'p0');
    expect(play.lastMessage('p0')).toMatchObject({ kind: 'refused', code: early ? 'out-of-order' : 'duplicate' });
  });

  test('[R5] a lost connection: a grace, the seat for who has the token, and what was said last again', () => {
    const play = new RoundPlay();
    play.to(stage);
    if (stage === 'advertise') play.say('advertise', 'p3');
    play.send({ kind: 'closed', client: 'p3' });
    expect(play.timers.get('grace:3')?.delayMs).toBe(testRules.graceMs);
    play.send({ kind: 'resume', client: 'thief', roundId: 'round-1', resume: token('guess') });
    expect(play.lastMessage('thief')).toMatchObject({ kind: 'refused', code: 'not-in-round' });
    play.send({ kind: 'resume', client: 'back', roundId: 'round-1', resume: token('p3') });
    expect(play.timers.has('grace:3')).toBe(false);
    expect(play.lastMessage('back')).toMatchObject({ kind: told[stage] });
    if (stage !== 'advertise') play.say(stage, 'back');
    expect(play.inbox.get('back')?.some(({ kind }) => kind === 'refused')).toBe(false);
  });

  test('[R5] after the grace it is a dropout', () => {
    const play = new RoundPlay();
    const people = play.to(stage);
    if (stage === 'advertise') play.say('advertise', 'p0');
    for (const person of people.slice(1)) play.say(stage, person);
    const waits = stage !== 'advertise';
    if (waits) {
      expect(play.stage).toBe(stage);
      play.send({ kind: 'closed', client: 'p0' });
      play.fire('grace:0');
    }
    expect(play.stage).toBe(after[stage]);
  });

  test('[R6] who leaves is not waited for', () => {
    const play = new RoundPlay();
    const people = play.to(stage);
    for (const person of people.slice(1)) play.say(stage, person);
    play.send({ kind: 'leave', client: 'p0' });
    expect(play.stage).toBe(after[stage]);
  });

  test('[R7] while the machine is busy one answer of each seat waits for it, and none for another stage', () => {
    const play = new RoundPlay();
    play.to(stage);
    play.isEager = false;
    const busy = play.pending.length;
    for (let i = 0; i < 100; i += 1) play.say(stage, 'p3');
    expect(play.pending).toHaveLength(busy + 1);
    expect(play.lastMessage('p3')).toMatchObject({ kind: 'refused', code: 'duplicate' });
    for (const other of answerStages) {
      if (other === stage) continue;
      play.say(other, 'p3');
      const isEarly = answerStages.indexOf(other) > answerStages.indexOf(stage);
      expect(play.lastMessage('p3')).toMatchObject({ code: isEarly ? 'out-of-order' : 'duplicate' });
    }
    expect(play.pending).toHaveLength(busy + 1);
    play.say(stage, 'p4');
    expect(play.pending, 'of another seat').toHaveLength(busy + 2);
    play.work();
    play.say(stage, 'p3');
    expect(play.pending, 'once it has been answered').toHaveLength(busy + 1);
    expect(play.state.round).toMatchObject({ stage, answered: 1 });
  });

  test('[R5] while the machine is busy, whoever comes back often is told once, on the newest connection', () => {
    const play = new RoundPlay();
    play.to(stage);
    if (stage === 'advertise') play.say('advertise', 'p3');
    play.isEager = false;
    play.send({ kind: 'closed', client: 'p3' });
    for (let i = 0; i < 10; i += 1) {
      play.send({ kind: 'resume', client: `back${i}`, roundId: 'round-1', resume: token('p3') });
      if (i < 9) play.send({ kind: 'closed', client: `back${i}` });
    }
    expect(play.pending).toHaveLength(1);
    play.work();
    expect(play.lastMessage('back0')).toBeUndefined();
    expect(play.inbox.get('back9')).toMatchObject([{ kind: told[stage] }]);
    play.send({ kind: 'closed', client: 'back9' });
    play.send({ kind: 'resume', client: 'again', roundId: 'round-1', resume: token('p3') });
    play.work();
    expect(play.lastMessage('again')).toMatchObject({ kind: told[stage] });
  });

  test('[R8] a stop aborts at once', () => {
    const play = new RoundPlay();
    play.to(stage);
    play.send({ kind: 'stop' });
    expect(play.lastMessage('p0')).toEqual({ kind: 'abort', roundId: 'round-1', code: 'stopped' });
    expect(play.timers.size).toBe(0);
  });
});

test('[R5] without an advertise there is no coming back: a closed socket is a dropout at once', () => {
  const play = new RoundPlay();
  play.to('advertise');
  play.send({ kind: 'closed', client: 'p3' });
  expect(play.effects).toContainEqual({ kind: 'step', roundId: 'round-1', event: { kind: 'dropped', seat: 3 } });
  play.send({ kind: 'resume', client: 'back', roundId: 'round-1', resume: token('p3') });
  expect(play.lastMessage('back')).toMatchObject({ kind: 'refused', code: 'not-in-round' });
});

test('[R5] the token is that of the first advertise', () => {
  const play = new RoundPlay();
  play.to('advertise');
  play.say('advertise', 'p3');
  play.send({ kind: 'advertise', client: 'p3', roundId: 'round-1', bytes: advertiseOf('other') });
  expect(play.lastMessage('p3')).toMatchObject({ kind: 'refused', code: 'duplicate' });
  play.send({ kind: 'resume', client: 'back', roundId: 'round-1', resume: token('other') });
  expect(play.lastMessage('back')).toMatchObject({ kind: 'refused', code: 'not-in-round' });
  play.send({ kind: 'resume', client: 'back', roundId: 'round-1', resume: token('p3') });
  expect(play.lastMessage('back')).toMatchObject({ kind: 'config' });
});

test('[R5] a socket has one seat, and is told once what was said last', () => {
  const play = new RoundPlay();
  play.to('shares');
  for (const name of ['p0', 'p1']) {
    play.send({ kind: 'resume', client: 'p1', roundId: 'round-1', resume: token(name) });
    expect(play.lastMessage('p1')).toMatchObject({ kind: 'refused', code: 'duplicate' });
  }
});

test('[R7] who missed the confirmation and says it afterwards is late', () => {
  const play = new RoundPlay();
  const people = play.to('confirm');
  for (const person of people.slice(0, 23)) play.say('confirm', person);
  play.fire('stage');
  expect(play.stage).toBe('unmask');
  play.say('confirm', 'p23');
  expect(play.lastMessage('p23')).toMatchObject({ kind: 'refused', code: 'late' });
});

test('[M13] who missed a stage is told so, can join again, and hears nothing more of the round', () => {
  const play = new RoundPlay();
  const people = play.to('shares');
  for (const person of people.slice(0, 23)) play.say('shares', person);
  play.fire('stage');
  expect(play.lastMessage('p23')).toMatchObject({ kind: 'refused', code: 'late', retryAfterMs: 0 });
  play.say('shares', 'p23');
  expect(play.lastMessage('p23')).toMatchObject({ kind: 'refused', code: 'late' });
  play.join('p23');
  expect(play.lastMessage('p23')).toMatchObject({ kind: 'waiting', joined: 1 });
  play.send({ kind: 'failed', roundId: 'round-1' });
  expect(play.inbox.get('p23')?.some(({ kind }) => kind === 'abort')).toBe(false);
  expect(play.lastMessage('p0')).toMatchObject({ kind: 'abort', code: 'server-error' });
});

test('[M15] whose message is at fault is told what it was, once', () => {
  const play = new RoundPlay();
  play.to('advertise');
  const step = { stage: 'advertise', send: [], answered: 0, asked: 23, outcome: null } as const;
  const refused = [{ seat: 3, code: 'bad-key', message: 'advertise: low order' }];
  play.send({ kind: 'stepped', roundId: 'round-1', ...step, refused, out: [3] });
  expect(play.lastMessage('p3')).toEqual({
    kind: 'refused',
    code: 'bad-key',
    message: 'advertise: low order',
    retryAfterMs: null,
  });
  expect(play.inbox.get('p3')?.filter(({ kind }) => kind === 'refused')).toHaveLength(1);
  play.send({ kind: 'stepped', roundId: 'round-1', ...step, refused, out: [] });
  expect(play.effects, 'what it said before it was told').not.toContainEqual(
    expect.objectContaining({ kind: 'send', client: 'p3' }),
  );
});

test('words of the machine that the wire does not have become bad-message', () => {
  const play = new RoundPlay();
  play.to('shares');
  const refused = [{ seat: 3, code: 'bad-roster', message: 'x' }];
  const step = { stage: 'shares', send: [], answered: 0, asked: 24, outcome: null, out: [] } as const;
  play.send({ kind: 'stepped', roundId: 'round-1', ...step, refused });
  expect(play.lastMessage('p3')).toMatchObject({ kind: 'refused', code: 'bad-message' });
});

test('[R6] too few: everyone who is left hears it, also who was silent', () => {
  const play = new RoundPlay();
  const people = play.to('shares');
  for (const person of people.slice(0, 19)) play.say('shares', person);
  play.fire('stage');
  expect(play.aborted).toEqual([{ roundId: 'round-1', code: 'too-few' }]);
  for (const person of people) {
    expect(play.lastMessage(person)).toEqual({ kind: 'abort', roundId: 'round-1', code: 'too-few' });
  }
});

test.each(['too-few', 'too-few-shares', 'bad-shares', 'server-error'] as const)(
  '[M14] the machine gives up: %s',
  (code) => {
    const play = new RoundPlay();
    play.to('unmask');
    const step = { stage: 'unmask', send: [], refused: [], out: [], answered: 24, asked: 24 } as const;
    play.send({ kind: 'stepped', roundId: 'round-1', ...step, outcome: { kind: 'aborted', code } });
    expect(play.lastMessage('p0')).toEqual({ kind: 'abort', roundId: 'round-1', code });
    expect(play.aborted).toEqual([{ roundId: 'round-1', code }]);
  },
);

test('a step of a round that is over changes nothing', () => {
  const play = new RoundPlay();
  play.to('unmask');
  play.send({ kind: 'failed', roundId: 'round-1' });
  const before = play.state;
  const step = { stage: 'unmask', send: [], refused: [], out: [], answered: 24, asked: 24 } as const;
  play.send({ kind: 'stepped', roundId: 'round-1', ...step, outcome: { kind: 'done', seats: [0, 1, 2] } });
  expect(play.state).toEqual(before);
  expect(play.effects).toEqual([]);
});

test('[M13] gone after its upload: the update counts, and who comes back still learns the outcome', () => {
  const play = new RoundPlay();
  const people = play.to('confirm');
  play.send({ kind: 'closed', client: 'p0' });
  play.fire('grace:0');
  play.answerUntil('aggregate', people.slice(1));
  expect(play.effects).toContainEqual({ kind: 'aggregate', roundId: 'round-1', cohort: 24 });
  play.send({ kind: 'resume', client: 'back', roundId: 'round-1', resume: token('p0') });
  expect(play.lastMessage('back')).toMatchObject({ kind: 'progress', stage: 'aggregate', received: 24, expected: 24 });
});

test('in mode 4 the words of the mask machine are not for now', () => {
  const play = new RoundPlay(testRules, 4);
  play.to('collect');
  for (const stage of answerStages) {
    play.say(stage, 'p0');
    expect(play.lastMessage('p0')).toMatchObject({ kind: 'refused', code: 'out-of-order' });
  }
  expect(play.state.round).toMatchObject({ answered: 0, asked: 24 });
});
