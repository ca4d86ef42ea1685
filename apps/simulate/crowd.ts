// The crowd: who of the simulated people is there, from when to when, with which device; who comes for good and who leaves. It opens a page for each
// visit and closes it, and knows no server: what a page is, is handed in. Time is handed in too, so the same crowd lives in virtual and in real time.
import type { LedgerBook } from '../engine/ledger-store.ts';
import type { MemoryLedgerStore } from '../engine/memory.ts';
import { type Device, drawDevice } from './device.ts';
import { chanceOf, drawHabits, type Habits, isThere, lifeMs, nextArrivalMs, stayMs, vacancyMs } from './habits.ts';
import type { Malice } from './malice.ts';
import type { People } from './people.ts';
import type { Scenario } from './spec.ts';
import { addPart, addPresence, classOf, type Tally } from './tally.ts';
import type { Part } from './visit.ts';

/** Pages open again within this time of a restart of the service. */
const returnMs = 2_000;

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

/** The crowd's own time: hours of the day, visits, lives. */
export interface CrowdClock {
  /** Unix ms. */
  readonly nowMs: number;
  at(dueMs: number, label: string, run: () => void): () => void;
}

/** An open page of somebody who has budget left. */
export interface Page {
  readonly ledger: MemoryLedgerStore;
  /** Processor time so far, ms. */
  busyMs(): number;
  /** The person closes it. */
  close(): Promise<void>;
}

export interface PageEvents {
  readonly onPart: (part: Part) => void;
  readonly onBytes: (up: number, down: number) => void;
  /** The device is gone. */
  readonly onVanished: () => void;
}

export interface CrowdOptions {
  readonly scenario: Scenario;
  readonly people: People;
  readonly clock: CrowdClock;
  /** Changed as the crowd lives. */
  readonly state: { readonly people: PersonState[]; readonly newcomersMs: number[]; readonly tally: Tally };
  /** zCDP of the cheapest participation, and of all that a device may have. */
  readonly rho: { readonly once: number; readonly cap: number };
  readonly openPage: (person: PersonState, device: Device, events: PageEvents) => Page;
  /** Somebody's seat in a round is over. */
  readonly onPart: (person: PersonState, part: Part) => void;
  /** Number of the next newcomer, after so many people. */
  readonly newcomer: (people: number) => number;
}

/** Somebody who is there. */
interface Present {
  readonly state: PersonState;
  readonly device: Device;
  readonly sinceMs: number;
  cancelLeaving: () => void;
  /** null for somebody whose budget is spent: their page does nothing. */
  page: Page | null;
}

export class Crowd {
  readonly #options: CrowdOptions;
  readonly #present = new Map<number, Present>();
  readonly #cancels = new Set<() => void>();
  #presenceMs: number;
  #ableCount: number | null = null;
  #isClosed = false;

  constructor(options: CrowdOptions) {
    this.#options = options;
    this.#presenceMs = options.clock.nowMs;
  }

  /** People there now. */
  get present(): number {
    return this.#present.size;
  }

  /** People with budget left, as far as known from visits that are over; counted again when somebody's is spent. */
  get able(): number {
    this.#ableCount ??= this.#options.state.people.filter((person) => !person.isGone && this.#hasBudget(person)).length;
    return this.#ableCount;
  }

  /** Everybody who was there is there again, and who was away comes when they would have. @param starts of the service before this one. */
  call(starts: number): void {
    const { scenario, state, clock } = this.#options;
    const beganMs = clock.nowMs;
    for (const person of state.people) {
      if (person.isGone) continue;
      if (person.untilMs === null) this.#later(person.nextMs, `arrive ${person.person}`, () => this.#arrive(person));
      else if (starts === 0) this.#arrive(person);
      else {
        const delayMs = returnMs * chanceOf(scenario.seed, person.person, 'return', starts).uniform();
        this.#later(beganMs + delayMs, `return ${person.person}`, () => this.#return(person));
      }
      this.#watchLife(person);
    }
    for (const atMs of state.newcomersMs) this.#later(atMs, 'newcomer', () => this.#newcomer());
  }

  /** Every page is closed, as by a restart of the service: who is there has not left. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const present of [...this.#present.values()]) await this.#shut(present);
    for (const cancel of this.#cancels) cancel();
    this.#cancels.clear();
    this.#countPresence();
  }

  #watchLife(person: PersonState): void {
    if (person.leavesMs === null) return;
    this.#later(person.leavesMs, `leave for good ${person.person}`, () => void this.#leaveForGood(person));
  }

  #arrive(person: PersonState): void {
    if (person.isGone) return;
    const { scenario, state, clock } = this.#options;
    person.visits += 1;
    const chance = chanceOf(scenario.seed, person.person, 'stay', person.visits);
    // Who is there at the beginning has a time to leave already.
    person.untilMs ??= Math.round(clock.nowMs + stayMs(chance, scenario));
    classOf(state.tally, deviceOf(scenario, person.person), scenario.speedSpread).visits += 1;
    this.#open(person);
  }

  /** After a restart of the service. */
  #return(person: PersonState): void {
    if (!person.isGone && person.untilMs !== null) this.#open(person);
  }

  #open(person: PersonState): void {
    this.#countPresence();
    const { scenario, clock } = this.#options;
    const device = deviceOf(scenario, person.person);
    person.streams += 1;
    const present: Present = { state: person, device, sinceMs: clock.nowMs, cancelLeaving: () => {}, page: null };
    this.#present.set(person.person, present);
    present.cancelLeaving = this.#later(
      person.untilMs ?? clock.nowMs,
      `depart ${person.person}`,
      () => void this.#depart(present),
    );
    if (!this.#hasBudget(person)) return;
    present.page = this.#options.openPage(person, device, {
      onPart: (part) => this.#part(person, device, part),
      onBytes: (up, down) => this.#countBytes(person, device, up, down),
      onVanished: () => void this.#depart(present),
    });
  }

  /** A visit is over; another one follows. */
  async #depart(present: Present): Promise<void> {
    const person = present.state;
    if (this.#present.get(person.person) !== present) return;
    await this.#shut(present);
    person.untilMs = null;
    if (person.isGone || this.#isClosed) return;
    const { scenario, people, clock } = this.#options;
    const chance = chanceOf(scenario.seed, person.person, 'away', person.visits);
    const habits = habitsOf(scenario, people, person.person);
    person.nextMs = Math.round(nextArrivalMs(chance, habits, scenario, clock.nowMs));
    this.#later(person.nextMs, `arrive ${person.person}`, () => this.#arrive(person));
  }

  /** Closes somebody's page. */
  async #shut(present: Present): Promise<void> {
    const { state: person, device, page } = present;
    const { scenario, state, clock } = this.#options;
    this.#countPresence();
    this.#present.delete(person.person);
    present.cancelLeaving();
    const row = classOf(state.tally, device, scenario.speedSpread);
    row.presentMs += clock.nowMs - present.sinceMs;
    if (page === null) return;
    await page.close();
    person.ledger = await page.ledger.read();
    if (!this.#hasBudget(person)) this.#ableCount = null;
    row.busyMs += page.busyMs();
  }

  async #leaveForGood(person: PersonState): Promise<void> {
    person.isGone = true;
    this.#ableCount = null;
    const present = this.#present.get(person.person);
    if (present !== undefined) await this.#depart(present);
    const { scenario, state, clock } = this.#options;
    const vacancy = vacancyMs(chanceOf(scenario.seed, person.person, 'vacancy'));
    const atMs = Math.round(clock.nowMs + vacancy);
    state.newcomersMs.push(atMs);
    this.#later(atMs, 'newcomer', () => this.#newcomer());
  }

  /** Somebody new, with a device, tastes and a ledger of their own. */
  #newcomer(): void {
    const { scenario, state, clock, people } = this.#options;
    const { nowMs } = clock;
    state.newcomersMs.splice(
      state.newcomersMs.findIndex((atMs) => atMs <= nowMs),
      1,
    );
    const number = this.#options.newcomer(state.people.length);
    const person = newcomer(scenario, people, number, nowMs, false);
    state.people.push(person);
    this.#ableCount = null;
    classOf(state.tally, deviceOf(scenario, number), scenario.speedSpread).people += 1;
    this.#arrive(person);
    this.#watchLife(person);
  }

  #hasBudget({ ledger }: PersonState): boolean {
    const { once, cap } = this.#options.rho;
    return ledger.rhoSpent + once <= cap;
  }

  #part(person: PersonState, device: Device, part: Part): void {
    const { state, scenario } = this.#options;
    person.seats += 1;
    if (part.ending === 'counted') person.counted += 1;
    addPart(classOf(state.tally, device, scenario.speedSpread), part);
    this.#options.onPart(person, part);
  }

  #countBytes(person: PersonState, device: Device, up: number, down: number): void {
    const { tally } = this.#options.state;
    const row = classOf(tally, device, this.#options.scenario.speedSpread);
    for (const sums of [person, row, tally]) {
      sums.upBytes += up;
      sums.downBytes += down;
    }
  }

  #countPresence(): void {
    const { nowMs } = this.#options.clock;
    addPresence(this.#options.state.tally, this.#present.size, this.#presenceMs, nowMs);
    this.#presenceMs = nowMs;
  }

  #later(atMs: number, label: string, run: () => void): () => void {
    const cancel = this.#options.clock.at(atMs, label, () => {
      this.#cancels.delete(cancel);
      if (!this.#isClosed) run();
    });
    this.#cancels.add(cancel);
    return () => {
      this.#cancels.delete(cancel);
      cancel();
    };
  }
}

/** The people at the beginning. */
export function firstCrowd(scenario: Scenario, people: People, tally: Tally, nowMs: number): PersonState[] {
  return Array.from({ length: scenario.clients }, (_, person) => {
    classOf(tally, deviceOf(scenario, person), scenario.speedSpread).people += 1;
    return newcomer(scenario, people, person, nowMs, true);
  });
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
