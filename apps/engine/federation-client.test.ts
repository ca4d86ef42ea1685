// The federation client's state machine: the path, then what must not happen. Rules: PROTOCOL.md 3, [P2], [R4], [R5], [N6], [L2].
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RefusalCode, ServerMessage } from '#shared/protocol/messages.ts';
import {
  type ClientEffect,
  type ClientEvent,
  type ClientState,
  clientStep,
  initialClientState,
  isInRound,
  mayBeCharged,
} from './federation-client.ts';

const roundId = '0102030405060708090a0b0c0d0e0f10';
const resume = 'e'.repeat(32);
const config = new Uint8Array(184);
config.set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16], 8);
const bytes = Uint8Array.of(1, 2, 3);
const model: ServerMessage = { kind: 'model', version: 1, hash: 'a'.repeat(64), policyHash: 'p'.repeat(64) };
const newModel: ServerMessage = { ...model, version: 2, hash: 'b'.repeat(64) };
const message = (received: ServerMessage): ClientEvent => ({ kind: 'message', message: received, jitter: 0.5 });
const result: ServerMessage = { kind: 'result', roundId, cohort: 24, modelVersion: 2, modelHash: 'b'.repeat(64) };
const trained = (hash = 'a'.repeat(64)): ClientEvent => ({ kind: 'trained', modelHash: hash });
const refused = (code: RefusalCode): ClientEvent => message({ kind: 'refused', code, message: '', retryAfterMs: null });
const back: readonly ClientEvent[] = [{ kind: 'timer', name: 'reconnect', jitter: 0 }, { kind: 'opened' }];

/** Up to a config that the device accepts. */
const beginning: readonly ClientEvent[] = [
  { kind: 'want', want: 'join' },
  { kind: 'opened' },
  message(model),
  trained(),
  message({ kind: 'waiting', joined: 17, needed: 24 }),
  message({ kind: 'config', config }),
];

/** The path of one participation under masks. */
const path: readonly ClientEvent[] = [
  ...beginning,
  { kind: 'config-accepted', mode: 1 },
  { kind: 'entered', roundId, resume },
  { kind: 'said', roundId, message: 'advertise' },
  message({ kind: 'roster', roundId, bytes }),
  { kind: 'masks', roundId, state: 'shared' },
  { kind: 'said', roundId, message: 'shares' },
  message({ kind: 'inbox', roundId, bytes }),
  { kind: 'masks', roundId, state: 'charging' },
  { kind: 'charged', roundId },
  { kind: 'masks', roundId, state: 'masked' },
  { kind: 'said', roundId, message: 'masked' },
  message({ kind: 'progress', roundId, stage: 'masked', received: 3, expected: 24 }),
  message({ kind: 'unmask_req', roundId, bytes }),
  { kind: 'masks', roundId, state: 'confirming' },
  { kind: 'said', roundId, message: 'confirm' },
  message({ kind: 'confirmations', roundId, bytes }),
  { kind: 'masks', roundId, state: 'unmasking' },
  { kind: 'said', roundId, message: 'unmask' },
  message({ kind: 'progress', roundId, stage: 'aggregate', received: 24, expected: 24 }),
  message(result),
  { kind: 'rested' },
];
/** The path where updates are sent alone. */
const alonePath: readonly ClientEvent[] = [
  ...beginning,
  { kind: 'config-accepted', mode: 4 },
  { kind: 'entered', roundId, resume: null },
  { kind: 'charged', roundId },
  { kind: 'said', roundId, message: 'local' },
  message({ kind: 'progress', roundId, stage: 'collect', received: 3, expected: 4 }),
  message({ kind: 'progress', roundId, stage: 'aggregate', received: 4, expected: 4 }),
  message(result),
  { kind: 'rested' },
];

function play(
  events: readonly ClientEvent[],
  from = initialClientState,
): { state: ClientState; effects: ClientEffect[] } {
  let state = from;
  const effects: ClientEffect[] = [];
  for (const event of events) {
    const step = clientStep(state, event);
    state = step.state;
    effects.push(...step.effects);
  }
  return { state, effects };
}

/** The state after the first `count` events of a path. */
const after = (count: number, events = path): ClientState => play(events.slice(0, count)).state;
/** After the event of this kind that is told or said with this word. */
const at = (word: string, events = path): number =>
  1 +
  events.findIndex((event) =>
    event.kind === 'masks'
      ? event.state === word
      : event.kind === 'said'
        ? event.message === word
        : event.kind === 'message'
          ? event.message.kind === word
          : event.kind === word,
  );
const kinds = (effects: readonly ClientEffect[]): string[] => effects.map(({ kind }) => kind);
const stepsOf = (effects: readonly ClientEffect[]) =>
  effects.flatMap((effect) => (effect.kind === 'step' ? effect.name : []));

describe('the path of a participation', () => {
  test('each event leads to the next phase', () => {
    const phaseOf = ({ phase }: ClientState) => (phase.kind === 'in-round' ? phase.stage : phase.kind);
    const phases = path.map((_, index) => phaseOf(after(index + 1)));
    expect(phases.filter((phase, index) => phase !== phases[index - 1])).toEqual([
      'connecting',
      'training',
      'joined',
      'configured',
      'entering',
      'advertised',
      'shared',
      'charging',
      'masked',
      'confirming',
      'unmasking',
      'done',
      'training',
    ]);
    const alone = alonePath.map((_, index) => phaseOf(after(index + 1, alonePath)));
    expect(alone.slice(beginning.length)).toEqual([
      'entering',
      'charging',
      'sending',
      'sending',
      'sending',
      'sending',
      'done',
      'training',
    ]);
  });

  test('[L2] train first, join after; check, enter, charge, and only then the upload', () => {
    const order = (events: readonly ClientEvent[]) =>
      play(events).effects.flatMap((effect) => {
        if (effect.kind === 'masks') return `masks ${effect.event.kind}`;
        const told = ['train', 'join', 'check-config', 'enter', 'charge', 'send-local', 'wipe', 'ended'];
        return told.includes(effect.kind) ? effect.kind : [];
      });
    expect(order(path)).toEqual([
      'train',
      'join',
      'check-config',
      'enter',
      'masks roster',
      'masks inbox',
      'charge',
      'masks charged',
      'masks unmask_req',
      'masks confirmations',
      'wipe',
      'ended',
      'train',
    ]);
    expect(order(alonePath)).toEqual([
      'train',
      'join',
      'check-config',
      'enter',
      'charge',
      'send-local',
      'wipe',
      'ended',
      'train',
    ]);
  });

  test('the steps that a person sees are those of the protocol', () => {
    expect(stepsOf(play(path).effects)).toEqual([
      'trained',
      'joined',
      'config',
      'noised',
      'keys',
      'shares',
      'charged',
      'sent',
      'confirmed',
      'unmasked',
      'aggregating',
      'published',
    ]);
    expect(stepsOf(play(alonePath).effects)).toEqual([
      'trained',
      'joined',
      'config',
      'noised',
      'charged',
      'sent',
      'aggregating',
      'published',
    ]);
  });

  test('how many people are here is shown as the server counts', () => {
    expect(after(5).phase).toMatchObject({ kind: 'joined', joined: 17, needed: 24 });
    expect(after(at('progress')).phase).toMatchObject({ received: 3, expected: 24 });
  });
});

describe('hold', () => {
  test('fewer people than needed: waits, whatever the count says, and enters and charges nothing', () => {
    const counts = Array.from({ length: 200 }, (_, joined) => message({ kind: 'waiting', joined, needed: 24 }));
    const { state, effects } = play(counts, after(5));
    expect(state.phase).toMatchObject({ kind: 'joined', joined: 199 });
    expect(effects).toEqual([]);
  });

  test('an update that was held too long: leaves the queue, and trains anew', () => {
    const { state, effects } = play([{ kind: 'expired' }], after(5));
    expect(kinds(effects)).toEqual(['send-leave', 'train']);
    expect(state.phase.kind).toBe('training');
    for (let count = 6; count < path.length; count++) {
      expect(clientStep(after(count), { kind: 'expired' })).toEqual({ state: after(count), effects: [] });
    }
  });
});

describe('what belongs to no round of ours changes nothing', () => {
  const foreign = 'f'.repeat(32);
  const strays: readonly ServerMessage[] = [
    { kind: 'progress', roundId: foreign, stage: 'publish', received: 1, expected: 2 },
    { ...result, roundId: foreign },
    { kind: 'abort', roundId: foreign, code: 'too-few' },
    { kind: 'roster', roundId: foreign, bytes },
    { kind: 'inbox', roundId: foreign, bytes },
    { kind: 'unmask_req', roundId: foreign, bytes },
    { kind: 'confirmations', roundId: foreign, bytes },
    { kind: 'refused', code: 'duplicate', message: '', retryAfterMs: null },
  ];
  test.each(path.map((_, index) => index + 1))('[P2] after event %i', (count) => {
    for (const stray of strays) {
      const { state, effects } = clientStep(after(count), message(stray));
      expect(state).toEqual(after(count));
      expect(effects).toEqual([]);
    }
  });

  test('[P2] what came late for a round that is over changes nothing', () => {
    const done = after(at('result'));
    for (const late of path.slice(beginning.length, -1)) {
      if (late.kind === 'message' && late.message.kind === 'model') continue;
      expect(clientStep(done, late)).toEqual({ state: done, effects: [] });
    }
  });

  test('[P2] random orders of real messages and own acts never charge twice, and never send before a charge', () => {
    const events = fc.array(
      fc.oneof(
        ...[
          ...path,
          ...alonePath.slice(beginning.length),
          ...strays.map(message),
          message(newModel),
          { kind: 'opened' } as const,
          { kind: 'closed', jitter: 0.3 } as const,
          { kind: 'timer', name: 'reconnect', jitter: 0 } as const,
        ].map((event) => fc.constant(event as ClientEvent)),
      ),
      { maxLength: 80 },
    );
    // Most random orders lead nowhere: these begin on the path.
    fc.assert(
      fc.property(events, fc.nat(path.length), (sequence, begun) => {
        let state = after(begun);
        let charges = mayBeCharged(state.phase) ? 1 : 0;
        for (const event of sequence) {
          const step = clientStep(state, event);
          for (const effect of step.effects) {
            if (effect.kind === 'enter') expect(state.phase.kind).toBe('configured');
            if (effect.kind === 'join') expect(state.phase.kind).toBe('training');
            if (effect.kind === 'charge') expect(++charges).toBe(1);
            const upload = effect.kind === 'send-local' || (effect.kind === 'masks' && effect.event.kind === 'charged');
            if (upload) expect(event.kind).toBe('charged');
            if (upload) expect(step.state.phase).toMatchObject({ kind: 'in-round', charged: true });
          }
          if (step.state.phase.kind === 'configured' || step.state.phase.kind === 'entering') charges = 0;
          state = step.state;
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a second config', () => {
  const other = config.slice();
  other[60] = 1;
  const inRound = path.map((_, index) => index + 1).filter((count) => isInRound(after(count).phase));
  test.each(inRound)(
    '[P2] in the same round after event %i: identical is ignored, another aborts and wipes',
    (count) => {
      const state = after(count);
      expect(clientStep(state, message({ kind: 'config', config: config.slice() }))).toEqual({ state, effects: [] });
      const { state: ended, effects } = clientStep(state, message({ kind: 'config', config: other }));
      expect(ended.phase).toMatchObject({
        kind: 'done',
        outcome: { status: 'aborted', code: 'second-config', charged: mayBeCharged(state.phase) },
      });
      expect(kinds(effects)).toEqual(expect.arrayContaining(['wipe', 'close']));
      expect(kinds(effects)).not.toContain('send-leave');
    },
  );

  test('[P2] sent alone, too', () => {
    const { state, effects } = play(
      [message({ kind: 'config', config: other })],
      after(at('local', alonePath), alonePath),
    );
    expect(state.phase).toMatchObject({ kind: 'done', outcome: { code: 'second-config', charged: true } });
    expect(kinds(effects)).toEqual(expect.arrayContaining(['wipe', 'close']));
  });
});

describe('masks before their time', () => {
  test.each(['roster', 'inbox', 'unmask_req', 'confirmations'] as const)(
    '[M12] %s before the own keys are drawn, or where there are no masks: ends the round',
    (kind) => {
      for (const state of [after(6), after(7), after(at('local', alonePath), alonePath)]) {
        const { state: ended, effects } = clientStep(state, message({ kind, roundId, bytes }));
        expect(ended.phase).toMatchObject({ kind: 'done', outcome: { status: 'aborted', code: 'out-of-order' } });
        expect(kinds(effects)).toEqual(expect.arrayContaining(['wipe', 'close']));
      }
    },
  );

  test('[M12] what the mask machine refuses ends the round without a word', () => {
    const { state, effects } = play([{ kind: 'masks-aborted', roundId, code: 'bad-roster' }], after(at('advertise')));
    expect(state).toMatchObject({ connection: 'none', phase: { kind: 'done', outcome: { code: 'bad-roster' } } });
    expect(kinds(effects)).toEqual(['cancel', 'close', 'cancel', 'wipe', 'step', 'ended']);
  });
});

describe('a broken connection', () => {
  const resumable = path.map((_, index) => index + 1).filter((count) => count >= at('entered') && count < at('result'));
  test.each(resumable)('[R5] after event %i: comes back within the grace, and says its last word again', (count) => {
    const broken = clientStep(after(count), { kind: 'closed', jitter: 0.999 });
    expect(broken.effects).toContainEqual({ kind: 'timer', name: 'reconnect', delayMs: 100 });
    const { state, effects } = play(back, broken.state);
    expect(effects.slice(0, 3)).toEqual([
      { kind: 'open' },
      { kind: 'resume', roundId, resume },
      { kind: 'masks', roundId, event: { kind: 'resumed' } },
    ]);
    expect(state.phase).toEqual(after(count).phase);
  });

  test('[R5] before anything was said, and where updates are sent alone, the round is over', () => {
    for (const [state, charged] of [
      [after(6), false],
      [after(7), false],
      [after(at('entered', alonePath), alonePath), true],
      [after(at('local', alonePath), alonePath), true],
    ] as const) {
      const { state: ended, effects } = clientStep(state, { kind: 'closed', jitter: 0 });
      expect(ended).toMatchObject({
        connection: 'retrying',
        phase: { kind: 'done', outcome: { status: 'aborted', code: 'connection-lost', charged } },
      });
      expect(kinds(effects)).toContain('wipe');
      expect(kinds(play(back, ended).effects)).not.toContain('resume');
    }
  });

  test('[L2] while the upload is computed: nothing is charged before the server speaks of the round again', () => {
    const broken = play(
      [
        { kind: 'closed', jitter: 0 },
        { kind: 'masks', roundId, state: 'charging' },
      ],
      after(at('inbox')),
    );
    expect(broken.state.phase).toMatchObject({ stage: 'ready', charged: false });
    expect(kinds(broken.effects)).not.toContain('charge');
    const returned = play(back, broken.state);
    expect(kinds(returned.effects)).not.toContain('charge');
    const { state, effects } = play([message({ kind: 'inbox', roundId, bytes })], returned.state);
    expect(state.phase).toMatchObject({ stage: 'charging' });
    expect(kinds(effects).filter((kind) => kind === 'charge')).toHaveLength(1);
    // Or it went on without this device, which then has paid nothing.
    const over = play([refused('late')], returned.state).state;
    expect(over.phase).toMatchObject({ kind: 'done', outcome: { code: 'late', charged: false } });
  });

  test('[R5] broken while the ledger pays: the charge goes on, the upload waits for the connection', () => {
    const broken = play(
      [
        { kind: 'closed', jitter: 0 },
        { kind: 'charged', roundId },
        { kind: 'masks', roundId, state: 'masked' },
      ],
      after(at('charging')),
    );
    expect(broken.state.phase).toMatchObject({ stage: 'masked', charged: true, said: 'shares' });
    // Nothing has left, so no result can be ours.
    const returned = play(back, broken.state).state;
    expect(play([message(result)], returned).state.phase).toMatchObject({
      kind: 'done',
      outcome: { status: 'aborted', code: 'late', charged: true },
    });
    const said = play([{ kind: 'said', roundId, message: 'masked' }, message(result)], returned).state;
    expect(said.phase).toMatchObject({ kind: 'done', outcome: { status: 'published' } });
  });

  test('a step is shown once, however often its message is sent', () => {
    const again: ClientEvent = { kind: 'said', roundId, message: 'masked' };
    expect(clientStep(after(at('masked', path.slice(0, -1)) + 1), again).effects).toEqual([]);
    expect(clientStep(after(at('confirm')), again).effects).toEqual([]);
  });

  test('[R5] a round that the server gave up is over', () => {
    for (const code of [
      'not-in-round',
      'late',
      'out-of-order',
      'bad-key',
      'bad-frame',
      'too-large',
      'bad-message',
    ] as const) {
      expect(play([refused(code)], after(at('shared'))).state.phase).toMatchObject({
        kind: 'done',
        outcome: { charged: false, code },
      });
      expect(play([refused(code)], after(at('confirm'))).state.phase).toMatchObject({
        kind: 'done',
        outcome: { charged: true, code },
      });
    }
  });

  test('[R5] said again too late, when all was said before: the outcome is waited for', () => {
    const state = after(at('unmask'));
    expect(clientStep(state, refused('late'))).toEqual({ state, effects: [] });
    expect(clientStep(state, refused('duplicate'))).toEqual({ state, effects: [] });
  });

  test('outside a round it comes back with growing, bounded, jittered delays', () => {
    let state = after(2);
    const delays: number[] = [];
    for (let attempt = 0; attempt < 12; attempt++) {
      const closed = clientStep(state, { kind: 'closed', jitter: 0 });
      delays.push(closed.effects.flatMap((effect) => (effect.kind === 'timer' ? effect.delayMs : []))[0]!);
      state = clientStep(closed.state, { kind: 'timer', name: 'reconnect', jitter: 0 }).state;
    }
    expect(delays.slice(0, 4)).toEqual([250, 500, 1000, 2000]);
    expect(Math.max(...delays)).toBe(15_000);
    const spread = [0, 0.5, 0.99].map((jitter) => clientStep(after(2), { kind: 'closed', jitter }).effects.at(-1));
    expect(new Set(spread.map((effect) => JSON.stringify(effect))).size).toBe(3);
  });

  test('who waited joins again by itself, without training again when the model is the same', () => {
    const { state, effects } = play(
      [
        { kind: 'closed', jitter: 0 },
        { kind: 'timer', name: 'reconnect', jitter: 0 },
        { kind: 'opened' },
        message(model),
        trained(),
      ],
      after(5),
    );
    expect(state.phase.kind).toBe('joined');
    expect(kinds(effects).filter((kind) => kind === 'join')).toHaveLength(1);
  });

  test('a round that says nothing any more is left', () => {
    const { state, effects } = play([{ kind: 'timer', name: 'round', jitter: 0 }], after(at('confirm')));
    expect(state.phase).toMatchObject({ kind: 'done', outcome: { status: 'aborted', code: 'silence', charged: true } });
    expect(kinds(effects)).toContain('send-leave');
  });
});

describe('a model that moves on', () => {
  test('[R4] while waiting: leave, train on the new one, join again', () => {
    const { state, effects } = play([message(newModel), trained('b'.repeat(64))], after(5));
    expect(kinds(effects)).toEqual(['cancel', 'send-leave', 'train', 'step', 'join', 'step']);
    expect(state.phase).toMatchObject({ kind: 'joined', announced: { version: 2 } });
  });

  test('[R4] refused as stale: waits for the announcement and trains on it', () => {
    const stale = message({ kind: 'refused', code: 'stale-model', message: '', retryAfterMs: null });
    const waiting = play([stale], after(4)).state;
    expect(waiting.phase.kind).toBe('connecting');
    expect(play([message(newModel)], waiting).state.phase).toMatchObject({
      kind: 'training',
      announced: { version: 2 },
    });
  });

  test('a result of training on the old one is not joined with', () => {
    const { state } = play([message(newModel), trained('a'.repeat(64))], after(3));
    expect(state.phase.kind).toBe('training');
  });

  test('inside a round the new one is fetched and the round goes on', () => {
    const { state, effects } = play([message(newModel)], after(at('masked')));
    expect(kinds(effects)).toEqual(['cancel', 'fetch']);
    expect(state.phase.kind).toBe('in-round');
  });
});

describe('leaving', () => {
  test.each([...path, ...alonePath].map((_, index) => index + 1))('is clean after event %i', (index) => {
    const [events, count] = index <= path.length ? [path, index] : [alonePath, index - path.length];
    const before = after(count, events);
    const { state, effects } = clientStep(before, { kind: 'leave' });
    expect(state.phase.kind).toBe('idle');
    expect(state.connection).toBe('none');
    expect(state.want).toBe('none');
    expect(kinds(effects)).toContain('wipe');
    expect(kinds(effects)).toContain('close');
    expect(kinds(effects).includes('ended')).toBe(isInRound(before.phase));
    // Whatever comes afterwards finds nobody, and has nothing said.
    for (const event of events.slice(1)) {
      const late = clientStep(state, event);
      expect(late.state.phase.kind).toBe('idle');
      expect(kinds(late.effects).filter((kind) => kind !== 'fetch' && kind !== 'cancel')).toEqual([]);
    }
  });

  test('a device that may no more finishes the round whose keys it told', () => {
    for (const count of [at('advertise'), at('shared'), at('charging'), at('confirm')]) {
      const { state } = play([{ kind: 'want', want: 'none' }], after(count));
      expect(state.phase.kind).toBe('in-round');
    }
    const late = play([{ kind: 'want', want: 'none' }], after(at('unmask'))).state;
    const { state: end, effects } = play([message(result), { kind: 'rested' }], late);
    expect(end).toMatchObject({ connection: 'none', phase: { kind: 'idle' } });
    expect(kinds(effects)).toContain('close');
  });

  test('a device that may no more leaves a round in which it has said nothing', () => {
    for (const count of [6, 7]) {
      const { state, effects } = play([{ kind: 'want', want: 'none' }], after(count));
      expect(state.phase).toMatchObject({ kind: 'done', outcome: { charged: false } });
      expect(kinds(effects)).toContain('send-leave');
    }
  });
});

describe('refusals', () => {
  test.each(['stopped', 'full', 'rate'] as const)(
    '%s: waits as long as it is told, with jitter, and tries again',
    (code) => {
      const refused = play([message({ kind: 'refused', code, message: '', retryAfterMs: 8000 })], after(4));
      expect(refused.state.phase).toMatchObject({ kind: 'refused', code });
      expect(refused.effects).toContainEqual({ kind: 'timer', name: 'again', delayMs: 6000 });
      expect(play([{ kind: 'timer', name: 'again', jitter: 0 }], refused.state).state.phase.kind).toBe('training');
    },
  );

  test('protocol-version: does not try again by itself', () => {
    const refused = play(
      [message({ kind: 'refused', code: 'protocol-version', message: '', retryAfterMs: null })],
      after(4),
    );
    expect(refused.effects).toEqual([]);
  });

  test('[P1] a config below the floors: closed without a reason, nothing sent, uncharged, tried again much later', () => {
    const { state, effects } = play(
      [{ kind: 'config-refused', code: 'below-floor', detail: 'z', jitter: 0 }],
      after(6),
    );
    expect(state).toMatchObject({ connection: 'none', phase: { kind: 'refused', code: 'below-floor' } });
    expect(kinds(effects)).not.toContain('send-leave');
    expect(effects).toContainEqual(
      expect.objectContaining({ kind: 'ended', outcome: expect.objectContaining({ charged: false }) }),
    );
    expect(effects).toContainEqual({ kind: 'timer', name: 'again', delayMs: 60_000 });
  });

  test('[L3] a round that the ledger does not let in, or does not pay for: closed without a reason', () => {
    for (const [state, event] of [
      [after(7), { kind: 'enter-refused', roundId, code: 'round-seen' }],
      [after(at('charging')), { kind: 'charge-refused', roundId, code: 'budget-spent' }],
    ] as const) {
      const { state: ended, effects } = play([event], state);
      expect(ended.phase).toMatchObject({ kind: 'done', outcome: { charged: false, code: event.code } });
      expect(kinds(effects)).toEqual(['cancel', 'close', 'cancel', 'wipe', 'step', 'ended']);
    }
  });
});

describe('listening', () => {
  test('hears of models without training or joining, and starts at once when it may', () => {
    const listening = play([{ kind: 'want', want: 'listen' }, { kind: 'opened' }, message(model)]);
    expect(kinds(listening.effects)).toEqual(['cancel', 'open', 'timer', 'cancel', 'fetch']);
    const { effects } = play([{ kind: 'want', want: 'join' }], listening.state);
    expect(kinds(effects)).toEqual(['train']);
  });
});
