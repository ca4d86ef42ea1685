// The server's side of a masked round, as a step function: state and event in, state, messages, refusals and outcome out. PROTOCOL.md 10.
// It touches no socket and no clock. A seat is whatever number the driver gives a client that joined; it outlives a lost connection, and whose
// connection comes back is the driver's to know. Time comes in as events: 'deadline' for a stage, 'dropped' when a closed socket has not come
// back within the grace.
//
//   advertise --roster--> shares --inbox--> masked --unmask_req--> confirm --confirmations--> unmask --> done
//
// A stage ends when everyone who is still there has answered, and at its deadline. Every stage can end in aborted.
import type { RoundCore } from '../core/rounds.ts';
import { ringMask } from '../maths/ring.ts';
import { RingSum } from '../privacy/aggregate.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { equalBytes } from './bytes.ts';
import { type AgreementKey, keyBytes, type MaskCrypto } from './crypto.ts';
import { compareBytes, maskGraph } from './graph.ts';
import { IndexSet } from './index-set.ts';
import { configHash, type PublicKeys, rosterHash } from './keys.ts';
import { type ApplyMasks, maskApplier } from './masks.ts';
import { actualNeighbours, type MaskParameters, thresholdOf } from './parameters.ts';
import { recoverMasks } from './recovery.ts';
import { neighbourhood } from './sharing.ts';
import {
  type Advertise,
  encodeConfirmations,
  encodeInbox,
  encodeRoster,
  parseAdvertise,
  parseConfirm,
  parseShares,
  parseUnmask,
  type SharesMessage,
} from './wire.ts';

export interface ServerTools {
  readonly crypto: MaskCrypto;
  /** What adds; plain JavaScript unless said otherwise. */
  readonly rounds?: RoundCore;
  /** On this thread unless said otherwise. */
  readonly applyMasks?: ApplyMasks;
  /** Awaited between the secrets that are recombined, so that others on this thread get their turn. */
  readonly turn?: () => Promise<void>;
}

export interface ServerStart {
  /** The 184 bytes that every client gets. */
  readonly config: Uint8Array;
  readonly parameters: MaskParameters;
  /** Whoever was gathered: they get the config. At most nMax, each once. */
  readonly seats: readonly number[];
  /** Fewest keys to go on with; `leastRoster` of those gathered unless said otherwise, never below nMin. */
  readonly leastRoster?: number;
}

export type ServerStage = 'advertise' | 'shares' | 'masked' | 'confirm' | 'unmask';

export type ServerEvent =
  | { readonly kind: 'advertise' | 'shares' | 'confirm' | 'unmask'; readonly seat: number; readonly bytes: Uint8Array }
  /** A complete upload: its frames put together, its hash checked. Added to the sum and not kept. */
  | { readonly kind: 'masked'; readonly seat: number; readonly payload: Uint8Array }
  /** The same client on a new connection. It is told again what it may have missed. */
  | { readonly kind: 'resumed'; readonly seat: number }
  /** Gone: left, or closed for longer than the grace. For good. */
  | { readonly kind: 'dropped'; readonly seat: number }
  /** A timer of an earlier stage that rings late changes nothing. */
  | { readonly kind: 'deadline'; readonly stage: ServerStage }
  | { readonly kind: 'stop' };

export interface ServerSend {
  readonly seat: number;
  readonly kind: 'config' | 'roster' | 'inbox' | 'unmask_req' | 'confirmations';
  /** Shared between receivers; do not change. */
  readonly bytes: Uint8Array;
}

/** A message that changed nothing. 'late', 'duplicate', 'not-in-round', 'out-of-order', or what its parser said. */
export interface ServerRefusal {
  readonly seat: number;
  readonly code: string;
  readonly message: string;
}

/** too-few: of the cohort, at `stage`. too-few-shares, bad-shares: the sum cannot be unmasked. stopped: by the operator. */
export interface ServerAbort {
  readonly code: 'too-few' | 'too-few-shares' | 'bad-shares' | 'stopped' | 'server-error';
  readonly stage: ServerStage;
  readonly message: string;
}

export interface ServerStep {
  readonly state: ServerState;
  readonly send: readonly ServerSend[];
  readonly refused: readonly ServerRefusal[];
  /**
   * Seats that this step put out, by their own fault or because a stage went on without them: their update is not in the sum and they are
   * told nothing more. Not those who dropped, and not those in U3, whose update counts.
   */
  readonly out: readonly number[];
}

interface Advertising {
  readonly kind: 'advertise';
  readonly start: ServerStart;
  readonly seats: Map<number, { advertised: Advertise | null; dropped: boolean }>;
  /** Tries the keys that come; made with the first. */
  trial: AgreementKey | null;
}

interface Client {
  readonly seat: number;
  readonly keys: PublicKeys;
  dropped: boolean;
}

/** The roster and what follows from it; the same until the end, but for who has dropped. */
interface Cohort {
  readonly start: ServerStart;
  readonly configHash: Uint8Array;
  readonly rosterHash: Uint8Array;
  /** By index. */
  readonly clients: readonly Client[];
  readonly indexOfSeat: ReadonlyMap<number, number>;
  readonly graph: readonly (readonly number[])[];
  /** t. */
  readonly threshold: number;
}

/** `answers` has what each index said in this stage; `asked` are the indices whose answer counts; `told` is what each of them was sent. */
interface Asking<Answer> {
  readonly cohort: Cohort;
  readonly asked: IndexSet;
  readonly told: ReadonlyMap<number, Uint8Array>;
  readonly answers: Map<number, Answer>;
}

interface Sharing extends Asking<SharesMessage> {
  readonly kind: 'shares';
}

interface Collecting extends Asking<true> {
  readonly kind: 'masked';
  readonly commitments: readonly (Uint8Array | null)[];
  readonly sum: RingSum;
}

interface Confirming extends Asking<Map<number, Uint8Array>> {
  readonly kind: 'confirm';
  readonly commitments: readonly (Uint8Array | null)[];
  readonly sum: RingSum;
  readonly u2: IndexSet;
}

interface Unmasking extends Asking<Map<number, Uint8Array>> {
  readonly kind: 'unmask';
  readonly commitments: readonly (Uint8Array | null)[];
  readonly sum: RingSum;
  readonly u2: IndexSet;
  readonly u3: IndexSet;
}

/** The sum of the updates of U3, with their noise. */
export interface ServerResult {
  /** Uint32Array[D], each below 2^b. */
  readonly sum: Uint32Array;
  /** |U3|. */
  readonly cohort: number;
  /** |U2| - |U3|: dropouts whose masks were taken off. */
  readonly dropouts: number;
  /** Seats of U3. */
  readonly seats: readonly number[];
}

export type ServerState =
  | Advertising
  | Sharing
  | Collecting
  | Confirming
  | Unmasking
  | ({ readonly kind: 'done' } & ServerResult)
  | ({ readonly kind: 'aborted' } & ServerAbort);

type LiveState = Exclude<ServerState, { kind: 'done' } | { kind: 'aborted' }>;
type AskingState = Exclude<LiveState, Advertising>;

/** A public scalar to try keys with: a low-order point gives zero with any scalar. */
const trialSecret = new Uint8Array(keyBytes).fill(0x42);

/** Opens a round: the config goes to every seat. Throws RangeError for too many seats, and for a least roster outside of nMin to nMax. */
export function startServer(start: ServerStart): ServerStep {
  const { minCohort, maxCohort } = start.parameters;
  const least = leastRosterOf(start);
  if (least < minCohort || least > maxCohort) {
    throw new RangeError(`startServer: expected a least roster of ${minCohort} to ${maxCohort}, got ${least}`);
  }
  const seats = new Map(start.seats.map((seat) => [seat, { advertised: null, dropped: false }]));
  if (seats.size !== start.seats.length || seats.size > maxCohort) {
    throw new RangeError(`startServer: expected up to ${maxCohort} different seats, got ${start.seats.length}`);
  }
  return {
    state: { kind: 'advertise', start, seats, trial: null },
    send: start.seats.map((seat) => ({ seat, kind: 'config', bytes: start.config })),
    refused: [],
    out: [],
  };
}

/**
 * Fewest keys to go on with when `gathered` got the config: nMin and half of those beyond. Giving up before the roster costs nobody anything,
 * giving up after the uploads costs everybody a charge; so of the room that gathering left for dropouts, one half may be used up by those who
 * go before the roster (one of 24 who leaves does not end the round) and the other is kept for those who go later.
 */
export function leastRoster(minCohort: number, gathered: number): number {
  return minCohort + Math.max(0, Math.floor((gathered - minCohort) / 2));
}

/**
 * One event. The state that is passed in is used up: the one that comes back owns its parts. Never rejects: a client's fault is a refusal and
 * makes it a dropout, anything else ends in `aborted`.
 */
export async function stepServer(state: ServerState, event: ServerEvent, tools: ServerTools): Promise<ServerStep> {
  if (state.kind === 'done' || state.kind === 'aborted') return afterTheEnd(state, event);
  try {
    if (event.kind === 'stop') return end(aborted(state.kind, 'stopped', 'stopped by the operator'));
    const step = state.kind === 'advertise' ? await onGathering(state, event, tools) : onAsking(state, event);
    const due = event.kind === 'deadline' && event.stage === state.kind;
    return await advanced(
      step,
      due || ((event.kind === 'dropped' || step.refused.length > 0) && isHopeless(step.state)),
      tools,
    );
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return end(aborted(state.kind, 'server-error', message));
  }
}

/** How far the stage has come: answers that count, and those together with the ones that can still come. Zeros when the round is over. */
export function answersOf(state: ServerState): { readonly answered: number; readonly asked: number } {
  if (state.kind === 'done' || state.kind === 'aborted') return { answered: 0, asked: 0 };
  if (state.kind === 'advertise') {
    const there = [...state.seats.values()].filter(({ dropped }) => !dropped);
    return { answered: there.filter(({ advertised }) => advertised !== null).length, asked: there.length };
  }
  return { answered: state.answers.size, asked: possible(state).size };
}

async function onGathering(state: Advertising, event: ServerEvent, tools: ServerTools): Promise<ServerStep> {
  switch (event.kind) {
    case 'advertise': {
      const entry = state.seats.get(event.seat);
      if (entry === undefined || entry.dropped) return notInRound(state, event.seat, event.kind);
      if (entry.advertised !== null) return duplicate(state, event.seat, event.kind);
      try {
        const advertised = parseAdvertise(event.bytes);
        state.trial ??= await tools.crypto.agreementKey(trialSecret);
        await checkOrder(advertised.keys, state.trial);
        checkNew(advertised.keys, state);
        entry.advertised = advertised;
      } catch (error) {
        entry.dropped = true;
        return faultOf(state, event.seat, error);
      }
      return unchanged(state);
    }
    case 'dropped': {
      const entry = state.seats.get(event.seat);
      if (entry !== undefined) entry.dropped = true;
      return unchanged(state);
    }
    case 'resumed': {
      if (state.seats.get(event.seat)?.dropped !== false) return notInRound(state, event.seat, event.kind);
      return unchanged(state, [{ seat: event.seat, kind: 'config', bytes: state.start.config }]);
    }
    case 'shares':
    case 'masked':
    case 'confirm':
    case 'unmask':
      return refused(state, event.seat, 'out-of-order', `${event.kind}: not expected while keys are gathered`);
    case 'deadline':
    case 'stop':
      return unchanged(state);
  }
}

/** [M15] Rejects with ProtocolError 'bad-key' for a point of low order. */
async function checkOrder(keys: PublicKeys, trial: AgreementKey): Promise<void> {
  await Promise.all([trial.agree(keys.channel), trial.agree(keys.mask)]);
}

function checkNew(keys: PublicKeys, state: Advertising): void {
  const own = [keys.channel, keys.mask];
  for (const { advertised, dropped } of state.seats.values()) {
    if (advertised === null || dropped) continue;
    const theirs = [advertised.keys.channel, advertised.keys.mask];
    if (theirs.some((key) => own.some((mine) => equalBytes(key, mine)))) {
      throw new ProtocolError('bad-key', 'advertise: expected keys that nobody else has, got known ones');
    }
  }
}

function onAsking(state: AskingState, event: ServerEvent): ServerStep {
  switch (event.kind) {
    case 'dropped': {
      const index = state.cohort.indexOfSeat.get(event.seat);
      if (index !== undefined) state.cohort.clients[index]!.dropped = true;
      return unchanged(state);
    }
    case 'deadline':
    case 'stop':
      return unchanged(state);
    default: {
      const index = state.cohort.indexOfSeat.get(event.seat);
      if (index === undefined) return notInRound(state, event.seat, event.kind);
      const client = state.cohort.clients[index]!;
      // Whoever missed an earlier stage is out, whatever it sends now: b is never asked for, so its upload stays hidden.
      if (client.dropped || !state.asked.has(index)) {
        return refused(state, event.seat, 'late', `${event.kind}: too late for this round; leave it and join again`);
      }
      if (event.kind === 'resumed') {
        return unchanged(state, [{ seat: event.seat, kind: toldKind[state.kind], bytes: state.told.get(index)! }]);
      }
      if (event.kind !== state.kind) {
        const known = stageOrder.indexOf(event.kind) < stageOrder.indexOf(state.kind);
        if (known) return duplicate(state, event.seat, event.kind);
        return refused(state, event.seat, 'out-of-order', `${event.kind}: not expected in the stage ${state.kind}`);
      }
      if (state.answers.has(index)) return duplicate(state, event.seat, event.kind);
      try {
        take(state, index, event.kind === 'masked' ? event.payload : event.bytes);
      } catch (error) {
        client.dropped = true;
        return faultOf(state, event.seat, error);
      }
      return unchanged(state);
    }
  }
}

const stageOrder: readonly string[] = ['advertise', 'shares', 'masked', 'confirm', 'unmask'] satisfies ServerStage[];

/** The message that a stage's answers are to. */
const toldKind = { shares: 'roster', masked: 'inbox', confirm: 'unmask_req', unmask: 'confirmations' } as const;

/** Takes one client's answer. Throws ProtocolError. */
function take(state: AskingState, index: number, bytes: Uint8Array): void {
  const neighbours = state.cohort.graph[index]!;
  switch (state.kind) {
    case 'shares':
      state.answers.set(index, parseShares(bytes, neighbours));
      break;
    case 'masked':
      state.sum.add(bytes);
      state.answers.set(index, true);
      break;
    case 'confirm': {
      const peers = neighbours.filter((v) => state.asked.has(v));
      state.answers.set(index, parseConfirm(bytes, peers));
      break;
    }
    case 'unmask': {
      const owners = neighbourhood(index, neighbours).filter((v) => state.u2.has(v));
      state.answers.set(index, parseUnmask(bytes, owners));
      break;
    }
  }
}

/** Goes on while stages are complete: when the last one that was waited for drops, more than one may be. */
async function advanced(step: ServerStep, deadline: boolean, tools: ServerTools): Promise<ServerStep> {
  let { state } = step;
  const send = [...step.send];
  const out = [...step.out];
  let due = deadline;
  while (state.kind !== 'done' && state.kind !== 'aborted' && (due || isComplete(state))) {
    const next: ServerStep = await nextStage(state, tools);
    state = next.state;
    send.push(...next.send);
    out.push(...next.out);
    due = false;
  }
  return { state, send, refused: step.refused, out };
}

function isComplete(state: LiveState): boolean {
  if (state.kind === 'advertise') {
    const there = [...state.seats.values()].filter((seat) => !seat.dropped);
    return there.every((seat) => seat.advertised !== null);
  }
  return state.asked.members.every((index) => state.answers.has(index) || state.cohort.clients[index]!.dropped);
}

/** Whether too few are left for this stage whatever still comes: to wait for its end would help nobody. */
function isHopeless(state: ServerState): boolean {
  switch (state.kind) {
    case 'advertise':
      return [...state.seats.values()].filter(({ dropped }) => !dropped).length < leastRosterOf(state.start);
    case 'shares':
      return possible(state).size < state.cohort.start.parameters.minCohort;
    case 'masked':
      return shortage(state.cohort, possible(state), state.asked) !== null;
    case 'confirm':
    case 'unmask':
      return shortNeighbourhood(state.cohort, possible(state), state.u2) !== null;
    case 'done':
    case 'aborted':
      return false;
  }
}

/** Those who answered, and those who still can. */
function possible(state: AskingState): IndexSet {
  const { cohort, asked, answers } = state;
  const left = asked.members.filter((index) => answers.has(index) || !cohort.clients[index]!.dropped);
  return IndexSet.of(cohort.clients.length, left);
}

async function nextStage(state: LiveState, tools: ServerTools): Promise<ServerStep> {
  switch (state.kind) {
    case 'advertise':
      return closeRoster(state);
    case 'shares':
      return closeShares(state, tools);
    case 'masked':
      return closeUploads(state);
    case 'confirm':
      return relayConfirmations(state);
    case 'unmask':
      return end(await unmask(state, tools));
  }
}

/** [M3] */
function closeRoster(state: Advertising): ServerStep {
  const { start } = state;
  const clients: Client[] = [];
  const out: number[] = [];
  for (const [seat, { advertised, dropped }] of state.seats) {
    if (dropped) continue;
    if (advertised === null) out.push(seat);
    else clients.push({ seat, keys: advertised.keys, dropped });
  }
  clients.sort((a, b) => compareBytes(a.keys.channel, b.keys.channel));
  const least = leastRosterOf(start);
  if (clients.length < least)
    return end(tooFew('advertise', `expected ${least} clients with keys, got ${clients.length}`));
  const roster = clients.map((client) => client.keys);
  const ownConfigHash = configHash(start.config);
  const ownRosterHash = rosterHash(ownConfigHash, roster);
  const k = actualNeighbours(start.parameters, clients.length);
  const cohort: Cohort = {
    start,
    configHash: ownConfigHash,
    rosterHash: ownRosterHash,
    clients,
    indexOfSeat: new Map(clients.map((client, index) => [client.seat, index])),
    graph: maskGraph(ownRosterHash, clients.length, k),
    threshold: thresholdOf(start.parameters.thresholdPermille, k),
  };
  const bytes = encodeRoster(roster);
  const told = new Map(clients.map((_, index) => [index, bytes]));
  const asked = IndexSet.of(clients.length, told.keys());
  return asking({ kind: 'shares', cohort, asked, told, answers: new Map() }, out);
}

/** [M6] */
function closeShares(state: Sharing, tools: ServerTools): ServerStep {
  const { cohort, answers } = state;
  const { answered: u2, out } = endOfAnswers(state);
  const short = shortage(cohort, u2, u2);
  if (short !== null) return end(tooFew('shares', short));
  const commitments = cohort.clients.map((_, index) => answers.get(index)?.commitment ?? null);
  const told = new Map(
    u2.members.map((index) => {
      const neighbours = cohort.graph[index]!;
      const senders = neighbours.filter((v) => u2.has(v));
      const sealed = senders.map((v) => answers.get(v)!.sealed[cohort.graph[v]!.indexOf(index)]!);
      return [index, encodeInbox({ u2, sealed }, neighbours)];
    }),
  );
  const { length, bits } = cohort.start.parameters;
  const sum = new RingSum(length, bits, tools.rounds);
  return asking({ kind: 'masked', cohort, asked: u2, told, answers: new Map(), commitments, sum }, out);
}

/** [M8] */
function closeUploads(state: Collecting): ServerStep {
  const { cohort, commitments, sum, asked: u2 } = state;
  const { answered: u3, out } = endOfAnswers(state);
  const short = shortage(cohort, u3, u2);
  if (short !== null) return end(tooFew('masked', short));
  const told = new Map(u3.members.map((index) => [index, u3.bytes]));
  return asking({ kind: 'confirm', cohort, asked: u3, told, answers: new Map(), commitments, sum, u2 }, out);
}

/** [M9] */
function relayConfirmations(state: Confirming): ServerStep {
  const { cohort, answers, commitments, sum, u2, asked: u3 } = state;
  const confirmed = IndexSet.of(cohort.clients.length, answers.keys());
  const short = shortNeighbourhood(cohort, confirmed, u2);
  if (short !== null) return end(tooFew('confirm', short));
  const told = new Map(
    confirmed.members.map((index) => {
      const senders = cohort.graph[index]!.filter((v) => confirmed.has(v));
      return [index, encodeConfirmations(new Map(senders.map((v) => [v, answers.get(v)!.get(index)!])))];
    }),
  );
  return asking({ kind: 'unmask', cohort, asked: confirmed, told, answers: new Map(), commitments, sum, u2, u3 }, []);
}

/** [M11] */
async function unmask(state: Unmasking, tools: ServerTools): Promise<ServerState> {
  const { cohort, answers, commitments, sum, u2, u3 } = state;
  const recovered = await recoverMasks(
    {
      configHash: cohort.configHash,
      rosterHash: cohort.rosterHash,
      roster: cohort.clients.map((client) => client.keys),
      graph: cohort.graph,
      threshold: cohort.threshold,
      u2,
      u3,
      commitments,
      shares: answers,
    },
    tools.crypto,
    tools.turn,
  );
  if (recovered.kind === 'too-few-shares') {
    return aborted('unmask', 'too-few-shares', `too few shares for ${recovered.of}`);
  }
  if (recovered.kind === 'bad-shares') {
    return aborted('unmask', 'bad-shares', `more wrong shares for ${recovered.of} than can be corrected`);
  }
  const { bits } = cohort.start.parameters;
  const total = sum.values();
  await (tools.applyMasks ?? maskApplier(tools.crypto, tools.rounds))(total, bits, recovered.masks);
  const mask = ringMask(bits);
  for (let i = 0; i < total.length; i++) total[i] = total[i]! & mask;
  return {
    kind: 'done',
    sum: total,
    cohort: u3.size,
    dropouts: u2.size - u3.size,
    seats: u3.members.map((index) => cohort.clients[index]!.seat),
  };
}

/** Those who answered a stage: one that answered and then left still counts. The others are out from here on. */
function endOfAnswers(state: Sharing | Collecting): { readonly answered: IndexSet; readonly out: readonly number[] } {
  const out: number[] = [];
  for (const index of state.asked.members) {
    const client = state.cohort.clients[index]!;
    if (state.answers.has(index) || client.dropped) continue;
    client.dropped = true;
    out.push(client.seat);
  }
  return { answered: IndexSet.of(state.cohort.clients.length, state.answers.keys()), out };
}

/** What is missing for a set of survivors, or null: nMin of them, and t in each neighbourhood of U2, else no secret can be recombined. */
function shortage(cohort: Cohort, survivors: IndexSet, u2: IndexSet): string | null {
  const { minCohort } = cohort.start.parameters;
  if (survivors.size < minCohort) return `expected ${minCohort} clients, got ${survivors.size}`;
  return shortNeighbourhood(cohort, survivors, u2);
}

function shortNeighbourhood(cohort: Cohort, survivors: IndexSet, u2: IndexSet): string | null {
  for (const index of u2.members) {
    const near = survivors.countOf(neighbourhood(index, cohort.graph[index]!));
    if (near < cohort.threshold) return `expected ${cohort.threshold} in the neighbourhood of ${index}, got ${near}`;
  }
  return null;
}

/** Enters a stage: everyone who is asked and still there is told what the answer is to. */
function asking(state: AskingState, out: readonly number[]): ServerStep {
  const send: ServerSend[] = [];
  for (const [index, bytes] of state.told) {
    const { seat, dropped } = state.cohort.clients[index]!;
    if (!dropped) send.push({ seat, kind: toldKind[state.kind], bytes });
  }
  return { state, send, refused: [], out };
}

function leastRosterOf(start: ServerStart): number {
  return start.leastRoster ?? leastRoster(start.parameters.minCohort, start.seats.length);
}

function afterTheEnd(state: ServerState, event: ServerEvent): ServerStep {
  if (event.kind === 'deadline' || event.kind === 'stop' || event.kind === 'dropped') return unchanged(state);
  return refused(state, event.seat, 'late', `${event.kind}: the round is over`);
}

function unchanged(state: ServerState, send: readonly ServerSend[] = []): ServerStep {
  return { state, send, refused: [], out: [] };
}

function end(state: ServerState): ServerStep {
  return unchanged(state);
}

function aborted(stage: ServerStage, code: ServerAbort['code'], message: string): ServerState {
  return { kind: 'aborted', code, stage, message };
}

function tooFew(stage: ServerStage, message: string): ServerState {
  return aborted(stage, 'too-few', message);
}

function refused(state: ServerState, seat: number, code: string, message: string): ServerStep {
  return { ...unchanged(state), refused: [{ seat, code, message }] };
}

function duplicate(state: ServerState, seat: number, kind: string): ServerStep {
  return refused(state, seat, 'duplicate', `${kind}: already here; nothing changed`);
}

function notInRound(state: ServerState, seat: number, kind: string): ServerStep {
  return refused(state, seat, 'not-in-round', `${kind}: this client is not in the round`);
}

/** What came from this client cannot be used: it is out. Not if its update is in the sum already. */
function faultOf(state: LiveState, seat: number, error: unknown): ServerStep {
  if (!(error instanceof ProtocolError)) throw error;
  const isCounted = state.kind === 'confirm' || state.kind === 'unmask';
  return { ...refused(state, seat, error.code, error.message), out: isCounted ? [] : [seat] };
}
