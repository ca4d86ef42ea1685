// The engine's module worker: the browser's implementations of everything that the engine is handed, and the port to the page.
// What only serves who has opted in is not imported here: taking part comes with the consent to train, the trainer's folder when training first
// starts, the socket with the first connection. What ranks by a history comes once the first list was given (engine.ts), and the WASM core when
// something is computed on it.
import { cryptographicRandom } from '#shared/maths/random.ts';
import type { Backend } from './api.ts';
import { IdbCacheStore } from './cache-store.ts';
import { Calm, calmTrainer, isWeak } from './calm.ts';
import { digest } from './digest.ts';
import { createEngine, type LocalEngine } from './engine.ts';
import type { Clock } from './environment.ts';
import { ReportedFacts } from './facts.ts';
import { IdbHistoryStore } from './history-store.ts';
import { FetchHttp } from './http.ts';
import { LaterTransport } from './later-transport.ts';
import { ClosedLedgerStore, IdbLedgerStore } from './ledger-store.ts';
import { once } from './once.ts';
import { type Port, type Start, serveEngine } from './port.ts';
import { isPrivateWay } from './private-way.ts';
import { Database, StorageError, type StorageFault } from './store-database.ts';
import { BrowserLocks, BrowserTabs } from './tabs.ts';

const backends: readonly Backend[] = ['webgpu', 'webgl', 'wasm', 'cpu', 'reference'];
/** A database that another tab keeps blocked for longer is not waited for. */
const openTimeoutMs = 5_000;

const clock: Clock = {
  now: () => Date.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

const facts = new ReportedFacts();
const calm = new Calm(isWeak(navigator.hardwareConcurrency), clock);
serveEngine(startEngine, self as unknown as Port, {
  clock,
  onFacts: (reported) => facts.report(reported),
  onInteracting: (interacting) => calm.report(interacting),
});

async function startEngine({ backend }: Start): Promise<LocalEngine> {
  const { origin } = self.location;
  let engine: LocalEngine | null = null;
  const onFault = (fault: StorageFault): void => engine?.noteStorageFault(fault);
  const { stores, database, fault } = await openStores(onFault);
  const core = once(() =>
    import('./core-file.ts').then(
      ({ fetchCore }) => fetchCore(),
      () => null,
    ),
  );
  engine = await createEngine({
    ...stores,
    transport: new LaterTransport(isPrivateWay(origin), async () => {
      const { SocketTransport } = await import('./transport.ts');
      return new SocketTransport(origin);
    }),
    random: cryptographicRandom(),
    clock,
    http: new FetchHttp(origin),
    digest,
    locks: new BrowserLocks(),
    tabs: new BrowserTabs(),
    facts,
    core,
    createTrainer: async (forced) => {
      const { createTrainer } = await import('./trainer/create.ts');
      const { IdbTimingStore, MemoryTimingStore } = await import('./timing-store.ts');
      const timings = database === null ? new MemoryTimingStore() : new IdbTimingStore(database);
      const { after } = clock;
      const pause = () => calm.wait();
      const trainer = await createTrainer(forced, {
        core: await core(),
        timings,
        ticksMs: () => performance.now(),
        after,
        pause,
      });
      return calmTrainer(trainer, calm);
    },
    createMaskCrypto: async () => (await import('./masking.ts')).maskCrypto(crypto.subtle),
    forcedBackend: backends.find((known) => known === backend) ?? null,
  });
  if (fault !== null) engine.noteStorageFault(fault);
  return engine;
}

/**
 * The stores on IndexedDB. Where it cannot be opened (a private window of some browsers, blocked by another tab, no room) the history
 * lives in memory, which the state says, and the ledger is closed: what was spent is unknown, so nothing is sent.
 */
async function openStores(onFault: (fault: StorageFault) => void) {
  try {
    const database = await Promise.race([Database.open(onFault), blockedAfter(openTimeoutMs)]);
    const stores = {
      historyStore: new IdbHistoryStore(database),
      cacheStore: new IdbCacheStore(database),
      ledgerStore: new IdbLedgerStore(database),
    };
    // A history that cannot be read is not written over: this visit runs from memory.
    await stores.historyStore.read();
    return { stores, database, fault: null };
  } catch (error) {
    const fault: StorageFault | null =
      error instanceof StorageError && error.code !== 'unavailable' ? error.code : null;
    const { MemoryCacheStore, MemoryHistoryStore } = await import('./memory.ts');
    const stores = {
      historyStore: new MemoryHistoryStore(),
      cacheStore: new MemoryCacheStore(),
      ledgerStore: new ClosedLedgerStore(),
    };
    return { stores, database: null, fault };
  }
}

function blockedAfter(delayMs: number): Promise<never> {
  return new Promise((_, reject) => {
    clock.after(delayMs, () =>
      reject(new StorageError('blocked', 'another tab keeps the database; close it and reload')),
    );
  });
}
