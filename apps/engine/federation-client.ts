// The federation client: one device's part in the rounds, as a pure state machine. Events in; a new state and effects out; no clock, no
// socket, no randomness of its own. participation.ts carries the effects out. Rules: PROTOCOL.md 3 and [P1], [P2], [R4], [R5].
//
//   idle -> connecting -> training -> joined -> configured -> entering -> in-round -> done -> idle
//
// In a round, under masks:  advertised -> shared -> (ready ->) charging -> masked -> confirming -> unmasking
//             sent alone:   charging -> sending
//
// The mask machine (shared/secagg/client.ts) runs beside it and holds everything secret; this one hears how far it came, hands it what the
// server says, and tells it when the ledger has paid. Train first, join after: the update exists before a seat is asked for. From
// `configured` on the client is in a round; what does not belong to that round changes nothing. The connection is a second, independent
// axis: a broken one is opened again in every phase.

import { toHex } from '#shared/protocol/canonical.ts';
import type { ClientMessage, RefusalCode, ServerMessage } from '#shared/protocol/messages.ts';
import type { Mode } from '#shared/protocol/policy.ts';
import type { ClientEvent as MaskEvent, ClientState as MaskState } from '#shared/secagg/client.ts';
import type { RoundStep, UploadInspection } from './api.ts';
import type { RoundOutcome } from './environment.ts';

/** What the device policy allows: nothing, hearing of new models, or taking part. */
export type Want = 'none' | 'listen' | 'join';

/** A published model as the server announced it. */
export interface Announced {
  readonly version: number;
  readonly hash: string;
  readonly policyHash: string;
}

/** The round that this client is in. */
export interface InRound {
  readonly roundId: string;
  /** The RoundConfig as it came, to compare a second one with. */
  readonly config: Uint8Array;
}

/** A round that the ledger has let in. */
export interface Entered extends InRound {
  readonly mode: Mode;
  /** Hex of the 16 bytes told in `advertise`. null in mode 4: there is no coming back. */
  readonly resume: string | null;
}

/** How far the own machine came. `ready`: the upload is computed, and the connection that it needs is away, so nothing is charged yet. */
type RoundStage =
  | 'advertised'
  | 'shared'
  | 'ready'
  | 'charging'
  | 'masked'
  | 'confirming'
  | 'unmasking'
  /** Mode 4, after the charge. */
  | 'sending';

/** What was handed to an open connection, in the order of the protocol. */
const saidOrder = ['advertise', 'shares', 'masked', 'local', 'confirm', 'unmask'] as const;
export type Said = (typeof saidOrder)[number] & ClientMessage['kind'];

/** The step that a person sees when a message has left. */
const stepOf: Readonly<Record<Said, RoundStep['name']>> = {
  advertise: 'keys',
  shares: 'shares',
  masked: 'sent',
  local: 'sent',
  confirm: 'confirmed',
  unmask: 'unmasked',
};

interface RoundPhase {
  readonly kind: 'in-round';
  readonly round: Entered;
  readonly stage: RoundStage;
  /** The last of the own messages that has left; null before the first. */
  readonly said: Said | null;
  /** The ledger has paid. */
  readonly charged: boolean;
  /** Answers of the others in the server's stage, and how many can still come. */
  readonly received: number;
  readonly expected: number;
  /** The server has all that it needs. */
  readonly aggregating: boolean;
}

export type Phase =
  | { readonly kind: 'idle' }
  | { readonly kind: 'connecting' }
  | { readonly kind: 'training'; readonly announced: Announced }
  | {
      readonly kind: 'joined';
      readonly announced: Announced;
      readonly joined: number;
      readonly needed: number;
    }
  /** A config came and is being checked. */
  | { readonly kind: 'configured'; readonly round: InRound }
  /** The ledger takes the round in; then the update is encoded and the keys are drawn. */
  | { readonly kind: 'entering'; readonly round: InRound & { readonly mode: Mode } }
  | RoundPhase
  /** The server, or this device, refused; tries again when the timer `again` fires, or never. */
  | { readonly kind: 'refused'; readonly code: string; readonly detail: string }
  /** A participation ended; waits for `rested`. */
  | { readonly kind: 'done'; readonly outcome: RoundOutcome };

export interface ClientState {
  readonly want: Want;
  readonly connection: 'none' | 'opening' | 'open' | 'retrying';
  /** Connections that failed in a row. */
  readonly failures: number;
  readonly announced: Announced | null;
  readonly phase: Phase;
}

export const initialClientState: ClientState = {
  want: 'none',
  connection: 'none',
  failures: 0,
  announced: null,
  phase: { kind: 'idle' },
};

export type ClientEvent =
  | { readonly kind: 'want'; readonly want: Want }
  /** At once and at any phase: consent withdrawn, history erased, engine closing. */
  | { readonly kind: 'leave' }
  | { readonly kind: 'opened' }
  /** `jitter` is uniform in [0, 1). */
  | { readonly kind: 'closed'; readonly jitter: number }
  | { readonly kind: 'message'; readonly message: ServerMessage; readonly jitter: number }
  | { readonly kind: 'timer'; readonly name: TimerName; readonly jitter: number }
  /** An update for this model is ready. */
  | { readonly kind: 'trained'; readonly modelHash: string }
  | { readonly kind: 'training-failed'; readonly detail: string; readonly jitter: number }
  /** The update was held for as long as one may be: it is gone. */
  | { readonly kind: 'expired' }
  | { readonly kind: 'config-accepted'; readonly mode: Mode }
  | { readonly kind: 'config-refused'; readonly code: string; readonly detail: string; readonly jitter: number }
  | { readonly kind: 'entered'; readonly roundId: string; readonly resume: string | null }
  /** The ledger, the pipeline or the keys failed; nothing has left. */
  | { readonly kind: 'enter-refused'; readonly roundId: string; readonly code: string }
  /** The mask machine is in a new state. */
  | { readonly kind: 'masks'; readonly roundId: string; readonly state: MaskState['kind'] }
  | { readonly kind: 'masks-aborted'; readonly roundId: string; readonly code: string }
  /** The whole of a message was handed to an open connection. */
  | { readonly kind: 'said'; readonly roundId: string; readonly message: Said }
  | { readonly kind: 'charged'; readonly roundId: string }
  | { readonly kind: 'charge-refused'; readonly roundId: string; readonly code: string }
  /** What followed the last participation is dealt with. */
  | { readonly kind: 'rested' };

/** `reconnect`: open the connection again. `again`: try after a refusal. `round`: a round that answers no more. `model`: no announcement came. */
export type TimerName = 'reconnect' | 'again' | 'round' | 'model';

export type ClientEffect =
  | { readonly kind: 'open' }
  | { readonly kind: 'close' }
  | { readonly kind: 'join'; readonly announced: Announced }
  | { readonly kind: 'resume'; readonly roundId: string; readonly resume: string }
  | { readonly kind: 'send-leave' }
  /** Have the model; download what is missing. */
  | { readonly kind: 'fetch'; readonly announced: Announced }
  /** Fetch the model and train on it; then `trained` or `training-failed`. */
  | { readonly kind: 'train'; readonly announced: Announced }
  | { readonly kind: 'check-config'; readonly round: InRound; readonly announced: Announced }
  /** Enter the ledger, encode, and in mode 1 start the mask machine and say its first message; then `entered` or `enter-refused`. */
  | { readonly kind: 'enter'; readonly roundId: string }
  /** Give the mask machine an event, and say what it answers. */
  | { readonly kind: 'masks'; readonly roundId: string; readonly event: MaskEvent }
  | { readonly kind: 'charge'; readonly roundId: string }
  /** Mode 4: hand all frames to the socket, in order. */
  | { readonly kind: 'send-local'; readonly roundId: string }
  /** Forget everything secret: the update, its noise, the keys, the frames. */
  | { readonly kind: 'wipe' }
  | { readonly kind: 'timer'; readonly name: TimerName; readonly delayMs: number }
  | { readonly kind: 'cancel'; readonly name: TimerName }
  | { readonly kind: 'step'; readonly name: RoundStep['name']; readonly detail?: string }
  | { readonly kind: 'ended'; readonly outcome: RoundOutcome; readonly fate: Fate };

/** What became of an upload that left, as far as this device can know. */
export type Fate = Extract<UploadInspection['sent'], 'among-others' | 'round-stopped' | 'left-out' | 'unknown'>;

interface Transition {
  readonly state: ClientState;
  readonly effects: readonly ClientEffect[];
}

const firstReconnectMs = 500;
const maxReconnectMs = 30_000;
/** Inside a round the server's grace is 2 s, so the first tries come soon. */
const firstResumeMs = 100;
const maxResumeMs = 800;
/** Longest that a client waits in a round without a word: above every deadline a config can hold to usefully. */
const roundSilenceMs = 180_000;
/** A round whose connection does not come back in this time is over for this device. */
const lostRoundMs = 10_000;
const announcementMs = 15_000;
const defaultAgainMs = 5_000;
/** After a config below the floors: the same server will hardly be better soon. */
const refusedConfigAgainMs = 120_000;

/** One step of the machine. Never throws for anything a server can say; an event that does not fit the phase changes nothing. */
export function clientStep(state: ClientState, event: ClientEvent): Transition {
  switch (event.kind) {
    case 'want':
      return want(state, event.want);
    case 'leave':
      return leave(state);
    case 'opened':
      return opened(state);
    case 'closed':
      return closed(state, event.jitter);
    case 'message':
      return message(state, event.message, event.jitter);
    case 'timer':
      return timer(state, event.name);
    case 'trained':
      return trained(state, event.modelHash);
    case 'training-failed':
      if (state.phase.kind !== 'training') return same(state);
      return refuse(state, 'training-failed', event.detail, spread(defaultAgainMs, event.jitter));
    case 'expired':
      if (state.phase.kind !== 'joined') return same(state);
      return train(state, state.phase.announced, [{ kind: 'send-leave' }]);
    case 'config-accepted': {
      if (state.phase.kind !== 'configured') return same(state);
      const round = { ...state.phase.round, mode: event.mode };
      return {
        state: { ...state, phase: { kind: 'entering', round } },
        effects: [{ kind: 'enter', roundId: round.roundId }],
      };
    }
    case 'config-refused':
      return configRefused(state, event);
    case 'entered':
      return entered(state, event);
    case 'enter-refused': {
      if (state.phase.kind !== 'entering' || state.phase.round.roundId !== event.roundId) return same(state);
      // No reason is told to the server: it could learn how much this device spent elsewhere.
      return endRound(state, { status: 'aborted', charged: false, code: event.code }, 'silent');
    }
    case 'masks':
      return masks(state, event.roundId, event.state);
    case 'masks-aborted': {
      const phase = inRound(state.phase, event.roundId);
      if (phase === null) return same(state);
      return endRound(state, { status: 'aborted', charged: mayBeCharged(phase), code: event.code }, 'silent');
    }
    case 'said':
      return said(state, event.roundId, event.message);
    case 'charged':
      return charged(state, event.roundId);
    case 'charge-refused': {
      if (inRound(state.phase, event.roundId)?.stage !== 'charging') return same(state);
      return endRound(state, { status: 'aborted', charged: false, code: event.code }, 'silent');
    }
    case 'rested':
      if (state.phase.kind !== 'done') return same(state);
      return begin({ ...state, phase: { kind: 'idle' } }, []);
  }
}

/** Whether the ledger has paid for this round, or may be paying right now. */
export function mayBeCharged(phase: Phase): boolean {
  return phase.kind === 'in-round' && (phase.charged || phase.stage === 'charging');
}

/** Whether this client is in a round, from the config on. */
export function isInRound(phase: Phase): boolean {
  return roundOf(phase) !== null;
}

function inRound(phase: Phase, roundId: string): RoundPhase | null {
  return phase.kind === 'in-round' && phase.round.roundId === roundId ? phase : null;
}

function want(state: ClientState, wanted: Want): Transition {
  if (wanted === state.want) return same(state);
  const next = { ...state, want: wanted };
  // From the first message on a round is finished: it takes seconds, and leaving would cost the others, or waste what was spent.
  if (state.phase.kind === 'in-round' || state.phase.kind === 'done') return same(next);
  if (wanted === 'join') return begin(next, []);
  const effects: ClientEffect[] = [];
  if (state.phase.kind === 'joined' && state.connection === 'open') effects.push({ kind: 'send-leave' });
  if (isInRound(state.phase)) return endRound(next, { status: 'aborted', charged: false, code: 'left' }, 'leave');
  effects.push({ kind: 'cancel', name: 'again' });
  return begin({ ...next, phase: { kind: 'idle' } }, effects);
}

function leave(state: ClientState): Transition {
  const effects: ClientEffect[] = [];
  const round = roundOf(state.phase);
  if (state.connection === 'open' && (round !== null || state.phase.kind === 'joined'))
    effects.push({ kind: 'send-leave' });
  for (const name of ['reconnect', 'again', 'round', 'model'] as const) effects.push({ kind: 'cancel', name });
  if (state.connection !== 'none') effects.push({ kind: 'close' });
  effects.push({ kind: 'wipe' });
  if (round !== null)
    effects.push({
      kind: 'ended',
      outcome: aborted(round.roundId, mayBeCharged(state.phase), 'left'),
      fate: 'unknown',
    });
  return { state: { ...initialClientState, announced: state.announced }, effects };
}

/** From idle, to what is wanted: connected or not, training when a model is known. */
function begin(state: ClientState, before: readonly ClientEffect[]): Transition {
  if (state.want === 'none') {
    const effects: ClientEffect[] = [
      ...before,
      { kind: 'cancel', name: 'reconnect' },
      { kind: 'cancel', name: 'model' },
    ];
    if (state.connection !== 'none') effects.push({ kind: 'close' });
    return { state: { ...state, connection: 'none', failures: 0, phase: { kind: 'idle' } }, effects };
  }
  if (state.connection === 'none')
    return {
      state: { ...state, connection: 'opening', phase: { kind: state.want === 'join' ? 'connecting' : 'idle' } },
      effects: [...before, { kind: 'open' }],
    };
  if (state.want === 'listen') return { state: { ...state, phase: { kind: 'idle' } }, effects: before };
  if (state.connection !== 'open' || state.announced === null)
    return { state: { ...state, phase: { kind: 'connecting' } }, effects: before };
  return train(state, state.announced, before);
}

function train(state: ClientState, announced: Announced, before: readonly ClientEffect[]): Transition {
  return {
    state: { ...state, announced, phase: { kind: 'training', announced } },
    effects: [...before, { kind: 'train', announced }],
  };
}

function opened(state: ClientState): Transition {
  if (state.connection !== 'opening') return same(state);
  // An announcement is this connection's own: what was known before may be old.
  const next: ClientState = { ...state, connection: 'open' };
  const { phase } = state;
  if (phase.kind !== 'in-round' || phase.round.resume === null)
    return { state: next, effects: [{ kind: 'timer', name: 'model', delayMs: announcementMs }] };
  const { roundId, resume } = phase.round;
  return {
    state: { ...next, failures: 0 },
    effects: [
      { kind: 'resume', roundId, resume },
      // The same bytes again; the server refuses them as a duplicate where it had them all.
      { kind: 'masks', roundId, event: { kind: 'resumed' } },
      { kind: 'timer', name: 'round', delayMs: roundSilenceMs },
    ],
  };
}

function closed(state: ClientState, jitter: number): Transition {
  if (state.connection !== 'open' && state.connection !== 'opening') return same(state);
  const { phase } = state;
  const round = roundOf(phase);
  const resumes = phase.kind === 'in-round' && phase.round.resume !== null;
  const [first, most] = resumes ? [firstResumeMs, maxResumeMs] : [firstReconnectMs, maxReconnectMs];
  const delayMs = spread(Math.min(most, first * 2 ** Math.min(state.failures, 20)), jitter);
  const effects: ClientEffect[] = [
    { kind: 'cancel', name: 'model' },
    { kind: 'timer', name: 'reconnect', delayMs },
  ];
  const next: ClientState = { ...state, connection: 'retrying', failures: state.failures + 1 };
  if (round !== null && !resumes) {
    // There is nothing to come back with: for the server this client is out.
    const ended = endRound(next, { status: 'aborted', charged: mayBeCharged(phase), code: 'connection-lost' }, 'stay');
    return { state: ended.state, effects: [...effects, ...ended.effects] };
  }
  if (resumes && state.connection === 'open') effects.push({ kind: 'timer', name: 'round', delayMs: lostRoundMs });
  // Who waited lost the seat; the trained update is kept by the driver and serves the next join.
  return { state: { ...next, phase: phase.kind === 'joined' ? { kind: 'connecting' } : phase }, effects };
}

function message(state: ClientState, received: ServerMessage, jitter: number): Transition {
  if (state.connection !== 'open') return same(state);
  const { phase } = state;
  switch (received.kind) {
    case 'model':
      return announce(state, { version: received.version, hash: received.hash, policyHash: received.policyHash });
    case 'waiting':
      if (phase.kind !== 'joined') return same(state);
      return same({ ...state, phase: { ...phase, joined: received.joined, needed: received.needed } });
    case 'config':
      return config(state, received.config);
    case 'roster':
    case 'inbox':
    case 'unmask_req':
    case 'confirmations': {
      const { kind, roundId, bytes } = received;
      if (roundOf(phase)?.roundId !== roundId) return same(state);
      if (phase.kind !== 'in-round' || phase.round.mode !== 1) {
        return endRound(state, { status: 'aborted', charged: mayBeCharged(phase), code: 'out-of-order' }, 'silent');
      }
      return heard(state, phase, [{ kind: 'masks', roundId, event: { kind, bytes } }]);
    }
    case 'progress': {
      const own = inRound(phase, received.roundId);
      if (own === null) return same(state);
      const aggregating = own.aggregating || received.stage === 'aggregate' || received.stage === 'publish';
      const next = { ...own, received: received.received, expected: received.expected, aggregating };
      const begins = aggregating && !own.aggregating && uploaded(own);
      return heard(state, next, begins ? [{ kind: 'step', name: 'aggregating' }] : []);
    }
    case 'result': {
      const own = inRound(phase, received.roundId);
      if (own === null) return same(state);
      const { cohort, modelVersion } = received;
      if (uploaded(own))
        return endRound(
          state,
          { status: 'published', charged: true, code: null, cohort, modelVersion },
          'stay',
          asked(own) ? 'among-others' : 'unknown',
        );
      // The others went on without this client.
      return endRound(state, { status: 'aborted', charged: mayBeCharged(phase), code: 'late' }, 'stay', 'left-out');
    }
    case 'abort':
      if (roundOf(phase)?.roundId !== received.roundId) return same(state);
      return endRound(
        state,
        { status: 'aborted', charged: mayBeCharged(phase), code: received.code },
        'stay',
        'round-stopped',
      );
    case 'refused':
      return refused(state, received.code, received.message, received.retryAfterMs, jitter);
  }
}

/** The server speaks of this round, so it still counts on this client: what waited for the connection can be paid for. */
function heard(state: ClientState, phase: RoundPhase, effects: readonly ClientEffect[]): Transition {
  const timer: ClientEffect = { kind: 'timer', name: 'round', delayMs: roundSilenceMs };
  if (phase.stage !== 'ready') return { state: { ...state, phase }, effects: [timer, ...effects] };
  const charge: ClientEffect = { kind: 'charge', roundId: phase.round.roundId };
  return { state: { ...state, phase: { ...phase, stage: 'charging' } }, effects: [timer, ...effects, charge] };
}

function uploaded({ said }: RoundPhase): boolean {
  return said !== null && saidOrder.indexOf(said) >= saidOrder.indexOf('masked');
}

function announce(state: ClientState, announced: Announced): Transition {
  const next: ClientState = { ...state, announced, failures: 0 };
  const fetch: ClientEffect[] = [
    { kind: 'cancel', name: 'model' },
    { kind: 'fetch', announced },
  ];
  const { phase } = state;
  switch (phase.kind) {
    case 'connecting':
      return train(next, announced, fetch.slice(0, 1));
    case 'training':
    case 'joined': {
      if (phase.announced.hash === announced.hash && phase.announced.policyHash === announced.policyHash)
        return { state: next, effects: fetch.slice(0, 1) };
      // The model moved on under us: our update is for the one before.
      const before: ClientEffect[] = phase.kind === 'joined' ? [{ kind: 'send-leave' }] : [];
      return train(next, announced, [...fetch.slice(0, 1), ...before]);
    }
    default:
      return { state: next, effects: fetch };
  }
}

function trained(state: ClientState, modelHash: string): Transition {
  const { phase } = state;
  if (phase.kind !== 'training' || phase.announced.hash !== modelHash) return same(state);
  // Trained while the connection was away: join when it is back and the model still the same.
  if (state.connection !== 'open') return same({ ...state, phase: { kind: 'connecting' } });
  const { announced } = phase;
  return {
    state: { ...state, phase: { kind: 'joined', announced, joined: 0, needed: 0 } },
    effects: [
      { kind: 'step', name: 'trained' },
      { kind: 'join', announced },
      { kind: 'step', name: 'joined' },
    ],
  };
}

function config(state: ClientState, bytes: Uint8Array): Transition {
  const { phase } = state;
  if (phase.kind === 'joined') {
    // roundId: bytes 8 to 23 of the RoundConfig; everything else is looked at by check-config.
    const round: InRound = { roundId: toHex(bytes.subarray(8, 24)), config: bytes };
    return {
      state: { ...state, phase: { kind: 'configured', round } },
      effects: [
        { kind: 'step', name: 'config' },
        { kind: 'timer', name: 'round', delayMs: roundSilenceMs },
        { kind: 'check-config', round, announced: phase.announced },
      ],
    };
  }
  const round = roundOf(phase);
  if (round === null || sameBytes(round.config, bytes)) return same(state);
  return endRound(state, { status: 'aborted', charged: mayBeCharged(phase), code: 'second-config' }, 'silent');
}

function configRefused(
  state: ClientState,
  event: { readonly code: string; readonly detail: string; readonly jitter: number },
): Transition {
  if (state.phase.kind !== 'configured') return same(state);
  const { roundId } = state.phase.round;
  const outcome = aborted(roundId, false, event.code);
  const { state: next, effects } = refuse(state, event.code, event.detail, spread(refusedConfigAgainMs, event.jitter));
  return {
    state: { ...next, connection: 'none' },
    effects: [
      { kind: 'cancel', name: 'round' },
      { kind: 'close' },
      { kind: 'wipe' },
      { kind: 'step', name: 'aborted', detail: event.code },
      ...effects,
      { kind: 'ended', outcome, fate: 'unknown' },
    ],
  };
}

function entered(state: ClientState, event: { readonly roundId: string; readonly resume: string | null }): Transition {
  const { phase } = state;
  if (phase.kind !== 'entering' || phase.round.roundId !== event.roundId) return same(state);
  const { roundId, mode } = phase.round;
  const next: RoundPhase = {
    kind: 'in-round',
    round: { ...phase.round, resume: mode === 1 ? event.resume : null },
    stage: mode === 1 ? 'advertised' : 'charging',
    said: null,
    charged: false,
    received: 0,
    expected: 0,
    aggregating: false,
  };
  const effects: ClientEffect[] = [{ kind: 'step', name: 'noised' }];
  if (mode === 4) effects.push({ kind: 'charge', roundId });
  return { state: { ...state, phase: next }, effects };
}

function masks(state: ClientState, roundId: string, reached: MaskState['kind']): Transition {
  const phase = inRound(state.phase, roundId);
  if (phase === null || phase.round.mode !== 1) return same(state);
  switch (reached) {
    case 'charging':
      // Asked for once a round, before anything is paid.
      if (phase.stage !== 'advertised' && phase.stage !== 'shared') return same(state);
      // A charge is for an upload that is about to leave: without a connection it waits.
      if (state.connection !== 'open') return same({ ...state, phase: { ...phase, stage: 'ready' } });
      return { state: { ...state, phase: { ...phase, stage: 'charging' } }, effects: [{ kind: 'charge', roundId }] };
    case 'advertised':
    case 'shared':
    case 'masked':
    case 'confirming':
    case 'unmasking':
      // Said again after a lost connection, the mask machine's state is the one that it was.
      if (maskStages.indexOf(reached) <= maskStages.indexOf(phase.stage)) return same(state);
      return same({ ...state, phase: { ...phase, stage: reached } });
    case 'done':
    case 'aborted':
      return same(state);
  }
}

const maskStages: readonly RoundStage[] = [
  'advertised',
  'shared',
  'ready',
  'charging',
  'masked',
  'confirming',
  'unmasking',
];

function said(state: ClientState, roundId: string, message: Said): Transition {
  const phase = inRound(state.phase, roundId);
  if (phase === null) return same(state);
  // Said again after a lost connection: nothing new.
  if (phase.said !== null && saidOrder.indexOf(message) <= saidOrder.indexOf(phase.said)) return same(state);
  return {
    state: { ...state, phase: { ...phase, said: message } },
    effects: [{ kind: 'step', name: stepOf[message] }],
  };
}

function charged(state: ClientState, roundId: string): Transition {
  const phase = inRound(state.phase, roundId);
  if (phase?.stage !== 'charging' || phase.charged) return same(state);
  const masked = phase.round.mode === 1;
  return {
    state: { ...state, phase: { ...phase, charged: true, stage: masked ? 'charging' : 'sending' } },
    effects: [
      { kind: 'step', name: 'charged' },
      masked ? { kind: 'masks', roundId, event: { kind: 'charged' } } : { kind: 'send-local', roundId },
    ],
  };
}

function refused(
  state: ClientState,
  code: RefusalCode,
  detail: string,
  retryAfterMs: number | null,
  jitter: number,
): Transition {
  const { phase } = state;
  const delayMs = spread(retryAfterMs ?? defaultAgainMs, jitter);
  switch (code) {
    case 'late':
      // Said again after a lost connection, when nothing more is expected: the outcome comes by itself.
      if (phase.kind === 'in-round' && phase.said === 'unmask') return same(state);
      if (roundOf(phase) === null) return same(state);
      return endRound(state, { status: 'aborted', charged: mayBeCharged(phase), code }, 'stay', fateOfLate(phase));
    case 'not-in-round':
    case 'out-of-order':
    case 'bad-key':
    case 'bad-frame':
    case 'too-large': {
      if (roundOf(phase) === null) return same(state);
      return endRound(state, { status: 'aborted', charged: mayBeCharged(phase), code }, 'stay');
    }
    case 'duplicate':
      // The server had it all before the connection broke.
      return same(state);
    case 'stale-model':
    case 'wrong-policy': {
      if (phase.kind !== 'joined') return same(state);
      const { announced } = state;
      if (
        announced !== null &&
        (announced.hash !== phase.announced.hash || announced.policyHash !== phase.announced.policyHash)
      )
        return train(state, announced, []);
      // The announcement is still under way: the next one trains; the timer is for the case that it never comes.
      return {
        state: { ...state, announced: null, phase: { kind: 'connecting' } },
        effects: [{ kind: 'timer', name: 'model', delayMs: announcementMs }],
      };
    }
    case 'bad-message':
      if (roundOf(phase) !== null)
        return endRound(state, { status: 'aborted', charged: mayBeCharged(phase), code }, 'stay');
      return phase.kind === 'joined' ? refuse(state, code, detail, delayMs) : same(state);
    case 'protocol-version':
      return roundOf(phase) === null && phase.kind !== 'done'
        ? refuse(state, code, detail, retryAfterMs && delayMs)
        : same(state);
    case 'stopped':
    case 'full':
    case 'rate':
      if (phase.kind !== 'joined' && phase.kind !== 'connecting') return same(state);
      return refuse(state, code, detail, delayMs);
  }
}

function refuse(state: ClientState, code: string, detail: string, againMs: number | null): Transition {
  return {
    state: { ...state, phase: { kind: 'refused', code, detail } },
    effects: againMs === null ? [] : [{ kind: 'timer', name: 'again', delayMs: againMs }],
  };
}

function timer(state: ClientState, name: TimerName): Transition {
  switch (name) {
    case 'reconnect':
      if (state.connection !== 'retrying') return same(state);
      return { state: { ...state, connection: 'opening' }, effects: [{ kind: 'open' }] };
    case 'again':
      return state.phase.kind === 'refused' ? begin({ ...state, phase: { kind: 'idle' } }, []) : same(state);
    case 'round': {
      const round = roundOf(state.phase);
      if (round === null) return same(state);
      const code = state.connection === 'open' ? 'silence' : 'connection-lost';
      return endRound(state, { status: 'aborted', charged: mayBeCharged(state.phase), code }, 'leave');
    }
    case 'model':
      // Connected to something that announces nothing: drop it and try again.
      if (state.connection !== 'open' || roundOf(state.phase) !== null) return same(state);
      return {
        state: { ...state, connection: 'retrying', failures: state.failures + 1, phase: waitingPhase(state) },
        effects: [{ kind: 'close' }, { kind: 'timer', name: 'reconnect', delayMs: firstReconnectMs }],
      };
  }
}

function waitingPhase(state: ClientState): Phase {
  return state.want === 'join' && state.phase.kind !== 'refused' ? { kind: 'connecting' } : state.phase;
}

/** `stay`: the server knows. `leave`: tell it. `silent`: close without a word. */
function endRound(
  state: ClientState,
  ending: Pick<RoundOutcome, 'status' | 'charged' | 'code'> & Partial<Pick<RoundOutcome, 'cohort' | 'modelVersion'>>,
  how: 'stay' | 'leave' | 'silent',
  fate: Fate = 'unknown',
): Transition {
  const round = roundOf(state.phase);
  if (round === null) return same(state);
  const outcome: RoundOutcome = { cohort: null, modelVersion: null, ...ending, roundId: round.roundId };
  const effects: ClientEffect[] = [{ kind: 'cancel', name: 'round' }, { kind: 'wipe' }];
  let { connection } = state;
  if (how === 'leave' && connection === 'open') effects.unshift({ kind: 'send-leave' });
  if (how === 'silent' && connection !== 'none') {
    effects.unshift({ kind: 'cancel', name: 'reconnect' }, { kind: 'close' });
    connection = 'none';
  }
  effects.push(
    ending.status === 'published'
      ? { kind: 'step', name: 'published', detail: String(ending.modelVersion) }
      : { kind: 'step', name: 'aborted', detail: ending.code ?? '' },
    { kind: 'ended', outcome, fate },
  );
  return { state: { ...state, connection, phase: { kind: 'done', outcome } }, effects };
}

/** The server asked to unmask, and said by it that this device's update is among those that it adds up. */
function asked({ stage }: RoundPhase): boolean {
  return stage === 'confirming' || stage === 'unmasking';
}

/** Once it asked, it is a later word that came late: the sum may be read with this update in it, or not at all. */
function fateOfLate(phase: Phase): Fate {
  return phase.kind === 'in-round' && !asked(phase) ? 'left-out' : 'unknown';
}

function roundOf(phase: Phase): InRound | null {
  return 'round' in phase ? phase.round : null;
}

function aborted(roundId: string, charged: boolean, code: string): RoundOutcome {
  return { roundId, status: 'aborted', charged, code, cohort: null, modelVersion: null };
}

/** Half of the delay for certain, the other half by chance: clients that lost one server do not come back as one. */
function spread(delayMs: number, jitter: number): number {
  return Math.round(delayMs * (0.5 + jitter / 2));
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

function same(state: ClientState): Transition {
  return { state, effects: [] };
}
