// A round as a pure function: (state, event) -> new state and effects. PROTOCOL.md 4 has the rules [R1] to [R8].
// No clock, no socket, no store and no bytes of uploads in here: coordinator.ts carries out the effects and reports back by events.
import {
  type AbortCode,
  type ClientMessage,
  protocolVersion,
  type RefusalCode,
  type ServerMessage,
} from '#shared/protocol/messages.ts';

export type Stage = 'gather' | 'config' | 'collect' | 'aggregate' | 'publish';

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
  readonly collectMs: number;
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
  readonly resume: string;
  readonly simulated: boolean;
}

/** Someone with a seat. `client` is null while the socket is away. */
export interface Member {
  readonly seat: number;
  readonly client: string | null;
  readonly resume: string;
  readonly answer: 'pending' | 'uploaded' | 'gone';
}

export type OpenRound =
  | { readonly stage: 'gather'; readonly id: string; readonly recorded: boolean }
  | { readonly stage: 'config'; readonly id: string; readonly members: readonly Member[] }
  | { readonly stage: 'collect'; readonly id: string; readonly members: readonly Member[] }
  | {
      readonly stage: 'aggregate' | 'publish';
      readonly id: string;
      readonly members: readonly Member[];
      readonly cohort: number;
    };

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

export type RoundEvent =
  | ({ readonly client: string } & Extract<ClientMessage, { kind: 'join' | 'resume' | 'leave' }>)
  | { readonly kind: 'closed'; readonly client: string }
  /** A complete upload whose length and hash are right; its bytes wait with the coordinator. */
  | { readonly kind: 'upload'; readonly client: string; readonly roundId: string }
  | { readonly kind: 'timer'; readonly timer: TimerName; readonly roundId: string }
  | { readonly kind: 'configured'; readonly roundId: string; readonly config: Uint8Array }
  | { readonly kind: 'aggregated'; readonly roundId: string }
  | { readonly kind: 'published'; readonly roundId: string; readonly version: number; readonly modelHash: string }
  /** The server's own fault while it configured, aggregated or published. */
  | { readonly kind: 'failed'; readonly roundId: string }
  | { readonly kind: 'stop' }
  | { readonly kind: 'go' };

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
  /** Add this client's complete upload to the ring sum. The only way into the sum. */
  | { readonly kind: 'add-upload'; readonly client: string }
  | { readonly kind: 'aggregate'; readonly roundId: string; readonly cohort: number }
  | { readonly kind: 'publish'; readonly roundId: string };

export interface Step {
  readonly state: RoundState;
  readonly effects: readonly Effect[];
}

/** Everyone hears of each change in groups up to this size; in larger ones of each 1/32. Messages stay linear in the cohort. */
const progressSteps = 32;

export const retryAfterFullMs = 5_000;
export const retryAfterStopMs = 15_000;

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
    case 'upload':
      draft.upload(event.client, event.roundId);
      break;
    case 'timer':
      draft.timer(event.timer, event.roundId);
      break;
    case 'configured':
      draft.configured(event.roundId, event.config);
      break;
    case 'aggregated':
      draft.aggregated(event.roundId);
      break;
    case 'published':
      draft.published(event.roundId, event.version, event.modelHash);
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
export function uploadRefusal(state: RoundState, client: string, roundId: string): RefusalCode | null {
  const { round, last } = state;
  if (round.id === roundId && round.stage !== 'gather') {
    const member = round.members.find((candidate) => candidate.client === client);
    if (member === undefined || round.stage === 'config') return 'not-in-round';
    if (member.answer === 'uploaded') return 'duplicate';
    if (member.answer === 'gone' || round.stage !== 'collect') return 'late';
    return null;
  }
  return last?.id === roundId ? 'late' : 'not-in-round';
}

/** What /v1/status and the metrics say of the open round; null while nobody is in it. */
export function roundSummary(
  state: RoundState,
): { readonly id: string; readonly state: Stage; readonly joined: number; readonly needed: number } | null {
  const { round, rules } = state;
  const joined =
    round.stage === 'gather' ? state.waiting.length : round.members.filter((member) => member.answer !== 'gone').length;
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
    const seated = this.state.round.stage === 'gather' ? [] : this.state.round.members;
    let taken = false;
    for (const other of [...waiting, ...seated]) {
      if (other.client === event.client || equalInConstantTime(other.resume, event.resume)) taken = true;
    }
    if (taken) {
      refuse('duplicate', 'Expected one join from this socket and a fresh resume token; you are already in.', null);
      return;
    }
    const joining: Waiting = { client: event.client, resume: event.resume, simulated: event.simulated };
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

  resume(client: string, roundId: string, token: string): void {
    const { round, last } = this.state;
    if (round.stage !== 'gather' && round.id === roundId) {
      const member = memberByToken(round.members, token);
      if (member !== null) {
        if (member.answer === 'gone') {
          this.#refuse(client, 'late', 'The grace to come back to this round is over.', null);
          return;
        }
        this.#setWaiting(this.state.waiting.filter((other) => other.client !== client));
        this.#effects.push({ kind: 'clear-timer', timer: `grace:${member.seat}` });
        this.#setMember({ ...member, client });
        const stage = round.stage === 'config' ? 'collect' : round.stage;
        this.#send(client, this.#progress(stage));
        return;
      }
    } else if (last?.id === roundId) {
      const member = memberByToken(last.members, token);
      if (member !== null) {
        if (member.answer === 'uploaded' || last.outcome.kind === 'abort') this.#send(client, last.outcome);
        else this.#refuse(client, 'late', 'The round ended without your upload.', null);
        return;
      }
    }
    this.#refuse(client, 'not-in-round', `Expected the token of a seat in round ${roundId}; there is none.`, null);
  }

  leave(client: string): void {
    if (this.#leaveWaiting(client)) return;
    const member = this.#memberByClient(client);
    if (member === null) return;
    // An upload that is in the sum stays there: a sum cannot forget. [R7]
    this.#setMember({ ...member, client: null, answer: member.answer === 'uploaded' ? 'uploaded' : 'gone' });
    this.#checkAnswers();
  }

  closed(client: string): void {
    if (this.#leaveWaiting(client)) return;
    const member = this.#memberByClient(client);
    if (member === null) return;
    this.#setMember({ ...member, client: null });
    const { round, rules } = this.state;
    if (member.answer === 'pending' && (round.stage === 'config' || round.stage === 'collect')) {
      this.#setTimer(`grace:${member.seat}`, rules.graceMs);
    }
  }

  upload(client: string, roundId: string): void {
    const refusal = uploadRefusal(this.state, client, roundId);
    if (refusal !== null) {
      this.#refuse(client, refusal, `An upload for round ${roundId} is not expected now.`, null);
      return;
    }
    const member = this.#memberByClient(client);
    if (member === null) return;
    this.#setMember({ ...member, answer: 'uploaded' });
    this.#effects.push({ kind: 'add-upload', client });
    const message = this.#progress('collect');
    this.#tell(message.received, message.expected, client, this.#clients(), message);
    this.#checkAnswers();
  }

  timer(timer: TimerName, roundId: string): void {
    const { round, rules, waiting } = this.state;
    if (round.id !== roundId) return;
    if (timer === 'quiet') {
      if (round.stage === 'gather' && !this.state.stopped && waiting.length >= rules.gatherTarget) this.#fixCohort();
    } else if (timer === 'stage') {
      if (round.stage === 'collect') this.#endCollect('deadline');
      else if (round.stage !== 'gather') this.#abort('server-error');
    } else if (round.stage === 'config' || round.stage === 'collect') {
      const member = round.members.find((candidate) => timer === `grace:${candidate.seat}`);
      if (member === undefined || member.client !== null || member.answer !== 'pending') return;
      this.#setMember({ ...member, answer: 'gone' });
      this.#checkAnswers();
    }
  }

  configured(roundId: string, config: Uint8Array): void {
    const { round, rules } = this.state;
    if (round.stage !== 'config' || round.id !== roundId) return;
    this.#setRound({ stage: 'collect', id: round.id, members: round.members });
    this.#setTimer('stage', rules.collectMs);
    for (const client of this.#clients()) this.#send(client, { kind: 'config', config });
    this.#checkAnswers();
  }

  aggregated(roundId: string): void {
    const { round, rules } = this.state;
    if (round.stage !== 'aggregate' || round.id !== roundId) return;
    this.#setRound({ ...round, stage: 'publish' });
    this.#setTimer('stage', rules.publishMs);
    this.#effects.push({ kind: 'publish', roundId });
    for (const client of this.#clients()) this.#send(client, this.#progress('publish'));
  }

  published(roundId: string, version: number, modelHash: string): void {
    const { round, current, waiting } = this.state;
    if (version <= current.version) return;
    this.state = { ...this.state, current: { ...current, version, modelHash }, waiting: [] };
    if (round.stage === 'publish' && round.id === roundId) {
      const outcome = { kind: 'result', roundId, cohort: round.cohort, modelVersion: version, modelHash } as const;
      for (const member of round.members) {
        if (member.client !== null && member.answer === 'uploaded') this.#send(member.client, outcome);
      }
      this.#finish(outcome);
    } else if (round.stage !== 'gather') {
      // The transaction outlived its round's deadline: what is collected now was trained on the model before it.
      this.#abort('server-error');
    }
    for (const other of waiting) {
      this.#refuse(
        other.client,
        'stale-model',
        `Model ${version} was published. Fetch it, train again, join again.`,
        0,
      );
    }
    this.#effects.push({ kind: 'announce' });
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

  #fixCohort(): void {
    const { rules, waiting, round } = this.state;
    // [R3] Stable: by arrival within each group.
    const ordered = [...waiting.filter((other) => !other.simulated), ...waiting.filter((other) => other.simulated)];
    const seated = ordered.slice(0, rules.maxCohort);
    const members = seated.map(({ client, resume }, seat): Member => ({ seat, client, resume, answer: 'pending' }));
    this.#effects.push({ kind: 'clear-timers' });
    this.#setWaiting(waiting.filter((other) => !seated.includes(other)));
    this.#setRound({ stage: 'config', id: round.id, members });
    this.#setTimer('stage', rules.configMs);
    this.#effects.push({ kind: 'configure', roundId: round.id });
  }

  /** After an answer or a dropout. [R6] */
  #checkAnswers(): void {
    const { round, rules } = this.state;
    if (round.stage !== 'config' && round.stage !== 'collect') return;
    const uploaded = round.members.filter((member) => member.answer === 'uploaded').length;
    const pending = round.members.filter((member) => member.answer === 'pending').length;
    if (uploaded + pending < rules.minCohort) this.#abort('too-few');
    else if (round.stage === 'collect' && pending === 0) this.#endCollect('too-few');
  }

  #endCollect(code: 'too-few' | 'deadline'): void {
    const { round, rules } = this.state;
    if (round.stage !== 'collect') return;
    const cohort = round.members.filter((member) => member.answer === 'uploaded').length;
    if (cohort < rules.minCohort) {
      this.#abort(code);
      return;
    }
    for (const member of round.members) {
      if (member.client !== null && member.answer === 'pending') {
        this.#send(member.client, { kind: 'abort', roundId: round.id, code: 'deadline' });
      }
    }
    const members = round.members.map((member) =>
      member.answer === 'pending' ? { ...member, client: null, answer: 'gone' as const } : member,
    );
    this.#effects.push({ kind: 'clear-timers' });
    this.#setRound({ stage: 'aggregate', id: round.id, members, cohort });
    this.#setTimer('stage', rules.aggregateMs);
    this.#effects.push({ kind: 'aggregate', roundId: round.id, cohort });
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

  #progress(stage: 'collect' | 'aggregate' | 'publish'): Extract<ServerMessage, { kind: 'progress' }> {
    const { round } = this.state;
    const members = round.stage === 'gather' ? [] : round.members;
    return {
      kind: 'progress',
      roundId: round.id,
      stage,
      received: members.filter((member) => member.answer === 'uploaded').length,
      expected: members.filter((member) => member.answer !== 'gone').length,
    };
  }

  #memberByClient(client: string): Member | null {
    const { round } = this.state;
    if (round.stage === 'gather') return null;
    return round.members.find((member) => member.client === client) ?? null;
  }

  /** Sockets of those who are still in the round. */
  #clients(): readonly string[] {
    const { round } = this.state;
    if (round.stage === 'gather') return [];
    return round.members.flatMap((member) =>
      member.client === null || member.answer === 'gone' ? [] : [member.client],
    );
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

/** Looks at every member, and at every character of each token, whatever matches. [R5] */
function memberByToken(members: readonly Member[], token: string): Member | null {
  let found: Member | null = null;
  for (const member of members) if (equalInConstantTime(member.resume, token)) found = member;
  return found;
}

function equalInConstantTime(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i += 1) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}
