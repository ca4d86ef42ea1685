// Plays a round's reducer in tests: keeps the timers that it asked for, and what each client was sent.
import type { ServerMessage } from '#shared/protocol/messages.ts';
import {
  type Effect,
  initialState,
  type RoundEvent,
  type RoundRules,
  type RoundState,
  reduce,
  type TimerName,
} from '../round.ts';

export const testRules: RoundRules = {
  minCohort: 20,
  maxCohort: 28,
  gatherTarget: 24,
  maxWaiting: 40,
  quietMs: 1_000,
  graceMs: 2_000,
  configMs: 10_000,
  collectMs: 30_000,
  aggregateMs: 20_000,
  publishMs: 20_000,
};

export const modelHash = (version: number) => version.toString(16).padStart(64, '0');
export const policyHash = 'a'.repeat(64);
/** 32 hex characters, different for each name. */
export const token = (name: string) => Buffer.from(name).toString('hex').padEnd(32, '0').slice(0, 32);
export const configBytes = new Uint8Array(184).fill(7);

export class RoundPlay {
  state: RoundState;
  /** Effects of the last event. */
  effects: readonly Effect[] = [];
  readonly timers = new Map<TimerName, { readonly roundId: string; readonly delayMs: number }>();
  readonly inbox = new Map<string, ServerMessage[]>();
  /** Clients whose upload was added to the sum of the open round. */
  sum: string[] = [];
  readonly published: { readonly roundId: string; readonly cohort: number }[] = [];
  readonly aborted: { readonly roundId: string; readonly code: string }[] = [];
  #rounds = 1;

  constructor(rules: RoundRules = testRules, stopped = false) {
    const current = { version: 1, modelHash: modelHash(1), policyHash };
    this.state = initialState(rules, current, stopped, 'round-1');
  }

  get stage(): string {
    return this.state.round.stage;
  }

  get roundId(): string {
    return this.state.round.id;
  }

  send(event: RoundEvent): void {
    const nextRoundId = `round-${this.#rounds + 1}`;
    const step = reduce(this.state, event, nextRoundId);
    if (step.state.round.id === nextRoundId) this.#rounds += 1;
    this.state = step.state;
    this.effects = step.effects;
    for (const effect of step.effects) this.#carryOut(effect);
  }

  join(
    client: string,
    fields: { simulated?: boolean; modelHash?: string; policyHash?: string; resume?: string } = {},
  ): void {
    this.send({
      kind: 'join',
      client,
      protocol: 1,
      modelHash: fields.modelHash ?? this.state.current.modelHash,
      policyHash: fields.policyHash ?? policyHash,
      resume: fields.resume ?? token(client),
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

  upload(client: string): void {
    this.send({ kind: 'upload', client, roundId: this.roundId });
  }

  /** To the collect stage with `count` people. */
  toCollect(count: number): string[] {
    const clients = this.joinMany(count);
    if (this.stage === 'gather') this.fire('quiet');
    this.send({ kind: 'configured', roundId: this.roundId, config: configBytes });
    return clients;
  }

  lastMessage(client: string): ServerMessage | undefined {
    return this.inbox.get(client)?.at(-1);
  }

  kinds(): string[] {
    return this.effects.map((effect) => effect.kind);
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
      case 'configure':
        this.sum = [];
        break;
      case 'add-upload':
        this.sum.push(effect.client);
        break;
      case 'publish':
        this.published.push({ roundId: effect.roundId, cohort: this.sum.length });
        break;
      case 'record-abort':
        this.aborted.push({ roundId: effect.roundId, code: effect.code });
        break;
      default:
        break;
    }
  }
}
