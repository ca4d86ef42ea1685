// Taking part: carries out what the federation client and the device policy decide. Training, joining, the ledger, the privacy pipeline,
// the mask machine and the socket meet here and nowhere else. PROTOCOL.md 3, 6, 8, 10.
//
// The order of a round is binding: check the config; enter the round in the ledger, durably; clip, rotate, round, noise; draw the keys; only
// then say the first message. Charge the ledger, durably; only then let the first byte of the upload leave.
// Fails closed: whatever throws on the way ends the round without sending. What was charged stays charged.

import type { CoreModule } from '#shared/core/module.ts';
import { type TableTrainer, updateOf } from '#shared/learners/device.ts';
import type { Interactions, ItemTable } from '#shared/model/model.ts';
import { toHex } from '#shared/protocol/canonical.ts';
import { packedBytes, uploadFrames } from '#shared/protocol/codec.ts';
import { ProtocolError } from '#shared/protocol/errors.ts';
import { protocolVersion } from '#shared/protocol/messages.ts';
import type { Policy, RoundPolicy } from '#shared/protocol/policy.ts';
import {
  checkRoundConfig,
  maskParametersOf,
  parseRoundConfig,
  type RoundConfig,
  rhoOfConfig,
} from '#shared/protocol/round-config.ts';
import type {
  ClientEvent as MaskEvent,
  ClientSend as MaskSend,
  ClientTools as MaskTools,
} from '#shared/secagg/client.ts';
import type { MaskCrypto } from '#shared/secagg/crypto.ts';
import type { Account } from './account.ts';
import type { Consent, LedgerPlace, ParticipationState, Reason, RoundStep, UploadInspection } from './api.ts';
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
  isInRound,
  type Said,
  type TimerName,
  type Want,
} from './federation-client.ts';
import { Inspections } from './inspection.ts';
import { Ledger } from './ledger.ts';
import type { Masking, MaskStep, Masks } from './masking.ts';
import type { Published, PublishedModels } from './published.ts';
import { scored } from './scoring.ts';
import type { Trainer } from './trainer.ts';

/** Held from before training to the end of the round: one tab of a profile takes part. */
const roundLock = 'tacit-round';

/** Clicks come in flocks: training waits until they pause. */
const retrainAfterMs = 1_000;
/** A lock that no other tab holds is granted well within this time. */
const lockGraceMs = 300;
/** After a round that came to nothing, before asking for the next. */
const restAfterAbortMs = 2_000;
/** The steps of the current or last round. */
const maxSteps = 16;
/** A trained update that found no round in this time is thrown away and made anew. */
const holdUpdateMs = 24 * 3600 * 1000;

/** What participation needs to know of the person, asked for anew each time. */
export interface Person {
  readonly consent: () => Consent;
  readonly historyCount: () => number;
  /** Whether the person has agreed to the terms of this policy: its mode, and what a participation costs. */
  readonly agreesTo: (policy: Policy) => boolean;
  readonly interactions: (published: Published) => Interactions;
}

type OwnTimer = TimerName | 'retrain' | 'recheck' | 'rest' | 'lock' | 'hold';

/** A trained update: the only thing that outlives training, and it is forgotten at the end of a round. */
interface Update {
  readonly modelHash: string;
  readonly policyHash: string;
  /** What a round is held to that it may go into, and of which phase of which epoch that is. */
  readonly rules: RoundPolicy;
  readonly place: LedgerPlace | null;
  readonly values: Float64Array;
  readonly historyRevision: number;
  /** Unix ms. */
  readonly trainedAt: number;
}

/** A round whose config was checked: what is needed to go through with it, forgotten at its end. */
interface Round {
  readonly roundId: string;
  /** The 184 bytes as they came. */
  readonly bytes: Uint8Array;
  readonly config: RoundConfig;
  readonly update: Update;
  /** Mode 1, once the keys are drawn. */
  masks: Masks | null;
  /** Mode 4, once the noise is drawn. */
  frames: readonly Uint8Array[];
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
  readonly #account: Account;
  readonly #ledger: Ledger;
  readonly #onChange: () => void;
  readonly #timers = new Map<OwnTimer, () => void>();
  #client: ClientState = initialClientState;
  #decision: Decision = { decision: 'wait', reason: { code: 'not-opted-in' } };
  #connection: Connection | null = null;
  #lock: { readonly release: () => void; held: boolean; late: boolean } | null = null;
  /** There are no locks here: without them two tabs could be in one round, so none is. */
  #lockFailed = false;
  #trainer: Trainer | null = null;
  #loadedTable: ItemTable | null = null;
  /** One training at a time: the trainer holds one table. */
  #training: Promise<void> = Promise.resolve();
  /** 0..1 while training, null otherwise. */
  #trainingFraction: number | null = null;
  #update: Update | null = null;
  #historyRevision = 0;
  #locallyTrained = '';
  /** Rises with each wipe: what was computed for an earlier generation is thrown away. */
  #generation = 0;
  /** null outside of a round, and as soon as one is wiped: what comes from work that was under way is then thrown away. */
  #round: Round | null = null;
  /** The round that the ledger let in last. */
  #enteredRoundId: string | null = null;
  #maskCrypto: Promise<MaskCrypto> | null = null;
  readonly #inspections: Inspections;
  #steps: readonly RoundStep[] = [];
  #cooldownFrom: number | null = null;
  #cooldownOfCharge: number | null = null;
  /** In [0, 1): the part of the cooldown that is added to it. Drawn once a charge. */
  #cooldownExtension = 0;
  /** Unix ms from which on pressure puts this participation off; null while it does not. */
  #pressureSince: number | null = null;
  #closed = false;

  constructor(parts: EngineParts, person: Person, models: PublishedModels, account: Account, onChange: () => void) {
    this.#parts = parts;
    this.#inspections = new Inspections(parts.inspects ?? true);
    this.#person = person;
    this.#models = models;
    this.#account = account;
    this.#ledger = new Ledger(account);
    this.#onChange = onChange;
  }

  get view(): ParticipationView {
    const [state, reason] = this.#stateAndReason();
    const lastUpload = this.#inspections.current;
    return { state, reason, steps: this.#steps, trainer: this.#trainer, lastUpload };
  }

  /** Looks at every fact again and moves on from there. To be called whenever one may have changed. */
  evaluate(): void {
    if (this.#closed) return;
    const consent = this.#person.consent();
    this.#decision = this.#decide(null);
    // Pressure passes by itself: whoever waits for it keeps the place among the tabs.
    const wantsPlace = this.#decision.decision === 'train' || this.#decision.reason.code === 'pressure';
    if (wantsPlace) {
      this.#takeLock();
      const lock = this.#lock;
      if (lock?.held === false && lock.late) this.#decision = this.#decide(false);
      else if (lock?.held === false) this.#decision = { decision: 'wait', reason: { code: 'connecting' } };
    }
    this.#dispatch({ kind: 'want', want: this.#want(consent) });
    if (!wantsPlace && !isInRound(this.#client.phase)) this.#releaseLock();
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

  /**
   * Leaves at once, at any state, and destroys the update, its noise, the keys, and what the Privacy page shows of them. Nothing more leaves,
   * also where the round is charged already. Consent withdrawn, history erased, closing.
   */
  leave(): void {
    this.#dispatch({ kind: 'leave' });
    this.#wipe();
    this.#inspections.forget();
    this.#releaseLock();
  }

  /** As `leave`, and forgets what the steps of the last round were. */
  forget(): void {
    this.leave();
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
    const { train, send, alone } = this.#person.consent();
    const published = this.#models.current;
    const policy = published?.policy ?? null;
    return devicePolicy({
      ...this.#parts.facts.current(),
      train,
      send,
      historyCount: this.#person.historyCount(),
      alone,
      secure: this.#parts.transport.secure,
      mode: policy?.mode ?? null,
      agreesToTerms: policy === null || this.#person.agreesTo(policy),
      ledgerReadable: this.#account.book !== null && !this.#lockFailed,
      budgetLeft: published === null || this.#account.book === null ? null : this.#ledger.hasBudget(published.rules),
      phaseDone: this.#ledger.isPhaseDone(published?.place ?? null),
      cooldownUntil: this.#cooldownUntil(),
      engaged: isInRound(this.#client.phase) || ['training', 'joined', 'connecting'].includes(this.#client.phase.kind),
      pressureWaitedMs: this.#pressureSince === null ? 0 : this.#parts.clock.now() - this.#pressureSince,
      holdsLock,
      now: this.#parts.clock.now(),
    });
  }

  #want({ send }: Consent): Want {
    if (!send) return 'none';
    if (this.#decision.decision === 'train') return 'join';
    // Nothing to wait for but the lock, time, history, another tab or a choice: hear of new models meanwhile.
    const listening: readonly string[] = [
      'connecting',
      'pressure',
      'cooldown',
      'phase-done',
      'budget-spent',
      'alone-not-allowed',
      'terms-changed',
      'no-history',
      'other-tab',
    ];
    return listening.includes(this.#decision.reason.code) && this.#parts.facts.current().online ? 'listen' : 'none';
  }

  /**
   * The end of the cooldown after the newest charge, with its random extension: who sees this device join does not read from it when it
   * last took part. A charge that lies ahead (the clock was set back) counts from when this
   * engine first saw it: the wait is one cooldown, and the ledger counts the charge as before.
   */
  #cooldownUntil(): number | null {
    const charge = this.#account.lastChargeAt;
    const cooldownMs = this.#models.current?.policy.cooldownMs ?? 0;
    if (charge === null) return null;
    if (charge !== this.#cooldownOfCharge) {
      this.#cooldownOfCharge = charge;
      this.#cooldownFrom = Math.min(charge, this.#parts.clock.now());
      this.#cooldownExtension = this.#jitter();
    }
    return (this.#cooldownFrom ?? charge) + Math.round(cooldownMs * (1 + this.#cooldownExtension));
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
      await this.#account.refresh(this.#parts.clock.now());
      this.evaluate();
      await released;
    };
    void this.#parts.locks.run(roundLock, hold, abort.signal).catch(() => {
      if (this.#lock !== lock) return;
      this.#releaseLock();
      this.#lockFailed = true;
      this.evaluate();
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
        const simulated = this.#parts.simulated ?? false;
        this.#connection?.send({ kind: 'join', protocol: protocolVersion, modelHash: hash, policyHash, simulated });
        return;
      }
      case 'resume':
        this.#connection?.send({ kind: 'resume', roundId: effect.roundId, resume: effect.resume });
        return;
      case 'send-leave':
        this.#connection?.send({ kind: 'leave' });
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
      case 'enter':
        void this.#enter(effect.roundId);
        return;
      case 'masks':
        void this.#masks(effect.roundId, effect.event);
        return;
      case 'charge':
        void this.#charge(effect.roundId);
        return;
      case 'send-local':
        this.#sendLocal(effect.roundId);
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
        this.#inspections.ended(effect.outcome.roundId, effect.fate);
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

  // Training.

  #train(announced: Announced): void {
    const generation = this.#generation;
    this.#training = this.#training.then(async () => {
      if (this.#closed || generation !== this.#generation || this.#client.phase.kind !== 'training') return;
      const held = this.#update;
      if (
        held?.modelHash !== announced.hash ||
        !this.#isFresh(held) ||
        held.policyHash !== announced.policyHash ||
        held.historyRevision !== this.#historyRevision
      ) {
        try {
          const published = await this.#models.get(announced);
          const update = await this.#trainedUpdate(published);
          if (generation !== this.#generation) {
            update.values.fill(0);
            return;
          }
          this.#hold(update);
        } catch (error) {
          this.#dispatch({ kind: 'training-failed', detail: messageOf(error), jitter: this.#jitter() });
          return;
        }
      }
      this.#dispatch({ kind: 'trained', modelHash: announced.hash });
    });
  }

  /** Keeps an update until a round takes it, a day at most. */
  #hold(update: Update): void {
    this.#update?.values.fill(0);
    this.#update = update;
    this.#later('hold', holdUpdateMs, () => {
      // A round that it is in already ends by itself.
      if (this.#round !== null || this.#update !== update) return;
      update.values.fill(0);
      this.#update = null;
      this.#dispatch({ kind: 'expired' });
    });
  }

  /** Also where the timer slept with the computer. */
  #isFresh(update: Update): boolean {
    return this.#parts.clock.now() - update.trainedAt < holdUpdateMs;
  }

  /** Trains on a model and computes the update. Of all that training yields only the update is kept. */
  async #trainedUpdate(published: Published): Promise<Update> {
    const historyRevision = this.#historyRevision;
    this.#trainingFraction = 0;
    this.#onChange();
    try {
      const { info, model, features, policyHash, rules, place } = published;
      const core = this.#parts.core ?? (async () => null);
      const table = model.learner === 'reconstruction' ? (await scored(published, core)).table : null;
      const values = await updateOf(model, {
        features,
        table,
        interactions: this.#person.interactions(published),
        policy: rules,
        trainer: () => this.#tableTrainer(),
        nowMs: () => this.#parts.clock.now(),
        onProgress: (fraction) => {
          this.#trainingFraction = fraction;
          this.#onChange();
        },
      });
      const trainedAt = this.#parts.clock.now();
      return { modelHash: info.hash, policyHash, rules, place, values, historyRevision, trainedAt };
    } catch (error) {
      // A trainer that failed may have lost its device: the next try starts with a new one.
      const failed = this.#trainer;
      this.#trainer = null;
      this.#loadedTable = null;
      await failed?.close().catch(() => {});
      throw error;
    } finally {
      this.#trainingFraction = null;
      this.#onChange();
    }
  }

  /** Made when a learner first asks for it. It keeps the table that it has last loaded. */
  async #tableTrainer(): Promise<TableTrainer> {
    this.#trainer ??= await this.#parts.createTrainer(this.#parts.forcedBackend ?? null);
    const trainer = this.#trainer;
    return {
      load: async (table) => {
        if (this.#loadedTable === table) return;
        this.#loadedTable = null;
        await trainer.load(table);
        this.#loadedTable = table;
      },
      train: (interactions, onProgress) => trainer.train(interactions, onProgress),
    };
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
        // In a round already: that round keeps the bytes that it has.
        if (generation === this.#generation && send && this.#round === null) this.#hold(update);
        else update.values.fill(0);
        if (generation === this.#generation) this.#locallyTrained = key;
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

  // The round: check, enter, encode, mask, charge, send.

  #checkConfig({ roundId, config: bytes }: InRound, announced: Announced): void {
    try {
      const update = this.#update;
      const published = this.#models.current;
      if (update === null || published === null || update.modelHash !== announced.hash || !this.#isFresh(update))
        throw new ProtocolError('no-update', 'a config came without an update to send');
      if (published.policyHash !== update.policyHash)
        throw new ProtocolError('wrong-policy', 'the policy changed since the update was computed');
      const config = parseRoundConfig(bytes);
      const { policy, policyHash } = published;
      const { modelHash, rules } = update;
      const allowsLocal = this.#person.consent().alone;
      checkRoundConfig(config, { policy: rules, policyHash, modelHash, nowMs: this.#parts.clock.now(), allowsLocal });
      if (!this.#person.agreesTo(policy))
        throw new ProtocolError('terms-changed', 'the policy asks for more than the person has agreed to');
      if (update.values.length !== config.length)
        throw new ProtocolError('wrong-length', `expected D ${update.values.length}, got ${config.length}`);
      if (this.#lock?.held !== true)
        throw new ProtocolError('no-lock', 'a config came to a tab that does not hold the lock of the round');
      this.#round = { roundId, bytes, config, update, masks: null, frames: [] };
    } catch (error) {
      const code = error instanceof ProtocolError ? error.code : 'check-failed';
      this.#dispatch({ kind: 'config-refused', code, detail: messageOf(error), jitter: this.#jitter() });
      return;
    }
    this.#dispatch({ kind: 'config-accepted', mode: this.#round.config.mode });
  }

  /** [L2] The ledger first, then the pipeline, then the keys; and then the first message. */
  async #enter(roundId: string): Promise<void> {
    const round = this.#round;
    const refuse = (code: string): void => this.#dispatch({ kind: 'enter-refused', roundId, code });
    if (round?.roundId !== roundId) return refuse('no-update');
    const { config, update } = round;
    const { rules, place } = update;
    const { mode, policyHash } = config;
    let masking: Masking;
    let core: CoreModule | null;
    try {
      masking = await (this.#parts.loadMasking?.() ?? import('./masking.ts'));
      core = (await this.#parts.core?.()) ?? null;
    } catch {
      return refuse('code-missing');
    }
    // Left while the code was loaded: the round was not entered, and it is not now.
    if (this.#round !== round) return;
    try {
      const at = this.#parts.clock.now();
      const outcome = await this.#ledger.enter({ roundId, policyHash, mode, at, place }, rhoOfConfig(config), rules);
      this.#parts.tabs.announce({ kind: 'ledger' });
      if (outcome !== 'entered') return refuse(outcome);
      // Left while the row was written: nothing else happens in this round.
      if (this.#round !== round) return await this.#settle(roundId, 'aborted');
      this.#enteredRoundId = roundId;
    } catch {
      return refuse('ledger-failed');
    }
    try {
      const rounds = masking.roundCore(core);
      const encoded = rounds.encodeUpdate(round.update.values, config, this.#parts.random);
      this.#inspections.begin(round.update.values, encoded, config);
      const { noised } = encoded;
      if (mode === 4) {
        round.frames = uploadFrames(rounds.packBits(noised, config.bits));
        this.#dispatch({ kind: 'entered', roundId, resume: null });
        return;
      }
      const tools: MaskTools = { crypto: await this.#crypto(), random: this.#parts.random, rounds };
      if (this.#round !== round) return;
      const resume = this.#randomBytes(masking.resumeBytes);
      const start = { config: round.bytes, parameters: maskParametersOf(config), values: noised, resume };
      round.masks = await masking.startMasks(start, tools);
      if (this.#round !== round) return cancelMasks(round);
      this.#dispatch({ kind: 'entered', roundId, resume: toHex(resume) });
      this.#follow(round, round.masks.first);
    } catch {
      refuse('encoding-failed');
    }
  }

  /** One event for the mask machine. What comes of it after the round was wiped goes nowhere. */
  async #masks(roundId: string, event: MaskEvent): Promise<void> {
    const round = this.#round;
    if (round?.roundId !== roundId || round.masks === null) return;
    const step = await round.masks.handle(event);
    if (this.#round === round) this.#follow(round, step);
  }

  #follow(round: Round, { state, send, abort }: MaskStep): void {
    const { roundId } = round;
    if (abort !== null) {
      this.#dispatch({ kind: 'masks-aborted', roundId, code: abort.code });
      return;
    }
    this.#dispatch({ kind: 'masks', roundId, state: state.kind });
    for (const message of send) this.#say(round, message);
  }

  /** Hands a message to the socket. Without a connection it waits in the mask machine, which says it again when there is one. */
  #say(round: Round, message: MaskSend | { readonly kind: 'local'; readonly frames: Round['frames'] }): void {
    const { roundId } = round;
    const connection = this.#connection;
    if (connection === null || this.#client.connection !== 'open') return;
    if ('bytes' in message) {
      connection.send({ kind: message.kind, roundId, bytes: message.bytes });
      this.#wasSaid(roundId, message.kind, message.bytes.length);
      return;
    }
    void this.#upload(round, connection, message.kind, message.frames);
  }

  /** One frame at a time is with the socket, where it tells: a round that is wiped meanwhile sends none of the others. */
  async #upload(
    round: Round,
    connection: Connection,
    kind: 'masked' | 'local',
    frames: readonly Uint8Array[],
  ): Promise<void> {
    const { roundId, config } = round;
    let isFirst = false;
    for (const [index, frame] of frames.entries()) {
      if (index > 0 && connection.drained !== undefined) {
        await connection.drained();
        if (this.#round !== round || this.#connection !== connection) return;
      }
      connection.send({ kind, roundId, frame });
      if (index === 0) isFirst = this.#inspections.left(config, kind, frames);
    }
    const bytes = frames.reduce((sum, frame) => sum + frame.length, 0);
    this.#wasSaid(roundId, kind, bytes);
    if (isFirst) await this.#settle(roundId, 'sent');
  }

  #wasSaid(roundId: string, kind: Said, bytes: number): void {
    this.#inspections.said(roundId, kind, bytes);
    this.#dispatch({ kind: 'said', roundId, message: kind });
  }

  #sendLocal(roundId: string): void {
    const round = this.#round;
    if (round?.roundId === roundId) this.#say(round, { kind: 'local', frames: round.frames });
  }

  /** [L2] [L3] */
  async #charge(roundId: string): Promise<void> {
    const round = this.#round;
    const refuse = (code: string): void => this.#dispatch({ kind: 'charge-refused', roundId, code });
    if (round?.roundId !== roundId) return refuse('no-update');
    const { config, update } = round;
    try {
      const uploadBytes = packedBytes(config.length, config.bits);
      const charge = { roundId, rho: rhoOfConfig(config), at: this.#parts.clock.now(), uploadBytes };
      const outcome = await this.#ledger.charge(charge, update.rules);
      this.#parts.tabs.announce({ kind: 'ledger' });
      if (outcome !== 'charged') return refuse(outcome);
    } catch {
      return refuse('ledger-failed');
    }
    // Left while the charge was written: charged, and nothing is sent.
    if (this.#round === round) this.#dispatch({ kind: 'charged', roundId });
  }

  async #ended(outcome: RoundOutcome): Promise<void> {
    const { roundId, status, cohort, modelVersion } = outcome;
    // A round that another tab is in is that tab's to note.
    if (roundId === this.#enteredRoundId) await this.#settle(roundId, status, { cohort, modelVersion });
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

  /** Notes how an entered round went on; failing to costs a word in a table. */
  async #settle(
    roundId: string,
    status: 'sent' | 'published' | 'aborted',
    what: { readonly cohort: number | null; readonly modelVersion: number | null } = {
      cohort: null,
      modelVersion: null,
    },
  ): Promise<void> {
    await this.#ledger.settle(roundId, { status, ...what }).catch(() => {});
    this.#parts.tabs.announce({ kind: 'ledger' });
  }

  async #crypto(): Promise<MaskCrypto> {
    this.#maskCrypto ??= this.#parts.createMaskCrypto();
    try {
      return await this.#maskCrypto;
    } catch (error) {
      // The next round tries again.
      this.#maskCrypto = null;
      throw error;
    }
  }

  /** Overwrites the update, its noise and the keys. What is under way with them finds that its round is gone. */
  #wipe(): void {
    this.#generation++;
    const round = this.#round;
    this.#round = null;
    this.#cancel('hold');
    this.#update?.values.fill(0);
    this.#update = null;
    round?.update.values.fill(0);
    if (round !== null) cancelMasks(round);
    // Encoded and never sent: it is not shown either.
    this.#inspections.discardWaiting();
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
      else if (name !== 'rest' && name !== 'lock' && name !== 'hold')
        this.#dispatch({ kind: 'timer', name, jitter: this.#jitter() });
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

  #randomBytes(bytes: number): Uint8Array {
    const words = new Uint32Array(bytes / 4);
    this.#parts.random.fillUint32(words);
    return new Uint8Array(words.buffer);
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
        return ['sending', { code: 'progress', fraction: 0 }];
      case 'entering':
        return ['sending', { code: 'progress', fraction: 1 / 6 }];
      case 'in-round': {
        const { stage, said, received, expected } = phase;
        const waits = stage === 'confirming' || stage === 'unmasking' || said === 'masked' || said === 'local';
        if (waits) return ['pending', { code: 'others', received, expected }];
        return ['sending', { code: 'progress', fraction: sendingFraction[stage] }];
      }
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

/** How far an upload is, by the stages before it: they take about as long as each other. */
const sendingFraction = {
  advertised: 2 / 6,
  shared: 3 / 6,
  ready: 4 / 6,
  charging: 4 / 6,
  masked: 5 / 6,
  sending: 5 / 6,
} as const;

function refusalOf(phase: { readonly code: string; readonly detail: string }): readonly [ParticipationState, Reason] {
  switch (phase.code) {
    case 'stopped':
      return ['paused', { code: 'stopped-by-operator' }];
    case 'not-allowed':
      return ['paused', { code: 'alone-not-allowed' }];
    case 'terms-changed':
      return ['paused', { code: 'terms-changed' }];
    case 'full':
    case 'rate':
      return ['waiting', { code: 'connecting' }];
    default:
      return ['paused', { code: 'policy-refused', detail: `${phase.code}: ${phase.detail}` }];
  }
}

/** Ends the mask machine after what it is doing now; it overwrites its own secrets. */
function cancelMasks({ masks, frames }: Round): void {
  for (const frame of frames) frame.fill(0);
  void masks?.handle({ kind: 'cancel', reason: 'the round is over for this device' });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
