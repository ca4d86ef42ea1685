// Taking part: carries out what the federation client and the device policy decide. Training, joining, the ledger, the privacy pipeline and
// the socket meet here and nowhere else. PROTOCOL.md 3, 6, 8.
//
// Fails closed: whatever throws between a config and the first frame ends the round without sending. What was charged stays charged.

import type { Interactions } from '#shared/model/model.ts';
import { clientUpdate } from '#shared/model/update.ts';
import { encodeUpdate } from '#shared/privacy/pipeline.ts';
import { toHex } from '#shared/protocol/canonical.ts';
import { packedBytes, uploadFrames } from '#shared/protocol/codec.ts';
import { ProtocolError } from '#shared/protocol/errors.ts';
import { protocolVersion } from '#shared/protocol/messages.ts';
import type { Policy } from '#shared/protocol/policy.ts';
import { checkRoundConfig, parseRoundConfig, type RoundConfig, rhoOfConfig } from '#shared/protocol/round-config.ts';
import type { Consent, ParticipationState, Reason, RoundStep, UploadInspection } from './api.ts';
import { type Decision, devicePolicy, maxPressureWaitMs } from './device-policy.ts';
import type { Connection, EngineParts, RoundOutcome } from './environment.ts';
import {
  type Announced,
  type ClientEffect,
  type ClientEvent,
  type ClientState,
  clientStep,
  type InRound,
  initialClientState,
  isCommitted,
  type TimerName,
  type Want,
} from './federation-client.ts';
import type { Ledger } from './ledger.ts';
import type { Published, PublishedModels } from './published.ts';
import type { Trainer } from './trainer.ts';

/** Held from before training to the end of the round: one tab of a profile takes part. */
export const roundLock = 'tacit-round';

/** Clicks come in flocks: training waits until they pause. */
const retrainAfterMs = 1_000;
/** A lock that no other tab holds is granted well within this time. */
const lockGraceMs = 300;
/** After a round that came to nothing, before asking for the next. */
const restAfterAbortMs = 2_000;
/** Model changes that are shown: the steps of the current or last round. */
const maxSteps = 16;

/** What participation needs to know of the person, asked for anew each time. */
export interface Person {
  readonly consent: () => Consent;
  readonly historyCount: () => number;
  readonly interactions: (published: Published) => Interactions;
}

type OwnTimer = TimerName | 'retrain' | 'recheck' | 'rest' | 'lock';

/** A trained update: the only thing that outlives training, and it is forgotten at the end of a round. */
interface Update {
  readonly modelHash: string;
  readonly policyHash: string;
  readonly values: Float64Array;
  readonly historyRevision: number;
}

export interface ParticipationView {
  readonly state: ParticipationState;
  readonly reason: Reason;
  readonly steps: readonly RoundStep[];
  readonly trainer: Trainer | null;
  readonly lastUpload: UploadInspection | null;
}

export class Participation {
  readonly #parts: EngineParts;
  readonly #person: Person;
  readonly #models: PublishedModels;
  readonly #ledger: Ledger;
  readonly #onChange: () => void;
  readonly #timers = new Map<OwnTimer, () => void>();
  #client: ClientState = initialClientState;
  #decision: Decision = { decision: 'wait', reason: { code: 'not-opted-in' } };
  #connection: Connection | null = null;
  #lock: { readonly release: () => void; held: boolean; late: boolean } | null = null;
  #trainer: Trainer | null = null;
  #loadedHash: string | null = null;
  /** One training at a time: the trainer holds one table. */
  #training: Promise<void> = Promise.resolve();
  /** 0..1 while training, null otherwise. */
  #trainingFraction: number | null = null;
  #update: Update | null = null;
  #historyRevision = 0;
  #locallyTrained = '';
  /** Rises with each wipe: what was computed for an earlier generation is thrown away. */
  #generation = 0;
  #checked: {
    readonly roundId: string;
    readonly config: RoundConfig;
    readonly update: Update;
    readonly policy: Policy;
  } | null = null;
  #lastUpload: UploadInspection | null = null;
  #steps: readonly RoundStep[] = [];
  #cooldownFrom: number | null = null;
  #cooldownOfCharge: number | null = null;
  /** Unix ms from which on pressure puts this participation off; null while it does not. */
  #pressureSince: number | null = null;
  #closed = false;

  constructor(parts: EngineParts, person: Person, models: PublishedModels, ledger: Ledger, onChange: () => void) {
    this.#parts = parts;
    this.#person = person;
    this.#models = models;
    this.#ledger = ledger;
    this.#onChange = onChange;
  }

  get view(): ParticipationView {
    const [state, reason] = this.#stateAndReason();
    return { state, reason, steps: this.#steps, trainer: this.#trainer, lastUpload: this.#lastUpload };
  }

  /** Looks at every fact again and moves on from there. To be called whenever one may have changed. */
  evaluate(): void {
    if (this.#closed) return;
    const consent = this.#person.consent();
    this.#decision = this.#decide(null);
    const inRound = isCommitted(this.#client.phase);
    // Pressure passes by itself: whoever waits for it keeps the place among the tabs.
    if (this.#decision.decision === 'train' || this.#decision.reason.code === 'pressure') {
      this.#takeLock();
      const lock = this.#lock;
      if (lock?.held === false && lock.late) this.#decision = this.#decide(false);
      else if (lock?.held === false) this.#decision = { decision: 'wait', reason: { code: 'connecting' } };
    } else if (!inRound) {
      this.#releaseLock();
    }
    this.#dispatch({ kind: 'want', want: this.#want(consent) });
    if (consent.train && !consent.send && this.#decision.decision === 'train') this.#later('retrain', retrainAfterMs);
    this.#watchTime();
    this.#onChange();
  }

  /** The history changed: an update that waits for a round is made anew. One that is in a round stays as it is. */
  historyChanged(): void {
    this.#historyRevision++;
    this.evaluate();
    const { kind } = this.#client.phase;
    if (kind === 'training' || kind === 'joined' || kind === 'connecting') this.#later('retrain', retrainAfterMs);
  }

  /** Leaves at once, at any state, and forgets the update, its noise and what was sent. Consent withdrawn, history erased, closing. */
  leave(): void {
    this.#dispatch({ kind: 'leave' });
    this.#wipe();
    this.#releaseLock();
  }

  /** As `leave`, and forgets what the Privacy page shows of the last upload. */
  forget(): void {
    this.leave();
    this.#lastUpload = null;
    this.#steps = [];
    this.#locallyTrained = '';
  }

  /** Drops the connection without a word, as a closed lid does. For simulated participants that vanish. */
  vanish(): void {
    this.#connection?.close();
    this.#connection = null;
    this.#shut();
  }

  async close(): Promise<void> {
    if (!this.#closed) this.leave();
    this.#shut();
    await this.#training;
    await this.#trainer?.close();
    this.#trainer = null;
  }

  #shut(): void {
    this.#closed = true;
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    this.#wipe();
    this.#releaseLock();
  }

  // The device policy and the lock.

  #decide(holdsLock: boolean | null): Decision {
    const { train, send } = this.#person.consent();
    const policy = this.#models.current?.policy ?? null;
    return devicePolicy({
      ...this.#parts.facts.current(),
      train,
      send,
      historyCount: this.#person.historyCount(),
      loopback: this.#isLoopback(),
      mode: policy?.mode ?? null,
      ledgerReadable: this.#ledger.book !== null,
      budgetLeft: policy === null || this.#ledger.book === null ? null : this.#ledger.hasBudget(policy),
      cooldownUntil: this.#cooldownUntil(),
      engaged: ['training', 'joined', 'connecting', 'configured'].includes(this.#client.phase.kind),
      pressureWaitedMs: this.#pressureSince === null ? 0 : this.#parts.clock.now() - this.#pressureSince,
      holdsLock,
      now: this.#parts.clock.now(),
    });
  }

  #want({ send }: Consent): Want {
    if (!send) return 'none';
    if (this.#decision.decision === 'train') return 'join';
    // Nothing to wait for but the lock, time, history or another tab: hear of new models meanwhile.
    const listening = ['connecting', 'pressure', 'cooldown', 'budget-spent', 'no-history', 'other-tab'];
    return listening.includes(this.#decision.reason.code) && this.#parts.facts.current().online ? 'listen' : 'none';
  }

  /** [P3] Both hosts, as the page and the socket name them: a server's remote address would be no evidence. */
  #isLoopback(): boolean {
    return isLoopbackHost(this.#parts.pageHostname) && isLoopbackHost(this.#parts.transport.hostname);
  }

  /**
   * The end of the cooldown after the newest charge. A charge that lies ahead (the clock was set back) counts from when this
   * engine first saw it: the wait is one cooldown, and the ledger counts the charge as before.
   */
  #cooldownUntil(): number | null {
    const charge = this.#ledger.lastChargeAt;
    const cooldownMs = this.#models.current?.policy.cooldownMs ?? 0;
    if (charge === null) return null;
    if (charge !== this.#cooldownOfCharge) {
      this.#cooldownOfCharge = charge;
      this.#cooldownFrom = Math.min(charge, this.#parts.clock.now());
    }
    return (this.#cooldownFrom ?? charge) + cooldownMs;
  }

  /** Some reasons pass by time alone: looks again when they do. */
  #watchTime(): void {
    this.#cancel('recheck');
    const now = this.#parts.clock.now();
    const code = this.#decision.decision === 'wait' ? this.#decision.reason.code : null;
    // Pressure is counted anew for each participation.
    if (code === 'pressure') this.#pressureSince ??= now;
    else if (code !== 'connecting' && this.#client.phase.kind === 'idle') this.#pressureSince = null;
    if (this.#decision.decision === 'wait' && this.#decision.reason.code === 'cooldown')
      this.#later('recheck', this.#decision.reason.untilMs - now);
    if (code === 'pressure') this.#later('recheck', (this.#pressureSince ?? now) + maxPressureWaitMs - now);
  }

  #takeLock(): void {
    if (this.#lock !== null) return;
    const abort = new AbortController();
    let release = (): void => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const lock = {
      held: false,
      late: false,
      release: () => {
        abort.abort();
        release();
      },
    };
    this.#lock = lock;
    this.#later('lock', lockGraceMs, () => {
      lock.late = true;
      this.evaluate();
    });
    const hold = async (): Promise<void> => {
      if (this.#lock !== lock) return;
      lock.held = true;
      this.#cancel('lock');
      // Another tab may have charged while this one waited.
      await this.#ledger.refresh();
      this.evaluate();
      await released;
    };
    void this.#parts.locks.run(roundLock, hold, abort.signal).catch(() => {
      if (this.#lock === lock) this.#lock = null;
    });
  }

  #releaseLock(): void {
    const lock = this.#lock;
    this.#lock = null;
    this.#cancel('lock');
    lock?.release();
  }

  // The federation client: events in, effects carried out in order.

  #dispatch(event: ClientEvent): void {
    const { state, effects } = clientStep(this.#client, event);
    this.#client = state;
    for (const effect of effects) this.#carryOut(effect);
    this.#onChange();
  }

  #carryOut(effect: ClientEffect): void {
    switch (effect.kind) {
      case 'open':
        this.#open();
        return;
      case 'close':
        this.#connection?.close();
        this.#connection = null;
        return;
      case 'join': {
        const { hash, policyHash } = effect.announced;
        const { resume } = effect;
        const simulated = this.#parts.simulated ?? false;
        this.#connection?.send({
          kind: 'join',
          protocol: protocolVersion,
          modelHash: hash,
          policyHash,
          resume,
          simulated,
        });
        return;
      }
      case 'resume':
        this.#connection?.send({ kind: 'resume', roundId: effect.round.roundId, resume: effect.round.resume });
        return;
      case 'send-leave':
        this.#connection?.send({ kind: 'leave' });
        return;
      case 'send-frames':
        this.#sendFrames(effect.roundId, effect.frames);
        return;
      case 'fetch':
        // A failure keeps the old model; the next announcement or visit tries again.
        void this.#models.get(effect.announced).catch(() => {});
        return;
      case 'train':
        this.#train(effect.announced);
        return;
      case 'check-config':
        this.#checkConfig(effect.round, effect.announced);
        return;
      case 'charge':
        void this.#charge(effect.round);
        return;
      case 'wipe':
        this.#wipe();
        return;
      case 'timer':
        this.#later(effect.name, effect.delayMs);
        return;
      case 'cancel':
        this.#cancel(effect.name);
        return;
      case 'step':
        this.#step(effect.name, effect.detail);
        return;
      case 'ended':
        void this.#ended(effect.outcome);
        return;
    }
  }

  #open(): void {
    const connection: Connection = this.#parts.transport.connect({
      onOpen: () => {
        if (this.#connection === connection) this.#dispatch({ kind: 'opened' });
      },
      onMessage: (message) => {
        if (this.#connection === connection) this.#dispatch({ kind: 'message', message, jitter: this.#jitter() });
      },
      // What does not parse changes nothing.
      onFault: () => {},
      onClose: () => {
        if (this.#connection !== connection) return;
        this.#connection = null;
        this.#dispatch({ kind: 'closed', jitter: this.#jitter() });
      },
    });
    this.#connection = connection;
  }

  #sendFrames(roundId: string, frames: readonly Uint8Array[]): void {
    for (const frame of frames) this.#connection?.send({ kind: 'update', roundId, frame });
    const first = this.#client.phase.kind === 'sending';
    this.#dispatch({ kind: 'sent', roundId });
    if (first) void this.#ledger.settle(roundId, { status: 'sent', cohort: null, modelVersion: null }).catch(() => {});
  }

  // Training.

  #train(announced: Announced): void {
    const generation = this.#generation;
    this.#training = this.#training.then(async () => {
      if (this.#closed || generation !== this.#generation || this.#client.phase.kind !== 'training') return;
      const held = this.#update;
      if (
        held?.modelHash !== announced.hash ||
        held.policyHash !== announced.policyHash ||
        held.historyRevision !== this.#historyRevision
      ) {
        try {
          const published = await this.#models.get(announced);
          const update = await this.#trainedUpdate(published);
          if (generation !== this.#generation) return;
          this.#update = update;
        } catch (error) {
          this.#dispatch({ kind: 'training-failed', detail: messageOf(error), jitter: this.#jitter() });
          return;
        }
      }
      this.#dispatch({ kind: 'trained', modelHash: announced.hash, resume: this.#randomHex(16) });
    });
  }

  /** Trains on a model and computes the update. Of all that training yields only the update is kept. */
  async #trainedUpdate(published: Published): Promise<Update> {
    const historyRevision = this.#historyRevision;
    this.#trainingFraction = 0;
    this.#onChange();
    try {
      this.#trainer ??= await this.#parts.createTrainer(this.#parts.forcedBackend ?? null);
      if (this.#loadedHash !== published.info.hash) {
        await this.#trainer.load(published.table);
        this.#loadedHash = published.info.hash;
      }
      const result = await this.#trainer.train(this.#person.interactions(published), (fraction) => {
        this.#trainingFraction = fraction;
        this.#onChange();
      });
      const { model } = published.table;
      const values = clientUpdate(result, model, published.policy.layout);
      return { modelHash: published.info.hash, policyHash: published.policyHash, values, historyRevision };
    } catch (error) {
      // A trainer that failed may have lost its device: the next try starts with a new one.
      const failed = this.#trainer;
      this.#trainer = null;
      this.#loadedHash = null;
      await failed?.close().catch(() => {});
      throw error;
    } finally {
      this.#trainingFraction = null;
      this.#onChange();
    }
  }

  /** The pause after a change of the history: makes a waiting update anew, or trains for this device alone. */
  #retrain(): void {
    const { train, send } = this.#person.consent();
    const published = this.#models.current;
    if (!train || published === null) return;
    const generation = this.#generation;
    const key = `${published.info.hash} ${this.#historyRevision}`;
    if (!send && key === this.#locallyTrained) return;
    this.#training = this.#training.then(async () => {
      const waiting = ['training', 'joined', 'connecting'].includes(this.#client.phase.kind);
      if (this.#closed || generation !== this.#generation || (send && !waiting)) return;
      if (this.#person.historyCount() === 0) return;
      try {
        const update = await this.#trainedUpdate(send ? await this.#modelOfUpdate(published) : published);
        if (generation !== this.#generation) return;
        this.#locallyTrained = key;
        // In a round already: that round keeps the bytes that it has.
        if (send && this.#checked === null) this.#update = update;
      } catch {
        // The update from before the click serves as well; without one the next announcement trains again.
      }
    });
  }

  /** The model under which this client joined: a newer one may have come in meanwhile. */
  async #modelOfUpdate(current: Published): Promise<Published> {
    const { phase } = this.#client;
    return phase.kind === 'joined' || phase.kind === 'training' ? this.#models.get(phase.announced) : current;
  }

  // The round: check, charge, encode, send.

  #checkConfig(round: InRound, announced: Announced): void {
    try {
      const update = this.#update;
      const published = this.#models.current;
      if (update === null || published === null || update.modelHash !== announced.hash)
        throw new ProtocolError('no-update', 'a config came without an update to send');
      if (published.policyHash !== update.policyHash)
        throw new ProtocolError('wrong-policy', 'the policy changed since the update was computed');
      const config = parseRoundConfig(round.config);
      const { policy, policyHash } = published;
      const { modelHash } = update;
      checkRoundConfig(config, { policy, policyHash, modelHash, nowMs: this.#parts.clock.now() });
      if (config.mode === 0 && !this.#isLoopback())
        throw new ProtocolError('not-loopback', 'mode 0 is for page and server on one computer');
      if (update.values.length !== config.length)
        throw new ProtocolError('wrong-length', `expected D ${update.values.length}, got ${config.length}`);
      this.#checked = { roundId: round.roundId, config, update, policy };
    } catch (error) {
      const code = error instanceof ProtocolError ? error.code : 'check-failed';
      this.#dispatch({ kind: 'config-refused', code, detail: messageOf(error), jitter: this.#jitter() });
      return;
    }
    this.#dispatch({ kind: 'config-accepted' });
  }

  async #charge({ roundId }: InRound): Promise<void> {
    const checked = this.#checked;
    const generation = this.#generation;
    let charged = false;
    const refuse = (code: string): void => this.#dispatch({ kind: 'charge-refused', roundId, code, charged });
    if (checked?.roundId !== roundId) return refuse('no-update');
    const { config, update, policy } = checked;
    try {
      const outcome = await this.#ledger.charge(
        {
          roundId,
          policyHash: config.policyHash,
          rho: rhoOfConfig(config),
          at: this.#parts.clock.now(),
          uploadBytes: packedBytes(config.length, config.bits),
        },
        policy,
      );
      this.#parts.tabs.announce({ kind: 'ledger' });
      if (outcome !== 'charged') return refuse(outcome);
      charged = true;
      // Left while the charge was written: charged, and nothing is sent.
      if (generation !== this.#generation) return;
      const { payload, clipped, rounded, noised } = encodeUpdate(update.values, config, this.#parts.random);
      this.#lastUpload = {
        roundId,
        raw: update.values.slice(),
        clipped,
        rounded,
        noised,
        uploadBytes: payload.length,
        noiseStd: Math.sqrt(config.sigma2num / config.sigma2den),
      };
      this.#dispatch({ kind: 'charged', roundId, frames: uploadFrames(payload) });
    } catch {
      refuse(charged ? 'encoding-failed' : 'ledger-failed');
    }
  }

  async #ended(outcome: RoundOutcome): Promise<void> {
    if (outcome.charged) {
      const { status, cohort, modelVersion } = outcome;
      await this.#ledger.settle(outcome.roundId, { status, cohort, modelVersion }).catch(() => {});
      this.#parts.tabs.announce({ kind: 'ledger' });
    }
    this.#parts.onRoundEnd?.(outcome);
    if (this.#closed) return;
    const rested = (): void => {
      this.evaluate();
      this.#dispatch({ kind: 'rested' });
      this.evaluate();
    };
    if (outcome.status === 'published') rested();
    else this.#later('rest', restAfterAbortMs * (0.5 + this.#jitter()), rested);
  }

  #wipe(): void {
    this.#generation++;
    this.#update?.values.fill(0);
    this.#update = null;
    this.#checked = null;
  }

  #step(name: RoundStep['name'], detail?: string): void {
    const step: RoundStep = { name, at: this.#parts.clock.now(), ...(detail === undefined ? {} : { detail }) };
    this.#steps = name === 'trained' ? [step] : [...this.#steps, step].slice(-maxSteps);
  }

  // Timers and chance.

  #later(name: OwnTimer, delayMs: number, run?: () => void): void {
    this.#cancel(name);
    if (this.#closed) return;
    const cancel = this.#parts.clock.after(Math.max(0, delayMs), () => {
      this.#timers.delete(name);
      if (run !== undefined) run();
      else if (name === 'retrain') this.#retrain();
      else if (name === 'recheck') this.evaluate();
      else if (name !== 'rest' && name !== 'lock') this.#dispatch({ kind: 'timer', name, jitter: this.#jitter() });
    });
    this.#timers.set(name, cancel);
  }

  #cancel(name: OwnTimer): void {
    this.#timers.get(name)?.();
    this.#timers.delete(name);
  }

  /** Uniform in [0, 1). From the same source as the noise: a predictable jitter would tell clients apart. */
  #jitter(): number {
    const word = new Uint32Array(1);
    this.#parts.random.fillUint32(word);
    return word[0]! / 2 ** 32;
  }

  #randomHex(bytes: number): string {
    const words = new Uint32Array(bytes / 4);
    this.#parts.random.fillUint32(words);
    return toHex(new Uint8Array(words.buffer));
  }

  // What the status pill says.

  #stateAndReason(): readonly [ParticipationState, Reason] {
    const { train, send } = this.#person.consent();
    const { phase } = this.#client;
    switch (phase.kind) {
      case 'joined':
        return ['waiting', { code: 'people', joined: phase.joined, needed: phase.needed }];
      case 'training':
        return ['training', { code: 'progress', fraction: this.#trainingFraction ?? 0 }];
      case 'configured':
      case 'charging':
      case 'sending':
        return ['sending', { code: 'progress', fraction: sendingFraction[phase.kind] }];
      case 'pending':
        return ['pending', { code: 'others', received: phase.received, expected: phase.expected }];
      case 'refused':
        return refusalOf(phase);
      case 'connecting':
        return ['waiting', { code: 'connecting' }];
      case 'done': {
        const { status, cohort } = phase.outcome;
        // Until the ledger has noted it.
        if (status === 'published')
          return ['pending', { code: 'others', received: cohort ?? 0, expected: cohort ?? 0 }];
        break;
      }
      case 'idle':
    }
    if (!train) return ['off', { code: 'not-opted-in' }];
    if (this.#decision.decision === 'wait' && this.#decision.reason.code !== 'connecting')
      return ['paused', this.#decision.reason];
    if (send) return ['waiting', { code: 'connecting' }];
    if (this.#trainingFraction !== null) return ['training', { code: 'progress', fraction: this.#trainingFraction }];
    return ['off', { code: 'training-only' }];
  }
}

/** Charging and sending take milliseconds; the fraction says which of the three it is. */
const sendingFraction = { configured: 0, charging: 1 / 3, sending: 2 / 3 } as const;

function refusalOf(phase: { readonly code: string; readonly detail: string }): readonly [ParticipationState, Reason] {
  switch (phase.code) {
    case 'stopped':
      return ['paused', { code: 'stopped-by-operator' }];
    case 'not-loopback':
      return ['paused', { code: 'not-loopback' }];
    case 'full':
    case 'rate':
      return ['waiting', { code: 'connecting' }];
    default:
      return ['paused', { code: 'policy-refused', detail: `${phase.code}: ${phase.detail}` }];
  }
}

/** [P3] */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
