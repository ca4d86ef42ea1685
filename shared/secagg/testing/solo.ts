// One real client among neighbours that exist as keys alone: what it says in a whole round, without the cost of everybody else. The neighbours
// deal it shares that open and confirmations that hold; nobody sums anything. For counting bytes, for timing, and for comparing platforms.
import type { RoundCore } from '../../core/rounds.ts';
import { experimentRandomOfLabel } from '../../maths/random.ts';
import { equalBytes, joined } from '../bytes.ts';
import { type ClientEvent, type ClientSend, type ClientState, startClient, stepClient } from '../client.ts';
import type { MaskCrypto } from '../crypto.ts';
import { compareBytes, neighboursOf } from '../graph.ts';
import { IndexSet } from '../index-set.ts';
import {
  channelSecret,
  configHash,
  confirmation,
  confirmKey,
  rosterHash,
  shareAssociatedData,
  shareKey,
} from '../keys.ts';
import { actualNeighbours, type MaskParameters } from '../parameters.ts';
import type { ServerSend, ServerStage } from '../server.ts';
import { drawSecrets } from '../sharing.ts';
import { encodeConfirmations, encodeInbox, encodeRoster, sharePairBytes } from '../wire.ts';

export interface SoloScript {
  readonly config: Uint8Array;
  readonly parameters: MaskParameters;
  /** n, the client included. */
  readonly clients: number;
  /** x of the client. */
  readonly values: Int32Array;
  readonly crypto: MaskCrypto;
  /** What masks and packs; plain JavaScript unless said otherwise. */
  readonly rounds?: RoundCore;
  /** Everything random follows from it. */
  readonly label: string;
  /** How many of the others are not in U2, and how many more not in U3. */
  readonly dropouts: { readonly shares: number; readonly masked: number };
  /** Of a clock, for `ms`. */
  readonly nowMs?: () => number;
}

export interface SoloRun {
  /** By kind; the frames of the upload are joined. */
  readonly said: Readonly<Record<ClientSend['kind'], Uint8Array>>;
  /** Bytes of what it was told. */
  readonly toldBytes: Readonly<Record<ServerSend['kind'], number>>;
  readonly frameBytes: readonly number[];
  readonly ms: Readonly<Record<ServerStage, number>>;
}

/** Throws RangeError when the client gives up. */
export async function soloRun(script: SoloScript): Promise<SoloRun> {
  const { config, parameters, clients: n, values, crypto, label, dropouts, nowMs } = script;
  const ownConfigHash = configHash(config);
  const random = experimentRandomOfLabel(`${label} client`);
  const tools = { crypto, random, ...(script.rounds && { rounds: script.rounds }) };
  const resume = Uint8Array.from({ length: 16 }, (_, i) => i);
  const ms = { advertise: 0, shares: 0, masked: 0, confirm: 0, unmask: 0 };
  const timed = async <T>(stage: ServerStage, work: () => Promise<T>): Promise<T> => {
    const before = nowMs?.() ?? 0;
    const result = await work();
    ms[stage] += (nowMs?.() ?? 0) - before;
    return result;
  };
  let state: ClientState;
  const step = async (stage: ServerStage, event: ClientEvent): Promise<ClientSend> => {
    let next = await timed(stage, () => stepClient(state, event, tools));
    if (next.charge) next = await timed(stage, () => stepClient(next.state, { kind: 'charged' }, tools));
    state = next.state;
    const [send] = next.send;
    if (send === undefined) throw new RangeError(`solo: expected ${stage}, got ${next.abort?.message ?? 'nothing'}`);
    // As it leaves: the client overwrites the frames of its upload when the round goes on.
    return send.kind === 'masked' ? { ...send, frames: send.frames.map((frame) => frame.slice()) } : send;
  };

  const first = await timed('advertise', () => startClient({ config, parameters, values, resume }, tools));
  state = first.state;
  if (state.kind !== 'advertised') throw new RangeError(`solo: expected advertised, got ${state.kind}`);
  const own = state.keys;
  const randomOfOthers = experimentRandomOfLabel(`${label} others`);
  const others = await Promise.all(
    Array.from({ length: n - 1 }, () => drawSecrets(randomOfOthers)).map(async ({ channel, r }) => {
      const [channelKey, maskKey] = await Promise.all([crypto.agreementKey(channel), crypto.agreementKey(r)]);
      return { channelKey, keys: { channel: channelKey.publicKey, mask: maskKey.publicKey } };
    }),
  );
  const everyone = [{ channelKey: null, keys: own }, ...others].sort((a, b) =>
    compareBytes(a.keys.channel, b.keys.channel),
  );
  const roster = everyone.map(({ keys }) => keys);
  const u = roster.findIndex((keys) => equalBytes(keys.channel, own.channel));
  const ownRosterHash = rosterHash(ownConfigHash, roster);
  const neighbours = neighboursOf(ownRosterHash, n, actualNeighbours(parameters, n), u);
  const present = roster.map((_, index) => index).filter((index) => index !== u);
  const without = (count: number) => IndexSet.of(n, [u, ...present.slice(count)]);
  const u2 = without(dropouts.shares);
  const u3 = without(dropouts.shares + dropouts.masked);
  const rosterBytes = encodeRoster(roster);
  const shares = await step('shares', { kind: 'roster', bytes: rosterBytes });

  const channels = new Map<number, Uint8Array>();
  for (const v of neighbours) {
    channels.set(v, channelSecret(await everyone[v]!.channelKey!.agree(own.channel), ownRosterHash));
  }
  const senders = neighbours.filter((v) => u2.has(v));
  const sealed = await Promise.all(
    senders.map((v) => {
      // Any two numbers below the prime are shares of something.
      const pair = Uint8Array.from({ length: sharePairBytes }, (_, i) => (i * 7 + v) & 0x3f);
      return crypto.seal(shareKey(channels.get(v)!, v, u), pair, shareAssociatedData(ownRosterHash, v, u));
    }),
  );
  const inbox = encodeInbox({ u2, sealed }, neighbours);
  const masked = await step('masked', { kind: 'inbox', bytes: inbox });
  const confirm = await step('confirm', { kind: 'unmask_req', bytes: u3.bytes });
  const confirming = neighbours.filter((v) => u3.has(v));
  const confirmations = encodeConfirmations(
    new Map(
      confirming.map((v) => [v, confirmation(confirmKey(channels.get(v)!, v, u), ownRosterHash, u2.bytes, u3.bytes)]),
    ),
  );
  const unmask = await step('unmask', { kind: 'confirmations', bytes: confirmations });
  const bytesOf = (send: ClientSend) => {
    if (send.kind !== 'masked') return send.bytes;
    return joined(...send.frames);
  };
  return {
    said: {
      advertise: bytesOf(first.send[0]!),
      shares: bytesOf(shares),
      masked: bytesOf(masked),
      confirm: bytesOf(confirm),
      unmask: bytesOf(unmask),
    },
    toldBytes: {
      config: config.length,
      roster: rosterBytes.length,
      inbox: inbox.length,
      unmask_req: u3.bytes.length,
      confirmations: confirmations.length,
    },
    frameBytes: masked.kind === 'masked' ? masked.frames.map((frame) => frame.length) : [],
    ms,
  };
}
