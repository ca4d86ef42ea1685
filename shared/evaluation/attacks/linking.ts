// Linking a returning visitor: two rounds, and for each pair of participations the question whether one visitor was in both. The attacker has
// every byte that the clients sent, in order, and the sizes. What stops it: keys, secrets, resume bytes, noise and masks are drawn afresh for each round,
// and nothing else is in the messages. Not looked at, because no protocol hides it: addresses, times, and how a browser speaks TLS.
import { decodeSum } from '../../privacy/aggregate.ts';
import { encodeUpdate } from '../../privacy/pipeline.ts';
import { unpackBits } from '../../protocol/codec.ts';
import { rhoOfConfig } from '../../protocol/round-config.ts';
import { type Attack, type AttackSetting, judged, randomOf } from './attack.ts';
import { HostileServer } from './hostile-server.ts';
import { configOf, updateOf, type World, worldOf } from './people.ts';
import { areaUnderRoc, errorOfChanceArea } from './statistics.ts';
import { mostArea } from './trade-off.ts';
import { noisedAlone, peopleInRound } from './uploads.ts';

/** Bytes that have to agree to count: 8 random ones never do by chance. */
const windowBytes = 8;

/** What the server has of one participation. */
interface Seen {
  readonly visitor: number;
  /** Place in the roster. */
  readonly index: number;
  readonly bytes: Uint8Array;
  readonly windows: ReadonlySet<string>;
  readonly messageBytes: readonly number[];
  /** The upload as if it were an update, real units. */
  readonly masked: Float64Array;
  /** The update with its own noise, without masks. */
  readonly noised: Float64Array;
  readonly histogram: Float64Array;
}

export const linking: Attack = {
  name: 'linking-a-returning-visitor',
  summary: 'whether two participations are of one visitor, from everything in the messages',
  rows: ['linking-a-returning-visitor', 'linking-a-returning-visitor, all others fake'],
  async run(setting) {
    const groups = Math.ceil((setting.trials ?? (setting.isSmall ? 24 : 192)) / peopleInRound);
    const world = worldOf(setting, 'demo', groups * peopleInRound);
    const ours = await bothRounds(setting, world, groups, false);
    const theirs = await bothRounds(setting, world, groups, true);
    const areas = Object.fromEntries(
      Object.entries(statistics).map(([name, statistic]) => [name, areaOf(ours, statistic)]),
    );
    const control = Math.max(...Object.values(statistics).map((statistic) => areaOf(theirs, statistic)));
    const pairs = groups * peopleInRound;
    const updates = world.people.map((person) => updateOf(world, person));
    const correlation = (a: Seen, b: Seen) => product(a.noised, b.noised);
    const rawCorrelation = (a: Seen, b: Seen) => cosine(updates[a.visitor]!, updates[b.visitor]!);
    const config = configOf(world.policy, randomOf(setting, 'linking'));
    const rhoAlone = config.honestNoiseShares * rhoOfConfig(config);
    const margin = 4.5 * errorOfChanceArea(pairs);
    return [
      judged({
        attack: linking.name,
        adversary: 'server',
        measure: 'AUC',
        control,
        controlAtLeast: 0.99,
        protected: Math.max(...Object.values(areas)),
        chance: 0.5,
        bound: 0.5 + margin,
        trials: pairs,
        note:
          `The best of ${Object.keys(statistics).length} statistics over all bytes, sizes and places of two whole rounds, whichever way it points. ` +
          'Control: clients that keep their keys from round to round. Bound: four and a half standard errors. Addresses and times are outside of it.',
        details: areas,
      }),
      judged({
        attack: `${linking.name}, all others fake`,
        adversary: 'all others fake',
        measure: 'AUC',
        control: areaOf(ours, rawCorrelation),
        controlAtLeast: 0.99,
        protected: areaOf(ours, correlation),
        chance: 0.5,
        bound: Math.min(1, mostArea(4 * rhoAlone) + margin),
        trials: pairs,
        note:
          'The correlation of two updates of unchanged history with their own noise alone. Above chance, and the bound is not chance but what zCDP ' +
          'permits between two updates at that noise. Control: the raw updates.',
        details: { rho: rhoAlone },
      }),
    ];
  },
};

/** Two rounds of each group. @param keepsKeys the control: all randomness of a visitor's keys starts anew with the same seed. */
async function bothRounds(
  setting: AttackSetting,
  world: World,
  groups: number,
  keepsKeys: boolean,
): Promise<Seen[][][]> {
  const out: Seen[][][] = [];
  for (let group = 0; group < groups; group++) {
    const visitors = Array.from({ length: peopleInRound }, (_, i) => group * peopleInRound + i);
    const rounds: Seen[][] = [];
    for (const round of [0, 1]) rounds.push(await oneRound(setting, world, visitors, `${group} ${round}`, keepsKeys));
    out.push(rounds);
  }
  return out;
}

async function oneRound(
  setting: AttackSetting,
  world: World,
  visitors: readonly number[],
  name: string,
  keepsKeys: boolean,
): Promise<Seen[]> {
  const config = configOf(world.policy, randomOf(setting, 'linking', name, 'config'));
  const values = visitors.map(
    (visitor) =>
      encodeUpdate(
        updateOf(world, world.people[visitor]!),
        config,
        randomOf(setting, 'linking', name, 'noise', visitor),
      ).noised,
  );
  const server = await HostileServer.gather({
    config,
    values,
    crypto: setting.crypto,
    randomOf: (seat) => randomOf(setting, 'linking', keepsKeys ? 'kept' : name, 'visitor', visitors[seat]!),
  });
  await server.deal();
  await server.collect();
  await server.request(() => server.everyone);
  await server.release(() => server.everyone);
  return server.clients.map((client, index) => {
    const parts = client.said.flatMap((send) => (send.kind === 'masked' ? send.frames : [send.bytes]));
    const bytes = joinedParts(parts);
    const histogram = new Float64Array(256);
    for (const byte of bytes) histogram[byte] = histogram[byte]! + 1;
    return {
      visitor: visitors[client.seat]!,
      index,
      bytes,
      windows: windowsOf(bytes),
      messageBytes: parts.map((part) => part.length),
      masked: decodeSum(unpackBits(server.payloads.get(index)!, config.length, config.bits), 1, config).mean,
      noised: noisedAlone(values[client.seat]!, config),
      histogram,
    };
  });
}

/** Higher: more likely one visitor. */
const statistics: Readonly<Record<string, (a: Seen, b: Seen) => number>> = {
  sharedBytes: (a, b) => {
    let shared = 0;
    for (const window of a.windows) if (b.windows.has(window)) shared++;
    return shared;
  },
  sizes: (a, b) => a.messageBytes.filter((bytes, i) => bytes === b.messageBytes[i]).length,
  equalPlaces: (a, b) => {
    let equal = 0;
    for (let i = 0; i < Math.min(a.bytes.length, b.bytes.length); i++) if (a.bytes[i] === b.bytes[i]) equal++;
    return equal;
  },
  histogram: (a, b) => product(a.histogram, b.histogram),
  uploadCorrelation: (a, b) => product(a.masked, b.masked),
  place: (a, b) => -Math.abs(a.index - b.index),
};

/** Area over all pairs of one group: the same visitor against two different ones. Whichever way it points. */
function areaOf(groups: readonly (readonly Seen[][])[], statistic: (a: Seen, b: Seen) => number): number {
  const same: number[] = [];
  const different: number[] = [];
  for (const [first, second] of groups) {
    for (const a of first!) for (const b of second!) (a.visitor === b.visitor ? same : different).push(statistic(a, b));
  }
  const area = areaUnderRoc(same, different);
  return Math.max(area, 1 - area);
}

function windowsOf(bytes: Uint8Array): Set<string> {
  const out = new Set<string>();
  for (let at = 0; at + windowBytes <= bytes.length; at++) {
    out.add(String.fromCharCode(...bytes.subarray(at, at + windowBytes)));
  }
  return out;
}

function joinedParts(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function cosine(a: Float64Array, b: Float64Array): number {
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
}
