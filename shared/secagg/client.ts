// A client's side of a masked round, as a step function: state and event in, state, messages and demands out. PROTOCOL.md 10.
// It touches no socket, clock or store. Whoever drives it gives it one event at a time (machine.ts), sends what it says, charges the ledger
// when it asks, and drops it when the connection is gone for longer than the grace.
//
//   advertised --roster--> shared --inbox--> charging --charged--> masked --unmask_req--> confirming --confirmations--> unmasking --result--> done
//
// From every state: a fault, an abort of the server or a cancel leads to aborted, with everything secret wiped. Nothing leads back.
import type { RoundCore } from '../core/rounds.ts';
import type { RandomSource } from '../maths/random.ts';
import { sha256 } from '../protocol/canonical.ts';
import { uploadFrames } from '../protocol/codec.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { equalBytes } from './bytes.ts';
import type { AgreementKey, MaskCrypto } from './crypto.ts';
import { neighboursOf } from './graph.ts';
import type { IndexSet } from './index-set.ts';
import { configHash, confirmation, confirmKey, maskSecret, type PublicKeys, rosterHash } from './keys.ts';
import { type ApplyMasks, maskApplier, maskedPayload } from './masks.ts';
import { actualNeighbours, type MaskParameters, thresholdOf } from './parameters.ts';
import {
  type Agreements,
  agreeWithNeighbours,
  dealShares,
  drawSecrets,
  masksOfUpload,
  neighbourhood,
  openShares,
  type Place,
  type RoundSecrets,
  shareOfB,
  shareOfR,
} from './sharing.ts';
import {
  encodeAdvertise,
  encodeConfirmations,
  encodeShares,
  encodeUnmask,
  parseConfirmations,
  parseInbox,
  parseRoster,
  parseUnmaskRequest,
  resumeBytes,
} from './wire.ts';

/** What is handed in. */
export interface ClientTools {
  readonly crypto: MaskCrypto;
  /** Cryptographic for every real participation. */
  readonly random: RandomSource;
  /** What masks and packs; plain JavaScript unless said otherwise. */
  readonly rounds?: RoundCore;
  /** On this thread unless said otherwise. */
  readonly applyMasks?: ApplyMasks;
}

export interface ClientStart {
  /** The 184 bytes as they came. The caller has checked them: `checkRoundConfig`, ledger, roundId never seen. */
  readonly config: Uint8Array;
  /** From `checkMaskParameters` on that config. */
  readonly parameters: MaskParameters;
  /** x, Uint32Array[D] or Int32Array[D]: clipped, rotated, rounded, noised. Copied; the caller wipes its own. Used in this round alone. */
  readonly values: Uint32Array | Int32Array;
  /** 16 fresh random bytes by which the client comes back within the grace. */
  readonly resume: Uint8Array;
}

export type ClientEvent =
  | { readonly kind: ServerMessageKind; readonly bytes: Uint8Array }
  /** The ledger holds the charge durably. Only after it does the upload leave. */
  | { readonly kind: 'charged' }
  /** The connection is back: what was said last is said again. */
  | { readonly kind: 'resumed' }
  /** The server has published the sum. */
  | { readonly kind: 'result' }
  /** The server gave the round up. */
  | { readonly kind: 'abort'; readonly code: string }
  /** This side gives up: consent withdrawn, connection lost for good, ledger refused. */
  | { readonly kind: 'cancel'; readonly reason: string };

type ServerMessageKind = 'config' | 'roster' | 'inbox' | 'unmask_req' | 'confirmations';

/** The one outgoing message of a state. Computed once, kept as bytes, and sent again as it is. */
export type ClientSend =
  | { readonly kind: 'advertise' | 'shares' | 'confirm' | 'unmask'; readonly bytes: Uint8Array }
  | { readonly kind: 'masked'; readonly frames: readonly Uint8Array[] };

export interface ClientAbort {
  readonly code: string;
  readonly message: string;
}

export interface ClientStep {
  readonly state: ClientState;
  readonly send: readonly ClientSend[];
  /** Charge the ledger durably, then give 'charged' (or 'cancel'). The upload is ready. */
  readonly charge: boolean;
  /** Neighbours whose shares could not be opened; for the log, as a count. */
  readonly unreadableShares: number;
  readonly abort: ClientAbort | null;
}

/** SHA-256 of each message of the server: a second one has to be the same. */
type Received = { readonly [kind in ServerMessageKind]?: Uint8Array };

interface Live {
  readonly received: Received;
  readonly last: ClientSend;
}

interface Advertised extends Live {
  readonly kind: 'advertised';
  readonly parameters: MaskParameters;
  readonly configHash: Uint8Array;
  readonly values: Uint32Array;
  readonly secrets: RoundSecrets;
  readonly keys: PublicKeys;
  readonly channelKey: AgreementKey;
  readonly maskKey: AgreementKey;
}

interface Placed extends Live {
  readonly parameters: MaskParameters;
  readonly place: Place;
}

interface Shared extends Placed {
  readonly kind: 'shared';
  readonly values: Uint32Array;
  readonly b: Uint8Array;
  readonly agreements: Agreements;
  readonly ownPair: Uint8Array;
}

/** The shares that this client holds, and the channels for `confirm`. */
interface Holding extends Placed {
  readonly u2: IndexSet;
  readonly channels: ReadonlyMap<number, Uint8Array>;
  /** le32(share of b) ‖ le32(share of r) by owner, the own one included. */
  readonly pairs: ReadonlyMap<number, Uint8Array>;
}

interface Charging extends Holding {
  readonly kind: 'charging';
  readonly upload: ClientSend;
}

interface Masked extends Holding {
  readonly kind: 'masked';
}

interface Confirming extends Placed {
  readonly kind: 'confirming';
  /** What each neighbour in U3 has to send if it saw the same U2 and U3. */
  readonly expected: ReadonlyMap<number, Uint8Array>;
  /** One share by owner: of b if it is in U3, else of r. The other kind is already gone. */
  readonly shares: ReadonlyMap<number, Uint8Array>;
}

interface Unmasking extends Live {
  readonly kind: 'unmasking';
}

export type ClientState =
  | Advertised
  | Shared
  | Charging
  | Masked
  | Confirming
  | Unmasking
  | { readonly kind: 'done' }
  | ({ readonly kind: 'aborted' } & ClientAbort);

/** [M2] Draws the secrets of a round and advertises its keys. Throws RangeError for values or a resume secret of another length. */
export async function startClient(start: ClientStart, tools: ClientTools): Promise<ClientStep> {
  const { parameters, values } = start;
  if (values.length !== parameters.length) {
    throw new RangeError(`startClient: expected ${parameters.length} values, got ${values.length}`);
  }
  if (start.resume.length !== resumeBytes) {
    throw new RangeError(`startClient: expected ${resumeBytes} bytes to resume with, got ${start.resume.length}`);
  }
  const own = configHash(start.config);
  const secrets = drawSecrets(tools.random);
  const maskKeySecret = maskSecret(secrets.r, own);
  const [channelKey, maskKey] = await Promise.all([
    tools.crypto.agreementKey(secrets.channel),
    tools.crypto.agreementKey(maskKeySecret),
  ]);
  maskKeySecret.fill(0);
  const keys = { channel: channelKey.publicKey, mask: maskKey.publicKey };
  const last: ClientSend = { kind: 'advertise', bytes: encodeAdvertise({ keys, resume: start.resume }) };
  return going({
    kind: 'advertised',
    parameters,
    configHash: own,
    values: Uint32Array.from(values),
    secrets,
    keys,
    channelKey,
    maskKey,
    received: { config: sha256(start.config) },
    last,
  });
}

/**
 * One event. The state that is passed in is used up: its buffers belong to the one that comes back. Never rejects: whatever goes wrong ends
 * in `aborted` with everything secret wiped and nothing to send.
 */
export async function stepClient(state: ClientState, event: ClientEvent, tools: ClientTools): Promise<ClientStep> {
  if (state.kind === 'done' || state.kind === 'aborted') return quiet(state);
  try {
    return await stepLive(state, event, tools);
  } catch (error) {
    if (error instanceof ProtocolError) return aborted(state, error.code, error.message);
    return aborted(state, 'internal-error', error instanceof Error ? error.message : String(error));
  }
}

type LiveState = Exclude<ClientState, { kind: 'done' } | { kind: 'aborted' }>;

async function stepLive(state: LiveState, event: ClientEvent, tools: ClientTools): Promise<ClientStep> {
  switch (event.kind) {
    case 'config':
    case 'roster':
    case 'inbox':
    case 'unmask_req':
    case 'confirmations':
      return onMessage(state, event.kind, event.bytes, tools);
    case 'charged':
      // A charge that nobody waits for (the round ended meanwhile, or it was told twice) starts nothing.
      return state.kind === 'charging' ? onCharged(state) : quiet(state);
    case 'resumed':
      return { ...quiet(state), send: [state.last] };
    case 'result':
      if (state.kind !== 'masked' && state.kind !== 'confirming' && state.kind !== 'unmasking') {
        throw outOfOrder('result', state.kind);
      }
      wipe(state);
      return quiet({ kind: 'done' });
    case 'abort':
      return aborted(state, 'server-abort', `the server gave the round up: ${event.code}`);
    case 'cancel':
      return aborted(state, 'cancelled', event.reason);
  }
}

/** [M12] A message counts once. The same bytes again change nothing; other bytes under the same name end the round. */
async function onMessage(
  state: LiveState,
  kind: ServerMessageKind,
  bytes: Uint8Array,
  tools: ClientTools,
): Promise<ClientStep> {
  const hash = sha256(bytes);
  const before = state.received[kind];
  if (before !== undefined) {
    if (equalBytes(before, hash)) return quiet(state);
    throw new ProtocolError('changed-message', `${kind}: expected the same bytes as the first time, got others`);
  }
  const received = { ...state.received, [kind]: hash };
  if (kind === 'roster' && state.kind === 'advertised') return onRoster(state, bytes, received, tools);
  if (kind === 'inbox' && state.kind === 'shared') return onInbox(state, bytes, received, tools);
  if (kind === 'unmask_req' && state.kind === 'masked') return onUnmaskRequest(state, bytes, received);
  if (kind === 'confirmations' && state.kind === 'confirming') return onConfirmations(state, bytes, received);
  throw outOfOrder(kind, state.kind);
}

/** [M3] [M4] [M5] */
async function onRoster(
  state: Advertised,
  bytes: Uint8Array,
  received: Received,
  tools: ClientTools,
): Promise<ClientStep> {
  const { parameters } = state;
  // Counts, order, each key once, none zero.
  const roster = parseRoster(bytes, parameters);
  const index = roster.findIndex((client) => equalBytes(client.channel, state.keys.channel));
  if (index < 0 || !equalBytes(roster[index]!.mask, state.keys.mask)) {
    throw new ProtocolError('bad-roster', 'roster: expected the own two keys in one entry, and they are not');
  }
  const size = roster.length;
  const k = actualNeighbours(parameters, size);
  const rosterHashBytes = rosterHash(state.configHash, roster);
  const place: Place = {
    rosterHash: rosterHashBytes,
    size,
    index,
    neighbours: neighboursOf(rosterHashBytes, size, k, index),
    threshold: thresholdOf(parameters.thresholdPermille, k),
  };
  const agreements = await agreeWithNeighbours(place, roster, state.channelKey, state.maskKey);
  const { message, ownPair } = await dealShares(place, state.secrets, agreements, tools.random, tools.crypto);
  state.secrets.channel.fill(0);
  state.secrets.r.fill(0);
  return going({
    kind: 'shared',
    parameters,
    place,
    values: state.values,
    b: state.secrets.b,
    agreements,
    ownPair,
    received,
    last: { kind: 'shares', bytes: encodeShares(message, place.neighbours) },
  });
}

/** [M6] [M7] */
async function onInbox(state: Shared, bytes: Uint8Array, received: Received, tools: ClientTools): Promise<ClientStep> {
  const { parameters, place, agreements } = state;
  const { u2, sealed } = parseInbox(bytes, place.size, place.neighbours);
  checkSurvivors('inbox, U2', u2, place, parameters);
  const senders = place.neighbours.filter((v) => u2.has(v));
  const { pairs, failed } = await openShares(
    place,
    new Map(senders.map((v, i) => [v, sealed[i]!])),
    agreements,
    tools.crypto,
  );
  const mostFailures = place.neighbours.length - place.threshold;
  if (failed.length > mostFailures) {
    for (const pair of pairs.values()) pair.fill(0);
    throw new ProtocolError(
      'bad-share',
      `inbox: expected at most ${mostFailures} shares that cannot be opened, got ${failed.length}`,
    );
  }
  // The masks stay, whoever's share could not be opened: the other side has them too.
  const masks = masksOfUpload(place, state.b, agreements.pairMasks, senders);
  const apply = tools.applyMasks ?? maskApplier(tools.crypto, tools.rounds);
  const payload = await maskedPayload(state.values, parameters.bits, masks, apply, tools.rounds);
  for (const mask of masks) mask.key.fill(0);
  for (const key of agreements.pairMasks.values()) key.fill(0);
  state.b.fill(0);
  pairs.set(place.index, state.ownPair);
  return {
    ...quiet({
      kind: 'charging',
      parameters,
      place,
      u2,
      channels: agreements.channels,
      pairs,
      upload: { kind: 'masked', frames: uploadFrames(payload) },
      received,
      last: state.last,
    }),
    charge: true,
    unreadableShares: failed.length,
  };
}

/** [M7] The charge is durable: now the first byte may leave. */
function onCharged(state: Charging): ClientStep {
  const { parameters, place, u2, channels, pairs, received } = state;
  return going({ kind: 'masked', parameters, place, u2, channels, pairs, received, last: state.upload });
}

/** [M8] [M9] */
function onUnmaskRequest(state: Masked, bytes: Uint8Array, received: Received): ClientStep {
  const { parameters, place, u2, channels } = state;
  const u3 = parseUnmaskRequest(bytes, place.size);
  if (!u3.isSubsetOf(u2))
    throw new ProtocolError('bad-request', 'unmask_req: expected U3 to be part of U2, got others');
  checkSurvivors('unmask_req, U3', u3, place, parameters);
  const mac = (from: number, to: number, other: number) => {
    const key = confirmKey(channels.get(other)!, from, to);
    const out = confirmation(key, place.rosterHash, u2.bytes, u3.bytes);
    key.fill(0);
    return out;
  };
  const peers = place.neighbours.filter((v) => u3.has(v));
  const ours = new Map(peers.map((v) => [v, mac(place.index, v, v)]));
  const expected = new Map(peers.map((v) => [v, mac(v, place.index, v)]));
  // From here on only one kind of share exists for each owner, so no later message can ask for the other.
  const shares = new Map<number, Uint8Array>();
  for (const [v, pair] of state.pairs) {
    shares.set(v, Uint8Array.from(u3.has(v) ? shareOfB(pair) : shareOfR(pair)));
    pair.fill(0);
  }
  for (const channel of channels.values()) channel.fill(0);
  wipeFrames(state.last);
  const last: ClientSend = { kind: 'confirm', bytes: encodeConfirmations(ours) };
  return going({ kind: 'confirming', parameters, place, expected, shares, received, last });
}

/** [M9] [M10] */
function onConfirmations(state: Confirming, bytes: Uint8Array, received: Received): ClientStep {
  const { place, expected, shares } = state;
  const got = parseConfirmations(bytes, [...expected.keys()]);
  let same = 1;
  for (const [v, mac] of got) if (equalBytes(mac, expected.get(v)!)) same++;
  if (same < place.threshold) {
    throw new ProtocolError(
      'unconfirmed',
      `confirmations: expected at least ${place.threshold} of the neighbourhood to have seen the same U2 and U3, got ${same}`,
    );
  }
  const last: ClientSend = { kind: 'unmask', bytes: encodeUnmask(shares) };
  wipe(state);
  return going({ kind: 'unmasking', received, last });
}

/** The own index is in, at least nMin are, and at least t of the neighbourhood. */
function checkSurvivors(at: string, set: IndexSet, place: Place, parameters: MaskParameters): void {
  if (!set.has(place.index))
    throw new ProtocolError('bad-request', `${at}: expected the own index ${place.index} in it`);
  if (set.size < parameters.minCohort) {
    throw new ProtocolError('too-few', `${at}: expected at least ${parameters.minCohort} clients, got ${set.size}`);
  }
  const near = set.countOf(neighbourhood(place.index, place.neighbours));
  if (near < place.threshold) {
    throw new ProtocolError('too-few', `${at}: expected at least ${place.threshold} of the neighbourhood, got ${near}`);
  }
}

/** Overwrites what is secret in a state. BigInts and platform keys cannot be overwritten: they are left to the collector. */
function wipe(state: LiveState): void {
  const wipeAll = (...groups: Iterable<Uint8Array>[]) => {
    for (const group of groups) for (const bytes of group) bytes.fill(0);
  };
  switch (state.kind) {
    case 'advertised':
      state.values.fill(0);
      wipeAll([state.secrets.channel, state.secrets.r, state.secrets.b]);
      break;
    case 'shared':
      state.values.fill(0);
      wipeAll([state.b, state.ownPair], state.agreements.channels.values(), state.agreements.pairMasks.values());
      break;
    case 'charging':
      // Never sent: nobody shall find even a masked update.
      wipeFrames(state.upload);
      wipeAll(state.channels.values(), state.pairs.values());
      break;
    case 'masked':
      // Frames that the socket has not got yet are not to leave either.
      wipeFrames(state.last);
      wipeAll(state.channels.values(), state.pairs.values());
      break;
    case 'confirming':
      wipeAll(state.expected.values(), state.shares.values());
      break;
    case 'unmasking':
      break;
  }
}

function wipeFrames(send: ClientSend): void {
  if (send.kind === 'masked') for (const frame of send.frames) frame.fill(0);
}

function aborted(state: LiveState, code: string, message: string): ClientStep {
  wipe(state);
  return { ...quiet({ kind: 'aborted', code, message }), abort: { code, message } };
}

/** A state that was just entered, with its message. */
function going(state: LiveState): ClientStep {
  return { ...quiet(state), send: [state.last] };
}

function quiet(state: ClientState): ClientStep {
  return { state, send: [], charge: false, unreadableShares: 0, abort: null };
}

function outOfOrder(kind: string, state: ClientState['kind']): ProtocolError {
  return new ProtocolError('out-of-order', `${kind}: not expected in the state ${state}`);
}
