// A round as a pure function: (state, event) -> new state and effects. PROTOCOL.md 4 has the rules [R1] to [R8].
// No clock, no socket, no store and no key in here: coordinator.ts carries out the effects and reports back by events. Who is in the round,
// on which socket, for how long, and who hears what is decided here; what the answers mean is the round machine's (round-machine.ts).
// Bytes of answers pass through and are not kept.
import { toHex } from '#shared/protocol/canonical.ts';
import {
  type AbortCode,
  type ClientMessage,
  type MemberStage,
  protocolVersion,
  type RefusalCode,
  refusalCodes,
  type ServerMessage,
} from '#shared/protocol/messages.ts';
import { advertiseBytes, resumeBytes } from '#shared/secagg/wire.ts';
import type { AnswerStage, MachineEvent, MachineStep } from './round-machine.ts';

/** In order; mode 1 has no `collect`, mode 4 has nothing between `config` and `aggregate` but it. */
export const stages = [
  'gather',
  'config',
  'advertise',
  'shares',
  'masked',
  'confirm',
  'unmask',
  'collect',
  'aggregate',
  'publish',
] as const;
export type Stage = (typeof stages)[number];

export interface RoundRules {
  readonly minCohort: number;
  readonly maxCohort: number;
  /** Gathering aims at this many: minCohort with room for dropouts. */
  readonly gatherTarget: number;
  /** People who may wait at once. */
  readonly maxWaiting: number;
  /** Gathering ends when nobody new came for this long. */
  readonly quietMs: number;
  /** A closed socket is a dropout after this. */
  readonly graceMs: number;
  readonly configMs: number;
  /** Longest time for the answers of a stage. */
  readonly answerMs: Readonly<Record<AnswerStage, number>>;
  readonly aggregateMs: number;
  readonly publishMs: number;
}

/** What a join must be about. */
export interface Current {
  readonly version: number;
  readonly modelHash: string;
  readonly policyHash: string;
}

/** Someone who waits for a seat. */
export interface Waiting {
  readonly client: string;
  readonly simulated: boolean;
}

/** Someone with a seat. */
export interface Member {
  readonly seat: number;
  /** null while the socket is away. */
  readonly client: string | null;
  /** The 16 bytes of its `advertise`, hex: by them it comes back after a lost connection. null before, and in mode 4. */
  readonly resume: string | null;
  /** Its upload was complete. Once the answers are in: it is in the sum. */
  readonly uploaded: boolean;
  /** Nothing that it says counts any more; if it has uploaded it still hears the outcome. */
  readonly out: boolean;
  /** The last stage whose answer of this seat went to the machine; null before the first. One a stage: the machine may take a while. */
  readonly answered: AnswerStage | null;
  /** The machine was asked to say again what it said last and has not yet. */
  readonly returning: boolean;
}

export type OpenRound =
  | { readonly stage: 'gather'; readonly id: string; readonly recorded: boolean }
  | { readonly stage: 'config'; readonly id: string; readonly members: readonly Member[] }
  | {
      readonly stage: AnswerStage;
      readonly id: string;
      readonly members: readonly Member[];
      readonly answered: number;
      readonly asked: number;
      /** The machine was told that the deadline is over and has not yet gone on. */
      readonly overdue: boolean;
    }
  | {
      readonly stage: 'aggregate' | 'publish';
      readonly id: string;
      readonly members: readonly Member[];
      readonly cohort: number;
    };

type AnsweringRound = Extract<OpenRound, { readonly answered: number }>;

/** Kept until the next round ends, so that who comes back late still learns how it ended. */
export interface FinishedRound {
  readonly id: string;
  readonly members: readonly Member[];
  readonly outcome: ServerMessage & { readonly kind: 'result' | 'abort' };
}

export interface RoundState {
  readonly rules: RoundRules;
  readonly current: Current;
  readonly stopped: boolean;
  readonly waiting: readonly Waiting[];
  readonly round: OpenRound;
  readonly last: FinishedRound | null;
}

export type TimerName = 'quiet' | 'stage' | `grace:${number}`;

/** What a member says to the mask machine. */
type Answer = Extract<ClientMessage, { kind: 'advertise' | 'shares' | 'confirm' | 'unmask' }>;

export type RoundEvent =
  | ({ readonly client: string } & (Extract<ClientMessage, { kind: 'join' | 'resume' | 'leave' }> | Answer))
  | { readonly kind: 'closed'; readonly client: string }
  /** A complete upload whose length and hash are right. */
  | {
      readonly kind: 'upload';
      readonly client: string;
      readonly roundId: string;
      readonly form: UploadForm;
      readonly payload: Uint8Array;
    }
  | { readonly kind: 'timer'; readonly timer: TimerName; readonly roundId: string }
  /** The config is durable. */
  | { readonly kind: 'configured'; readonly roundId: string }
  /** The machine has begun, or is through with an event. */
  | ({ readonly kind: 'stepped'; readonly roundId: string } & MachineStep)
  | { readonly kind: 'aggregated'; readonly roundId: string }
  | {
      readonly kind: 'published';
      readonly roundId: string;
      readonly version: number;
      readonly modelHash: string;
      /** Of the rounds from now on: another phase has another upload. */
      readonly answerMs: RoundRules['answerMs'];
    }
  /** Another model without a round: the phase is over. */
  | {
      readonly kind: 'replaced';
      readonly version: number;
      readonly modelHash: string;
      readonly answerMs: RoundRules['answerMs'];
    }
  /** The server's own fault while it configured, unmasked, aggregated or published. */
  | { readonly kind: 'failed'; readonly roundId: string }
  | { readonly kind: 'stop' }
  | { readonly kind: 'go' };

/** `masked` in mode 1, `local` in mode 4: never one for the other. */
export type UploadForm = 'masked' | 'local';

export type Effect =
  | { readonly kind: 'send'; readonly client: string; readonly message: ServerMessage }
  /** `model` to every socket. */
  | { readonly kind: 'announce' }
  | { readonly kind: 'set-timer'; readonly timer: TimerName; readonly roundId: string; readonly delayMs: number }
  | { readonly kind: 'clear-timer'; readonly timer: TimerName }
  | { readonly kind: 'clear-timers' }
  | { readonly kind: 'record-open'; readonly roundId: string }
  | { readonly kind: 'record-abort'; readonly roundId: string; readonly code: AbortCode }
  | { readonly kind: 'configure'; readonly roundId: string }
  /** Start the round's machine with these seats; the answer is `stepped`. */
  | { readonly kind: 'begin'; readonly roundId: string; readonly seats: readonly number[] }
  /** Give the machine an event; the answer is `stepped`. */
  | { readonly kind: 'step'; readonly roundId: string; readonly event: MachineEvent }
  | { readonly kind: 'aggregate'; readonly roundId: string; readonly cohort: number }
  | { readonly kind: 'publish'; readonly roundId: string };

export interface Step {
  readonly state: RoundState;
  readonly effects: readonly Effect[];
}

/** Everyone hears of each change in groups up to this size; in larger ones of each 1/32. Messages stay linear in the cohort. */
const progressSteps = 32;

const retryAfterFullMs = 5_000;
const retryAfterStopMs = 15_000;

/** Nobody has joined yet. */
export function initialState(rules: RoundRules, current: Current, stopped: boolean, roundId: string): RoundState {
  if (!(rules.minCohort >= 1 && rules.minCohort <= rules.gatherTarget && rules.gatherTarget <= rules.maxCohort)) {
    throw new RangeError(
      `Expected 1 <= minCohort <= gatherTarget <= maxCohort, got ${rules.minCohort}, ${rules.gatherTarget}, ${rules.maxCohort}.`,
    );
  }
  if (rules.maxWaiting < rules.maxCohort) {
    throw new RangeError(`Expected maxWaiting >= maxCohort, got ${rules.maxWaiting} < ${rules.maxCohort}.`);
  }
  return {
    rules,
    current,
    stopped,
    waiting: [],
    round: { stage: 'gather', id: roundId, recorded: false },
    last: null,
  };
}

/**
 * One event. Never throws for what a peer did: it refuses. Whatever comes, a round ends: every stage but gathering has a timer.
 * @param nextRoundId fresh and random, used if this event ends the round.
 */
export function reduce(state: RoundState, event: RoundEvent, nextRoundId: string): Step {
  const effects: Effect[] = [];
  const draft = new Draft(state, effects, nextRoundId);
  switch (event.kind) {
    case 'join':
      draft.join(event);
      break;
    case 'resume':
      draft.resume(event.client, event.roundId, event.resume);
      break;
    case 'leave':
      draft.leave(event.client);
      break;
    case 'closed':
      draft.closed(event.client);
      break;
    case 'advertise':
    case 'shares':
    case 'confirm':
    case 'unmask':
      draft.answer(event.client, event);
      break;
    case 'upload':
      draft.upload(event);
      break;
    case 'timer':
      draft.timer(event.timer, event.roundId);
      break;
    case 'configured':
      draft.configured(event.roundId);
      break;
    case 'stepped':
      draft.stepped(event.roundId, event);
      break;
    case 'aggregated':
      draft.aggregated(event.roundId);
      break;
    case 'published':
      draft.published(event);
      break;
    case 'replaced':
      draft.replaced(event);
      break;
    case 'failed':
      draft.failed(event.roundId);
      break;
    case 'stop':
      draft.stop();
      break;
    case 'go':
      draft.go();
      break;
    default:
      event satisfies never;
  }
  return { state: draft.state, effects };
}

/** Whether frames of this client for this round are taken now: null, or why not. [R7] */
export function uploadRefusal(
  state: RoundState,
  client: string,
  roundId: string,
  form: UploadForm,
): RefusalCode | null {
  const { round } = state;
  const member = memberOf(state, client, roundId);
  if (typeof member === 'string') return member;
  if (member.uploaded) return 'duplicate';
  if (member.out) return 'late';
  return round.stage === (form === 'masked' ? 'masked' : 'collect') ? null : 'out-of-order';
}

/**
 * Whether what a member says now goes to the mask machine: null, or why not. The machine may be busy for long, and what goes to it waits with
 * its bytes: so one answer for each seat and stage, and none for another stage, which nobody was asked for.
 */
function answerRefusal(round: OpenRound, member: Member, kind: Answer['kind']): RefusalCode | null {
  if (member.out || !isAnswering(round)) return 'late';
  if (round.stage === 'collect' || isBefore(round.stage, kind)) return 'out-of-order';
  if (member.answered !== null && !isBefore(member.answered, kind)) return 'duplicate';
  return kind === round.stage ? null : 'late';
}

function isBefore(stage: Stage, other: Stage): boolean {
  return stages.indexOf(stage) < stages.indexOf(other);
}

/** The member of this round on this socket, or why there is none. */
function memberOf(state: RoundState, client: string, roundId: string): Member | 'late' | 'not-in-round' {
  const { round, last } = state;
  if (round.id !== roundId) return last?.id === roundId ? 'late' : 'not-in-round';
  if (round.stage === 'gather' || round.stage === 'config') return 'not-in-round';
  return memberByClient(round.members, client) ?? 'not-in-round';
}

/** What /v1/status and the metrics say of the open round; null while nobody is in it. */
export function roundSummary(
  state: RoundState,
): { readonly id: string; readonly state: Stage; readonly joined: number; readonly needed: number } | null {
  const { round, rules } = state;
  const joined =
    round.stage === 'gather'
      ? state.waiting.length
      : round.members.filter((member) => member.uploaded || !member.out).length;
  if (round.stage === 'gather' && joined === 0) return null;
  return { id: round.id, state: round.stage, joined, needed: rules.gatherTarget };
}

/** One event's work. Lives for one call of `reduce`; the states before and after are never changed in place. */
class Draft {
  state: RoundState;
  readonly #effects: Effect[];
  readonly #nextRoundId: string;

  constructor(state: RoundState, effects: Effect[], nextRoundId: string) {
    this.state = state;
    this.#effects = effects;
    this.#nextRoundId = nextRoundId;
  }

  join(event: Extract<RoundEvent, { kind: 'join' }>): void {
    const { current, rules, waiting } = this.state;
    const refuse = (code: RefusalCode, message: string, retryAfterMs: number | null) =>
      this.#refuse(event.client, code, message, retryAfterMs);
    if (event.protocol !== protocolVersion) {
      refuse(
        'protocol-version',
        `Expected protocol ${protocolVersion}, got ${event.protocol}. Reload the page, or use a client of this version.`,
        null,
      );
      return;
    }
    if (this.state.stopped) {
      refuse('stopped', 'The operator has stopped all rounds. Try again later.', retryAfterStopMs);
      return;
    }
    if (event.policyHash !== current.policyHash) {
      refuse(
        'wrong-policy',
        `Expected the policy ${current.policyHash}, got ${event.policyHash}. Fetch /v1/policy and check it again.`,
        null,
      );
      return;
    }
    if (event.modelHash !== current.modelHash) {
      refuse(
        'stale-model',
        `Expected an update trained on model ${current.modelHash}, got ${event.modelHash}. Fetch it, train again, join again.`,
        0,
      );
      return;
    }
    const isWaiting = waiting.some((other) => other.client === event.client);
    if (isWaiting || this.#memberByClient(event.client)?.out === false) {
      refuse('duplicate', 'Expected one join from this socket; you are already in.', null);
      return;
    }
    const joining: Waiting = { client: event.client, simulated: event.simulated };
    if (waiting.length >= rules.maxWaiting) {
      // [R3] A real visitor takes the place of the simulated participant who came last.
      const displaced = event.simulated ? undefined : waiting.filter((other) => other.simulated).at(-1);
      if (displaced === undefined) {
        refuse('full', `Expected at most ${rules.maxWaiting} people waiting. Try again later.`, retryAfterFullMs);
        return;
      }
      this.#refuse(displaced.client, 'full', 'Your place went to a visitor. Try again later.', retryAfterFullMs);
      this.#setWaiting(waiting.filter((other) => other !== displaced));
    }
    this.#setWaiting([...this.state.waiting, joining]);
    this.#gatherChanged(joining.client);
  }

  /** [R5] */
  resume(client: string, roundId: string, token: string): void {
    const { round, last } = this.state;
    if (round.stage !== 'gather' && round.id === roundId) {
      const member = memberByToken(round.members, token);
      if (member !== null) {
        this.#takeSeat(member, client);
        return;
      }
    } else if (last?.id === roundId) {
      const member = memberByToken(last.members, token);
      if (member !== null) {
        if (member.uploaded || last.outcome.kind === 'abort') this.#send(client, last.outcome);
        else this.#refuse(client, 'late', 'The round ended without your upload.', null);
        return;
      }
    }
    this.#refuse(client, 'not-in-round', `Expected the token of a seat in round ${roundId}; there is none.`, null);
  }

  #takeSeat(member: Member, client: string): void {
    const { round } = this.state;
    const other = this.#memberByClient(client);
    // Also its own seat: what was said last, up to the whole roster, is said again once for each connection.
    if (other !== null && !other.out) {
      this.#refuse(client, 'duplicate', 'Expected a socket without a seat; this one has one.', null);
      return;
    }
    if (member.out && !member.uploaded) {
      this.#refuse(client, 'late', 'The grace to come back to this round is over.', null);
      return;
    }
    this.#leaveWaiting(client);
    if (other !== null) this.#setMember({ ...other, client: null });
    this.#effects.push({ kind: 'clear-timer', timer: `grace:${member.seat}` });
    const isTold = isAnswering(round) && !member.out;
    this.#setMember({ ...member, client, returning: isTold });
    if (isTold) {
      // What the machine has yet to say again goes to the newest connection.
      if (!member.returning) this.#step({ kind: 'resumed', seat: member.seat });
    } else if (round.stage !== 'gather' && round.stage !== 'config') this.#send(client, this.#progress(round.stage));
  }

  leave(client: string): void {
    if (this.#leaveWaiting(client)) return;
    const member = this.#memberByClient(client);
    // An upload that is in the sum stays there: a sum cannot forget. [R7]
    if (member !== null) this.#drop({ ...member, client: null });
  }

  closed(client: string): void {
    this.#leaveWaiting(client);
    const member = this.#memberByClient(client);
    if (member === null) return;
    const away = { ...member, client: null };
    // Who has said nothing yet has nothing to come back with.
    if (member.resume === null) this.#drop(away);
    else {
      this.#setMember(away);
      if (!member.out && isAnswering(this.state.round)) {
        this.#setTimer(`grace:${member.seat}`, this.state.rules.graceMs);
      }
    }
  }

  answer(client: string, message: Answer): void {
    const { round } = this.state;
    const { kind, roundId, bytes } = message;
    const member = memberOf(this.state, client, roundId);
    const refusal = typeof member === 'string' ? member : answerRefusal(round, member, kind);
    if (refusal !== null || typeof member === 'string') {
      this.#refuse(client, refusal ?? 'not-in-round', `${kind}: not expected now.`, null);
      return;
    }
    const hasToken = kind === 'advertise' && bytes.length === advertiseBytes;
    const resume = hasToken ? toHex(bytes.subarray(advertiseBytes - resumeBytes)) : member.resume;
    this.#setMember({ ...member, resume, answered: kind });
    this.#step({ kind, seat: member.seat, bytes });
  }

  upload({ client, roundId, form, payload }: Extract<RoundEvent, { kind: 'upload' }>): void {
    const refusal = uploadRefusal(this.state, client, roundId, form);
    const member = this.#memberByClient(client);
    if (refusal !== null || member === null) {
      const code = refusal ?? 'not-in-round';
      this.#refuse(client, code, `An upload for round ${roundId} is not expected now.`, null);
      return;
    }
    this.#setMember({ ...member, uploaded: true });
    this.#step({ kind: form, seat: member.seat, payload });
  }

  timer(timer: TimerName, roundId: string): void {
    const { round, rules, waiting } = this.state;
    if (round.id !== roundId) return;
    if (timer === 'quiet') {
      if (round.stage === 'gather' && !this.state.stopped && waiting.length >= rules.gatherTarget) this.#fixCohort();
    } else if (timer === 'stage') {
      if (isAnswering(round) && !round.overdue) this.#deadline(round);
      else if (round.stage !== 'gather') this.#abort('server-error');
    } else if (isAnswering(round)) {
      const member = round.members.find((candidate) => timer === `grace:${candidate.seat}`);
      if (member !== undefined && member.client === null && !member.out) this.#drop(member);
    }
  }

  configured(roundId: string): void {
    const { round } = this.state;
    if (round.stage !== 'config' || round.id !== roundId) return;
    const seats = round.members.flatMap((member) => (member.out ? [] : [member.seat]));
    this.#effects.push({ kind: 'begin', roundId, seats });
  }

  stepped(roundId: string, step: MachineStep): void {
    const { round, rules } = this.state;
    if (round.id !== roundId || !(isAnswering(round) || round.stage === 'config')) return;
    const { outcome } = step;
    for (const { seat } of [...step.send, ...step.refused]) {
      const member = this.#memberBySeat(seat);
      if (member?.returning) this.#setMember({ ...member, returning: false });
    }
    const told = new Set<number>();
    for (const { seat, code, message } of step.refused) {
      const member = this.#memberBySeat(seat);
      if (member === null || member.out) continue;
      told.add(seat);
      if (member.client !== null) this.#refuse(member.client, refusalCodeOf(code), message, null);
    }
    for (const seat of step.out) {
      const member = this.#memberBySeat(seat);
      // Who did nothing wrong hears how the round ended.
      if (member === null || (outcome?.kind === 'aborted' && !told.has(seat))) continue;
      this.#effects.push({ kind: 'clear-timer', timer: `grace:${seat}` });
      this.#setMember({ ...member, uploaded: false, out: true });
      if (member.client === null || member.out || told.has(seat)) continue;
      this.#refuse(member.client, 'late', 'The round went on without you; nothing of yours is in it.', 0);
    }
    if (outcome?.kind === 'aborted') {
      this.#abort(outcome.code);
      return;
    }
    if (outcome?.kind === 'done') {
      this.#endAnswers(outcome.seats);
      return;
    }
    const { stage, answered, asked } = step;
    const isNew = round.stage !== stage;
    const overdue = !isNew && isAnswering(round) && round.overdue;
    const { members } = this.#open();
    this.#setRound({ stage, id: roundId, members, answered, asked, overdue });
    if (isNew) this.#setTimer('stage', rules.answerMs[stage]);
    // Who went between the config's being stored and the machine's beginning.
    if (round.stage === 'config') {
      for (const member of members) if (member.out) this.#step({ kind: 'dropped', seat: member.seat });
    }
    for (const { seat, kind, bytes } of step.send) {
      const client = this.#memberBySeat(seat)?.client ?? null;
      if (client === null) continue;
      this.#send(client, kind === 'config' ? { kind, config: bytes } : { kind, roundId, bytes });
    }
    const isUpload = stage === 'masked' || stage === 'collect';
    if (isUpload && isAnswering(round) && !isNew && answered > round.answered) {
      this.#tell(answered, asked, null, this.#clients(), this.#progress(stage));
    }
  }

  aggregated(roundId: string): void {
    const { round, rules } = this.state;
    if (round.stage !== 'aggregate' || round.id !== roundId) return;
    this.#setRound({ ...round, stage: 'publish' });
    this.#setTimer('stage', rules.publishMs);
    this.#effects.push({ kind: 'publish', roundId });
    for (const client of this.#clients()) this.#send(client, this.#progress('publish'));
  }

  published(event: Extract<RoundEvent, { kind: 'published' }>): void {
    const { roundId, version, modelHash } = event;
    const { round, current, waiting } = this.state;
    if (version <= current.version) return;
    this.#setCurrent(event);
    if (round.stage === 'publish' && round.id === roundId) {
      const outcome = { kind: 'result', roundId, cohort: round.cohort, modelVersion: version, modelHash } as const;
      for (const member of round.members) {
        if (member.client !== null && member.uploaded) this.#send(member.client, outcome);
      }
      this.#finish(outcome);
    } else if (round.stage !== 'gather') {
      // The transaction outlived its round's deadline: what is collected now was trained on the model before it.
      this.#abort('server-error');
    }
    this.#announce(waiting);
  }

  replaced(event: Extract<RoundEvent, { kind: 'replaced' }>): void {
    const { round, current, waiting } = this.state;
    if (event.version <= current.version) return;
    this.#setCurrent(event);
    if (round.stage === 'gather') {
      this.#effects.push({ kind: 'clear-timers' });
      if (round.recorded) this.#effects.push({ kind: 'record-abort', roundId: round.id, code: 'too-few' });
      this.#gatherNext();
    } else {
      // A cohort was fixed in the meantime, of people who trained on the model before.
      this.#abort('server-error');
    }
    this.#announce(waiting);
  }

  failed(roundId: string): void {
    if (this.state.round.id === roundId) this.#abort('server-error');
  }

  stop(): void {
    if (this.state.stopped) return;
    const { waiting, round } = this.state;
    this.state = { ...this.state, stopped: true, waiting: [] };
    for (const other of waiting) {
      this.#refuse(other.client, 'stopped', 'The operator has stopped all rounds. Try again later.', retryAfterStopMs);
    }
    // [R8] A transaction that has been handed to the store is let finish; everything before it ends here.
    if (round.stage === 'gather') {
      this.#effects.push({ kind: 'clear-timers' });
      if (round.recorded) this.#effects.push({ kind: 'record-abort', roundId: round.id, code: 'stopped' });
      this.#gatherNext();
    } else if (round.stage !== 'publish') {
      this.#abort('stopped');
    }
  }

  go(): void {
    if (!this.state.stopped) return;
    this.state = { ...this.state, stopped: false };
    this.#effects.push({ kind: 'announce' });
  }

  #setCurrent({
    version,
    modelHash,
    answerMs,
  }: Pick<Extract<RoundEvent, { kind: 'published' }>, 'version' | 'modelHash' | 'answerMs'>): void {
    const { rules, current } = this.state;
    this.state = {
      ...this.state,
      rules: { ...rules, answerMs },
      current: { ...current, version, modelHash },
      waiting: [],
    };
  }

  /** Tells everybody of the new model, and those who waited for a round of the old one that there is none. */
  #announce(waiting: readonly Waiting[]): void {
    const { version } = this.state.current;
    const message = `Model ${version} was published. Fetch it, train again, join again.`;
    for (const { client } of waiting) this.#refuse(client, 'stale-model', message, 0);
    this.#effects.push({ kind: 'announce' });
  }

  #fixCohort(): void {
    const { rules, waiting, round } = this.state;
    // [R3] Stable: by arrival within each group.
    const ordered = [...waiting.filter((other) => !other.simulated), ...waiting.filter((other) => other.simulated)];
    const seated = ordered.slice(0, rules.maxCohort);
    const members = seated.map(
      ({ client }, seat): Member => ({
        seat,
        client,
        resume: null,
        uploaded: false,
        out: false,
        answered: null,
        returning: false,
      }),
    );
    this.#effects.push({ kind: 'clear-timers' });
    this.#setWaiting(waiting.filter((other) => !seated.includes(other)));
    this.#setRound({ stage: 'config', id: round.id, members });
    this.#setTimer('stage', rules.configMs);
    this.#effects.push({ kind: 'configure', roundId: round.id });
  }

  /** [R6] The machine ends the stage. If it does not come back from that, the round ends. */
  #deadline(round: AnsweringRound): void {
    this.#setRound({ ...round, overdue: true });
    this.#setTimer('stage', this.state.rules.aggregateMs);
    this.#step({ kind: 'deadline', stage: round.stage });
  }

  /** Gone for good. `member` as it is from here on, but for `out`. */
  #drop(member: Member): void {
    const { round, rules } = this.state;
    this.#effects.push({ kind: 'clear-timer', timer: `grace:${member.seat}` });
    this.#setMember({ ...member, out: true });
    if (member.out) return;
    if (isAnswering(round)) this.#step({ kind: 'dropped', seat: member.seat });
    if (round.stage !== 'config') return;
    const left = this.#open().members.filter(({ out }) => !out).length;
    if (left < rules.minCohort) this.#abort('too-few');
  }

  #step(event: MachineEvent): void {
    this.#effects.push({ kind: 'step', roundId: this.state.round.id, event });
  }

  #endAnswers(seats: readonly number[]): void {
    const { rules } = this.state;
    const { id, members } = this.#open();
    const inSum = new Set(seats);
    const counted = members.map((member) => {
      const uploaded = inSum.has(member.seat);
      return { ...member, uploaded, out: member.out || !uploaded };
    });
    const cohort = seats.length;
    this.#effects.push({ kind: 'clear-timers' });
    this.#setRound({ stage: 'aggregate', id, members: counted, cohort });
    this.#setTimer('stage', rules.aggregateMs);
    this.#effects.push({ kind: 'aggregate', roundId: id, cohort });
    for (const client of this.#clients()) this.#send(client, this.#progress('aggregate'));
  }

  #abort(code: AbortCode): void {
    const { round } = this.state;
    if (round.stage === 'gather') return;
    const outcome = { kind: 'abort', roundId: round.id, code } as const;
    for (const client of this.#clients()) this.#send(client, outcome);
    this.#effects.push({ kind: 'record-abort', roundId: round.id, code });
    this.#finish(outcome);
  }

  #finish(outcome: FinishedRound['outcome']): void {
    const { round } = this.state;
    if (round.stage === 'gather') return;
    this.#effects.push({ kind: 'clear-timers' });
    this.state = { ...this.state, last: { id: round.id, members: round.members, outcome } };
    this.#gatherNext();
  }

  #gatherNext(): void {
    this.#setRound({ stage: 'gather', id: this.#nextRoundId, recorded: false });
    // Those who waited through the last round are this one's newcomers.
    const latest = this.state.waiting.at(-1);
    if (latest !== undefined) this.#gatherChanged(latest.client);
  }

  /** After somebody came or went. [R2] */
  #gatherChanged(newcomer: string | null): void {
    const { round, rules, waiting } = this.state;
    const message = { kind: 'waiting', joined: waiting.length, needed: rules.gatherTarget } as const;
    this.#tell(
      waiting.length,
      rules.gatherTarget,
      newcomer,
      waiting.map(({ client }) => client),
      message,
    );
    if (round.stage !== 'gather') return;
    if (!round.recorded && waiting.length > 0) {
      this.#setRound({ ...round, recorded: true });
      this.#effects.push({ kind: 'record-open', roundId: round.id });
    }
    if (waiting.length >= rules.maxCohort) this.#fixCohort();
    else if (waiting.length < rules.gatherTarget) this.#effects.push({ kind: 'clear-timer', timer: 'quiet' });
    else if (newcomer !== null) this.#setTimer('quiet', rules.quietMs);
  }

  #leaveWaiting(client: string): boolean {
    const waiting = this.state.waiting.filter((other) => other.client !== client);
    if (waiting.length === this.state.waiting.length) return false;
    this.#setWaiting(waiting);
    this.#gatherChanged(null);
    return true;
  }

  /** To `first` always; to the others when the fraction passed another step. */
  #tell(count: number, total: number, first: string | null, clients: readonly string[], message: ServerMessage): void {
    const step = Math.max(1, Math.ceil(total / progressSteps));
    const everyone = count % step === 0 || count === total;
    for (const client of clients) if (everyone || client === first) this.#send(client, message);
  }

  #progress(stage: MemberStage): Extract<ServerMessage, { kind: 'progress' }> {
    const { round } = this.state;
    const [received, expected] = isAnswering(round)
      ? [round.answered, round.asked]
      : round.stage === 'aggregate' || round.stage === 'publish'
        ? [round.cohort, round.cohort]
        : [0, 0];
    return { kind: 'progress', roundId: round.id, stage, received, expected };
  }

  #memberByClient(client: string): Member | null {
    const { round } = this.state;
    return round.stage === 'gather' ? null : memberByClient(round.members, client);
  }

  #memberBySeat(seat: number): Member | null {
    return this.#open().members.find((member) => member.seat === seat) ?? null;
  }

  /** Sockets of those who are told what becomes of the round. */
  #clients(): readonly string[] {
    const { round } = this.state;
    if (round.stage === 'gather') return [];
    return round.members.flatMap(({ client, uploaded, out }) =>
      client !== null && (uploaded || !out) ? [client] : [],
    );
  }

  /** The open round, which has members. */
  #open(): Exclude<OpenRound, { stage: 'gather' }> {
    const { round } = this.state;
    if (round.stage === 'gather') throw new TypeError('Expected a round with members, got one that gathers.');
    return round;
  }

  #setMember(member: Member): void {
    const { round } = this.state;
    if (round.stage === 'gather') return;
    this.#setRound({ ...round, members: round.members.map((other) => (other.seat === member.seat ? member : other)) });
  }

  #setRound(round: OpenRound): void {
    this.state = { ...this.state, round };
  }

  #setWaiting(waiting: readonly Waiting[]): void {
    this.state = { ...this.state, waiting };
  }

  #setTimer(timer: TimerName, delayMs: number): void {
    this.#effects.push({ kind: 'set-timer', timer, roundId: this.state.round.id, delayMs });
  }

  #send(client: string, message: ServerMessage): void {
    this.#effects.push({ kind: 'send', client, message });
  }

  #refuse(client: string, code: RefusalCode, message: string, retryAfterMs: number | null): void {
    this.#send(client, { kind: 'refused', code, message, retryAfterMs });
  }
}

function isAnswering(round: OpenRound): round is AnsweringRound {
  return 'answered' in round;
}

/** A socket may have lost one seat and taken another: the living one counts. */
function memberByClient(members: readonly Member[], client: string): Member | null {
  const own = members.filter((member) => member.client === client);
  return own.find((member) => !member.out) ?? own[0] ?? null;
}

/** Looks at every member, and at every character of each token, whatever matches. [R5] */
function memberByToken(members: readonly Member[], token: string): Member | null {
  let found: Member | null = null;
  for (const member of members) if (equalInConstantTime(member.resume ?? '', token)) found = member;
  return found;
}

/** The machine's own words for what was wrong, as far as the wire has them. */
function refusalCodeOf(code: string): RefusalCode {
  return refusalCodes.find((known) => known === code) ?? 'bad-message';
}

function equalInConstantTime(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i += 1) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}
