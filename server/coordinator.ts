// The effects of the round: it feeds the reducer with what sockets, timers and the store report, and carries out what the reducer asks.
// Main path of an upload: receive -> frames (uploads.ts) -> payload -> 'upload' -> 'step' -> round machine -> 'stepped' -> 'aggregate' -> 'publish'.
import { randomBytes } from 'node:crypto';
import { plainRounds, type RoundCore } from '#shared/core/rounds.ts';
import { roundsLeft } from '#shared/learners/place.ts';
import { encodeLearnerState, endPhaseLearned, type LearnerState } from '#shared/learners/server.ts';
import { encodeModel } from '#shared/model/file.ts';
import type { Features, Model } from '#shared/model/model.ts';
import { sha256Hex, toHex } from '#shared/protocol/canonical.ts';
import { packedBytes } from '#shared/protocol/codec.ts';
import type { ProtocolError } from '#shared/protocol/errors.ts';
import type { ClientMessage, RefusalCode, ServerMessage } from '#shared/protocol/messages.ts';
import { type Policy, type RoundPolicy, roundPolicyOf } from '#shared/protocol/policy.ts';
import {
  encodeRoundConfig,
  maskParametersOf,
  type RoundConfig,
  type RoundDeadlines,
  roundConfigFromPolicy,
} from '#shared/protocol/round-config.ts';
import type { MaskCrypto } from '#shared/secagg/crypto.ts';
import { gatheringTarget, stageDeadlines } from '#shared/secagg/parameters.ts';
import type { Aggregated, AggregateInput } from './aggregate.ts';
import type { Clock } from './clock.ts';
import type { Timings } from './config.ts';
import { keptModelVersions, waitingPerSeat } from './limits.ts';
import { LocalRound } from './local-round.ts';
import { MaskedRound } from './masked-round.ts';
import {
  type Effect,
  initialState,
  type RoundEvent,
  type RoundRules,
  type RoundState,
  reduce,
  roundSummary,
  type Stage,
  type TimerName,
  type UploadForm,
  uploadRefusal,
} from './round.ts';
import type { MachineEvent, RoundMachine } from './round-machine.ts';
import type { RoundCounts, Store } from './store/store.ts';
import type { Telemetry } from './telemetry.ts';
import { Uploads } from './uploads.ts';

/** The model that the next round starts from. */
export interface CurrentModel {
  readonly model: Model;
  readonly state: LearnerState;
  readonly hash: string;
  /** Unix ms. */
  readonly publishedAt: number;
}

/** What the coordinator asks of the sockets. */
export interface Sockets {
  send(client: string, message: ServerMessage): void;
  broadcast(message: ServerMessage): void;
  /** For what cannot be a mistake, and for an upload that stands still while others wait. */
  cut(client: string, reason: 'too-large' | 'slow'): void;
  /** Reads nothing more from a client, and reads on. Where this is not there, everybody is read from at once. */
  hold?(client: string): void;
  release?(client: string): void;
}

export interface CoordinatorOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly crypto: MaskCrypto;
  /** What adds and takes masks off; plain JavaScript unless said otherwise. */
  readonly rounds?: RoundCore;
  readonly timings: Timings;
  readonly policy: Policy;
  readonly policyHash: string;
  readonly features: Features;
  readonly current: CurrentModel;
  readonly stopped: boolean;
  readonly counts: RoundCounts;
  readonly aggregate: (input: AggregateInput) => Promise<Aggregated>;
  readonly onPublish: (hash: string, file: Uint8Array) => void;
  /** Of round ids and rotation seeds. Default: the system's. */
  readonly randomBytes?: (count: number) => Uint8Array;
  /** What comes between a round's config and its sum. Default: by the mode, and `startServer` gives no other. */
  readonly createMachine?: (config: RoundConfig, bytes: Uint8Array, seats: readonly number[]) => RoundMachine;
}

export interface RoundStatus {
  readonly id: string;
  readonly state: Stage;
  readonly joined: number;
  readonly needed: number;
  /** What is left of the stage's deadline, ms; 0 while gathering waits for people, which has none. */
  readonly deadlineMs: number;
}

/** A config says how long it may be used; far beyond every deadline and far below a device's limit of 24 h. */
const configLifetimeMs = 15 * 60_000;
const stoppedSetting = 'stopped';
/** A phase whose time is over while people are in a round waits this long before it looks again. */
const phaseRetryMs = 60_000;

export class Coordinator {
  readonly #options: CoordinatorOptions;
  readonly #rules: RoundRules;
  #state: RoundState;
  #nextRoundId: string;
  #current: CurrentModel;
  #counts: { completed: number; failed: number };
  #sockets: Sockets | null = null;
  #closed = false;

  readonly #timers = new Map<TimerName, { readonly cancel: () => void; readonly dueMs: number }>();
  /** Events that came while another was being carried out. */
  readonly #queue: RoundEvent[] = [];
  #dispatching = false;
  /** Writes go to the store one after the other, in the order of the reducer's effects. */
  #writes: Promise<void> = Promise.resolve();

  #config: { readonly config: RoundConfig; readonly bytes: Uint8Array } | null = null;
  #machine: RoundMachine | null = null;
  #uploads: Uploads | null = null;
  #aggregated: Aggregated | null = null;
  #cancelPatience: (() => void) | null = null;

  constructor(options: CoordinatorOptions) {
    const { policy, timings, current } = options;
    this.#options = options;
    this.#nextRoundId = this.#newRoundId();
    this.#current = current;
    this.#counts = { ...options.counts };
    const { phasePatienceMs: _, ...roundTimings } = timings;
    this.#rules = {
      minCohort: policy.minCohort,
      maxCohort: policy.maxCohort,
      gatherTarget: gatheringTarget(policy.minCohort, policy.maxCohort),
      maxWaiting: waitingPerSeat * policy.maxCohort,
      ...roundTimings,
      answerMs: answerTimes(deadlinesOf(this.#roundPolicy)),
    };
    this.#state = initialState(
      this.#rules,
      { version: current.model.header.version, modelHash: current.hash, policyHash: options.policyHash },
      options.stopped,
      this.#newRoundId(),
    );
    // A policy that no config can carry stops the start, not the first round.
    encodeRoundConfig(this.#newConfig(this.#newRoundId()));
    options.telemetry.modelVersion(current.model.header.version);
    options.telemetry.roundStage('gather', 0);
    this.#watchPhase();
  }

  /** Gives it the sockets; nothing is sent before. */
  attach(sockets: Sockets): void {
    this.#sockets = sockets;
  }

  connected(client: string): void {
    this.#send(client, this.#announcement());
  }

  /** One parsed message. */
  receive(client: string, message: ClientMessage): void {
    if ('frame' in message) {
      this.#receiveFrame(client, message.kind, message.roundId, message.frame);
    } else this.#dispatch({ ...message, client });
  }

  disconnected(client: string): void {
    this.#uploads?.forget(client);
    this.#dispatch({ kind: 'closed', client });
  }

  refuse(client: string, code: RefusalCode, message: string, retryAfterMs: number | null): void {
    this.#send(client, { kind: 'refused', code, message, retryAfterMs });
  }

  get model(): CurrentModel {
    return this.#current;
  }

  get stopped(): boolean {
    return this.#state.stopped;
  }

  get counts(): RoundCounts {
    return { ...this.#counts };
  }

  round(): RoundStatus | null {
    const summary = roundSummary(this.#state);
    if (summary === null) return null;
    const due = this.#timers.get('stage') ?? this.#timers.get('quiet');
    return {
      ...summary,
      deadlineMs: due === undefined ? 0 : Math.max(0, due.dueMs - this.#options.clock.nowMs()),
    };
  }

  /** [R8] Stops all rounds at once, durably: the answer comes when it is written, the open round ends before. */
  async stop(): Promise<void> {
    this.#dispatch({ kind: 'stop' });
    await this.#options.store.putSetting(stoppedSetting, 'true');
    this.#options.telemetry.log.warn('all rounds were stopped by the operator');
  }

  async resume(): Promise<void> {
    await this.#options.store.putSetting(stoppedSetting, 'false');
    this.#dispatch({ kind: 'go' });
    this.#options.telemetry.log.warn('rounds were allowed again by the operator');
  }

  /** Ends the open round as abandoned. Safe twice. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const { cancel } of this.#timers.values()) cancel();
    this.#timers.clear();
    this.#cancelPatience?.();
    await this.#writes;
    await this.#options.store.abandonOpenRounds(this.#options.clock.nowMs());
  }

  #receiveFrame(client: string, form: UploadForm, roundId: string, frame: Uint8Array): void {
    const refusal = uploadRefusal(this.#state, client, roundId, form);
    if (refusal !== null || this.#uploads === null) {
      const code = refusal ?? 'not-in-round';
      this.refuse(client, code, `A frame for round ${roundId} is not expected now; nothing was counted.`, null);
      return;
    }
    this.#uploads.frame(client, frame);
  }

  #openUploads(roundId: string, { length, bits, mode }: RoundConfig): Uploads {
    const form = mode === 1 ? 'masked' : 'local';
    return new Uploads({
      payloadBytes: packedBytes(length, bits),
      clock: this.#options.clock,
      onComplete: (client, payload) => this.#dispatch({ kind: 'upload', client, roundId, form, payload }),
      onFault: (client, fault) => this.#refuseUpload(client, fault),
      onSlow: (client) => this.#sockets?.cut(client, 'slow'),
      hold: (client) => this.#sockets?.hold?.(client),
      release: (client) => this.#sockets?.release?.(client),
    });
  }

  #refuseUpload(client: string, fault: ProtocolError): void {
    const code = fault.code === 'too-large' || fault.code === 'duplicate' ? fault.code : 'bad-frame';
    this.refuse(client, code, fault.message, null);
    if (code === 'too-large') this.#sockets?.cut(client, 'too-large');
  }

  #dispatch(event: RoundEvent): void {
    if (this.#closed) return;
    this.#queue.push(event);
    if (this.#dispatching) return;
    this.#dispatching = true;
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) this.#carryOut(next);
    } finally {
      this.#dispatching = false;
    }
  }

  #carryOut(event: RoundEvent): void {
    const before = this.#state.round;
    const step = reduce(this.#state, event, this.#nextRoundId);
    this.#state = step.state;
    if (step.state.round.id === this.#nextRoundId) this.#nextRoundId = this.#newRoundId();
    if (before.id !== step.state.round.id) this.#endRound(before.stage !== 'gather', event.kind === 'published');
    for (const effect of step.effects) this.#run(effect);
    const summary = roundSummary(this.#state);
    this.#options.telemetry.roundStage(this.#state.round.stage, summary?.joined ?? 0);
  }

  /** Forgets what belonged to the round that just ended. */
  #endRound(hadCohort: boolean, published: boolean): void {
    this.#config = null;
    this.#machine = null;
    this.#aggregated = null;
    this.#uploads?.close();
    this.#uploads = null;
    if (hadCohort && !published) this.#counts.failed += 1;
  }

  #run(effect: Effect): void {
    const { store, clock, telemetry, policyHash } = this.#options;
    switch (effect.kind) {
      case 'send':
        this.#send(effect.client, effect.message);
        break;
      case 'announce':
        this.#sockets?.broadcast(this.#announcement());
        break;
      case 'set-timer': {
        this.#clearTimer(effect.timer);
        const { timer, roundId, delayMs } = effect;
        const cancel = clock.setTimer(() => {
          this.#timers.delete(timer);
          this.#dispatch({ kind: 'timer', timer, roundId });
        }, delayMs);
        this.#timers.set(timer, { cancel, dueMs: clock.nowMs() + delayMs });
        break;
      }
      case 'clear-timer':
        this.#clearTimer(effect.timer);
        break;
      case 'clear-timers':
        for (const timer of [...this.#timers.keys()]) this.#clearTimer(timer);
        break;
      case 'record-open': {
        const baseVersion = this.#current.model.header.version;
        const openedAt = clock.nowMs();
        this.#write('record the round', null, () =>
          store.openRound({ id: effect.roundId, baseVersion, policyHash, openedAt }),
        );
        break;
      }
      case 'record-abort':
        telemetry.roundAborted(effect.code);
        this.#write('record the abort', null, () => store.abortRound(effect.roundId, effect.code, clock.nowMs()));
        break;
      case 'configure':
        this.#configure(effect.roundId);
        break;
      case 'begin':
        this.#begin(effect.roundId, effect.seats);
        break;
      case 'step':
        void this.#step(effect.roundId, effect.event);
        break;
      case 'aggregate':
        void this.#aggregate(effect.roundId, effect.cohort);
        break;
      case 'publish':
        this.#publish(effect.roundId);
        break;
      default:
        effect satisfies never;
    }
  }

  /** What the next round is held to: the phase of the model that it starts from. */
  get #roundPolicy(): RoundPolicy {
    return roundPolicyOf(this.#options.policy, this.#current.model.header.phase);
  }

  #newConfig(roundId: string): RoundConfig {
    const { policyHash, clock } = this.#options;
    const rules = this.#roundPolicy;
    return roundConfigFromPolicy(rules, {
      roundId,
      modelHash: this.#current.hash,
      rotationSeed: this.#randomBytes(16),
      expiryMs: clock.nowMs() + configLifetimeMs,
      deadlines: deadlinesOf(rules),
      policyHash,
    });
  }

  #configure(roundId: string): void {
    const { store } = this.#options;
    const config = this.#newConfig(roundId);
    const bytes = encodeRoundConfig(config);
    this.#config = { config, bytes };
    this.#write('store the config', roundId, async () => {
      await store.configureRound(roundId, bytes);
      this.#dispatch({ kind: 'configured', roundId });
    });
  }

  #begin(roundId: string, seats: readonly number[]): void {
    if (this.#config === null) throw new TypeError('Expected a config before the round begins.');
    const { config, bytes } = this.#config;
    this.#uploads = this.#openUploads(roundId, config);
    this.#machine = this.#options.createMachine?.(config, bytes, seats) ?? this.#createMachine(config, bytes, seats);
    this.#dispatch({ kind: 'stepped', roundId, ...this.#machine.first });
  }

  #createMachine(config: RoundConfig, bytes: Uint8Array, seats: readonly number[]): RoundMachine {
    const { crypto, rounds = plainRounds } = this.#options;
    if (config.mode === 4) return new LocalRound({ ...config, config: bytes, seats }, rounds);
    const start = { config: bytes, parameters: maskParametersOf(config), seats };
    return new MaskedRound(start, { crypto, rounds, turn: nextTurn });
  }

  async #step(roundId: string, event: MachineEvent): Promise<void> {
    const { telemetry } = this.#options;
    try {
      if (this.#machine === null) throw new TypeError('Expected a machine to give an event to.');
      const step = await this.#machine.handle(event);
      if ('payload' in event && !step.refused.some(({ seat }) => seat === event.seat)) {
        telemetry.uploadAdded(event.payload.length);
      }
      this.#dispatch({ kind: 'stepped', roundId, ...step });
    } catch (error) {
      telemetry.log.error({ error: describe(error) }, 'a round could not go on');
      this.#dispatch({ kind: 'failed', roundId });
    }
  }

  async #aggregate(roundId: string, cohort: number): Promise<void> {
    const { policy, features, telemetry } = this.#options;
    const config = this.#config?.config;
    const sum = this.#machine?.sum ?? null;
    try {
      if (config === undefined || sum === null) throw new TypeError('Expected a sum to aggregate, found none.');
      const { model, state } = this.#current;
      const aggregated = await this.#options.aggregate({
        model,
        state,
        features,
        policy,
        config,
        sum,
        cohort,
      });
      if (this.#state.round.id !== roundId) return;
      this.#aggregated = aggregated;
      this.#dispatch({ kind: 'aggregated', roundId });
    } catch (error) {
      telemetry.log.error({ error: describe(error) }, 'a round could not be aggregated');
      this.#dispatch({ kind: 'failed', roundId });
    }
  }

  #publish(roundId: string): void {
    const { store, clock, telemetry } = this.#options;
    const aggregated = this.#aggregated;
    const { round } = this.#state;
    if (aggregated === null || round.stage !== 'publish')
      throw new TypeError('Nothing was aggregated to be published.');
    const { cohort } = round;
    const { model, state, file, hash, serverState, sumBytes } = aggregated;
    const publishedAt = clock.nowMs();
    const { version, catalogueHash, featuresHash } = model.header;
    this.#write('publish', roundId, async () => {
      await store.publish({
        roundId,
        cohort,
        sum: sumBytes,
        model: { version, hash, file, serverState, catalogueHash, featuresHash, roundId, publishedAt },
      });
      this.#current = { model, state, hash, publishedAt };
      this.#counts.completed += 1;
      telemetry.roundPublished(version, cohort);
      this.#options.onPublish(hash, file);
      const answerMs = answerTimes(deadlinesOf(this.#roundPolicy));
      this.#dispatch({ kind: 'published', roundId, version, modelHash: hash, answerMs });
      this.#watchPhase();
      await store.prune(keptModelVersions);
    });
  }

  /** Whoever takes part once in a phase is not needed again: where few come, a phase would wait for others for ever. */
  #watchPhase(delayMs?: number): void {
    const { policy, clock, timings } = this.#options;
    this.#cancelPatience?.();
    this.#cancelPatience = null;
    const { model, publishedAt } = this.#current;
    if (this.#closed || roundsLeft(policy, model.header) === null || model.header.phaseRounds === 0) return;
    const untilOver = Math.max(0, publishedAt + timings.phasePatienceMs - clock.nowMs());
    this.#cancelPatience = clock.setTimer(() => {
      if (this.#state.stopped || this.#state.round.stage !== 'gather') this.#watchPhase(phaseRetryMs);
      else this.#endPhase();
    }, delayMs ?? untilOver);
  }

  #endPhase(): void {
    const { store, clock, telemetry, policy, features } = this.#options;
    const { version } = this.#current.model.header;
    // Should the store not take it.
    this.#watchPhase(phaseRetryMs);
    this.#write('end the phase', null, async () => {
      if (this.#closed || this.#current.model.header.version !== version) return;
      const { model, state } = endPhaseLearned(this.#current, policy, features);
      const file = encodeModel(model);
      const hash = sha256Hex(file);
      const publishedAt = clock.nowMs();
      const { catalogueHash, featuresHash } = model.header;
      const serverState = encodeLearnerState(state);
      const next = model.header.version;
      await store.addModel({
        version: next,
        hash,
        file,
        serverState,
        catalogueHash,
        featuresHash,
        roundId: null,
        publishedAt,
      });
      this.#current = { model, state, hash, publishedAt };
      telemetry.modelVersion(next);
      this.#options.onPublish(hash, file);
      this.#dispatch({
        kind: 'replaced',
        version: next,
        modelHash: hash,
        answerMs: answerTimes(deadlinesOf(this.#roundPolicy)),
      });
      this.#watchPhase();
    });
  }

  /** Queues a write. When it fails and it belongs to a stage of a round, that round fails. */
  #write(what: string, roundId: string | null, write: () => Promise<void>): void {
    this.#writes = this.#writes.then(write).catch((error: unknown) => {
      this.#options.telemetry.log.error({ error: describe(error) }, `could not ${what}`);
      if (roundId !== null) this.#dispatch({ kind: 'failed', roundId });
    });
  }

  #announcement(): ServerMessage {
    return {
      kind: 'model',
      version: this.#current.model.header.version,
      hash: this.#current.hash,
      policyHash: this.#options.policyHash,
    };
  }

  #send(client: string, message: ServerMessage): void {
    if (message.kind === 'refused') this.#options.telemetry.refused(message.code);
    this.#sockets?.send(client, message);
  }

  #newRoundId(): string {
    return toHex(this.#randomBytes(16));
  }

  #randomBytes(count: number): Uint8Array {
    return this.#options.randomBytes?.(count) ?? new Uint8Array(randomBytes(count));
  }

  #clearTimer(timer: TimerName): void {
    this.#timers.get(timer)?.cancel();
    this.#timers.delete(timer);
  }
}

function deadlinesOf({ layout, bits }: RoundPolicy): RoundDeadlines {
  return stageDeadlines(layout.length, bits);
}

function answerTimes({ advertiseS, sharesS, maskedS, unmaskS }: RoundDeadlines): RoundRules['answerMs'] {
  return {
    advertise: 1000 * advertiseS,
    shares: 1000 * sharesS,
    masked: 1000 * maskedS,
    confirm: 1000 * unmaskS,
    unmask: 1000 * unmaskS,
    collect: 1000 * maskedS,
  };
}

/** Reads the switch that `stop` and `resume` write. */
export async function readStopped(store: Store): Promise<boolean> {
  return (await store.setting(stoppedSetting)) === 'true';
}

/** Sockets and timers get their turn. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
