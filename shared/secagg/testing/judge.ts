// What a round with dropouts must come to, worked out without the state machines: from who leaves when, the keys, and the rules [M3] to [M13].
import { equalBytes } from '../bytes.ts';
import { compareBytes, maskGraph } from '../graph.ts';
import { configHash, rosterHash } from '../keys.ts';
import { actualNeighbours, thresholdOf } from '../parameters.ts';
import type { ServerAbort, ServerStage } from '../server.ts';
import { neighbourhood } from '../sharing.ts';
import { parseAdvertise } from '../wire.ts';
import { type PlayedRound, playRound, type RoundScript } from './run.ts';
import { expectedSum } from './scene.ts';
import { areWiped, secretsOf } from './secrets.ts';

export const stages: readonly ServerStage[] = ['advertise', 'shares', 'masked', 'confirm', 'unmask'];

/** `seats` are those whose updates are in the sum. */
export type Ending =
  | { readonly kind: 'done'; readonly seats: readonly number[] }
  | { readonly kind: 'aborted'; readonly code: ServerAbort['code']; readonly stage: ServerStage };

export interface JudgedRound {
  readonly played: PlayedRound;
  readonly expected: Ending;
  /** In words, everything that is not as it must be; empty for a good round. */
  readonly faults: readonly string[];
}

/** Plays a round whose clients leave by `script.leaves` and whose messages nobody changes, and compares it with what it must come to. */
export async function judgedRound(script: RoundScript): Promise<JudgedRound> {
  const advertised = new Map<number, Uint8Array>();
  const played = await playRound({
    ...script,
    toServer: (seat, send) => {
      if (send.kind === 'advertise') advertised.set(seat, send.bytes);
      return [send];
    },
  });
  const expected = endingOf(script, advertised);
  return { played, expected, faults: faultsOf(script, played, expected) };
}

/** @param advertised by seat: the message of each client that sent one. */
function endingOf(
  { parameters, config, leaves, leastRoster }: RoundScript,
  advertised: Map<number, Uint8Array>,
): Ending {
  const { minCohort, thresholdPermille } = parameters;
  const clients = [...advertised]
    .map(([seat, bytes]) => ({ seat, keys: parseAdvertise(bytes).keys }))
    .sort((a, b) => compareBytes(a.keys.channel, b.keys.channel));
  const n = clients.length;
  if (n < (leastRoster ?? minCohort)) return { kind: 'aborted', code: 'too-few', stage: 'advertise' };
  const roster = clients.map(({ keys }) => keys);
  const k = actualNeighbours(parameters, n);
  const graph = maskGraph(rosterHash(configHash(config), roster), n, k);
  const threshold = thresholdOf(thresholdPermille, k);
  // Those that answer a stage: all but who leaves there or before.
  const answering = (stage: ServerStage) => {
    const alive = new Set<number>();
    clients.forEach(({ seat }, index) => {
      const leavesAt = leaves?.get(seat);
      if (leavesAt === undefined || stages.indexOf(leavesAt) > stages.indexOf(stage)) alive.add(index);
    });
    return alive;
  };
  const u2 = answering('shares');
  const everySecretHas = (holders: ReadonlySet<number>) =>
    [...u2].every((u) => neighbourhood(u, graph[u]!).filter((v) => holders.has(v)).length >= threshold);
  for (const stage of ['shares', 'masked'] as const) {
    const left = answering(stage);
    if (left.size < minCohort || !everySecretHas(left)) return { kind: 'aborted', code: 'too-few', stage };
  }
  if (!everySecretHas(answering('confirm'))) return { kind: 'aborted', code: 'too-few', stage: 'confirm' };
  if (!everySecretHas(answering('unmask'))) return { kind: 'aborted', code: 'too-few-shares', stage: 'unmask' };
  return { kind: 'done', seats: [...answering('masked')].map((index) => clients[index]!.seat) };
}

/** In words, everything about a played round that is not as it must be. */
export function faultsOf({ values, parameters, leaves }: RoundScript, played: PlayedRound, expected: Ending): string[] {
  const faults: string[] = [];
  const { outcome, charged } = played;
  const ending = (end: Ending) => (end.kind === 'done' ? 'a sum' : `${end.code} at ${end.stage}`);
  if (ending(outcome) !== ending(expected)) faults.push(`expected ${ending(expected)}, got ${ending(outcome)}`);
  if (outcome.kind === 'done') {
    const ascending = (seats: Iterable<number>) => [...seats].sort((a, b) => a - b).join();
    if (ascending(outcome.seats) !== ascending(charged)) faults.push('the cohort is not those that uploaded');
    if (expected.kind === 'done' && ascending(outcome.seats) !== ascending(expected.seats)) {
      faults.push('the cohort is not those that stayed');
    }
    const sum = expectedSum(values, outcome.seats, parameters.bits);
    const bytesOf = (numbers: Uint32Array) => new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
    if (!equalBytes(bytesOf(sum), bytesOf(outcome.sum))) faults.push('wrong sum');
  }
  for (const [seat, state] of played.clients.entries()) {
    if (state.kind !== 'done' && state.kind !== 'aborted') faults.push(`client ${seat} ended in ${state.kind}`);
    if (!areWiped(secretsOf(state))) faults.push(`client ${seat} kept secrets`);
    const leavesAt = leaves?.get(seat);
    if (leavesAt !== undefined && stages.indexOf(leavesAt) <= stages.indexOf('masked') && charged.has(seat)) {
      faults.push(`client ${seat} left before its upload and was charged`);
    }
  }
  const uploaded = new Set(played.sent.filter(({ kind }) => kind === 'masked').map(({ from }) => from));
  if (uploaded.size !== charged.size || [...charged].some((seat) => !uploaded.has(seat))) {
    faults.push('those that were charged are not those that uploaded');
  }
  return faults;
}
