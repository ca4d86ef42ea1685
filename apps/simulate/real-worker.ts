// A worker thread of a run in real time: its part of the crowd, on real sockets, with the platform's randomness and the product's masks.
import { parentPort, workerData } from 'node:worker_threads';
import { cryptographicRandom } from '#shared/maths/random.ts';
import { maskCrypto } from '#shared/secagg/crypto.ts';
import { readCore } from '../../server/core-file.ts';
import { FetchHttp } from '../engine/http.ts';
import { SystemClock } from '../engine/memory.ts';
import { SocketTransport } from '../engine/transport.ts';
import {
  Crowd,
  type CrowdClock,
  deviceOf,
  firstCrowd,
  maliceOf,
  type Page,
  type PageEvents,
  type PersonState,
} from './crowd.ts';
import type { Device } from './device.ts';
import { Library } from './library.ts';
import { Link } from './network.ts';
import { longestWaitMs, openPage, type PageParts } from './page.ts';
import { People } from './people.ts';
import type { FromRealWorker, RealTask, ToRealWorker } from './real-messages.ts';
import { DelayedTransport } from './real-network.ts';
import { beginningMs } from './scenario.ts';
import { classOf, emptyTally } from './tally.ts';

if (parentPort === null) throw new TypeError('apps/simulate/real-worker.ts: expected to run in a worker thread');
const port = parentPort;
const { task } = workerData as { readonly task: RealTask };
const { scenario, url, lapse, index, workers } = task;
const say = (message: FromRealWorker) => port.postMessage(message);
/** Between two words on who is there. */
const sayEveryMs = 500;

const clock = new SystemClock();
const masks = await maskCrypto(crypto.subtle);
const people = new People(task.people);
const http = new FetchHttp(url);
const core = readCore();
const library = new Library(http, clock, core);

/** The crowd's hours go by `lapse` times faster than the devices'. */
const crowdClock: CrowdClock = {
  get nowMs() {
    return Math.round(beginningMs + (clock.now() - task.beganMs) * lapse);
  },
  at(dueMs, _label, run) {
    const waitMs = Math.max(0, (dueMs - this.nowMs) / lapse);
    // What lies beyond is after any run.
    return waitMs > longestWaitMs ? () => {} : clock.after(waitMs, run);
  },
};

const tally = emptyTally();
const state: { people: PersonState[]; newcomersMs: number[]; tally: typeof tally } = {
  people: [],
  newcomersMs: [],
  tally,
};
const crowd = new Crowd({
  scenario,
  people,
  clock: crowdClock,
  state,
  rho: task.rho,
  openPage: openRealPage,
  onPart: (person, part) => say({ kind: 'part', part, malicious: maliceOf(scenario, person.person) !== null }),
  newcomer: (already) => scenario.clients + index + workers * (already - ownAtFirst),
});
let ownAtFirst = 0;

function openRealPage(person: PersonState, device: Device, events: PageEvents): Page {
  const parts: PageParts = {
    scenario,
    people,
    clock,
    crypto: masks,
    core,
    randomOf: () => cryptographicRandom(),
    connect: () => ({
      transport: new DelayedTransport(new SocketTransport(url), new Link(device), clock),
      http: {
        get: async (path, limitBytes) => {
          const answer = await http.get(path, limitBytes);
          events.onBytes(0, answer.body.length);
          return answer;
        },
      },
      loadPublished: (announced) => library.get(announced),
    }),
  };
  return openPage(parts, person, device, events);
}

function begin(): void {
  const everybody = firstCrowd(scenario, people, emptyTally(), beginningMs);
  state.people.push(...everybody.filter(({ person }) => person % workers === index));
  for (const { person } of state.people) {
    classOf(tally, deviceOf(scenario, person), scenario.speedSpread).people += 1;
  }
  ownAtFirst = state.people.length;
  crowd.call(0);
  tell();
}

let cancelTell = (): void => {};
function tell(): void {
  const { upBytes, downBytes } = tally;
  say({ kind: 'there', present: crowd.present, able: crowd.able, upBytes, downBytes });
  cancelTell = clock.after(sayEveryMs, tell);
}

async function close(): Promise<void> {
  cancelTell();
  await crowd.close();
  say({ kind: 'closed', people: state.people, tally });
  port.close();
}

port.on('message', ({ kind }: ToRealWorker) => {
  if (kind === 'begin') begin();
  else void close();
});
say({ kind: 'ready' });
