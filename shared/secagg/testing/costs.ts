// What a masked round costs: bytes of every message, and processor time of every stage, of one client and of the server. The round is a real
// one, with every message of every client. The clock is handed in; on one thread it counts all work that a step waits for.
import type { ClientSend } from '../client.ts';
import { type ApplyMasks, maskApplier } from '../masks.ts';
import { actualNeighbours, thresholdOf } from '../parameters.ts';
import type { ServerSend, ServerStage } from '../server.ts';
import { stages } from './judge.ts';
import { answerTo, type Meter, type PlayedRound, playRound, type RoundScript } from './run.ts';

export interface RoundCosts {
  /** n. */
  readonly clients: number;
  /** |U2| - |U3|. */
  readonly dropouts: number;
  /** D. */
  readonly length: number;
  readonly neighbours: number;
  readonly threshold: number;
  /** Bytes of one client that stays to the end, the most of all of them; they differ where not all neighbours stay. */
  readonly upBytes: Readonly<Record<ClientSend['kind'], number>>;
  readonly downBytes: Readonly<Record<ServerSend['kind'], number>>;
  /** Bytes of all clients. */
  readonly serverInBytes: number;
  readonly serverOutBytes: number;
  /** Milliseconds of processor time of one client, the mean, by the answer that it makes: `masked` opens the inbox too. */
  readonly clientMs: Readonly<Record<ServerStage, number>>;
  /** Milliseconds of processor time for all clients, by the answer that is taken: the last of `unmask` takes the masks off. */
  readonly serverMs: Readonly<Record<ServerStage, number>>;
  /** Masks of D numbers that the server expands and takes off, and the part of `unmask` that this takes. */
  readonly serverExpansions: number;
  readonly serverExpansionMs: number;
}

/**
 * Plays a round and counts. Nobody may leave before `masked`. Throws RangeError when it does not end in a sum.
 * @param processorMs of this process so far.
 */
export async function costsOfRound(
  script: RoundScript,
  processorMs: () => number,
): Promise<{ readonly costs: RoundCosts; readonly played: PlayedRound }> {
  const client = new Map(stages.map((stage) => [stage, { ms: 0, asked: 0 }]));
  const server = new Map(stages.map((stage) => [stage, 0]));
  let serverExpansions = 0;
  let serverExpansionMs = 0;
  const plain = maskApplier(script.crypto);
  const applyMasks: ApplyMasks = async (vector, bits, masks) => {
    const before = processorMs();
    await plain(vector, bits, masks);
    serverExpansionMs += processorMs() - before;
    serverExpansions += masks.length;
  };
  const meter: Meter = async (side, stage, work) => {
    const before = processorMs();
    try {
      return await work();
    } finally {
      const took = processorMs() - before;
      if (side === 'server') server.set(stage, server.get(stage)! + took);
      else client.get(stage)!.ms += took;
    }
  };
  const played = await playRound({
    ...script,
    applyMasks,
    meter,
    toClient: (send) => {
      client.get(answerTo[send.kind])!.asked++;
      return [send];
    },
  });
  const { outcome } = played;
  if (outcome.kind !== 'done')
    throw new RangeError(`costsOfRound: expected a sum, got ${outcome.code}: ${outcome.message}`);
  const n = script.values.length;
  const k = actualNeighbours(script.parameters, n);
  const { up, down, serverInBytes, serverOutBytes } = bytesOf(played);
  const byStage = <T>(value: (stage: ServerStage) => T) =>
    Object.fromEntries(stages.map((stage) => [stage, value(stage)])) as Record<ServerStage, T>;
  const costs: RoundCosts = {
    clients: n,
    dropouts: outcome.dropouts,
    length: script.parameters.length,
    neighbours: k,
    threshold: thresholdOf(script.parameters.thresholdPermille, k),
    upBytes: up,
    downBytes: down,
    serverInBytes,
    serverOutBytes,
    clientMs: byStage((stage) => client.get(stage)!.ms / client.get(stage)!.asked),
    serverMs: byStage((stage) => server.get(stage)!),
    serverExpansions,
    serverExpansionMs,
  };
  return { costs, played };
}

/** By kind of message, the most that any client sent or got. */
export function bytesOf({ sent }: PlayedRound) {
  const up = { advertise: 0, shares: 0, masked: 0, confirm: 0, unmask: 0 };
  const down = { config: 0, roster: 0, inbox: 0, unmask_req: 0, confirmations: 0 };
  const ofClient = new Map<string, number>();
  let serverInBytes = 0;
  let serverOutBytes = 0;
  for (const { from, to, kind, bytes } of sent) {
    const who = `${from} ${to} ${kind}`;
    const sum = (ofClient.get(who) ?? 0) + bytes;
    ofClient.set(who, sum);
    if (from === 'server') serverOutBytes += bytes;
    else serverInBytes += bytes;
    if (kind in up) up[kind as keyof typeof up] = Math.max(up[kind as keyof typeof up], sum);
    else down[kind as keyof typeof down] = Math.max(down[kind as keyof typeof down], sum);
  }
  return { up, down, serverInBytes, serverOutBytes };
}

export function sumOf(parts: Readonly<Record<string, number>>): number {
  return Object.values(parts).reduce((sum, part) => sum + part, 0);
}
