// The server of a simulation, in this process and in virtual time: the product's publication, coordinator, store and HTTP, on a network that is
// virtual. Of the product's own parts only what touches the outside is replaced: sockets, clock, and the system's randomness (by a seeded one).
// The server's own computing takes no virtual time.
import { webcrypto } from 'node:crypto';
import { judge, plannedCrowd } from '#shared/adviser/harm.ts';
import type { Catalogue } from '#shared/catalogue/schema.ts';
import type { CoreModule } from '#shared/core/module.ts';
import type { RoundCore } from '#shared/core/rounds.ts';
import { roundCore } from '#shared/core/rounds-wasm.ts';
import { encodeLearnerState, parseLearnerState } from '#shared/learners/server.ts';
import { encodeFeatures, encodeModel, parseModel } from '#shared/model/file.ts';
import { canonicalJson } from '#shared/protocol/canonical.ts';
import type { Policy } from '#shared/protocol/policy.ts';
import { maskParametersOf } from '#shared/protocol/round-config.ts';
import type { AgreementKey, MaskCrypto } from '#shared/secagg/crypto.ts';
import { maskCrypto } from '#shared/secagg/crypto.ts';
import { aggregate } from '../../server/aggregate.ts';
import { Bodies } from '../../server/bodies.ts';
import { defaultTimings } from '../../server/config.ts';
import { Coordinator, type CoordinatorOptions } from '../../server/coordinator.ts';
import { Deltas } from '../../server/deltas.ts';
import { createHttp } from '../../server/http.ts';
import { MaskedRound } from '../../server/masked-round.ts';
import { openPublication, type Publication, type PublicationOptions } from '../../server/publication.ts';
import type { MachineStep, RoundMachine } from '../../server/round-machine.ts';
import { productVersion } from '../../server/start.ts';
import { memoryStore } from '../../server/store/memory.ts';
import type { RoundCounts } from '../../server/store/store.ts';
import { Telemetry } from '../../server/telemetry.ts';
import type { Http } from '../engine/environment.ts';
import { stream } from './chance.ts';
import type { VirtualClock } from './clock.ts';
import type { Waits } from './device.ts';
import { LocalFiles } from './library.ts';
import type { Link, VirtualNetwork } from './network.ts';
import { PlainRound } from './plain-round.ts';
import { type RoundWatcher, watchedStore } from './rounds.ts';

/** What a scenario's server begins with: the first model and all that does not change. The same for everyone who begins the scenario. */
export interface Founding {
  readonly catalogue: Catalogue;
  readonly publication: Publication;
  readonly featureFile: Uint8Array;
  readonly catalogueFile: Uint8Array;
  readonly policyJson: string;
}

/** What of a server outlives it, as a store keeps it: JSON. */
export interface StoredServer {
  readonly version: number;
  readonly hash: string;
  /** Base64. */
  readonly file: string;
  readonly serverState: string;
  /** Unix ms. */
  readonly publishedAt: number;
  readonly counts: RoundCounts;
}

export async function foundService(options: PublicationOptions): Promise<Founding> {
  const publication = await openPublication(memoryStore(), options);
  return {
    catalogue: options.catalogue,
    publication,
    featureFile: encodeFeatures(publication.features),
    catalogueFile: new TextEncoder().encode(canonicalJson(options.catalogue)),
    policyJson: canonicalJson(publication.policy),
  };
}

/** The server of a scenario before anybody came. */
export function firstServer({ publication: { current } }: Founding): StoredServer {
  return {
    version: current.model.header.version,
    hash: current.hash,
    file: base64(encodeModel(current.model)),
    serverState: base64(encodeLearnerState(current.state)),
    publishedAt: current.publishedAt,
    counts: { completed: 0, failed: 0 },
  };
}

export interface ServiceOptions {
  readonly founding: Founding;
  readonly stored: StoredServer;
  readonly clock: VirtualClock;
  readonly network: VirtualNetwork;
  readonly masked: boolean;
  readonly seed: number;
  /** How often the service was started before: its randomness goes on from there. */
  readonly starts: number;
  readonly crypto: MaskCrypto;
  readonly core: CoreModule | null;
  readonly watcher: RoundWatcher;
  /** People present, for the status. */
  readonly present: () => number;
}

export interface Service {
  readonly coordinator: Coordinator;
  readonly policy: Policy;
  /** The service's HTTP over a device's link; `count` is told the bytes of each way. */
  http(link: Link, waits: Waits, count: (up: number, down: number) => void): Http;
  /** Bytes of a published file as a browser gets it. */
  sizeOf(kind: 'models' | 'features' | 'catalogues', hash: string): Promise<number>;
  /** What would be in its store now. */
  stored(): StoredServer;
  close(): Promise<void>;
}

/** Bytes of a browser's request. */
const requestBytes = 420;

export async function openService(options: ServiceOptions): Promise<Service> {
  const { founding, stored, clock, network, masked, seed, starts, watcher } = options;
  const { catalogue, publication } = founding;
  const { policy, policyHash, catalogueHash, features } = publication;
  const file = bytesOf(stored.file);
  const model = parseModel(file);
  const { featuresHash } = model.header;
  const own = memoryStore();
  await own.putFile('features', featuresHash, founding.featureFile);
  await own.putFile('catalogue', catalogueHash, founding.catalogueFile);
  await own.putPolicy(policyHash, founding.policyJson);
  const serverState = bytesOf(stored.serverState);
  const { version, hash, publishedAt } = stored;
  await own.addModel({ version, hash, file, serverState, catalogueHash, featuresHash, roundId: null, publishedAt });
  const store = watchedStore(own, watcher);
  const telemetry = new Telemetry('silent');
  const rounds = roundCore(options.core);
  const random = stream(seed, 'server', starts);
  const models = new Bodies((name) => store.modelFile(name));
  const deltas = await Deltas.open(store, models);
  const coordinator = new Coordinator({
    store,
    clock: clock.server,
    telemetry,
    crypto: options.crypto,
    rounds,
    timings: defaultTimings,
    policy,
    policyHash,
    features,
    current: { model, state: parseLearnerState(model.learner, serverState), hash, publishedAt },
    stopped: false,
    counts: stored.counts,
    aggregate: async (input) => aggregate(input, rounds),
    onPublish: (name, bytes) => {
      models.add(name, bytes);
      deltas.published(name);
    },
    randomBytes: (count) => {
      const words = new Uint32Array(Math.ceil(count / 4));
      random.fillUint32(words);
      return new Uint8Array(words.buffer).slice(0, count);
    },
    createMachine: machineMaker(masked, options.crypto, rounds),
  });
  coordinator.attach(network);
  network.attach(coordinator);
  const bodies = {
    models,
    deltas,
    features: new Bodies((name) => store.file('features', name)),
    catalogues: new Bodies((name) => store.file('catalogue', name)),
  };
  const app = await createHttp({
    version: productVersion(),
    coordinator,
    telemetry,
    policy,
    policyHash,
    catalogue,
    catalogueHash,
    ...bodies,
    advice: judge({ policy, crowd: plannedCrowd(policy), items: catalogue.items.length }),
    staticDir: null,
    simulatedParticipants: options.present,
    isLocal: true,
    isOperatorToken: null,
    isReady: async () => true,
  });
  await app.ready();
  const sizes = new Map<string, Promise<number>>();
  return {
    coordinator,
    policy,
    http: (link, waits, count) => ({
      get: async (path, limitBytes) => {
        await waits.until(link.up(clock.nowMs, requestBytes).arrivedMs);
        const answer = await clock.during(app.inject({ method: 'GET', url: path }));
        const body = new Uint8Array(answer.rawPayload);
        if (body.length > limitBytes) throw new RangeError(`${path}: expected at most ${limitBytes} bytes`);
        const bytes = body.length + headerBytes(answer.headers);
        count(requestBytes, bytes);
        await waits.until(link.down(clock.nowMs, bytes));
        return { status: answer.statusCode, body };
      },
    }),
    sizeOf: (kind, name) => {
      let size = sizes.get(name);
      if (size === undefined) {
        size = clock.during(bodies[kind].get(name, 'br, gzip')).then((body) => body?.bytes.length ?? 0);
        sizes.set(name, size);
      }
      return size;
    },
    stored: () => {
      const { model: now, state, hash: nowHash, publishedAt: nowAt } = coordinator.model;
      return {
        version: now.header.version,
        hash: nowHash,
        file: base64(encodeModel(now)),
        serverState: base64(encodeLearnerState(state)),
        publishedAt: nowAt,
        counts: coordinator.counts,
      };
    },
    close: async () => {
      await coordinator.close();
      await app.close();
      await store.close();
    },
  };
}

/** What a device asks of a service for one file, over its link. */
export const fileRequest = { upBytes: requestBytes, headerBytes: 900 };

function headerBytes(headers: object): number {
  // A status line, and two characters around and two after each header.
  return Object.entries(headers).reduce((sum, [name, value]) => sum + name.length + String(value).length + 4, 17);
}

/** A round's machine, told in the order of seats: of the keys, which the masks go by, nothing in a simulation may depend. */
function machineMaker(
  masked: boolean,
  crypto: MaskCrypto,
  rounds: RoundCore,
): NonNullable<CoordinatorOptions['createMachine']> {
  return (config, bytes, seats) => {
    const start = { config: bytes, parameters: maskParametersOf(config), seats };
    return bySeat(masked ? new MaskedRound(start, { crypto, rounds }) : new PlainRound(start, rounds));
  };
}

function bySeat(machine: RoundMachine): RoundMachine {
  const sorted = (step: MachineStep): MachineStep => ({
    ...step,
    send: [...step.send].sort((a, b) => a.seat - b.seat),
    out: [...step.out].sort((a, b) => a - b),
  });
  return {
    first: sorted(machine.first),
    handle: async (event) => sorted(await machine.handle(event)),
    get sum() {
      return machine.sum;
    },
  };
}

/** The platform's primitives, with time standing still while one of them works on another thread. */
export async function countedCrypto(clock: VirtualClock): Promise<MaskCrypto> {
  const platform = await maskCrypto(webcrypto.subtle);
  return {
    agreement: platform.agreement,
    cipher: platform.cipher,
    agreementKey: async (secret): Promise<AgreementKey> => {
      const key = await clock.during(platform.agreementKey(secret));
      return { publicKey: key.publicKey, agree: (peer) => clock.during(key.agree(peer)) };
    },
    seal: (key, plaintext, data) => clock.during(platform.seal(key, plaintext, data)),
    open: (key, ciphertext, data) => clock.during(platform.open(key, ciphertext, data)),
    keystream: (key, zeros) => clock.during(platform.keystream(key, zeros)),
  };
}

/** All files of a founding, and the model of a server. */
export function foundingFiles(
  { publication, featureFile, catalogueFile, policyJson }: Founding,
  { hash, file }: StoredServer,
): LocalFiles {
  const files = new LocalFiles();
  const { featuresHash } = publication.current.model.header;
  files.files.set(`/v1/features/${featuresHash}`, featureFile);
  files.files.set(`/v1/catalogues/${publication.catalogueHash}`, catalogueFile);
  files.files.set('/v1/policy', new TextEncoder().encode(policyJson));
  files.addModel(hash, bytesOf(file));
  return files;
}

export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'));
}
