// People who vanish, and people who come back, at every stage of a masked round over real sockets: the sum is exactly that of the others.
import { afterEach, describe, expect, test } from 'vitest';
import { sha256Hex } from '#shared/protocol/canonical.ts';
import type { ClientMessage } from '#shared/protocol/messages.ts';
import { encodeMessage } from '#shared/protocol/parse.ts';
import type { RoundPolicy } from '#shared/protocol/policy.ts';
import { examplePolicy } from '#shared/testing/example-policy.ts';
import { type BareRounds, bareRounds } from './testing/bare-rounds.ts';
import { type Outcome, RawClient, sumOf } from './testing/raw-client.ts';

/** 66,000 numbers of 32 bits are two frames: a connection can be lost between them. */
const long = examplePolicy(66_000, { bits: 32, maxCohort: 24 });
const short = examplePolicy(500);

let rounds: BareRounds;
let clients: RawClient[];

afterEach(async () => {
  for (const client of clients) client.close();
  await rounds.close();
});

/** As many people as the cohort holds: the round begins with the last of them. */
async function open(policy: RoundPolicy, graceMs: number): Promise<void> {
  rounds = await bareRounds(policy, { graceMs, quietMs: 60_000 });
  clients = Array.from({ length: policy.maxCohort }, () => new RawClient(rounds.url));
  await Promise.all(clients.map((client) => client.join()));
}

type Kind = 'advertise' | 'shares' | 'masked' | 'confirm' | 'unmask';

/** Whether this is the message at which somebody is to stray: the first of its kind, but for uploads the last frame. */
function isAt(message: ClientMessage, kind: Kind): boolean {
  return message.kind === kind && (message.kind !== 'masked' || message.frame[2] === 1);
}

/** Takes part up to one message, which is lost with the connection; resolves when the connection is closed. */
async function vanish(client: RawClient, kind: Kind, seed: number): Promise<void> {
  const part = client.takePart({
    seed,
    before: (message) => {
      if (!isAt(message, kind)) return true;
      client.drop();
      return false;
    },
  });
  await expect(part).rejects.toThrow('closed');
}

/** What a round without publication ends with when it went well. */
const ended = { kind: 'abort', code: 'server-error' };

test('[M13] dropouts at every stage: those whose upload was complete are in the sum, exactly', async () => {
  await open(long, 50);
  const [a, b, c, d, e, ...others] = clients as [RawClient, RawClient, RawClient, RawClient, RawClient, ...RawClient[]];
  const outcomes = await Promise.all([
    vanish(a, 'advertise', 1),
    vanish(b, 'shares', 2),
    // Between the two frames of its upload.
    vanish(c, 'masked', 3),
    vanish(d, 'confirm', 4),
    vanish(e, 'unmask', 5),
    ...others.map((client, index) => client.takePart({ seed: 100 + index })),
  ]);
  expect(outcomes.slice(5)).toMatchObject(others.map(() => ended));
  const [input] = rounds.arrived;
  expect(input?.cohort).toBe(long.maxCohort - 3);
  expect(input?.sum).toEqual(sumOf([d, e, ...others], long.bits));
}, 60_000);

test('[M13] a whole stage of room: eight of 28 vanish before the upload, and 20 are enough', async () => {
  await open(short, 50);
  const gone = clients.slice(0, 8);
  const others = clients.slice(8);
  await Promise.all([
    ...gone.slice(0, 4).map((client, index) => vanish(client, 'advertise', index)),
    ...gone.slice(4).map((client, index) => vanish(client, 'masked', index)),
    ...others.map((client, index) => client.takePart({ seed: 100 + index })),
  ]);
  expect(rounds.arrived[0]?.cohort).toBe(20);
  expect(rounds.arrived[0]?.sum).toEqual(sumOf(others, short.bits));
}, 60_000);

test.each(['advertise', 'shares', 'masked'] as const)(
  '[M13] nine of 28 vanish at %s: too few, and the others learn it',
  async (kind) => {
    await open(short, 50);
    const outcomes = await Promise.all([
      ...clients.slice(9).map((client, index) => client.takePart({ seed: 100 + index })),
      ...clients.slice(0, 9).map((client, index) => vanish(client, kind, index)),
    ]);
    expect(outcomes.slice(0, 19)).toMatchObject(Array(19).fill({ kind: 'abort', code: 'too-few' }));
    expect(rounds.arrived).toEqual([]);
    // Before the inbox nobody has sent, so nobody was charged.
    const uploads = clients.flatMap(({ sent }) => sent.filter((message) => message.kind === 'masked'));
    if (kind !== 'masked') expect(uploads).toEqual([]);
  },
  60_000,
);

test('[M14] too few shares: the uploads are there and cannot be unmasked; everyone is told so', async () => {
  await open(short, 50);
  // t = 18 of 28 have to answer; 11 do not.
  const outcomes = await Promise.all([
    ...clients.slice(11).map((client, index) => client.takePart({ seed: 100 + index })),
    ...clients.slice(0, 11).map((client, index) => vanish(client, 'unmask', index)),
  ]);
  expect(outcomes.slice(0, 17)).toMatchObject(Array(17).fill({ kind: 'abort', code: 'too-few-shares' }));
  expect(rounds.arrived).toEqual([]);
}, 60_000);

describe('[R5] a lost connection comes back within the grace', () => {
  /** Loses the connection at one message, which arrives or not, and comes back. */
  async function lose(client: RawClient, kind: Kind, arrives: boolean, seed: number): Promise<Outcome> {
    let isLost = false;
    const part = client.takePart({
      seed,
      before: (message) => {
        if (isLost || !isAt(message, kind)) return true;
        isLost = true;
        if (arrives) client.send(message);
        client.drop();
        return false;
      },
    });
    await expect(part).rejects.toThrow('closed');
    await client.comeBack();
    return client.goOn();
  }

  test('at every stage, whether what was said last has arrived or not: the same bytes again, and everyone is in the sum', async () => {
    const stages = ['advertise', 'shares', 'masked', 'confirm', 'unmask'] as const;
    const losses = [
      ...stages.map((kind) => ({ kind, arrives: true })),
      // Whose advertise did not arrive has nothing to come back with.
      ...stages.slice(1).map((kind) => ({ kind, arrives: false })),
    ];
    await open(long, 60_000);
    const outcomes = await Promise.all([
      ...losses.map(({ kind, arrives }, index) => lose(clients[index] as RawClient, kind, arrives, index)),
      ...clients.slice(losses.length).map((client, index) => client.takePart({ seed: 100 + index })),
    ]);
    expect(outcomes).toMatchObject(clients.map(() => ended));
    expect(rounds.arrived[0]?.cohort).toBe(clients.length);
    expect(rounds.arrived[0]?.sum).toEqual(sumOf(clients, long.bits));
    losses.forEach(({ kind, arrives }, index) => {
      const said = (clients[index] as RawClient).sent.filter((message) => message.kind === kind);
      const frames = kind === 'masked' ? 2 : 1;
      // Frame by frame, each time the same.
      const hashes = said.map((message) => sha256Hex(encodeMessage(message)[2] as Uint8Array));
      expect(new Set(hashes).size, kind).toBe(frames);
      if (arrives) expect(hashes, kind).toHaveLength(2 * frames);
    });
  }, 60_000);
});
