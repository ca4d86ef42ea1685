// Publish: one transaction, then the next round.
import { expect, test } from 'vitest';
import { modelHash, RoundPlay, testRules, token } from './testing/round-play.ts';

function inPublish(): RoundPlay {
  const play = new RoundPlay();
  play.answerUntil('aggregate', play.to('advertise'));
  play.send({ kind: 'aggregated', roundId: 'round-1' });
  return play;
}
const { answerMs } = testRules;
const published = { kind: 'published', roundId: 'round-1', version: 2, modelHash: modelHash(2), answerMs } as const;
const result = { kind: 'result', roundId: 'round-1', cohort: 24, modelVersion: 2, modelHash: modelHash(2) };

test('the cohort gets the result, everyone the model, and gathering begins', () => {
  const play = inPublish();
  play.send(published);
  expect(play.lastMessage('p0')).toEqual(result);
  expect(play.kinds()).toContain('announce');
  expect(play.stage).toBe('gather');
  expect(play.roundId).toBe('round-2');
  expect(play.timers.size).toBe(0);
  expect(play.state.current).toMatchObject({ version: 2, modelHash: modelHash(2) });
});

test('[R4] who waited trained on the model before: stale', () => {
  const play = inPublish();
  play.join('late');
  play.send(published);
  expect(play.lastMessage('late')).toMatchObject({ kind: 'refused', code: 'stale-model', retryAfterMs: 0 });
  expect(play.state.waiting).toEqual([]);
});

test('[R5] who was away learns the result when it comes back', () => {
  const play = inPublish();
  play.send({ kind: 'closed', client: 'p0' });
  play.send(published);
  play.send({ kind: 'resume', client: 'back', roundId: 'round-1', resume: token('p0') });
  expect(play.lastMessage('back')).toEqual(result);
});

test('[R7] the round is over: uploads are late', () => {
  const play = inPublish();
  play.send(published);
  play.say('masked', 'p0', 'round-1');
  expect(play.lastMessage('p0')).toMatchObject({ kind: 'refused', code: 'late' });
});

test('[R8] a stop lets a transaction that has begun finish, then refuses joins', () => {
  const play = inPublish();
  play.send({ kind: 'stop' });
  expect(play.stage).toBe('publish');
  play.send(published);
  expect(play.lastMessage('p0')).toEqual(result);
  play.join('p0');
  expect(play.lastMessage('p0')).toMatchObject({ kind: 'refused', code: 'stopped' });
});

test('[R6] a transaction that fails or does not end aborts', () => {
  for (const end of ['fails', 'hangs']) {
    const play = inPublish();
    if (end === 'fails') play.send({ kind: 'failed', roundId: 'round-1' });
    else play.fire('stage');
    expect(play.aborted).toEqual([{ roundId: 'round-1', code: 'server-error' }]);
    expect(play.lastMessage('p0')).toEqual({ kind: 'abort', roundId: 'round-1', code: 'server-error' });
    expect(play.stage).toBe('gather');
  }
});

test('a transaction that outlived its deadline still moves everyone to its model', () => {
  const play = inPublish();
  play.fire('stage');
  play.joinMany(28, 'q');
  expect(play.stage).toBe('config');
  play.send(published);
  expect(play.state.current.version).toBe(2);
  expect(play.stage).toBe('gather');
  expect(play.lastMessage('q0')).toEqual({ kind: 'abort', roundId: 'round-2', code: 'server-error' });
  expect(play.kinds()).toContain('announce');
  play.send(published);
  expect(play.effects, 'the same news twice').toEqual([]);
});

const replaced = { kind: 'replaced', version: 2, modelHash: modelHash(2), answerMs } as const;

test('[R4] a model without a round, as a phase ends: who waits is stale, its opened round is given up, and gathering begins anew', () => {
  const play = new RoundPlay();
  play.joinMany(24, 'w');
  expect(play.timers.has('quiet')).toBe(true);
  play.send(replaced);
  expect(play.stage).toBe('gather');
  expect(play.roundId).toBe('round-2');
  expect(play.timers.size).toBe(0);
  expect(play.state.waiting).toEqual([]);
  expect(play.aborted).toEqual([{ roundId: 'round-1', code: 'too-few' }]);
  expect(play.lastMessage('w23')).toMatchObject({ kind: 'refused', code: 'stale-model', retryAfterMs: 0 });
  expect(play.kinds()).toContain('announce');
  expect(play.state.current).toMatchObject({ version: 2, modelHash: modelHash(2) });
  play.send(replaced);
  expect(play.effects, 'the same news twice').toEqual([]);
});

test('a model without a round while nobody waits ends nothing, and ends a round that began in the meantime', () => {
  const idle = new RoundPlay();
  idle.send(replaced);
  expect(idle.aborted).toEqual([]);
  expect(idle.kinds()).toEqual(['clear-timers', 'announce']);
  const begun = new RoundPlay();
  begun.joinMany(28, 'b');
  expect(begun.stage).toBe('config');
  begun.send(replaced);
  expect(begun.lastMessage('b0')).toEqual({ kind: 'abort', roundId: 'round-1', code: 'server-error' });
  expect(begun.stage).toBe('gather');
});
