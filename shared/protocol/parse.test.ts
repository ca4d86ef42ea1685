import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProtocolError } from './errors.ts';
import { maximumAnswerBytes, maximumFrameBytes, maximumReasonCharacters } from './limits.ts';
import type { ClientMessage, ServerMessage } from './messages.ts';
import {
  clientMessageKinds,
  encodeMessage,
  parseClientMessage,
  parseServerMessage,
  serverMessageKinds,
} from './parse.ts';

const hash = 'ab'.repeat(32);
const id = '0f'.repeat(16);

const clientMessages: ClientMessage[] = [
  { kind: 'join', protocol: 4, modelHash: hash, policyHash: hash, simulated: false },
  { kind: 'resume', roundId: id, resume: id },
  ...(['advertise', 'shares', 'confirm', 'unmask'] as const).map(
    (kind): ClientMessage => ({ kind, roundId: id, bytes: Uint8Array.of(1, 2, 3) }),
  ),
  { kind: 'masked', roundId: id, frame: Uint8Array.of(0, 0, 1, 9) },
  { kind: 'local', roundId: id, frame: Uint8Array.of(0, 0, 1, 9) },
  { kind: 'leave' },
];
const serverMessages: ServerMessage[] = [
  { kind: 'model', version: 3, hash, policyHash: hash },
  { kind: 'waiting', joined: 17, needed: 24 },
  { kind: 'config', config: new Uint8Array(184).fill(1) },
  ...(['roster', 'inbox', 'unmask_req', 'confirmations'] as const).map(
    (kind): ServerMessage => ({ kind, roundId: id, bytes: Uint8Array.of(4, 5) }),
  ),
  { kind: 'progress', roundId: id, stage: 'aggregate', received: 3, expected: 24 },
  { kind: 'result', roundId: id, cohort: 24, modelVersion: 4, modelHash: hash },
  { kind: 'abort', roundId: id, code: 'too-few' },
  { kind: 'refused', code: 'stale-model', message: 'fetch the new model', retryAfterMs: 1000 },
  { kind: 'refused', code: 'rate', message: '', retryAfterMs: null },
];

/** What arrives after the JSON went over the wire. */
function overTheWire(message: ClientMessage | ServerMessage): [string, unknown[]] {
  const [kind, fields, ...binary] = encodeMessage(message);
  return [kind, [JSON.parse(JSON.stringify(fields)), ...binary]];
}

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('[T2] messages', () => {
  test('every kind survives the way there and back', () => {
    expect(new Set(clientMessages.map(({ kind }) => kind))).toEqual(new Set(clientMessageKinds));
    expect(new Set(serverMessages.map(({ kind }) => kind))).toEqual(new Set(serverMessageKinds));
    for (const message of clientMessages) expect(parseClientMessage(...overTheWire(message))).toEqual(message);
    for (const message of serverMessages) expect(parseServerMessage(...overTheWire(message))).toEqual(message);
  });

  test('binary comes as Buffer or ArrayBuffer', () => {
    const bytes = new Uint8Array(184).fill(7);
    for (const binary of [bytes, bytes.buffer, Buffer.from(bytes), new DataView(bytes.buffer)]) {
      expect(parseServerMessage('config', [{}, binary])).toEqual({ kind: 'config', config: bytes });
    }
  });

  test('unknown fields are ignored, a long reason is cut to the limit', () => {
    expect(parseClientMessage('leave', [{ later: 1 }])).toEqual({ kind: 'leave' });
    const [kind, fields] = encodeMessage({ kind: 'refused', code: 'rate', message: 'x'.repeat(9000), retryAfterMs: 0 });
    expect(String(fields.message).length).toBe(maximumReasonCharacters);
    expect(parseServerMessage(kind, [fields]).kind).toBe('refused');
  });
});

describe('[T5] what does not parse', () => {
  test('garbage gets ProtocolError and nothing else', () => {
    const kind = fc.oneof(fc.constantFrom(...clientMessageKinds, ...serverMessageKinds), fc.string());
    const args = fc.array(fc.oneof(fc.anything(), fc.uint8Array()), { maxLength: 3 });
    fc.assert(
      fc.property(kind, args, (k, a) => {
        for (const parse of [parseClientMessage, parseServerMessage]) {
          expect(['accepted', 'bad-message', 'too-large']).toContain(codeOf(() => parse(k, a)));
        }
      }),
      { numRuns: 500 },
    );
  });

  test('each field of each message is checked', () => {
    const wrong: unknown[] = [
      undefined,
      null,
      -1,
      1.5,
      Number.NaN,
      2 ** 40,
      '',
      'AB'.repeat(32),
      'zz'.repeat(16),
      `${id}0`,
      {},
      [],
      'other',
    ];
    for (const message of [...clientMessages, ...serverMessages]) {
      const [kind, [fields, ...binary]] = overTheWire(message);
      const parse = clientMessageKinds.some((known) => known === kind) ? parseClientMessage : parseServerMessage;
      for (const name of Object.keys(fields as object)) {
        for (const value of wrong) {
          if (name === 'retryAfterMs' && value === null) continue;
          if (name === 'message' && typeof value === 'string') continue;
          const code = codeOf(() => parse(kind, [{ ...(fields as object), [name]: value }, ...binary]));
          expect(code, `${kind}.${name} = ${String(value)}`).toBe('bad-message');
        }
      }
      expect(
        codeOf(() => parse(kind, [fields, ...binary, () => 0])),
        `${kind} with an acknowledgement`,
      ).toBe('bad-message');
      expect(
        codeOf(() => parse(kind, [])),
        `${kind} without arguments`,
      ).toBe('bad-message');
      expect(codeOf(() => parse(kind, [[], ...binary]))).toBe('bad-message');
    }
  });

  test('[T3] sizes', () => {
    const update = (bytes: number) =>
      codeOf(() => parseClientMessage('masked', [{ roundId: id }, new Uint8Array(bytes)]));
    const shares = (bytes: number) =>
      codeOf(() => parseClientMessage('shares', [{ roundId: id }, new Uint8Array(bytes)]));
    expect(shares(maximumAnswerBytes)).toBe('accepted');
    expect(shares(maximumAnswerBytes + 1)).toBe('too-large');
    // 1024 neighbours, 32 + 82 k.
    expect(32 + 82 * 1024).toBeLessThanOrEqual(maximumAnswerBytes);
    expect(update(3 + maximumFrameBytes)).toBe('accepted');
    expect(update(4 + maximumFrameBytes)).toBe('too-large');
    expect(update(3)).toBe('bad-message');
    expect(codeOf(() => parseServerMessage('config', [{}, new Uint8Array(183)]))).toBe('bad-message');
    const many = Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`f${i}`, i]));
    expect(codeOf(() => parseClientMessage('leave', [many]))).toBe('bad-message');
  });

  test('a message says what was expected and what came', () => {
    expect(() => parseClientMessage('join', [{ ...clientMessages[0], modelHash: '<script>' }])).toThrow(
      'join.modelHash: expected 64 lower-case hex characters, got "<script>"',
    );
    expect(() => parseClientMessage('jion', [{}])).toThrow(
      'kind: expected join, resume, advertise, shares, masked, local, confirm, unmask, leave, got "jion"',
    );
  });
});
