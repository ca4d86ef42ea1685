// An aggregator in the test's hand: it publishes a real model over MemoryHttp, says over a MemoryTransport what the test tells it to, and
// plays masked rounds with honest others (masked-round.ts).
import { computeFeatures } from '#shared/catalogue/features.ts';
import { catalogueHash } from '#shared/catalogue/parse.ts';
import type { Catalogue, CatalogueItem } from '#shared/catalogue/schema.ts';
import { endPhaseLearned, initialLearned, type Learned, migrateLearned } from '#shared/learners/server.ts';
import { experimentRandom, type RandomSource } from '#shared/maths/random.ts';
import { type CrowdOverrides, policyForCrowd } from '#shared/model/crowd.ts';
import { encodeDelta } from '#shared/model/delta.ts';
import { encodeFeatures, encodeModel } from '#shared/model/file.ts';
import type { CommonHeader, Features, LearnerName, Model, Place } from '#shared/model/model.ts';
import { canonicalJson, sha256Hex } from '#shared/protocol/canonical.ts';
import type { ClientMessage, ServerMessage } from '#shared/protocol/messages.ts';
import { policyHash as hashOfPolicy, type Policy, type RoundPolicy, roundPolicyOf } from '#shared/protocol/policy.ts';
import {
  encodeRoundConfig,
  parseRoundConfig,
  type RoundConfig,
  roundConfigFromPolicy,
} from '#shared/protocol/round-config.ts';
import { createEngine, type LocalEngine } from '../engine.ts';
import type { DeviceFacts, EngineParts, RoundOutcome, TransportHandlers } from '../environment.ts';
import {
  ManualClock,
  MemoryCacheStore,
  type MemoryConnection,
  MemoryFacts,
  MemoryHistoryStore,
  MemoryHttp,
  MemoryLedgerStore,
  MemoryLocks,
  MemoryTabs,
  MemoryTransport,
} from '../memory.ts';
import { ReferenceTrainer } from '../reference-trainer.ts';
import { MaskedRound } from './masked-round.ts';
import { nodeMaskCrypto } from './node-crypto.ts';

const genres = ['Comedy', 'Drama', 'Horror', 'Western'];

/** 60 films: 15 of each genre, over 60 years. */
export const smallCatalogue: Catalogue = {
  name: 'small',
  licence: 'made for a test',
  items: Array.from(
    { length: 60 },
    (_, index): CatalogueItem => ({
      id: `film-${index}`,
      title: `Film ${index}`,
      year: 1950 + index,
      genres: [genres[index % genres.length]!],
      prominence: 1 + (index % 5),
    }),
  ),
};

/** Keeps what was sent as it was then: the engine overwrites its own bytes. */
class KeepingTransport extends MemoryTransport {
  override connect(handlers: TransportHandlers): MemoryConnection {
    const connection = super.connect(handlers);
    const send = connection.send.bind(connection);
    connection.send = (message) => send(structuredClone(message));
    return connection;
  }
}

export class TestAggregator {
  readonly http = new MemoryHttp();
  readonly transport: MemoryTransport;
  /** Of the whole federation. */
  readonly federation: Policy;
  readonly policyHash: string;
  readonly first: Model;
  model: Model;
  hash = '';
  readonly #catalogue: Catalogue;
  readonly #features: Features;
  #learned: Learned;
  #rounds = 0;

  constructor(
    catalogue = smallCatalogue,
    overrides: CrowdOverrides = {},
    secure = true,
    learner: LearnerName = 'reconstruction',
  ) {
    this.transport = new KeepingTransport(secure);
    const { features, featuresHash } = this.#serveCatalogue(catalogue);
    const { items } = catalogue;
    const crowd = { learner, present: 36, items: items.length, featureColumns: features.columns, dimension: 8 };
    this.federation = policyForCrowd({ ...crowd, overrides });
    this.policyHash = hashOfPolicy(this.federation);
    this.#learned = initialLearned({
      policy: this.federation,
      catalogue,
      features,
      catalogueHash: catalogueHash(catalogue),
      featuresHash,
      federation: 'f0'.repeat(16),
      dimension: 8,
    });
    this.first = this.#learned.model;
    this.model = this.first;
    this.#catalogue = catalogue;
    this.#features = features;
    this.http.files.set('/v1/policy', bytesOf(JSON.stringify(this.federation)));
    this.publish(1);
  }

  /** What rounds from the published model are held to. */
  get policy(): RoundPolicy {
    return roundPolicyOf(this.federation, this.model.header.phase);
  }

  /** Publishes a model: of `reconstruction` the first with its projection scaled a little for each later version, else the last one elsewhere. */
  publish(version: number, place: Partial<Place & Pick<CommonHeader, 'featuresHash'>> = {}): void {
    const { first, model } = this;
    const header = { ...model.header, version, ...place };
    this.#serveModel(
      first.learner === 'reconstruction'
        ? {
            ...first,
            header: { ...first.header, version, phaseRounds: version - 1, ...place },
            projection: first.projection.map((value, index) => value * (1 + 0.1 * (version - 1) * Math.sin(index))),
          }
        : // The header is the model's own but for version and place.
          ({ ...model, header } as Model),
    );
  }

  /** Ends the phase, as a server does in which too few come: whatever the next one needs is chosen. The device is told. */
  async nextPhase(): Promise<void> {
    const { version } = this.model.header;
    const { model, state } = endPhaseLearned(this.#learned, this.federation, this.#features);
    this.#learned = { model: { ...model, header: { ...model.header, version: version + 1 } } as Model, state };
    this.#serveModel(this.#learned.model);
    this.announce();
    await settled();
  }

  /** Publishes the first model carried over to another catalogue, as version 2. */
  publishCatalogue(catalogue: Catalogue): void {
    const { features, featuresHash } = this.#serveCatalogue(catalogue);
    const to = { features, catalogue, catalogueHash: catalogueHash(catalogue), featuresHash };
    const from = { features: this.#features, catalogue: this.#catalogue };
    this.#serveModel(migrateLearned(this.#learned, from, to).model);
  }

  #serveCatalogue(catalogue: Catalogue): { readonly features: Features; readonly featuresHash: string } {
    const features = computeFeatures(catalogue.items);
    const file = encodeFeatures(features);
    const featuresHash = sha256Hex(file);
    this.http.files.set(`/v1/features/${featuresHash}`, file);
    this.http.files.set(`/v1/catalogues/${catalogueHash(catalogue)}`, bytesOf(canonicalJson(catalogue)));
    return { features, featuresHash };
  }

  #serveModel(model: Model): void {
    this.model = model;
    const file = encodeModel(model);
    const before = this.hash;
    const fileBefore = this.http.files.get(`/v1/models/${before}`);
    this.hash = sha256Hex(file);
    if (fileBefore instanceof Uint8Array)
      this.http.files.set(`/v1/models/${this.hash}/from/${before}`, encodeDelta(fileBefore, file));
    this.http.files.set(`/v1/models/${this.hash}`, file);
    const status = { model: { version: model.header.version, hash: this.hash }, policy: { hash: this.policyHash } };
    this.http.files.set('/v1/status', bytesOf(JSON.stringify(status)));
  }

  /** Accepts the newest connection and announces the model. */
  open(): void {
    this.transport.last?.open();
    this.announce();
  }

  announce(): void {
    const { version } = this.model.header;
    this.transport.last?.receive({ kind: 'model', version, hash: this.hash, policyHash: this.policyHash });
  }

  /** A config of a new round; with changes it is another one than the policy asks for. */
  config(clock: ManualClock, changes: Partial<RoundConfig> = {}): { roundId: string; bytes: Uint8Array } {
    const roundId = (++this.#rounds).toString(16).padStart(32, '0');
    const config = roundConfigFromPolicy(this.policy, {
      roundId,
      modelHash: this.hash,
      rotationSeed: new Uint8Array(16),
      expiryMs: clock.now() + 60_000,
      deadlines: { advertiseS: 10, sharesS: 10, maskedS: 30, unmaskS: 10 },
      policyHash: this.policyHash,
    });
    return { roundId, bytes: encodeRoundConfig({ ...config, ...changes }) };
  }

  /** A masked round with the device of the newest connection in it. Nobody was told of it yet. */
  round(clock: ManualClock, changes: Partial<RoundConfig> = {}): MaskedRound {
    const { bytes } = this.config(clock, changes);
    const host = {
      heard: () => this.transport.connections.flatMap(({ sent }) => sent),
      tell: (message: ServerMessage) => this.transport.last?.receive(message),
    };
    return new MaskedRound(host, parseRoundConfig(bytes), bytes);
  }

  /** The round's end, a next model, and both told to the device. */
  async end(round: MaskedRound): Promise<void> {
    if (round.outcome === 'done') this.publish(this.model.header.version + 1);
    await round.publish(this.model.header.version, this.hash);
    this.announce();
    await settled();
  }

  /** What all connections heard, in order, without joins and leaves: all that left in rounds. */
  saidInRounds(): Exclude<ClientMessage, { kind: 'join' | 'leave' }>[] {
    return this.transport.connections.flatMap(({ sent }) =>
      sent.filter((message) => message.kind !== 'join' && message.kind !== 'leave'),
    );
  }

  /** What the newest connection heard, by kind. */
  sent<Kind extends ClientMessage['kind']>(kind: Kind): (ClientMessage & { kind: Kind })[] {
    const sent = this.transport.last?.sent ?? [];
    return sent.filter((message): message is ClientMessage & { kind: Kind } => message.kind === kind);
  }
}

/** One browser profile: what its tabs share. */
export class TestProfile {
  readonly clock = new ManualClock();
  readonly historyStore = new MemoryHistoryStore();
  readonly ledgerStore = new MemoryLedgerStore();
  readonly cacheStore = new MemoryCacheStore();
  readonly locks = new MemoryLocks();
  readonly tabs = new MemoryTabs();
  readonly outcomes: RoundOutcome[] = [];
  readonly random: RandomSource;

  constructor(seed = 1) {
    this.random = experimentRandom(seed);
  }

  /** Opens a tab on an aggregator. */
  async open(
    aggregator: TestAggregator,
    changes: Partial<EngineParts> = {},
    facts: Partial<DeviceFacts> = {},
  ): Promise<{ readonly engine: LocalEngine; readonly facts: MemoryFacts }> {
    // Loaded by now, so that the engine's own imports of them take no more than their turns.
    await import('../participation.ts').catch(() => {});
    await import('../ranking.ts');
    await import('../self-evaluation.ts');
    await import('../masking.ts').catch(() => {});
    await import('#shared/learners/reconstruction/device.ts');
    await import('#shared/learners/co-occurrence/device.ts');
    await import('#shared/learners/communities/device.ts');
    await import('#shared/learners/co-occurrence/scorer.ts');
    await import('#shared/learners/communities/scorer.ts');
    const deviceFacts = new MemoryFacts();
    deviceFacts.set(facts);
    const engine = await createEngine({
      historyStore: this.historyStore,
      ledgerStore: this.ledgerStore,
      cacheStore: this.cacheStore,
      transport: aggregator.transport,
      random: this.random,
      clock: this.clock,
      http: aggregator.http,
      digest: sha256Hex,
      locks: this.locks,
      tabs: this.tabs.open(),
      facts: deviceFacts,
      createTrainer: async () => new ReferenceTrainer(),
      createMaskCrypto: async () => nodeMaskCrypto,
      onRoundEnd: (outcome) => this.outcomes.push(outcome),
      ...changes,
    });
    await settled();
    return { engine, facts: deviceFacts };
  }
}

/** Until every promise that needs no clock and no server has run. */
export async function settled(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  for (let turn = 0; turn < 30; turn++) {
    await new Promise((resolve) => {
      port1.onmessage = resolve;
      port2.postMessage(null);
    });
  }
  port1.close();
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
