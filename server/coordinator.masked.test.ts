// A masked round with honest clients and a clock that a test moves: who is silent at a stage is waited for until its deadline and no longer.

import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cryptographicRandom, experimentRandom } from '#shared/maths/random.ts';
import { encodeUpdate } from '#shared/privacy/pipeline.ts';
import { protocolVersion, type ServerMessage } from '#shared/protocol/messages.ts';
import { roundPolicyOf } from '#shared/protocol/policy.ts';
import { maskParametersOf, parseRoundConfig, type RoundConfig } from '#shared/protocol/round-config.ts';
import { type ClientEvent, type ClientState, type ClientStep, startClient, stepClient } from '#shared/secagg/client.ts';
import { platformCrypto } from '#shared/secagg/crypto.ts';
import { Machine } from '#shared/secagg/machine.ts';
import { stageDeadlines } from '#shared/secagg/parameters.ts';
import { type AggregateInput, aggregate } from './aggregate.ts';
import { defaultTimings } from './config.ts';
import { Coordinator } from './coordinator.ts';
import { openPublication, type Publication } from './publication.ts';
import { memoryStore } from './store/memory.ts';
import { Telemetry } from './telemetry.ts';
import { testCatalogue } from './testing/catalogue.ts';
import { ManualClock } from './testing/manual-clock.ts';

type Kind = 'advertise' | 'shares' | 'masked' | 'confirm' | 'unmask';

const tools = { crypto: platformCrypto(crypto.subtle), random: cryptographicRandom() };

let clock: ManualClock;
let publication: Publication;
let coordinator: Coordinator;
let people: Person[];
let arrived: AggregateInput | null;
let telemetry: Telemetry;

/** An honest client without a socket; silent from one kind of message on. */
class Person {
  readonly name: string;
  readonly messages: ServerMessage[] = [];
  readonly said: Kind[] = [];
  silentFrom: Kind | null = null;
  integers: Int32Array = new Int32Array(0);
  #roundId = '';
  #machine: Machine<ClientState, ClientEvent, ClientStep> | null = null;

  constructor(name: string) {
    this.name = name;
  }

  hear(message: ServerMessage): void {
    this.messages.push(message);
    switch (message.kind) {
      case 'config':
        void this.#start(message.config, parseRoundConfig(message.config));
        break;
      case 'roster':
      case 'inbox':
      case 'unmask_req':
      case 'confirmations':
        void this.#handle({ kind: message.kind, bytes: message.bytes });
        break;
      default:
        break;
    }
  }

  get last(): ServerMessage | undefined {
    return this.messages.at(-1);
  }

  async #start(bytes: Uint8Array, config: RoundConfig): Promise<void> {
    this.#roundId = config.roundId;
    this.integers = encodeUpdate(
      new Float64Array(config.length),
      config,
      experimentRandom(people.indexOf(this)),
    ).noised;
    const resume = crypto.getRandomValues(new Uint8Array(16));
    const start = { config: bytes, parameters: maskParametersOf(config), values: this.integers, resume };
    const step = await startClient(start, tools);
    this.#machine = new Machine(step.state, (state, event) => stepClient(state, event, tools));
    this.#say(step);
  }

  async #handle(event: ClientEvent): Promise<void> {
    const step = await this.#machine?.handle(event);
    if (step === undefined) return;
    this.#say(step);
    if (step.charge) await this.#handle({ kind: 'charged' });
  }

  #say(step: ClientStep): void {
    for (const send of step.send) {
      if (send.kind === this.silentFrom) return;
      const roundId = this.#roundId;
      if (send.kind === 'masked') {
        for (const frame of send.frames) coordinator.receive(this.name, { kind: 'masked', roundId, frame });
      } else coordinator.receive(this.name, { kind: send.kind, roundId, bytes: send.bytes });
      this.said.push(send.kind);
    }
  }
}

beforeEach(async () => {
  const store = memoryStore();
  clock = new ManualClock();
  arrived = null;
  telemetry = new Telemetry('silent');
  publication = await openPublication(store, {
    catalogue: testCatalogue(),
    learner: 'reconstruction',
    expectedPresence: 36,
    expectedPeople: null,
    policy: {},
    dimension: null,
    nowMs: clock.nowMs(),
  });
  coordinator = new Coordinator({
    ...publication,
    store,
    clock,
    telemetry,
    crypto: tools.crypto,
    timings: defaultTimings,
    stopped: false,
    counts: { completed: 0, failed: 0 },
    aggregate: async (input) => {
      arrived = input;
      return aggregate(input);
    },
    onPublish: () => undefined,
  });
  people = Array.from({ length: 24 }, (_, index) => new Person(`p${index}`));
  const byName = new Map(people.map((person) => [person.name, person]));
  coordinator.attach({
    send: (client, message) => byName.get(client)?.hear(message),
    broadcast: () => undefined,
    cut: () => undefined,
  });
});
afterEach(() => coordinator.close());

function begin(): void {
  const { policyHash } = publication;
  for (const { name } of people) {
    coordinator.connected(name);
    const modelHash = coordinator.model.hash;
    coordinator.receive(name, { kind: 'join', protocol: protocolVersion, modelHash, policyHash, simulated: false });
  }
  clock.advance(1_000);
}

/** Lets keys, masks and writes be worked out; no time passes on the round's clock. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn();
}

/** These people's integers, modulo 2^b. */
function sumOf(some: readonly Person[], bits: number): Uint32Array {
  const sum = new Uint32Array(some[0]?.integers.length ?? 0);
  for (const { integers } of some) {
    integers.forEach((value, i) => {
      sum[i] = (sum[i] ?? 0) + value;
    });
  }
  return sum.map((value) => value & (2 ** bits - 1));
}

const silent = 2;

describe.each([
  ['advertise', 'advertiseS', 22],
  ['shares', 'sharesS', 22],
  ['masked', 'maskedS', 22],
  ['confirm', 'unmaskS', 24],
  ['unmask', 'unmaskS', 24],
] as const)('two of 24 are silent from %s on', (kind, deadline, cohort) => {
  test('[M13] at the deadline the round goes on without them; their upload counts if it was complete', async () => {
    for (const person of people.slice(0, silent)) person.silentFrom = kind;
    begin();
    await until(() => people.slice(silent).every(({ said }) => said.includes(kind)));
    expect(coordinator.round()).toMatchObject({ state: kind, joined: 24 });
    const { bits, layout } = roundPolicyOf(publication.policy, 0);
    const deadlineMs = 1_000 * stageDeadlines(layout.length, bits)[deadline];
    expect(coordinator.round()?.deadlineMs).toBe(deadlineMs);
    clock.advance(deadlineMs - 1);
    expect(coordinator.round()?.state, 'not before').toBe(kind);
    clock.advance(1);
    await until(() => people[23]?.last?.kind === 'result');
    expect(arrived?.cohort).toBe(cohort);
    expect(arrived?.sum).toEqual(sumOf(cohort === 24 ? people : people.slice(silent), bits));
    const heard = people[0]?.last;
    if (cohort === 24) expect(heard).toMatchObject({ kind: 'result', cohort: 24 });
    else expect(heard).toMatchObject({ kind: 'refused', code: 'late' });
    expect(await telemetry.registry.metrics()).toContain(`tacit_uploads_total ${cohort}`);
  });
});

test('[R8] a stop in the middle of unmasking: everyone is told, and what the machine says afterwards changes nothing', async () => {
  begin();
  await until(() => people.every(({ said }) => said.includes('unmask')));
  await coordinator.stop();
  for (const person of people) expect(person.last).toMatchObject({ kind: 'abort', code: 'stopped' });
  expect(coordinator.round()).toBeNull();
  expect(coordinator.counts).toEqual({ completed: 0, failed: 1 });
  await coordinator.close();
  expect(arrived).toBeNull();
});
