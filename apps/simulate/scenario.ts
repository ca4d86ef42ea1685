// A scenario: a crowd and a service in virtual time. It runs in stretches. Every `checkpointEvery` rounds the service is stopped and started again,
// as an operator's update does; what is carried over is what the product itself keeps (the model with the server's state, the people's ledgers)
// and what the simulation knows of its people. That is a checkpoint: a stretch is a function from one to the next, so a run that was interrupted
// goes on from its last one to the same bytes.

import { participationsWithinCap } from '#shared/model/crowd.ts';
import { epsilonOfRho } from '#shared/privacy/accountant.ts';
import { noiseOfPolicy, rhoCapOf } from '#shared/protocol/policy.ts';
import type { MaskCrypto } from '#shared/secagg/crypto.ts';
import { gatheringTarget } from '#shared/secagg/parameters.ts';
import type { CacheStore } from '../engine/cache-store.ts';
import type { Announced } from '../engine/federation-client.ts';
import type { LedgerBook } from '../engine/ledger-store.ts';
import { MemoryLedgerStore } from '../engine/memory.ts';
import type { Published } from '../engine/published.ts';
import { Chance, stream } from './chance.ts';
import { type Digest, emptyDigest, VirtualClock } from './clock.ts';
import { type Device, drawDevice, Processor, Waits } from './device.ts';
import {
  chanceOf,
  dayMs,
  drawHabits,
  type Habits,
  isThere,
  lifeMs,
  nextArrivalMs,
  stayMs,
  vacancyMs,
} from './habits.ts';
import { Library } from './library.ts';
import type { Malice } from './malice.ts';
import { Link, VirtualNetwork } from './network.ts';
import type { People } from './people.ts';
import { Panel } from './quality.ts';
import type { RoundWatcher } from './rounds.ts';
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
import {
  addPart,
  addPartToRound,
  addPresence,
  classOf,
  emptyTally,
  noAnswers,
  type PartOfRound,
  type RoundRow,
  type Tally,
} from './tally.ts';
import { answerStages, type Part, startVisit, type Visit } from './visit.ts';

/** Noon, UTC, of a Monday in virtual time. */
export const beginningMs = Date.UTC(2030, 0, 7, 12);
/** A stopped service lets what it said last arrive. */
const settleMs = 5_000;
/** Pages open again within this time of a restart. */
const returnMs = 2_000;
/** Between two words on how far it is. */
const eventsBetweenProgress = 4_096;

/** Somebody of the crowd, as JSON. */
export interface PersonState {
  /** Names tastes, device, habits and ill will, which all follow from it and the seed. */
  readonly person: number;
  readonly joinedMs: number;
  /** null: stays to the end. */
  readonly leavesMs: number | null;
  isGone: boolean;
  /** Begun visits, for the statistics; and streams of randomness, which a restart takes as well. */
  visits: number;
  streams: number;
  /** Until when they are there; null while away. */
  untilMs: number | null;
  nextMs: number;
  ledger: LedgerBook;
  counted: number;
  seats: number;
  upBytes: number;
  downBytes: number;
  /** Whether features and catalogue are on the device. */
  hasFiles: boolean;
  modelHash: string | null;
}

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
  readonly noiseMultiplier: number;
  readonly minCohort: number;
  readonly maxCohort: number;
  readonly gatheringTarget: number;
  readonly honestNoiseShares: number;
  /** D, and b. */
  readonly updateLength: number;
  readonly bits: number;
  readonly rhoPerParticipation: number;
  readonly epsilonPerParticipation: number;
  readonly participationsAllowed: number;
  readonly items: number;
  /** People whose lists are judged. */
  readonly panel: number;
}

function factsOf({ scenario, founding, panel }: Stage): Facts {
  const { policy, features } = founding.publication;
  const { rhoPerParticipation } = noiseOfPolicy(policy);
  return {
    noiseMultiplier: policy.noiseMultiplier,
    minCohort: policy.minCohort,
    maxCohort: policy.maxCohort,
    gatheringTarget: gatheringTarget(policy.minCohort, policy.maxCohort),
    honestNoiseShares: policy.honestNoiseShares,
    updateLength: policy.layout.length,
    bits: policy.bits,
    rhoPerParticipation,
    epsilonPerParticipation: epsilonOfRho(rhoPerParticipation, scenario.delta),
    participationsAllowed: participationsWithinCap(policy),
    items: features.items,
    panel: panel.size,
  };
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
  readonly library: Library;
}

/** Makes the service's first model and the panel. The same for the same scenario, wherever it is begun or gone on with. */
export async function setStage(scenario: Scenario, people: People): Promise<Stage> {
  const { clients, present, cohort, noiseMultiplier, epsilon, delta, cooldownMs } = scenario;
  const founding = await foundService({
    catalogue: people.catalogue,
    expectedPresence: Math.max(1, Math.round(clients * present)),
    policy: {
      mode: 1,
      noiseMultiplier,
      epsilonCap: epsilon,
      delta,
      cooldownMs,
      ...(cohort === null ? {} : { maxCohort: cohort }),
    },
    dimension: null,
    nowMs: beginningMs,
  });
  const library = new Library(foundingFiles(founding), new VirtualClock(beginningMs).device);
  const { file, hash, version } = firstServer(founding);
  library.add(hash, new Uint8Array(Buffer.from(file, 'base64')));
  const first = await library.get({ version, hash, policyHash: founding.publication.policyHash });
  return { scenario, people, founding, library, panel: new Panel(people, numbers(clients), scenario.panel, first) };
}

function* numbers(count: number): Generator<number> {
  for (let number = 0; number < count; number += 1) yield number;
}

/** Before anybody came. */
export function firstState(stage: Stage): ScenarioState {
  const { scenario, people, founding } = stage;
  const tally = emptyTally();
  const crowd = Array.from({ length: scenario.clients }, (_, person) =>
    newcomer(scenario, people, person, beginningMs, true),
  );
  for (const { person } of crowd) classOf(tally, deviceOf(scenario, person), scenario.speedSpread).people += 1;
  return {
    nowMs: beginningMs,
    digest: emptyDigest,
    starts: 0,
    server: firstServer(founding),
    people: crowd,
    newcomersMs: [],
    tally,
    ended: null,
    facts: factsOf(stage),
  };
}

function newcomer(scenario: Scenario, people: People, person: number, nowMs: number, maybeThere: boolean): PersonState {
  const chance = chanceOf(scenario.seed, person, 'life');
  const habits = habitsOf(scenario, people, person);
  const life = lifeMs(chance, scenario);
  // Who comes for good comes for a visit.
  const there = maybeThere ? isThere(chance, habits, scenario, nowMs) : true;
  return {
    person,
    joinedMs: nowMs,
    leavesMs: Number.isFinite(life) ? Math.round(nowMs + life) : null,
    isGone: false,
    visits: 0,
    streams: 0,
    untilMs: there ? Math.round(nowMs + stayMs(chance, scenario)) : null,
    nextMs: there ? nowMs : Math.round(nextArrivalMs(chance, habits, scenario, nowMs)),
    ledger: { rhoSpent: 0, rows: [], since: null },
    counted: 0,
    seats: 0,
    upBytes: 0,
    downBytes: 0,
    hasFiles: false,
    modelHash: null,
  };
}

export function deviceOf({ seed, speedSpread, breaksPerHour }: Scenario, person: number): Device {
  return drawDevice(chanceOf(seed, person, 'device'), speedSpread, breaksPerHour);
}

export function habitsOf(scenario: Scenario, people: People, person: number): Habits {
  const place = scenario.skew > 0 ? people.tastePlace(person) : 0;
  return drawHabits(chanceOf(scenario.seed, person, 'habits'), place, scenario);
}

export function maliceOf({ seed, malicious, malice }: Scenario, person: number): Malice | null {
  return malicious > 0 && chanceOf(seed, person, 'malice').happens(malicious) ? malice : null;
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

/** What a device would cache is in the library once for all; here is only said that it is there, so that nothing is encoded again for each. */
const cachedElsewhere: CacheStore = {
  // Without an announcement a device asks the server first.
  get: async (key) => (key === 'announcement' ? null : new Uint8Array(0)),
  put: async () => {},
  keepOnly: async () => {},
  clear: async () => {},
};

/** Somebody who is there. */
interface Present {
  readonly state: PersonState;
  readonly device: Device;
  readonly sinceMs: number;
  readonly cancelLeaving: () => void;
  /** null for somebody whose budget is spent: their page does nothing. */
  engine: { readonly visit: Promise<Visit>; readonly ledger: MemoryLedgerStore; readonly processor: Processor } | null;
  cancelBreak: () => void;
}

class Stretch {
  readonly #stage: Stage;
  readonly #scenario: Scenario;
  readonly #state: ScenarioState;
  readonly #clock: VirtualClock;
  readonly #network: VirtualNetwork;
  readonly #onProgress: (progress: Progress) => void;
  readonly #present = new Map<number, Present>();
  readonly #opened = new Map<string, { readonly openedMs: number; configuredMs: number | null }>();
  readonly #rows = new Map<string, RoundRow>();
  readonly #early = new Map<string, PartOfRound[]>();
  readonly #rho: { readonly once: number; readonly cap: number };
  #service: Service | null = null;
  #crypto: MaskCrypto | null = null;
  #presenceMs: number;
  #roundsEnded = 0;
  #published: number;
  #ableCount: number | null = null;

  constructor(stage: Stage, state: ScenarioState, onProgress: (progress: Progress) => void) {
    this.#stage = stage;
    this.#scenario = stage.scenario;
    this.#state = state;
    this.#onProgress = onProgress;
    this.#clock = new VirtualClock(state.nowMs, state.digest);
    this.#network = new VirtualNetwork(this.#clock);
    this.#presenceMs = state.nowMs;
    this.#published = state.tally.rounds.filter(({ outcome }) => outcome === 'published').length;
    const { policy } = stage.founding.publication;
    this.#rho = { once: noiseOfPolicy(policy).rhoPerParticipation, cap: rhoCapOf(policy) };
  }

  async run(): Promise<ScenarioState> {
    const { founding } = this.#stage;
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
      watcher: this.#watcher(),
      present: () => this.#present.size,
    });
    this.#service = service;
    this.#remember(state.server);
    this.#callCrowd();
    const endMs = beginningMs + days * dayMs;
    const isOver = (): boolean => {
      if (this.#clock.carriedOut % eventsBetweenProgress === 0) this.#report();
      return this.#published >= rounds || this.#roundsEnded >= checkpointEvery || !this.#canGoOn();
    };
    await this.#clock.run(isOver, endMs);
    // [R8] No new round begins; what was said last arrives.
    await service.coordinator.stop();
    await this.#clock.run(() => false, Math.max(this.#clock.nowMs, Math.min(endMs, this.#clock.nowMs + settleMs)));
    this.#report();
    if (this.#published >= rounds) state.ended = 'rounds';
    else if (!this.#canGoOn()) state.ended = 'budgets';
    else if (this.#clock.nowMs >= endMs) state.ended = 'days';
    for (const present of [...this.#present.values()]) await this.#shut(present);
    state.server = service.stored();
    await service.close();
    this.#countPresence();
    state.nowMs = this.#clock.nowMs;
    state.digest = this.#clock.digest;
    state.starts += 1;
    return state;
  }

  /** Everybody who was there is there again, and who was away comes when they would have. */
  #callCrowd(): void {
    const { people, newcomersMs, starts, nowMs } = this.#state;
    for (const person of people) {
      if (person.isGone) continue;
      if (person.untilMs === null) this.#clock.at(person.nextMs, `arrive ${person.person}`, () => this.#arrive(person));
      else if (starts === 0) this.#arrive(person);
      else {
        const delayMs = returnMs * chanceOf(this.#scenario.seed, person.person, 'return', starts).uniform();
        this.#clock.at(nowMs + delayMs, `return ${person.person}`, () => this.#return(person));
      }
      this.#watchLife(person);
    }
    for (const atMs of newcomersMs) this.#clock.at(atMs, 'newcomer', () => this.#newcomer());
  }

  #watchLife(person: PersonState): void {
    if (person.leavesMs === null) return;
    this.#clock.at(person.leavesMs, `leave for good ${person.person}`, () => void this.#leaveForGood(person));
  }

  // Coming and going.

  #arrive(person: PersonState): void {
    if (person.isGone) return;
    person.visits += 1;
    const chance = chanceOf(this.#scenario.seed, person.person, 'stay', person.visits);
    // Who is there at the beginning has a time to leave already.
    person.untilMs ??= Math.round(this.#clock.nowMs + stayMs(chance, this.#scenario));
    classOf(this.#state.tally, deviceOf(this.#scenario, person.person), this.#scenario.speedSpread).visits += 1;
    this.#open(person);
  }

  /** After a restart of the service. */
  #return(person: PersonState): void {
    if (!person.isGone && person.untilMs !== null) this.#open(person);
  }

  #open(person: PersonState): void {
    this.#countPresence();
    const device = deviceOf(this.#scenario, person.person);
    person.streams += 1;
    const present: Present = {
      state: person,
      device,
      sinceMs: this.#clock.nowMs,
      cancelLeaving: this.#clock.at(person.untilMs ?? 0, `depart ${person.person}`, () => void this.#depart(present)),
      engine: null,
      cancelBreak: () => {},
    };
    this.#present.set(person.person, present);
    if (this.#hasBudget(person)) this.#openPage(present);
  }

  #openPage(present: Present): void {
    const { state: person, device } = present;
    const { scenario, people, library } = this.#stage;
    const service = this.#service;
    const crypto = this.#crypto;
    if (service === null || crypto === null) throw new TypeError('expected a service before anybody comes');
    const clock = this.#clock.device;
    const waits = new Waits(clock);
    const processor = new Processor(clock, waits, device.slowness);
    const link = new Link(device);
    const transport = this.#network.transport(link);
    const name = ['person', person.person, 'visit', person.streams] as const;
    const misfortune = new Chance(stream(scenario.seed, ...name, 'misfortune'));
    const ledger = new MemoryLedgerStore(person.ledger);
    const count = (up: number, down: number) => this.#countBytes(person, device, up, down);
    const visit = startVisit({
      clock,
      transport,
      http: service.http(link, waits, count),
      cacheStore: cachedElsewhere,
      published: async (announced) => {
        await this.#download(present, link, waits, announced, count);
        return library.get(announced);
      },
      createMaskCrypto: async () => crypto,
      masked: scenario.masked,
      random: stream(scenario.seed, ...name, 'jitter'),
      noise: stream(scenario.seed, ...name, 'noise'),
      keys: stream(scenario.seed, ...name, 'keys'),
      history: people.tastesOf(person.person).history,
      ledgerStore: ledger,
      waits,
      processor,
      malice: maliceOf(scenario, person.person),
      vanishes: () => {
        const stage = answerStages[misfortune.below(answerStages.length)] ?? null;
        return misfortune.happens(scenario.dropout) ? stage : null;
      },
      onPart: (part) => this.#part(person, device, part),
      onBytes: count,
      onVanished: () => void this.#depart(present),
    });
    present.engine = { visit, ledger, processor };
    this.#breakLater(present, transport, misfortune);
  }

  #breakLater(present: Present, transport: { cut(): void }, chance: Chance): void {
    if (!Number.isFinite(present.device.breakMeanMs)) return;
    const delayMs = chance.exponential(present.device.breakMeanMs);
    present.cancelBreak = this.#clock.after(delayMs, `break ${present.state.person}`, () => {
      transport.cut();
      this.#breakLater(present, transport, chance);
    });
  }

  /** What the device lacks of a published model, file by file over its link. */
  async #download(
    { state: person }: Present,
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

  /** A visit is over; another one follows. */
  async #depart(present: Present): Promise<void> {
    const person = present.state;
    if (this.#present.get(person.person) !== present) return;
    await this.#shut(present);
    person.untilMs = null;
    if (person.isGone) return;
    const chance = chanceOf(this.#scenario.seed, person.person, 'away', person.visits);
    const habits = habitsOf(this.#scenario, this.#stage.people, person.person);
    person.nextMs = Math.round(nextArrivalMs(chance, habits, this.#scenario, this.#clock.nowMs));
    this.#clock.at(person.nextMs, `arrive ${person.person}`, () => this.#arrive(person));
  }

  /** Closes somebody's page. */
  async #shut(present: Present): Promise<void> {
    const { state: person, device, engine } = present;
    this.#countPresence();
    this.#present.delete(person.person);
    present.cancelLeaving();
    present.cancelBreak();
    const row = classOf(this.#state.tally, device, this.#scenario.speedSpread);
    row.presentMs += this.#clock.nowMs - present.sinceMs;
    if (engine === null) return;
    await (await engine.visit).end();
    person.ledger = await engine.ledger.read();
    if (!this.#hasBudget(person)) this.#ableCount = null;
    row.busyMs += engine.processor.busyMs;
  }

  async #leaveForGood(person: PersonState): Promise<void> {
    person.isGone = true;
    this.#ableCount = null;
    const present = this.#present.get(person.person);
    if (present !== undefined) await this.#depart(present);
    const vacancy = vacancyMs(chanceOf(this.#scenario.seed, person.person, 'vacancy'));
    const atMs = Math.round(this.#clock.nowMs + vacancy);
    this.#state.newcomersMs.push(atMs);
    this.#clock.at(atMs, 'newcomer', () => this.#newcomer());
  }

  /** Somebody new, with a device, tastes and a ledger of their own. */
  #newcomer(): void {
    const { nowMs } = this.#clock;
    this.#state.newcomersMs.splice(
      this.#state.newcomersMs.findIndex((atMs) => atMs <= nowMs),
      1,
    );
    const { people, tally } = this.#state;
    const person = newcomer(this.#scenario, this.#stage.people, people.length, nowMs, false);
    people.push(person);
    classOf(tally, deviceOf(this.#scenario, person.person), this.#scenario.speedSpread).people += 1;
    this.#arrive(person);
    this.#watchLife(person);
  }

  #hasBudget({ ledger }: PersonState): boolean {
    return ledger.rhoSpent + this.#rho.once <= this.#rho.cap;
  }

  /** Whether a round can still come about. */
  #canGoOn(): boolean {
    return this.#scenario.churn > 0 || this.#able >= this.#state.facts.gatheringTarget;
  }

  /** People with budget left, as far as known from visits that are over; counted again when somebody's is spent. */
  get #able(): number {
    this.#ableCount ??= this.#state.people.filter((person) => !person.isGone && this.#hasBudget(person)).length;
    return this.#ableCount;
  }

  // What is counted.

  #part(person: PersonState, device: Device, part: Part): void {
    person.seats += 1;
    if (part.ending === 'counted') person.counted += 1;
    addPart(classOf(this.#state.tally, device, this.#scenario.speedSpread), part);
    const entry = { part, malicious: maliceOf(this.#scenario, person.person) !== null };
    const row = this.#rows.get(part.roundId);
    if (row !== undefined) addPartToRound(row, entry);
    else this.#early.set(part.roundId, [...(this.#early.get(part.roundId) ?? []), entry]);
  }

  #countBytes(person: PersonState, device: Device, up: number, down: number): void {
    const { tally } = this.#state;
    const row = classOf(tally, device, this.#scenario.speedSpread);
    for (const sums of [person, row, tally]) {
      sums.upBytes += up;
      sums.downBytes += down;
    }
  }

  #countPresence(): void {
    addPresence(this.#state.tally, this.#present.size, this.#presenceMs, this.#clock.nowMs);
    this.#presenceMs = this.#clock.nowMs;
  }

  #watcher(): RoundWatcher {
    return {
      opened: (id) => {
        this.#opened.set(id, { openedMs: this.#clock.nowMs, configuredMs: null });
      },
      configured: (id) => {
        const round = this.#opened.get(id);
        if (round !== undefined) round.configuredMs = this.#clock.nowMs;
      },
      published: ({ roundId, cohort, model }) => {
        this.#stage.library.add(model.hash, model.file.slice());
        const row = this.#endRound(roundId, 'published', null);
        if (row === null) return;
        row.version = model.version;
        row.cohort = cohort;
        this.#published += 1;
        const { measureEvery, rounds } = this.#scenario;
        if (this.#published % measureEvery === 0 || this.#published === rounds) void this.#measure(row, model);
      },
      aborted: (id, code) => {
        this.#endRound(id, 'aborted', code);
      },
    };
  }

  /** A row for a round that had a cohort. */
  #endRound(id: string, outcome: RoundRow['outcome'], code: string | null): RoundRow | null {
    const opened = this.#opened.get(id);
    this.#opened.delete(id);
    if (opened === undefined || opened.configuredMs === null) return null;
    const { tally } = this.#state;
    const row: RoundRow = {
      round: tally.rounds.length + 1,
      id,
      outcome,
      code,
      version: null,
      openedMs: opened.openedMs,
      configuredMs: opened.configuredMs,
      closedMs: this.#clock.nowMs,
      present: this.#present.size,
      cohort: 0,
      seated: 0,
      malicious: 0,
      answers: noAnswers(),
      missing: { late: noAnswers(), left: noAnswers(), vanished: noAnswers(), lost: noAnswers() },
      upBytes: tally.upBytes - tally.upBytesOfRounds,
      downBytes: tally.downBytes - tally.downBytesOfRounds,
      quality: null,
    };
    tally.upBytesOfRounds = tally.upBytes;
    tally.downBytesOfRounds = tally.downBytes;
    tally.rounds.push(row);
    this.#rows.set(id, row);
    for (const part of this.#early.get(id) ?? []) addPartToRound(row, part);
    this.#early.delete(id);
    this.#roundsEnded += 1;
    return row;
  }

  async #measure(row: RoundRow, { version, hash }: { readonly version: number; readonly hash: string }): Promise<void> {
    const { library, panel, founding } = this.#stage;
    const published: Published = await library.get({ version, hash, policyHash: founding.publication.policyHash });
    row.quality = panel.measure(published);
  }

  #remember({ hash, file }: StoredServer): void {
    this.#stage.library.add(hash, new Uint8Array(Buffer.from(file, 'base64')));
  }

  #report(): void {
    const { id: scenario } = this.#scenario;
    this.#onProgress({ scenario, rounds: this.#published, nowMs: this.#clock.nowMs, present: this.#present.size });
  }
}
