// The federation client's state machine: the path, then what must not happen. Rules: PROTOCOL.md 3, [P2], [R4], [R5], [N6].
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ServerMessage } from '#shared/protocol/messages.ts';
import {
  type ClientEffect,
  type ClientEvent,
  type ClientState,
  clientStep,
  initialClientState,
  isCommitted,
} from './federation-client.ts';

const roundId = '0102030405060708090a0b0c0d0e0f10';
const config = new Uint8Array(184);
config.set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16], 8);
const frames = [Uint8Array.of(1), Uint8Array.of(2)];
const model: ServerMessage = { kind: 'model', version: 1, hash: 'a'.repeat(64), policyHash: 'p'.repeat(64) };
const newModel: ServerMessage = { ...model, version: 2, hash: 'b'.repeat(64) };
const message = (received: ServerMessage): ClientEvent => ({ kind: 'message', message: received, jitter: 0.5 });
const result: ServerMessage = { kind: 'result', roundId, cohort: 24, modelVersion: 2, modelHash: 'b'.repeat(64) };
const trained = (hash = 'a'.repeat(64)): ClientEvent => ({ kind: 'trained', modelHash: hash, resume: 'e'.repeat(32) });

/** The path of one participation. */
const path: readonly ClientEvent[] = [
  { kind: 'want', want: 'join' },
  { kind: 'opened' },
  message(model),
  trained(),
  message({ kind: 'waiting', joined: 17, needed: 24 }),
  message({ kind: 'config', config }),
  { kind: 'config-accepted' },
  { kind: 'charged', roundId, frames },
  { kind: 'sent', roundId },
  message({ kind: 'progress', roundId, stage: 'collect', received: 3, expected: 24 }),
  message({ kind: 'progress', roundId, stage: 'aggregate', received: 24, expected: 24 }),
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

/** The state after the first `count` events of the path. */
const after = (count: number): ClientState => play(path.slice(0, count)).state;
const kinds = (effects: readonly ClientEffect[]): string[] => effects.map(({ kind }) => kind);

describe('the path of a participation', () => {
  test('each event leads to the next phase', () => {
    const phases = path.map((_, index) => after(index + 1).phase.kind);
    expect(phases).toEqual([
      'connecting',
      'connecting',
      'training',
      'joined',
      'joined',
      'configured',
      'charging',
      'sending',
      'pending',
      'pending',
      'pending',
      'done',
      'training',
    ]);
  });

  test('train first, join after; charge before the first frame', () => {
    const order = kinds(play(path).effects).filter((kind) =>
      ['train', 'join', 'check-config', 'charge', 'send-frames', 'wipe', 'ended'].includes(kind),
    );
    expect(order).toEqual(['train', 'join', 'check-config', 'charge', 'send-frames', 'wipe', 'ended', 'train']);
  });

  test('the steps that a person sees are those of the protocol', () => {
    const steps = play(path).effects.flatMap((effect) => (effect.kind === 'step' ? effect.name : []));
    expect(steps).toEqual(['trained', 'joined', 'config', 'charged', 'noised', 'sent', 'aggregating', 'published']);
  });

  test('how many people are here is shown as the server counts', () => {
    expect(after(5).phase).toMatchObject({ kind: 'joined', joined: 17, needed: 24 });
  });
});

describe('what belongs to no round of ours changes nothing', () => {
  const foreign = 'f'.repeat(32);
  const strays: readonly ServerMessage[] = [
    { kind: 'progress', roundId: foreign, stage: 'publish', received: 1, expected: 2 },
    { ...result, roundId: foreign },
    { kind: 'abort', roundId: foreign, code: 'deadline' },
    { kind: 'refused', code: 'duplicate', message: '', retryAfterMs: null },
  ];
  test.each(path.map((_, index) => index + 1))('[P2] after event %i', (count) => {
    for (const stray of strays) {
      const { state, effects } = clientStep(after(count), message(stray));
      expect(state).toEqual(after(count));
      expect(effects).toEqual([]);
    }
  });

  test('[P2] the same messages once more change nothing, at any point', () => {
    const { phase } = after(11);
    for (const repeated of [path[4]!, path[5]!, path[9]!]) {
      expect(clientStep(after(11), repeated).state.phase).toEqual(phase);
    }
    const done = after(12);
    for (const late of [path[5]!, path[9]!, path[10]!, path[11]!]) expect(clientStep(done, late).state).toEqual(done);
  });

  test('[P2] random orders of real messages never charge twice or send before a charge', () => {
    const events = fc.array(
      fc.oneof(
        ...[
          ...path,
          ...strays.map(message),
          message(newModel),
          { kind: 'opened' } as const,
          { kind: 'closed', jitter: 0.3 } as const,
          { kind: 'timer', name: 'reconnect', jitter: 0 } as const,
        ].map((event) => fc.constant(event as ClientEvent)),
      ),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(events, (sequence) => {
        let state = initialClientState;
        let charged = false;
        for (const event of sequence) {
          const step = clientStep(state, event);
          for (const effect of step.effects) {
            if (effect.kind === 'charge') expect(state.phase.kind).toBe('configured');
            if (effect.kind === 'send-frames') expect(charged).toBe(true);
            if (effect.kind === 'join') expect(state.phase.kind).toBe('training');
          }
          if (event.kind === 'charged' && state.phase.kind === 'charging') charged = true;
          if (step.state.phase.kind === 'configured') charged = false;
          state = step.state;
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('a second config', () => {
  const other = config.slice();
  other[60] = 1;
  test.each([6, 7, 8, 9])(
    '[P2] in the same round after event %i: identical is ignored, another aborts and wipes',
    (count) => {
      const state = after(count);
      expect(clientStep(state, message({ kind: 'config', config: config.slice() }))).toEqual({ state, effects: [] });
      const { state: ended, effects } = clientStep(state, message({ kind: 'config', config: other }));
      expect(ended.phase).toMatchObject({
        kind: 'done',
        outcome: { status: 'aborted', code: 'second-config', charged: count > 6 },
      });
      expect(kinds(effects)).toContain('wipe');
      expect(kinds(effects)).toContain('close');
      expect(kinds(effects)).not.toContain('send-frames');
    },
  );
});

describe('a broken connection', () => {
  test('[R5] inside a round it comes back within the grace and sends the same bytes from frame 0', () => {
    for (const count of [8, 9, 10]) {
      const broken = clientStep(after(count), { kind: 'closed', jitter: 0.999 });
      expect(broken.effects).toContainEqual({ kind: 'timer', name: 'reconnect', delayMs: 100 });
      const { state, effects } = play(
        [{ kind: 'timer', name: 'reconnect', jitter: 0 }, { kind: 'opened' }],
        broken.state,
      );
      expect(kinds(effects)).toEqual(['open', 'resume', 'timer', 'send-frames']);
      const sent = effects.find((effect) => effect.kind === 'send-frames');
      expect(sent?.kind === 'send-frames' && sent.frames).toBe(frames);
      expect(isCommitted(state.phase)).toBe(true);
    }
  });

  test('[R5] broken while charging: the charge goes on, the frames wait for the connection', () => {
    const broken = play(
      [
        { kind: 'closed', jitter: 0 },
        { kind: 'charged', roundId, frames },
      ],
      after(7),
    );
    expect(broken.state.phase.kind).toBe('sending');
    expect(kinds(broken.effects)).not.toContain('send-frames');
    const back = play([{ kind: 'timer', name: 'reconnect', jitter: 0 }, { kind: 'opened' }], broken.state);
    expect(kinds(back.effects)).toContain('send-frames');
  });

  test('[R5] a round that the server gave up is over', () => {
    const { state } = play(
      [message({ kind: 'refused', code: 'not-in-round', message: '', retryAfterMs: null })],
      after(9),
    );
    expect(state.phase).toMatchObject({ kind: 'done', outcome: { charged: true, code: 'not-in-round' } });
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
    const { state, effects } = play([{ kind: 'timer', name: 'round', jitter: 0 }], after(9));
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
    const { state, effects } = play([message(newModel)], after(9));
    expect(kinds(effects)).toEqual(['cancel', 'fetch']);
    expect(state.phase.kind).toBe('pending');
  });
});

describe('leaving', () => {
  test.each(path.map((_, index) => index + 1))('is clean after event %i', (count) => {
    const { state, effects } = clientStep(after(count), { kind: 'leave' });
    expect(state.phase.kind).toBe('idle');
    expect(state.connection).toBe('none');
    expect(state.want).toBe('none');
    expect(kinds(effects)).toContain('wipe');
    expect(kinds(effects)).toContain('close');
    const inRound = count >= 6 && count <= 11;
    expect(kinds(effects).includes('ended')).toBe(inRound);
    // Whatever comes afterwards finds nobody.
    for (const event of path.slice(1)) expect(clientStep(state, event).state.phase.kind).toBe('idle');
  });

  test('a device that may no more finishes what it paid for', () => {
    const { state } = play([{ kind: 'want', want: 'none' }], after(9));
    expect(state.phase.kind).toBe('pending');
    const { state: end, effects } = play([message(result), { kind: 'rested' }], state);
    expect(end).toMatchObject({ connection: 'none', phase: { kind: 'idle' } });
    expect(kinds(effects)).toContain('close');
  });

  test('a device that may no more leaves a round that it has not paid for', () => {
    const { state, effects } = play([{ kind: 'want', want: 'none' }], after(6));
    expect(state.phase).toMatchObject({ kind: 'done', outcome: { charged: false } });
    expect(kinds(effects)).toContain('send-leave');
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

  test('[L3] a refused charge: closed without a reason and nothing sent', () => {
    const { state, effects } = play(
      [{ kind: 'charge-refused', roundId, code: 'budget-spent', charged: false }],
      after(7),
    );
    expect(state.phase).toMatchObject({ kind: 'done', outcome: { charged: false, code: 'budget-spent' } });
    expect(kinds(effects)).toEqual(['cancel', 'close', 'cancel', 'wipe', 'step', 'ended']);
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
