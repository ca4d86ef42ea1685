// The public entry: startServer(options) -> {url, port, close}. Read from here: data directory -> store -> publication -> coordinator ->
// gateway and HTTP on one port.

import { webcrypto } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Judgement, judge, plannedCrowd } from '#shared/adviser/harm.ts';
import { roundCore } from '#shared/core/rounds-wasm.ts';
import { epsilonOfRho } from '#shared/privacy/accountant.ts';
import { type Policy, rhoOfSession } from '#shared/protocol/policy.ts';
import { maskCrypto } from '#shared/secagg/crypto.ts';
import { type Aggregated, type AggregateInput, aggregate } from './aggregate.ts';
import { Bodies } from './bodies.ts';
import { type Clock, systemClock } from './clock.ts';
import {
  defaultHost,
  defaultLearner,
  defaultPresence,
  defaultTimings,
  isLoopbackHost,
  type ServerOptions,
  socketLimitsFor,
} from './config.ts';
import { Coordinator, readStopped } from './coordinator.ts';
import { readCore } from './core-file.ts';
import { openDataDirectory, ServerStartError } from './data-directory.ts';
import { Deltas } from './deltas.ts';
import { Gateway } from './gateway.ts';
import { createHttp } from './http.ts';
import { closeTimeoutMs } from './limits.ts';
import { openPublication } from './publication.ts';
import { memoryStore } from './store/memory.ts';
import { sqliteStore } from './store/sqlite.ts';
import type { Store } from './store/store.ts';
import { Telemetry } from './telemetry.ts';

export type { ServerOptions } from './config.ts';
export { ServerStartError } from './data-directory.ts';
export { StoreError } from './store/store.ts';

export interface RunningServer {
  /** Such as http://127.0.0.1:8080, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Ends rounds, sockets and requests within 5 s and releases the data directory. Safe twice. */
  close(): Promise<void>;
}

/** What tests hand in instead of the machine's own. */
export interface ServerSeams {
  readonly clock?: Clock;
  /** Wraps the store that the options ask for. */
  readonly wrapStore?: (store: Store) => Store;
  readonly aggregate?: (input: AggregateInput) => Promise<Aggregated>;
  /** Gets every line of the log. */
  readonly logs?: { write(line: string): void };
}

/**
 * Starts a server; resolves when it answers. Throws ServerStartError or StoreError with what to do, and leaves nothing open or locked.
 */
export async function startServer(options: ServerOptions, seams: ServerSeams = {}): Promise<RunningServer> {
  const host = options.host ?? defaultHost;
  const releases: (() => Promise<void> | void)[] = [];
  try {
    return await start(options, host, seams, releases);
  } catch (error) {
    for (const release of releases.reverse()) await release();
    throw error;
  }
}

async function start(
  options: ServerOptions,
  host: string,
  seams: ServerSeams,
  releases: (() => Promise<void> | void)[],
): Promise<RunningServer> {
  const clock = seams.clock ?? systemClock;
  const telemetry = new Telemetry(options.logLevel ?? 'warn', seams.logs);
  const directory = options.dataDir == null ? null : openDataDirectory(options.dataDir);
  if (directory !== null) releases.push(() => directory.release());
  const ownStore = directory === null ? memoryStore() : await sqliteStore(directory.databasePath);
  const store = seams.wrapStore?.(ownStore) ?? ownStore;
  releases.push(() => store.close());

  const abandoned = await store.abandonOpenRounds(clock.nowMs());
  if (abandoned > 0)
    telemetry.log.warn({ rounds: abandoned }, 'rounds that were open when the server ended were abandoned');
  const publication = await openPublication(store, {
    catalogue: options.catalogue,
    learner: options.learner ?? defaultLearner,
    expectedPresence: options.expectedPresence ?? defaultPresence,
    expectedPeople: options.expectedPeople ?? null,
    policy: options.policy ?? {},
    dimension: options.dimension ?? null,
    chosenItems: options.chosenItems,
    nowMs: clock.nowMs(),
    accept: (policy) => heed(policy, options, telemetry),
  });
  const { current, policy, policyHash } = publication;
  const { learner } = policy;
  telemetry.log.info({ version: current.model.header.version, learner, origin: publication.origin }, 'model ready');
  if (publication.lost !== null) {
    telemetry.log.warn(
      { lost: publication.lost },
      'not all of what was learned goes on; older versions stay in the database',
    );
  }
  if (policy.mode === 4) warnOfLocal(policy, telemetry);

  const rounds = roundCore(
    readCore((reason) => telemetry.log.warn({ reason }, 'without the WASM core, sums are slower')),
  );
  const models = new Bodies((hash) => store.modelFile(hash));
  const deltas = await Deltas.open(store, models);
  const coordinator = new Coordinator({
    store,
    clock,
    telemetry,
    crypto: await maskCrypto(webcrypto.subtle),
    rounds,
    timings: { ...defaultTimings, ...options.timings },
    policy,
    policyHash,
    features: publication.features,
    current,
    stopped: options.rounds === false || (await readStopped(store)),
    counts: await store.roundCounts(),
    aggregate: seams.aggregate ?? (async (input) => aggregate(input, rounds)),
    onPublish: (hash, file) => {
      models.add(hash, file);
      deltas.published(hash);
    },
  });
  const isLocal = isLoopbackHost(host);
  const app = await createHttp({
    version: productVersion(),
    coordinator,
    telemetry,
    policy,
    policyHash,
    catalogue: options.catalogue,
    catalogueHash: publication.catalogueHash,
    models,
    deltas,
    features: new Bodies((hash) => store.file('features', hash)),
    catalogues: new Bodies((hash) => store.file('catalogue', hash)),
    advice: adviceOf(policy, options),
    staticDir: options.staticDir ?? null,
    simulatedParticipants: options.simulatedParticipants ?? (() => 0),
    isLocal,
    isOperatorToken: directory?.isOperatorToken ?? null,
    isReady: () =>
      store.latestModel().then(
        (model) => model !== null,
        () => false,
      ),
  });
  releases.push(() => app.close());
  const gateway = new Gateway(app.server, {
    isLocal,
    limits: { ...socketLimitsFor(options.expectedPresence ?? defaultPresence), ...options.socketLimits },
    clock,
    telemetry,
  });
  gateway.attach(coordinator);
  coordinator.attach(gateway);
  await app.ready();
  const port = await listen(
    (tried) => app.listen({ host, port: tried }),
    () => portOf(app.server.address()),
    options.port ?? 0,
    options.portAttempts ?? 1,
  );
  const url = `http://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`;
  directory?.announce(url, clock.nowMs());

  let closing: Promise<void> | null = null;
  const closeAll = async () => {
    await settled(clock, coordinator.close(), closeTimeoutMs / 2);
    await settled(
      clock,
      gateway.close().then(() => app.close()),
      closeTimeoutMs / 2,
    );
    await store.close();
    directory?.release();
  };
  return {
    url,
    port,
    close() {
      closing ??= closeAll();
      return closing;
    },
  };
}

/** The adviser's judgement of the policy for the crowd that is expected. */
function adviceOf(policy: Policy, { catalogue, expectedCrowd, expectedPeople }: ServerOptions): Judgement {
  return judge({
    policy,
    crowd: expectedCrowd ?? expectedPeople ?? plannedCrowd(policy),
    items: catalogue.items.length,
  });
}

/** @throws ServerStartError for a policy that is judged harmful, where the operator did not say to go on. */
function heed(policy: Policy, options: ServerOptions, telemetry: Telemetry): void {
  const { verdict, why, leastCrowd, crowd } = adviceOf(policy, options);
  if (verdict !== 'harmful' || options.rounds === false) return;
  switch (options.harmful ?? 'note') {
    case 'refuse':
      throw new ServerStartError(
        'harmful-policy',
        `With this policy people would be served worse than by content alone. ${why} ` +
          `Say how many people are expected with --crowd (now ${crowd}; this policy needs about ${leastCrowd}), gather more of them in a round with --cohort, ` +
          'ask "npm run -s tacit -- plan" what serves such a crowd, start with --rounds off for content alone, or go on all the same with --despite-advice.',
      );
    case 'warn':
      telemetry.log.warn(
        { crowd, leastCrowd },
        `DESPITE ADVICE, by your choice: this policy is judged harmful. ${why}`,
      );
      return;
    case 'note':
      telemetry.log.info({ crowd, leastCrowd }, `this policy is judged harmful. ${why}`);
  }
}

/** What the operator chose, in numbers. */
function warnOfLocal(policy: Policy, telemetry: Telemetry): void {
  const epsilon = epsilonOfRho(rhoOfSession(policy), policy.delta);
  const noiseMultipliers = policy.phases.map(({ noiseMultiplier }) => noiseMultiplier);
  telemetry.log.warn(
    { noiseMultipliers, epsilon: Number(epsilon.toFixed(4)), delta: policy.delta },
    'mode 4 by your choice: updates are not masked; this server receives each one alone, protected by the noise of its own device and ' +
      "nobody else's. Epsilon is that of one session.",
  );
}

/** Tries `attempts` ports from `first` upwards. */
async function listen(
  open: (port: number) => Promise<unknown>,
  actual: () => number,
  first: number,
  attempts: number,
): Promise<number> {
  const last = first === 0 ? 0 : Math.min(65_535, first + attempts - 1);
  for (let port = first; ; port += 1) {
    try {
      await open(port);
      return actual();
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : null;
      if (code === 'EADDRINUSE' && port < last) continue;
      if (code === 'EADDRINUSE' || code === 'EACCES') {
        const why = code === 'EACCES' ? 'may not be used by this user' : 'is taken by another program';
        const message = `Port ${first === last ? port : `${first} to ${last}`} ${why}. Choose another with --port, or 0 for any free one.`;
        throw new ServerStartError('port-taken', message, error);
      }
      throw error;
    }
  }
}

function portOf(address: ReturnType<import('node:net').Server['address']>): number {
  if (address === null || typeof address === 'string') throw new TypeError('Expected to listen on a TCP port.');
  return address.port;
}

/** Waits for `work`, but not for ever. */
async function settled(clock: Clock, work: Promise<unknown>, timeoutMs: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const cancel = clock.setTimer(resolve, timeoutMs);
    work
      .catch(() => undefined)
      .finally(() => {
        cancel();
        resolve();
      });
  });
}

/** From the project's package.json, which lies above this file in the source and in the build. */
export function productVersion(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const path = join(folder, 'package.json');
    if (existsSync(path)) {
      const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
      if (typeof value === 'object' && value !== null && 'version' in value) return String(value.version);
    }
    const parent = dirname(folder);
    if (parent === folder) return '0.0.0';
    folder = parent;
  }
}
