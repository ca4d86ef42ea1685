// Plays a round's reducer in tests: keeps the timers that it asked for, what each client was sent, and a machine for its answers.
import { protocolVersion, type ServerMessage } from '#shared/protocol/messages.ts';
import {
  type Effect,
  initialState,
  type RoundEvent,
  type RoundRules,
  type RoundState,
  reduce,
  type TimerName,
} from '../round.ts';
import type { AnswerStage, MachineStep } from '../round-machine.ts';
import { localStages, ModelMachine, maskedStages } from './model-machine.ts';

export const testRules: RoundRules = {
  minCohort: 20,
  maxCohort: 28,
  gatherTarget: 24,
  maxWaiting: 40,
  quietMs: 1_000,
  graceMs: 2_000,
  configMs: 11_000,
  answerMs: { advertise: 12_000, shares: 13_000, masked: 30_000, confirm: 14_000, unmask: 15_000, collect: 31_000 },
  aggregateMs: 20_000,
  publishMs: 21_000,
};

export const modelHash = (version: number) => version.toString(16).padStart(64, '0');
export const policyHash = 'a'.repeat(64);
/** 32 hex characters, different for each name. */
export const token = (name: string) => Buffer.from(name).toString('hex').padEnd(32, '0').slice(0, 32);
/** 80 bytes whose last 16 are the token of that name. */
export const advertiseOf = (name: string) =>
  new Uint8Array([...new Uint8Array(64), ...Buffer.from(token(name), 'hex')]);

export class RoundPlay {
  state: RoundState;
  /** Effects of the last event that was sent, and of the steps that followed from it. */
  effects: Effect[] = [];
  readonly timers = new Map<TimerName, { readonly roundId: string; readonly delayMs: number }>();
  readonly inbox = new Map<string, ServerMessage[]>();
  readonly published: { readonly roundId: string; readonly cohort: number }[] = [];
  readonly aborted: { readonly roundId: string; readonly code: string }[] = [];
  /** Steps of the machine that the reducer has not been told yet. */
  readonly pending: { readonly roundId: string; readonly step: MachineStep }[] = [];
  /** Steps are told at once; else by `work`. */
  isEager = true;
  readonly #stages: readonly AnswerStage[];
  #machine: ModelMachine | null = null;
  #rounds = 1;

  constructor(rules: RoundRules = testRules, mode: 1 | 4 = 1) {
    const current = { version: 1, modelHash: modelHash(1), policyHash };
    this.state = initialState(rules, current, false, 'round-1');
    this.#stages = mode === 1 ? maskedStages : localStages;
  }

  get stage(): string {
    return this.state.round.stage;
  }

  get roundId(): string {
    return this.state.round.id;
  }

  send(event: RoundEvent): void {
    this.effects = [];
    this.#reduce(event);
    while (this.isEager && this.pending.length > 0) this.work();
  }

  /** Tells the reducer the next step of the machine, if there is one. */
  work(): void {
    const next = this.pending.shift();
    if (next !== undefined) this.#reduce({ kind: 'stepped', roundId: next.roundId, ...next.step });
  }

  join(client: string, fields: { simulated?: boolean; modelHash?: string; policyHash?: string } = {}): void {
    this.send({
      kind: 'join',
      client,
      protocol: protocolVersion,
      modelHash: fields.modelHash ?? this.state.current.modelHash,
      policyHash: fields.policyHash ?? policyHash,
      simulated: fields.simulated ?? false,
    });
  }

  /** Joins p0, p1, … */
  joinMany(count: number, prefix = 'p'): string[] {
    const clients = Array.from({ length: count }, (_, index) => `${prefix}${index}`);
    for (const client of clients) this.join(client);
    return clients;
  }

  fire(timer: TimerName): void {
    const set = this.timers.get(timer);
    if (set === undefined) throw new Error(`The timer ${timer} is not set.`);
    this.timers.delete(timer);
    this.send({ kind: 'timer', timer, roundId: set.roundId });
  }

  /** One answer or upload. A client's token is that of its name. */
  say(kind: AnswerStage, client: string, roundId = this.roundId): void {
    if (kind === 'masked' || kind === 'collect') {
      const form = kind === 'masked' ? 'masked' : 'local';
      this.send({ kind: 'upload', client, roundId, form, payload: new Uint8Array(4) });
    } else {
      this.send({ kind, client, roundId, bytes: kind === 'advertise' ? advertiseOf(client) : new Uint8Array(8) });
    }
  }

  /** To an answer stage with `count` people, who have all answered those before. */
  to(stage: AnswerStage, count = 24): string[] {
    const clients = this.joinMany(count);
    if (this.stage === 'gather') this.fire('quiet');
    this.send({ kind: 'configured', roundId: this.roundId });
    this.answerUntil(stage, clients);
    return clients;
  }

  /** These people answer until the round is in that stage. */
  answerUntil(stage: string, clients: readonly string[]): void {
    for (const now of this.#stages) {
      if (this.stage === stage) return;
      if (this.stage === now) for (const client of clients) this.say(now, client);
    }
    if (this.stage !== stage) throw new Error(`The round is in ${this.stage}, not in ${stage}.`);
  }

  lastMessage(client: string): ServerMessage | undefined {
    return this.inbox.get(client)?.at(-1);
  }

  kinds(): string[] {
    return this.effects.map((effect) => effect.kind);
  }

  #reduce(event: RoundEvent): void {
    const nextRoundId = `round-${this.#rounds + 1}`;
    const step = reduce(this.state, event, nextRoundId);
    if (step.state.round.id === nextRoundId) {
      this.#rounds += 1;
      this.#machine = null;
    }
    this.state = step.state;
    this.effects.push(...step.effects);
    for (const effect of step.effects) this.#carryOut(effect);
  }

  #carryOut(effect: Effect): void {
    switch (effect.kind) {
      case 'send': {
        const messages = this.inbox.get(effect.client) ?? [];
        messages.push(effect.message);
        this.inbox.set(effect.client, messages);
        break;
      }
      case 'set-timer':
        this.timers.set(effect.timer, { roundId: effect.roundId, delayMs: effect.delayMs });
        break;
      case 'clear-timer':
        this.timers.delete(effect.timer);
        break;
      case 'clear-timers':
        this.timers.clear();
        break;
      case 'begin':
        this.#machine = new ModelMachine(effect.seats, this.state.rules.minCohort, this.#stages);
        this.pending.push({ roundId: effect.roundId, step: this.#machine.first });
        break;
      case 'step':
        if (this.#machine === null) throw new TypeError('Expected a machine to give an event to.');
        this.pending.push({ roundId: effect.roundId, step: this.#machine.handle(effect.event) });
        break;
      case 'publish': {
        const { round } = this.state;
        if (round.stage === 'publish') this.published.push({ roundId: effect.roundId, cohort: round.cohort });
        break;
      }
      case 'record-abort':
        this.aborted.push({ roundId: effect.roundId, code: effect.code });
        break;
      default:
        break;
    }
  }
}
