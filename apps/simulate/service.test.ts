// The product's server in virtual time: what it says over HTTP, what of it is seeded, and that what is stored of it is enough to go on.
import { expect, test } from 'vitest';
import { protocolVersion, type ServerMessage } from '#shared/protocol/messages.ts';
import { parseRoundConfig } from '#shared/protocol/round-config.ts';
import { VirtualClock } from './clock.ts';
import { Waits } from './device.ts';
import { Link, VirtualNetwork } from './network.ts';
import type { People } from './people.ts';
import { beginningMs, publicationOf } from './scenario.ts';
import { countedCrypto, firstServer, foundService, openService, type StoredServer } from './service.ts';
import { smallPeople, smallScenario } from './testing/small.ts';

const people: People = smallPeople();
const founding = await foundService(publicationOf(smallScenario, people));
const device = { latencyMs: 10, upBytesPerS: 1e6, downBytesPerS: 1e6 };

async function opened(stored: StoredServer = firstServer(founding), starts = 0, seed = 1) {
  const clock = new VirtualClock(beginningMs);
  const network = new VirtualNetwork(clock);
  const heard: string[] = [];
  const service = await openService({
    founding,
    stored,
    clock,
    network,
    masked: false,
    seed,
    starts,
    crypto: await countedCrypto(clock),
    core: null,
    watcher: {
      opened: (id) => heard.push(`opened ${id}`),
      configured: (id) => heard.push(`configured ${id}`),
      published: () => heard.push('published'),
      aborted: (id, code) => heard.push(`aborted ${id} ${code}`),
      phaseEnded: () => heard.push('phase ended'),
    },
    present: () => 3,
  });
  return { clock, network, service, heard, run: (ms: number) => clock.run(() => false, clock.nowMs + ms) };
}

/** Twenty-four devices join; the config that the first of them hears. */
async function gathered(starts: number, seed: number) {
  const { network, service, run, heard } = await opened(firstServer(founding), starts, seed);
  const { hash: modelHash } = service.coordinator.model;
  const { policyHash } = founding.publication;
  const configs: Uint8Array[] = [];
  for (let count = 0; count < 24; count += 1) {
    const connection = network.transport(new Link(device)).connect({
      onOpen: () =>
        connection.send({ kind: 'join', protocol: protocolVersion, modelHash, policyHash, simulated: true }),
      onMessage: (message: ServerMessage) => {
        if (message.kind === 'config') configs.push(message.config);
      },
      onFault: () => {},
      onClose: () => {},
    });
  }
  await run(3_000);
  await service.close();
  return { config: parseRoundConfig(configs[0]!), heard };
}

test('[SM80] ids and rotation seeds are the seed’s: the same again, others for another seed and after a restart', async () => {
  const { config, heard } = await gathered(0, 1);
  expect((await gathered(0, 1)).config).toEqual(config);
  const others = [(await gathered(0, 2)).config, (await gathered(1, 1)).config];
  for (const other of others) {
    expect(other.roundId).not.toBe(config.roundId);
    expect(other.rotationSeed).not.toEqual(config.rotationSeed);
  }
  expect(heard).toEqual([`opened ${config.roundId}`, `configured ${config.roundId}`]);
});

test('[SM81] the status is the product’s, over a link that takes its time; files are as long as a browser gets them', async () => {
  const { clock, service, run } = await opened();
  const counted = [0, 0];
  const http = service.http(new Link(device), new Waits(clock.device), (up, down) => {
    counted[0]! += up;
    counted[1]! += down;
  });
  let answer: { status: number; body: Uint8Array } | null = null;
  let atMs = 0;
  void http.get('/v1/status', 65_536).then((came) => {
    answer = came;
    atMs = clock.nowMs;
  });
  await run(10);
  expect(answer).toBeNull();
  await run(1_000);
  const status = JSON.parse(new TextDecoder().decode(answer!.body));
  expect(status).toMatchObject({ product: 'tacit', model: { version: 1 }, simulatedParticipants: 3 });
  expect(atMs - beginningMs).toBeGreaterThanOrEqual(20);
  expect(counted[0]).toBeGreaterThan(100);
  expect(counted[1]).toBeGreaterThan(answer!.body.length);
  const size = await service.sizeOf('features', founding.publication.current.model.header.featuresHash);
  expect(size).toBeGreaterThan(100);
  expect(size).toBeLessThan(founding.featureFile.length);
  await service.close();
});

test('[SM82] what is stored of a server is enough to go on from: the same model, policy and counts', async () => {
  const { service } = await opened();
  const stored = service.stored();
  expect(stored).toEqual(firstServer(founding));
  await service.close();
  const again = await opened({ ...stored, counts: { completed: 5, failed: 2 } }, 1);
  expect(again.service.coordinator.model.hash).toBe(stored.hash);
  expect(again.service.coordinator.counts).toEqual({ completed: 5, failed: 2 });
  expect(again.service.policy).toEqual(founding.publication.policy);
  await again.service.close();
});
