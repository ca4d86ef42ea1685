// The page's end of the engine, with the worker's end in this process: the browser is asked to keep the site's data with opting in.
import 'fake-indexeddb/auto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Engine, EngineState } from './api.ts';
import { connectEngine } from './connect.ts';
import { ReportedFacts } from './facts.ts';
import { IdbHistoryStore } from './history-store.ts';
import { SystemClock } from './memory.ts';
import { type Port, serveEngine } from './port.ts';
import { Database } from './store-database.ts';
import { TestAggregator, TestProfile } from './testing/aggregator.ts';

const asked: string[] = [];
type Answer = () => Promise<boolean>;
let answer: Answer = async () => true;
let database: Database;
let names = 0;

/** A worker that is a port in this thread. */
class PortWorker {
  readonly #channel = new MessageChannel();

  constructor() {
    const { port1, port2 } = this.#channel;
    port1.start();
    port2.start();
    const facts = new ReportedFacts();
    const start = async () => {
      const parts = { historyStore: new IdbHistoryStore(database), facts, clock: new SystemClock() };
      return (await new TestProfile().open(new TestAggregator(), parts)).engine;
    };
    serveEngine(start, port2 as unknown as Port, {
      clock: new SystemClock(),
      onFacts: (reported) => facts.report(reported),
      onInteracting: (interacting) => asked.push(`interacting ${interacting}`),
    });
  }

  postMessage(message: unknown): void {
    this.#channel.port1.postMessage(message);
  }

  addEventListener(type: string, listener: (event: MessageEvent) => void): void {
    if (type === 'message') this.#channel.port1.addEventListener('message', listener);
  }

  terminate(): void {
    this.#channel.port1.close();
    this.#channel.port2.close();
  }
}

beforeEach(async () => {
  asked.length = 0;
  database = await Database.open(() => {}, `connect-${names++}`);
  const storage = {
    persisted: async () => false,
    persist: () => {
      asked.push('persist');
      return answer();
    },
  };
  vi.stubGlobal('Worker', PortWorker);
  vi.stubGlobal('document', Object.assign(new EventTarget(), { visibilityState: 'visible' }));
  vi.stubGlobal('addEventListener', () => {});
  vi.stubGlobal('navigator', { onLine: true, storage });
});

afterEach(() => {
  vi.unstubAllGlobals();
  database.close();
});

/** Resolves with the first state that is as asked for. */
function until(engine: Engine, isSo: (state: EngineState) => boolean): Promise<EngineState> {
  return new Promise((resolve) => {
    engine.subscribe((state) => {
      if (isSo(state)) resolve(state);
    });
  });
}

test('[C5] not asked before opting in, asked with training and with sending; what is granted is durable', async () => {
  answer = async () => true;
  const engine = connectEngine();
  await engine.record('film-1', 'like');
  await engine.setConsent({ keep: true });
  await engine.setConsent({ send: true });
  await engine.setConsent({ train: false });
  expect(asked).toEqual([]);
  expect(engine.state().storage).toBe('best-effort');
  await engine.setConsent({ train: true });
  expect(asked).toHaveLength(1);
  await engine.setConsent({ send: true });
  expect(asked).toHaveLength(2);
  await until(engine, ({ storage }) => storage === 'durable');
  await engine.setConsent({ send: false });
  expect(asked).toHaveLength(2);
  await engine.close();
});

const refusals: readonly (readonly [string, Answer])[] = [
  ['no', async () => false],
  ['an error', () => Promise.reject(new Error('not here'))],
];

test.each(refusals)('[C5] %s: the storage is best-effort, and the consent holds', async (_name, refusal) => {
  answer = async () => true;
  const engine = connectEngine();
  await engine.setConsent({ train: true });
  await until(engine, ({ storage }) => storage === 'durable');
  // The person took the permission back in the browser's settings, and is asked again.
  answer = refusal;
  await engine.setConsent({ send: true });
  expect(asked).toHaveLength(2);
  const { consent } = await until(engine, ({ storage }) => storage === 'best-effort');
  expect(consent).toMatchObject({ train: true, send: true });
  await engine.close();
});
