// A worker thread of the fleet: runs the stays of its people. Which people come is decided in the main thread.
import { parentPort, workerData } from 'node:worker_threads';
import { readCore } from '../../server/core-file.ts';
import { MemoryCacheStore, SystemClock } from '../engine/memory.ts';
import { LedgerFile } from './ledger-file.ts';
import type { FromWorker, ToWorker, WorkerTask } from './messages.ts';
import { People } from './people.ts';
import { type Stay, startStay } from './person.ts';
import type { Arrival } from './presence.ts';

if (parentPort === null) throw new TypeError('apps/fleet/worker.ts: expected to run in a worker thread');
const port = parentPort;
const { task } = workerData as { readonly task: WorkerTask };
const say = (message: FromWorker) => port.postMessage(message);

const people = new People(task.people);
const ledgers = new LedgerFile(task.ledgerPath);
const cacheStore = new MemoryCacheStore();
const clock = new SystemClock();
const core = readCore();
const stays = new Map<number, Stay>();

function arrive(arrival: Arrival): void {
  const { person } = arrival;
  const stay = startStay({
    url: task.url,
    arrival,
    history: people.historyOf(person),
    ledgerStore: ledgers.storeOf(people.idOf(person)),
    cacheStore,
    clock,
    core,
    onLeft: (departure) => {
      stays.delete(person);
      say({ kind: 'left', person, departure });
    },
  });
  stays.set(person, stay);
}

async function close(): Promise<void> {
  await Promise.all([...stays.values()].map((stay) => stay.close()));
  ledgers.close();
  people.close();
  say({ kind: 'closed' });
  port.close();
}

port.on('message', (message: ToWorker) => {
  if (message.kind === 'arrive') arrive(message.arrival);
  else void close();
});
say({ kind: 'ready', people: people.count, imported: people.imported });
