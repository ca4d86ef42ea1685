// Config: the cohort is fixed and the config is made durable before anybody sees it.
import { expect, test } from 'vitest';
import { configBytes, RoundPlay, testRules, token } from './testing/round-play.ts';

function inConfig(count = 24): RoundPlay {
  const play = new RoundPlay();
  play.joinMany(count);
  if (play.stage === 'gather') play.fire('quiet');
  return play;
}

test('everyone in the cohort gets the same bytes, and the deadline starts', () => {
  const play = inConfig();
  play.send({ kind: 'configured', roundId: play.roundId, config: configBytes });
  expect(play.stage).toBe('collect');
  for (let i = 0; i < 24; i += 1) expect(play.lastMessage(`p${i}`)).toEqual({ kind: 'config', config: configBytes });
  expect(play.timers.get('stage')?.delayMs).toBe(testRules.collectMs);
});

test('[R2] who comes now waits for the next round', () => {
  const play = inConfig();
  play.join('late');
  expect(play.lastMessage('late')).toEqual({ kind: 'waiting', joined: 1, needed: 24 });
  play.send({ kind: 'configured', roundId: play.roundId, config: configBytes });
  expect(play.lastMessage('late')).toEqual({ kind: 'waiting', joined: 1, needed: 24 });
});

test('[R6] a config that does not come aborts the round', () => {
  const play = inConfig();
  play.fire('stage');
  expect(play.stage).toBe('gather');
  expect(play.aborted).toEqual([{ roundId: 'round-1', code: 'server-error' }]);
  expect(play.lastMessage('p0')).toEqual({ kind: 'abort', roundId: 'round-1', code: 'server-error' });
  play.send({ kind: 'configured', roundId: 'round-1', config: configBytes });
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

test('[R5] a closed socket is a dropout after the grace', () => {
  const play = inConfig(24);
  play.send({ kind: 'closed', client: 'p7' });
  expect(play.timers.get('grace:7')?.delayMs).toBe(testRules.graceMs);
  play.fire('grace:7');
  play.send({ kind: 'configured', roundId: play.roundId, config: configBytes });
  expect(play.inbox.get('p7')?.some((message) => message.kind === 'config')).toBe(false);
});

test('[R7] frames before the config are not in the round', () => {
  const play = inConfig();
  play.upload('p0');
  expect(play.lastMessage('p0')).toMatchObject({ kind: 'refused', code: 'not-in-round' });
  expect(play.sum).toEqual([]);
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
  for (let i = 0; i < 24; i += 1) play.join(`q${i}`, { resume: token(`q${i}`) });
  play.send({ kind: 'failed', roundId: play.roundId });
  expect(play.stage).toBe('gather');
  expect(play.timers.get('quiet')?.roundId).toBe('round-2');
  expect(play.effects).toContainEqual({ kind: 'record-open', roundId: 'round-2' });
});
