// Gathering: who may wait, when the cohort is fixed, who gets a seat.
import { expect, test } from 'vitest';
import { initialState } from './round.ts';
import { RoundPlay, testRules } from './testing/round-play.ts';

test('[R2] everyone hears how many are here', () => {
  const play = new RoundPlay();
  play.join('a');
  play.join('b');
  expect(play.inbox.get('a')).toEqual([
    { kind: 'waiting', joined: 1, needed: 24 },
    { kind: 'waiting', joined: 2, needed: 24 },
  ]);
  expect(play.lastMessage('b')).toEqual({ kind: 'waiting', joined: 2, needed: 24 });
});

test('[R2] below the target people wait without a timer', () => {
  const play = new RoundPlay();
  play.joinMany(23);
  expect(play.stage).toBe('gather');
  expect(play.timers.size).toBe(0);
});

test('[R2] at the target the quiet second starts, and each newcomer starts it again', () => {
  const play = new RoundPlay();
  play.joinMany(24);
  expect(play.timers.get('quiet')).toEqual({ roundId: 'round-1', delayMs: 1_000 });
  play.timers.clear();
  play.join('late');
  expect(play.timers.get('quiet')?.delayMs).toBe(1_000);
  play.timers.clear();
  play.send({ kind: 'leave', client: 'late' });
  expect(play.timers.size, 'a leaver does not prolong it').toBe(0);
});

test('[R2] after the quiet second the cohort is fixed', () => {
  const play = new RoundPlay();
  play.joinMany(25);
  play.fire('quiet');
  expect(play.stage).toBe('config');
  expect(play.kinds()).toContain('configure');
  expect(play.timers.get('stage')?.delayMs).toBe(testRules.configMs);
});

test('[R2] with the largest cohort nobody waits for the quiet second', () => {
  const play = new RoundPlay();
  play.joinMany(28);
  expect(play.stage).toBe('config');
});

test('[R2] when people leave below the target the quiet second is called off', () => {
  const play = new RoundPlay();
  play.joinMany(24);
  play.send({ kind: 'closed', client: 'p3' });
  expect(play.timers.size).toBe(0);
  expect(play.lastMessage('p0')).toEqual({ kind: 'waiting', joined: 23, needed: 24 });
  play.send({ kind: 'timer', timer: 'quiet', roundId: 'round-1' });
  expect(play.stage, 'a timer that crossed its cancellation').toBe('gather');
});

test('[R3] a real visitor is seated before simulated participants who came earlier', () => {
  const play = new RoundPlay();
  for (let i = 0; i < 27; i += 1) play.join(`s${i}`, { simulated: true });
  play.send({ kind: 'stop' });
  play.send({ kind: 'go' });
  // A round is running while these wait, so more wait than there are seats.
  play.joinMany(28, 'first');
  for (let i = 0; i < 30; i += 1) play.join(`s${i}`, { simulated: true });
  play.join('visitor');
  play.send({ kind: 'failed', roundId: play.roundId });
  expect(play.stage).toBe('config');
  if (play.state.round.stage === 'gather') throw new Error('unreachable');
  const seated = play.state.round.members.map((member) => member.client);
  expect(seated[0]).toBe('visitor');
  expect(seated).toHaveLength(28);
  expect(seated.slice(1)).toEqual(Array.from({ length: 27 }, (_, i) => `s${i}`));
  expect(play.state.waiting.map(({ client }) => client)).toEqual(['s27', 's28', 's29']);
});

test('[R3] when the waiting room is full a real visitor takes the place of the last simulated participant', () => {
  const play = new RoundPlay();
  play.joinMany(28, 'first');
  for (let i = 0; i < 40; i += 1) play.join(`s${i}`, { simulated: true });
  play.join('s40', { simulated: true });
  expect(play.lastMessage('s40')).toMatchObject({ kind: 'refused', code: 'full' });
  play.join('visitor');
  expect(play.lastMessage('s39')).toMatchObject({ kind: 'refused', code: 'full' });
  expect(play.state.waiting).toHaveLength(40);
  expect(play.state.waiting.at(-1)?.client).toBe('visitor');
});

test('[R3] among real visitors alone a full waiting room refuses', () => {
  const play = new RoundPlay();
  play.joinMany(28, 'first');
  play.joinMany(40);
  play.join('one-more');
  expect(play.lastMessage('one-more')).toMatchObject({ kind: 'refused', code: 'full' });
});

test.each([
  ['stale-model', { modelHash: '9'.repeat(64) }],
  ['wrong-policy', { policyHash: '9'.repeat(64) }],
] as const)('[R4] %s', (code, fields) => {
  const play = new RoundPlay();
  play.join('a', fields);
  expect(play.lastMessage('a')).toMatchObject({ kind: 'refused', code });
  expect(play.state.waiting).toHaveLength(0);
});

test('[R4] another protocol version: 1 had rounds without masks', () => {
  const play = new RoundPlay();
  play.send({
    kind: 'join',
    client: 'a',
    protocol: 1,
    modelHash: play.state.current.modelHash,
    policyHash: play.state.current.policyHash,
    simulated: false,
  });
  expect(play.lastMessage('a')).toMatchObject({ kind: 'refused', code: 'protocol-version', retryAfterMs: null });
});

test('[R7] one seat a socket', () => {
  const play = new RoundPlay();
  play.join('a');
  play.join('a');
  expect(play.lastMessage('a')).toMatchObject({ kind: 'refused', code: 'duplicate' });
  expect(play.state.waiting).toHaveLength(1);
});

test('[R8] a stop refuses those who wait and those who come; afterwards joins are taken again', () => {
  const play = new RoundPlay();
  play.join('a');
  play.send({ kind: 'stop' });
  expect(play.lastMessage('a')).toMatchObject({ kind: 'refused', code: 'stopped' });
  expect(play.aborted).toEqual([{ roundId: 'round-1', code: 'stopped' }]);
  play.join('b');
  expect(play.lastMessage('b')).toMatchObject({ kind: 'refused', code: 'stopped' });
  play.send({ kind: 'go' });
  expect(play.kinds()).toEqual(['announce']);
  play.join('b');
  expect(play.state.waiting).toHaveLength(1);
});

test('a round is recorded when the first person joins, once', () => {
  const play = new RoundPlay();
  play.join('a');
  expect(play.effects).toContainEqual({ kind: 'record-open', roundId: 'round-1' });
  play.send({ kind: 'leave', client: 'a' });
  play.join('b');
  expect(play.kinds()).not.toContain('record-open');
});

test('an answer, an upload, a resume or a leave in this stage changes nothing', () => {
  const play = new RoundPlay();
  play.join('a');
  const before = play.state;
  for (const stage of ['advertise', 'shares', 'masked', 'confirm', 'unmask', 'collect'] as const) {
    play.say(stage, 'a');
    expect(play.lastMessage('a'), stage).toMatchObject({ kind: 'refused', code: 'not-in-round' });
  }
  play.send({ kind: 'resume', client: 'b', roundId: 'round-1', resume: '0'.repeat(32) });
  expect(play.lastMessage('b')).toMatchObject({ kind: 'refused', code: 'not-in-round' });
  play.send({ kind: 'leave', client: 'nobody' });
  expect(play.state).toEqual(before);
});

test('rules that no round can meet are refused', () => {
  const current = { version: 1, modelHash: 'm', policyHash: 'p' };
  expect(() => initialState({ ...testRules, minCohort: 30 }, current, false, 'r')).toThrow(RangeError);
  expect(() => initialState({ ...testRules, maxWaiting: 3 }, current, false, 'r')).toThrow(RangeError);
});
