// What the server keeps of uploads: one sum of D numbers, however many come and however many rounds there were.
import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { examplePolicy } from '#shared/testing/example-policy.ts';
import { RawClient } from '../../server/testing/raw-client.ts';
import { startThread } from '../fleet/thread.ts';
import type { FromWeighedServer } from './weighed-server.ts';

const people = 24;
const length = 150_000;
const policy = examplePolicy(length, { maxCohort: people, honestNoiseShares: 18 });
const uploadBytes = 2 * length;
/** RingSum: 4 bytes a number. */
const sumBytes = 4 * length;

let server: Worker;
let url: string;

beforeAll(async () => {
  server = startThread('e2e/weighed-server.ts', policy);
  const [ready] = (await once(server, 'message')) as [FromWeighedServer & { kind: 'ready' }];
  url = ready.url;
});
afterAll(async () => {
  server.postMessage('close');
  await once(server, 'exit');
});

async function weigh(): Promise<FromWeighedServer & { kind: 'weighed' }> {
  server.postMessage('weigh');
  const [weighed] = await once(server, 'message');
  return weighed;
}

/** A whole round; the server is weighed when all uploads are in and everybody was asked to confirm, and when the round is over. */
async function playRound() {
  const clients = Array.from({ length: people }, () => new RawClient(url));
  const held: (() => void)[] = [];
  let during = weigh();
  await Promise.all(clients.map((client) => client.join()));
  await Promise.all(
    clients.map((client, seed) =>
      client.takePart({
        seed,
        before: (message) => {
          if (message.kind !== 'confirm') return true;
          held.push(() => client.send(message));
          if (held.length === people) {
            during = weigh();
            void during.then(() => {
              for (const say of held) say();
            });
          }
          return false;
        },
      }),
    ),
  );
  const after = await weigh();
  for (const client of clients) client.close();
  return { during: await during, after };
}

test('[S1] while 24 uploads are in the server holds their sum, and after a round nothing of it', async () => {
  const before = await weigh();
  const rounds = [await playRound(), await playRound(), await playRound()];
  expect(rounds.map(({ after }) => after.sums)).toEqual([1, 2, 3]);
  rounds.forEach(({ during, after }, i) => {
    // The test's own server keeps the sums of the rounds that were; beside them the sum, and less than a third of the
    // 24 uploads on their way through.
    expect(during.bufferBytes - before.bufferBytes).toBeLessThan((i + 1) * sumBytes + (people / 3) * uploadBytes);
    expect(after.bufferBytes - before.bufferBytes).toBeLessThan((i + 1) * sumBytes + 2 * uploadBytes);
  });
}, 180_000);
