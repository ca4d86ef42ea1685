// A scenario: a crowd and a service in virtual time. It runs in stretches. Every `checkpointEvery` rounds the service is stopped and started again,
// as an operator's update does; what is carried over is what the product itself keeps (the model with the server's state, the people's ledgers)
// and what the simulation knows of its people. That is a checkpoint: a stretch is a function from one to the next, so a run that was interrupted
// goes on from its last one to the same bytes.
import { loadUpdates } from '#shared/learners/device.ts';
import { sessionsWithinCap } from '#shared/model/crowd.ts';
import { epsilonOfRho } from '#shared/privacy/accountant.ts';
import { noiseOfPolicy, type Policy, rhoCapOf, rhoOfSession, roundPolicyOf } from '#shared/protocol/policy.ts';
import type { MaskCrypto } from '#shared/secagg/crypto.ts';
import { gatheringTarget } from '#shared/secagg/parameters.ts';
import { readCore } from '../../server/core-file.ts';
import type { PublicationOptions } from '../../server/publication.ts';
import type { Announced } from '../engine/federation-client.ts';
import { once } from '../engine/once.ts';
import { stream } from './chance.ts';
import { type Digest, emptyDigest, VirtualClock } from './clock.ts';
import {
  Crowd,
  type CrowdOptions,
  firstCrowd,
  maliceOf,
  type Page,
  type PageEvents,
  type PersonState,
} from './crowd.ts';
import type { Device, Waits } from './device.ts';
import { dayMs } from './habits.ts';
import { Library, type LocalFiles } from './library.ts';
import { Link, VirtualNetwork } from './network.ts';
import { openPage, type PageParts } from './page.ts';
import type { People } from './people.ts';
import { type Mean, measuredAfter, Panel } from './quality.ts';
import { RoundBook } from './round-book.ts';
import {
  countedCrypto,
  type Founding,
  fileRequest,
  firstServer,
  foundingFiles,
  foundService,
  openService,
  type Service,
  type StoredServer,
} from './service.ts';
import type { Scenario } from './spec.ts';
import { emptyTally, type RoundRow, type Tally } from './tally.ts';

/** One for all of a thread. null: plain JavaScript, with the same results. */
const core = once(() => readCore());

/** Noon, UTC, of a Monday in virtual time. */
export const beginningMs = Date.UTC(2030, 0, 7, 12);
/** A stopped service lets what it said last arrive. */
const settleMs = 5_000;
/** Between two words on how far it is. */
const eventsBetweenProgress = 4_096;

export type EndReason = 'rounds' | 'days' | 'budgets';

/** Between two stretches. */
export interface ScenarioState {
  nowMs: number;
  digest: Digest;
  /** How often the service was started. */
  starts: number;
  server: StoredServer;
  people: PersonState[];
  /** Unix ms at which newcomers come, in the order in which the others left. */
  newcomersMs: number[];
  tally: Tally;
  ended: EndReason | null;
  readonly facts: Facts;
}

/** What the crowd's policy came to. */
export interface Facts {
  /** z of a session. */
  readonly noiseMultiplier: number;
  /** Phases of an epoch, and published rounds of one; 0: a phase without end. */
  readonly phases: number;
  readonly roundsOfPhase: number;
  readonly minCohort: number;
  readonly maxCohort: number;
  readonly gatheringTarget: number;
  readonly honestNoiseShares: number;
  /** D and b of the phase with the longest update. */
  readonly updateLength: number;
  readonly bits: number;
  readonly epsilonPerSession: number;
  readonly sessionsAllowed: number;
  readonly items: number;
  /** People whose lists are judged. */
  readonly panel: number;
  /** Quality of the lists that pages show before anybody took part; null: not looked at. */
  readonly shownAtFirst: Mean | null;
}

export interface Progress {
  readonly scenario: number;
  readonly rounds: number;
  readonly nowMs: number;
  readonly present: number;
}

/** What a scenario is run with. */
export interface Stage {
  readonly scenario: Scenario;
  readonly people: People;
  readonly founding: Founding;
  readonly panel: Panel;
  readonly files: LocalFiles;
  readonly library: Library;
}

/** What the service of a scenario is started with. @param lapse how many times faster than a device's clock the crowd's is. */
export function publicationOf(scenario: Scenario, people: People, lapse = 1): PublicationOptions {
  const { learner, clients, present, cohort, noiseMultiplier, epsilon, delta, cooldownMs } = scenario;
  return {
    catalogue: people.catalogue,
    learner,
    expectedPresence: Math.max(1, Math.round(clients * present)),
    expectedPeople: clients,
    policy: {
      mode: 1,
      noiseMultiplier,
      epsilonCap: epsilon,
      delta,
      cooldownMs: Math.round(cooldownMs / lapse),
      ...(cohort === null ? {} : { maxCohort: cohort }),
    },
    dimension: null,
    nowMs: beginningMs,
    federation: federationOf(scenario.seed),
  };
}

/** The federation's name, 32 hex characters. */
function federationOf(seed: number): string {
  const words = new Uint32Array(4);
  stream(seed, 'federation').fillUint32(words);
  return Array.from(words, (word) => word.toString(16).padStart(8, '0')).join('');
}

/** Makes the service's first model and the panel. The same for the same scenario, wherever it is begun or gone on with. */
export async function setStage(scenario: Scenario, people: People): Promise<Stage> {
  // Its loading takes time that no clock here counts.
  await loadUpdates(scenario.learner);
  const founding = await foundService(publicationOf(scenario, people));
  const server = firstServer(founding);
  const files = foundingFiles(founding, server);
  const library = new Library(files, new VirtualClock(beginningMs).device, core());
  const { policyHash } = founding.publication;
  const first = await library.get({ version: server.version, hash: server.hash, policyHash });
  return { scenario, people, founding, files, library, panel: new Panel(people, scenario, first) };
}

/** Before anybody came. */
export function firstState({ scenario, people, founding, panel }: Stage): ScenarioState {
  const tally = emptyTally();
  return {
    nowMs: beginningMs,
    digest: emptyDigest,
    starts: 0,
    server: firstServer(founding),
    people: firstCrowd(scenario, people, tally, beginningMs),
    newcomersMs: [],
    tally,
    ended: null,
    facts: factsOf(scenario, founding, panel),
  };
}

export function factsOf(
  { delta, noiseMultiplier, shownEvery }: Scenario,
  { publication: { policy, features } }: Founding,
  panel: Panel,
): Facts {
  const longest = policy.phases.reduce((most, phase) => (phase.layout.length > most.layout.length ? phase : most));
  return {
    noiseMultiplier,
    phases: policy.phases.length,
    roundsOfPhase: longest.rounds,
    minCohort: policy.minCohort,
    maxCohort: policy.maxCohort,
    gatheringTarget: gatheringTarget(policy.minCohort, policy.maxCohort),
    honestNoiseShares: policy.honestNoiseShares,
    updateLength: longest.layout.length,
    bits: longest.bits,
    epsilonPerSession: epsilonOfRho(rhoOfSession(policy), delta),
    sessionsAllowed: sessionsWithinCap(policy),
    items: features.items,
    panel: panel.size,
    shownAtFirst: shownEvery > 0 ? panel.shownAtFirst() : null,
  };
}

/** What the crowd goes by: somebody whose budget allows not even the cheapest phase does nothing any more. */
export function budgetOf(policy: Policy): CrowdOptions['rho'] {
  const costs = policy.phases.map((_, phase) => noiseOfPolicy(roundPolicyOf(policy, phase)).rhoPerParticipation);
  return { once: Math.min(...costs), cap: rhoCapOf(policy) };
}

/** Epsilon that somebody has spent, at the scenario's delta. */
export function epsilonSpent({ ledger }: PersonState, delta: number): number {
  return ledger.rhoSpent === 0 ? 0 : epsilonOfRho(ledger.rhoSpent, delta);
}

/** From one checkpoint to the next. The state that is passed in is not changed. */
export async function runStretch(
  stage: Stage,
  before: ScenarioState,
  onProgress: (progress: Progress) => void = () => {},
): Promise<ScenarioState> {
  // Through its JSON, so that going on at once and going on from a file are the same.
  const state = JSON.parse(JSON.stringify(before)) as ScenarioState;
  const stretch = new Stretch(stage, state, onProgress);
  return stretch.run();
}

class Stretch {
  readonly #stage: Stage;
  readonly #scenario: Scenario;
  readonly #state: ScenarioState;
  readonly #clock: VirtualClock;
  readonly #network: VirtualNetwork;
  readonly #onProgress: (progress: Progress) => void;
  readonly #crowd: Crowd;
  readonly #book: RoundBook;
  #service: Service | null = null;
  #crypto: MaskCrypto | null = null;
  #published: number;

  constructor(stage: Stage, state: ScenarioState, onProgress: (progress: Progress) => void) {
    this.#stage = stage;
    this.#scenario = stage.scenario;
    this.#state = state;
    this.#onProgress = onProgress;
    this.#clock = new VirtualClock(state.nowMs, state.digest);
    this.#network = new VirtualNetwork(this.#clock);
    this.#published = state.tally.rounds.filter(({ outcome }) => outcome === 'published').length;
    this.#book = new RoundBook({
      tally: state.tally,
      nowMs: () => this.#clock.nowMs,
      present: () => this.#crowd.present,
      onPublished: (row, { hash, version, file }) => {
        stage.files.addModel(hash, file.slice());
        this.#published += 1;
        const measured = measuredAfter(this.#published, this.#scenario);
        if (measured.scores) void this.#measure(row, version, hash, measured.shown);
      },
      onModel: ({ hash, file }) => stage.files.addModel(hash, file.slice()),
    });
    const { policy } = stage.founding.publication;
    this.#crowd = new Crowd({
      scenario: stage.scenario,
      people: stage.people,
      clock: this.#clock,
      state,
      rho: budgetOf(policy),
      openPage: (person, device, events) => this.#openPage(person, device, events),
      onPart: (person, part) => this.#book.part(part, maliceOf(stage.scenario, person.person) !== null),
      newcomer: (people) => people,
    });
  }

  async run(): Promise<ScenarioState> {
    const { founding, files } = this.#stage;
    const { masked, seed, rounds, days, checkpointEvery } = this.#scenario;
    const state = this.#state;
    const crypto = await countedCrypto(this.#clock);
    this.#crypto = crypto;
    const service = await openService({
      founding,
      stored: state.server,
      clock: this.#clock,
      network: this.#network,
      masked,
      seed,
      starts: state.starts,
      crypto,
      core: core(),
      watcher: this.#book.watcher,
      present: () => this.#crowd.present,
    });
    this.#service = service;
    files.addModel(state.server.hash, new Uint8Array(Buffer.from(state.server.file, 'base64')));
    this.#crowd.call(state.starts);
    const endMs = beginningMs + days * dayMs;
    const isOver = (): boolean => {
      if (this.#clock.carriedOut % eventsBetweenProgress === 0) this.#report();
      return this.#published >= rounds || this.#book.ended >= checkpointEvery || !this.#canGoOn();
    };
    await this.#clock.run(isOver, endMs);
    // [R8] No new round begins; what was said last arrives.
    await service.coordinator.stop();
    await this.#clock.run(() => false, Math.max(this.#clock.nowMs, Math.min(endMs, this.#clock.nowMs + settleMs)));
    this.#report();
    if (this.#published >= rounds) state.ended = 'rounds';
    else if (!this.#canGoOn()) state.ended = 'budgets';
    else if (this.#clock.nowMs >= endMs) state.ended = 'days';
    await this.#crowd.close();
    state.server = service.stored();
    await service.close();
    state.nowMs = this.#clock.nowMs;
    state.digest = this.#clock.digest;
    state.starts += 1;
    return state;
  }

  /** Whether a round can still come about. */
  #canGoOn(): boolean {
    return this.#scenario.churn > 0 || this.#crowd.able >= this.#state.facts.gatheringTarget;
  }

  #openPage(person: PersonState, device: Device, events: PageEvents): Page {
    const { scenario, people, library } = this.#stage;
    const service = this.#service;
    const crypto = this.#crypto;
    if (service === null || crypto === null) throw new TypeError('expected a service before anybody comes');
    const parts: PageParts = {
      scenario,
      people,
      clock: this.#clock.device,
      crypto,
      core: core(),
      randomOf: (visit, purpose) => stream(scenario.seed, ...visit, purpose),
      connect: (waits) => {
        const link = new Link(device);
        return {
          transport: this.#network.transport(link),
          http: service.http(link, waits, events.onBytes),
          loadPublished: async (announced) => {
            await this.#download(person, link, waits, announced, events.onBytes);
            return library.get(announced);
          },
        };
      },
    };
    return openPage(parts, person, device, events);
  }

  /** What the device lacks of a published model, file by file over its link. */
  async #download(
    person: PersonState,
    link: Link,
    waits: Waits,
    { hash }: Announced,
    count: (up: number, down: number) => void,
  ): Promise<void> {
    const service = this.#service!;
    const { publication } = this.#stage.founding;
    const files: (readonly ['models' | 'features' | 'catalogues', string])[] = [];
    if (person.modelHash !== hash) files.push(['models', hash]);
    if (!person.hasFiles) {
      files.push(
        ['features', publication.current.model.header.featuresHash],
        ['catalogues', publication.catalogueHash],
      );
    }
    for (const [kind, name] of files) {
      await waits.until(link.up(this.#clock.nowMs, fileRequest.upBytes).arrivedMs);
      const bytes = (await service.sizeOf(kind, name)) + fileRequest.headerBytes;
      count(fileRequest.upBytes, bytes);
      await waits.until(link.down(this.#clock.nowMs, bytes));
    }
    if (waits.isOff) return;
    person.modelHash = hash;
    person.hasFiles = true;
  }

  async #measure(row: RoundRow, version: number, hash: string, withShown: boolean): Promise<void> {
    const { library, panel, founding } = this.#stage;
    const { policyHash } = founding.publication;
    row.quality = panel.measure(await library.get({ version, hash, policyHash }), withShown);
  }

  #report(): void {
    const { id: scenario } = this.#scenario;
    this.#onProgress({ scenario, rounds: this.#published, nowMs: this.#clock.nowMs, present: this.#crowd.present });
  }
}
