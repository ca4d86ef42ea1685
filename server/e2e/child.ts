// A server in a process of its own, for tests that kill it. Arguments: data directory, and where to hold a round (or none).
// It says on standard output, one JSON object a line, when it is ready and when it holds.
import { aggregate } from '../aggregate.ts';
import { startServer } from '../start.ts';
import type { Store } from '../store/store.ts';
import { testCatalogue } from '../testing/catalogue.ts';
import { patientClock } from '../testing/patient-clock.ts';

const [dataDir = '', hold = 'none'] = process.argv.slice(2);

function say(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/** Never resolves: the round stays where it is until the process is killed. */
function holdHere(): Promise<never> {
  say({ held: hold });
  return new Promise(() => undefined);
}

function holding(store: Store): Store {
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return async (...args: unknown[]) => {
        if (name === 'publish' && hold === 'before-transaction') return holdHere();
        const result: unknown = await Reflect.apply(value, target, args);
        if (name === 'configureRound' && hold === 'config') return holdHere();
        if (name === 'publish' && hold === 'after-transaction') return holdHere();
        return result;
      };
    },
  });
}

const server = await startServer(
  {
    catalogue: testCatalogue(),
    dataDir,
    timings: { quietMs: 20, graceMs: 200 },
    policy: { cooldownMs: 0 },
    logLevel: 'error',
  },
  {
    clock: patientClock,
    wrapStore: holding,
    aggregate: (input) => (hold === 'aggregate' ? holdHere() : Promise.resolve(aggregate(input))),
  },
);
process.once('SIGTERM', () => {
  void server.close().then(() => process.exit(0));
});
say({ ready: server.url });
// The server's own timers do not keep a process alive, its sockets do.
