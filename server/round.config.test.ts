// Config: the cohort is fixed and the config is made durable before anybody sees it.
import { expect, test } from 'vitest';
import { RoundPlay, testRules } from './testing/round-play.ts';

function inConfig(count = 24): RoundPlay {
  const play = new RoundPlay();
  play.joinMany(count);
  if (play.stage === 'gather') play.fire('quiet');
  return play;
}

test('everyone in the cohort gets the config, and the deadline starts', () => {
  const play = inConfig();
  play.send({ kind: 'configured', roundId: play.roundId });
  expect(play.stage).toBe('advertise');
  for (let i = 0; i < 24; i += 1) expect(play.lastMessage(`p${i}`)).toMatchObject({ kind: 'config' });
  expect(play.timers.get('stage')?.delayMs).toBe(testRules.answerMs.advertise);
});

test('in mode 4 the uploads come next', () => {
  const play = new RoundPlay(testRules, 4);
  play.to('collect');
  expect(play.lastMessage('p0')).toMatchObject({ kind: 'config' });
  expect(play.timers.get('stage')?.delayMs).toBe(testRules.answerMs.collect);
});

test('[R2] who comes now waits for the next round', () => {
  const play = inConfig();
  play.join('late');
  expect(play.lastMessage('late')).toEqual({ kind: 'waiting', joined: 1, needed: 24 });
  play.send({ kind: 'configured', roundId: play.roundId });
  expect(play.lastMessage('late')).toEqual({ kind: 'waiting', joined: 1, needed: 24 });
});

test('[R6] a config that does not come aborts the round', () => {
  const play = inConfig();
  play.fire('stage');
  expect(play.stage).toBe('gather');
  expect(play.aborted).toEqual([{ roundId: 'round-1', code: 'server-error' }]);
  expect(play.lastMessage('p0')).toEqual({ kind: 'abort', roundId: 'round-1', code: 'server-error' });
  play.send({ kind: 'configured', roundId: 'round-1' });
  expect(play.stage, 'one that comes late changes nothing').toBe('gather');
});

test('[R6] when too many leave, the round aborts before anybody is charged', () => {
  const play = inConfig(24);
  for (let i = 0; i < 4; i += 1) play.send({ kind: 'leave', client: `p${i}` });
  expect(play.stage).toBe('config');
  play.send({ kind: 'leave', client: 'p4' });
  expect(play.aborted).toEqual([{ roundId: 'round-1', code: 'too-few' }]);
  expect(play.inbox.get('p9')?.some((message) => message.kind === 'config')).toBe(false);
});

test('[R5] who has not advertised has nothing to come back with: a closed socket is a dropout at once', () => {
  const play = inConfig(24);
  play.send({ kind: 'closed', client: 'p7' });
  expect(play.timers.has('grace:7')).toBe(false);
  play.send({ kind: 'configured', roundId: play.roundId });
  expect(play.effects).toContainEqual({
    kind: 'begin',
    roundId: 'round-1',
    seats: Array.from({ length: 24 }, (_, seat) => seat).filter((seat) => seat !== 7),
  });
  expect(play.inbox.get('p7')?.some((message) => message.kind === 'config')).toBe(false);
});

test('[R5] who goes between the config and the first step of the machine is not waited for', () => {
  const play = new RoundPlay();
  play.isEager = false;
  play.joinMany(24);
  play.fire('quiet');
  play.send({ kind: 'configured', roundId: play.roundId });
  play.send({ kind: 'closed', client: 'p7' });
  play.work();
  expect(play.effects).toContainEqual({ kind: 'step', roundId: 'round-1', event: { kind: 'dropped', seat: 7 } });
});

test('[R7] frames and answers before the config are not in the round', () => {
  const play = inConfig();
  for (const stage of ['advertise', 'masked', 'collect'] as const) {
    play.say(stage, 'p0');
    expect(play.lastMessage('p0')).toMatchObject({ kind: 'refused', code: 'not-in-round' });
  }
  expect(play.pending).toEqual([]);
});

test('[R8] a stop aborts', () => {
  const play = inConfig();
  play.send({ kind: 'stop' });
  expect(play.lastMessage('p0')).toEqual({ kind: 'abort', roundId: 'round-1', code: 'stopped' });
  expect(play.stage).toBe('gather');
});

test('a failure of the server aborts; a failure of another round does not', () => {
  const play = inConfig();
  play.send({ kind: 'failed', roundId: 'another' });
  expect(play.stage).toBe('config');
  play.send({ kind: 'failed', roundId: play.roundId });
  expect(play.aborted).toEqual([{ roundId: 'round-1', code: 'server-error' }]);
});

test('after an abort those who waited are the next round', () => {
  const play = inConfig();
  play.joinMany(24, 'q');
  play.send({ kind: 'failed', roundId: play.roundId });
  expect(play.stage).toBe('gather');
  expect(play.timers.get('quiet')?.roundId).toBe('round-2');
  expect(play.effects).toContainEqual({ kind: 'record-open', roundId: 'round-2' });
});
