// Rosters that no honest server sends: a key twice, the own one missing, keys of zero or of low order, another order, another count. Behind each
// a client would agree on secrets with nobody, or with the server. What stops them: the parser, the search for the own keys, and the refusal
// of a shared secret of zeros.
import { x25519 } from '@noble/curves/ed25519.js';
import { encodeRoundConfig } from '../../protocol/round-config.ts';
import { type AgreementKey, keyBytes, type MaskCrypto } from '../../secagg/crypto.ts';
import { compareBytes, neighboursOf } from '../../secagg/graph.ts';
import {
  channelSecret,
  configHash,
  type PublicKeys,
  rosterHash,
  shareAssociatedData,
  shareKey,
} from '../../secagg/keys.ts';
import { thresholdOf } from '../../secagg/parameters.ts';
import { agreeWithNeighbours, dealShares, drawSecrets } from '../../secagg/sharing.ts';
import { encodeRoster } from '../../secagg/wire.ts';
import { type Attack, type AttackSetting, judged, randomOf } from './attack.ts';
import { copyOf, HostileServer } from './hostile-server.ts';
import { madeUpRound } from './people.ts';

const cohort = 20;

/** Points of low order below the prime, little-endian (RFC 7748 section 7 and the orders 2, 4 and 8 of the curve and its twist). */
const lowOrder = [
  `01${'00'.repeat(31)}`,
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  `ec${'ff'.repeat(30)}7f`,
].map(bytesOf);
const zero = new Uint8Array(keyBytes);
/** 1 plus the prime: another spelling of a point of low order. */
const notCanonical = bytesOf(`ee${'ff'.repeat(30)}7f`);

interface BadRoster {
  readonly name: string;
  /** The entries that the victim is shown; `victim` and `other` are honest entries of the roster. */
  readonly entries: readonly PublicKeys[];
  readonly isSorted?: false;
}

export const badRoster: Attack = {
  name: 'bad-rosters',
  summary: 'rosters with duplicated, missing, zero or low-order keys',
  async run(setting) {
    const server = await HostileServer.gather(madeUpRound(setting, 'bad roster', cohort));
    const victim = 7;
    const rosters = badRosters(server, victim);
    const advertised = server.clients[victim]!.state;
    let taken = 0;
    let control = 0;
    let opened = 0;
    let lowOrderCases = 0;
    for (const roster of rosters) {
      const sorted = roster.isSorted === false ? roster.entries : [...roster.entries].sort(byChannel);
      // Each roster meets the client in the same state; a refusal wipes the copy alone.
      server.clients[victim]!.state = copyOf(advertised);
      const step = await server.tell(victim, { kind: 'roster', bytes: encodeRoster(sorted) });
      if (step.send.length > 0 || step.abort === null) taken++;
      const unchecked = await dealsUnchecked(setting, server, sorted, server.clients[victim]!.keys);
      if (unchecked.deals) control++;
      if (roster.name.startsWith('channel key of low order')) {
        lowOrderCases++;
        if (unchecked.isOpenedByAnyone) opened++;
      }
    }
    // The honest one is taken from that very state: it is the fault that is refused, not the copy.
    server.clients[victim]!.state = copyOf(advertised);
    const honest = encodeRoster(server.clients.map((client) => client.keys));
    const honestTaken = (await server.tell(victim, { kind: 'roster', bytes: honest })).send.length;
    return [
      judged({
        attack: badRoster.name,
        adversary: 'active server',
        measure: 'success rate',
        control: honestTaken === 1 ? control / rosters.length : 0,
        controlAtLeast: 1,
        protected: taken / rosters.length,
        chance: 0,
        bound: 0,
        trials: rosters.length,
        note:
          `${rosters.length} rosters for a client of ${cohort}, one fault each. A try succeeds when the client goes on and deals its shares. ` +
          'Control: the same functions without the checks of parser, own keys and shared secret; where a channel key is of low order, ' +
          'the shares that it deals to that entry are then opened without any secret.',
        details: { honestRosterTaken: honestTaken, lowOrderSharesOpenedByAnyone: opened, ofCases: lowOrderCases },
      }),
    ];
  },
};

function badRosters(server: HostileServer, victim: number): BadRoster[] {
  const honest = server.clients.map((client) => client.keys);
  const own = honest[victim]!;
  const others = honest.filter((keys) => keys !== own);
  const [first, second] = [others[0]!, others[1]!];
  const withFirst = (keys: PublicKeys) => honest.map((entry) => (entry === first ? keys : entry));
  const withOwn = (keys: PublicKeys) => honest.map((entry) => (entry === own ? keys : entry));
  const sybil = (n: number): PublicKeys => {
    const secret = (label: number) => new Uint8Array(keyBytes).fill(n + label);
    return { channel: x25519.getPublicKey(secret(1)), mask: x25519.getPublicKey(secret(101)) };
  };
  const topBit = (key: Uint8Array) => key.map((byte, i) => (i === keyBytes - 1 ? byte | 0x80 : byte));
  return [
    { name: 'channel key twice', entries: withFirst({ ...first, channel: second.channel }) },
    { name: 'mask key twice', entries: withFirst({ ...first, mask: second.mask }) },
    { name: 'channel key as another mask key', entries: withFirst({ ...first, mask: second.channel }) },
    { name: 'one key for both', entries: withFirst({ channel: first.channel, mask: first.channel }) },
    { name: 'own entry missing', entries: withOwn(sybil(1)) },
    { name: 'own mask key replaced', entries: withOwn({ ...own, mask: sybil(2).mask }) },
    { name: 'own channel key replaced', entries: withOwn({ ...own, channel: sybil(3).channel }) },
    { name: 'own entry twice', entries: withFirst(own) },
    { name: 'own mask key twice', entries: withFirst({ ...first, mask: own.mask }) },
    { name: 'channel key of zeros', entries: withFirst({ ...first, channel: zero }) },
    { name: 'mask key of zeros', entries: withFirst({ ...first, mask: zero }) },
    ...lowOrder.flatMap((point, i) => [
      { name: `channel key of low order ${i}`, entries: withFirst({ ...first, channel: point }) },
      { name: `mask key of low order ${i}`, entries: withFirst({ ...first, mask: point }) },
    ]),
    { name: 'channel key not canonical', entries: withFirst({ ...first, channel: notCanonical }) },
    { name: 'mask key with the ignored bit', entries: withFirst({ ...first, mask: topBit(first.mask) }) },
    { name: 'another order', entries: [...honest].reverse(), isSorted: false },
    { name: 'one fewer than nMin', entries: honest.filter((keys) => keys !== first) },
    { name: 'one more than nMax', entries: [...honest, ...[10, 20, 30, 40, 50, 60, 70, 80, 90].map(sybil)] },
  ];
}

/** A client that takes any roster: the lower-level functions of the real one, with an X25519 that lets zeros pass. */
async function dealsUnchecked(
  setting: AttackSetting,
  server: HostileServer,
  entries: readonly PublicKeys[],
  own: PublicKeys,
): Promise<{ readonly deals: boolean; readonly isOpenedByAnyone: boolean }> {
  const random = randomOf(setting, 'bad roster', 'unchecked');
  const secrets = drawSecrets(random);
  const hash = rosterHash(configHash(encodeRoundConfig(server.config)), entries);
  const found = entries.findIndex((entry) => compareBytes(entry.channel, own.channel) === 0);
  const index = Math.max(0, found);
  // Everybody, also beyond nMax: no check, no ring.
  const k = entries.length - 1;
  const neighbours = neighboursOf(hash, entries.length, k, index);
  const threshold = thresholdOf(server.parameters.thresholdPermille, k);
  const place = { rosterHash: hash, size: entries.length, index, neighbours, threshold };
  const [channel, mask] = await Promise.all([
    lenientKey(setting.crypto, secrets.channel),
    lenientKey(setting.crypto, secrets.r),
  ]);
  const agreements = await agreeWithNeighbours(place, entries, channel, mask);
  const { message } = await dealShares(place, secrets, agreements, random, setting.crypto);
  // Whoever knows no secret tries the key that follows from zeros.
  const opened = await Promise.all(
    neighbours.map((v, at) => {
      const key = shareKey(channelSecret(zero, hash), index, v);
      return setting.crypto.open(key, message.sealed[at]!, shareAssociatedData(hash, index, v));
    }),
  );
  return {
    deals: message.sealed.length === neighbours.length,
    isOpenedByAnyone: opened.some((plaintext) => plaintext !== null),
  };
}

/** X25519 as RFC 7748 has it without its optional check: a point of low order gives zeros. */
async function lenientKey(crypto: MaskCrypto, secret: Uint8Array): Promise<AgreementKey> {
  const { publicKey, agree } = await crypto.agreementKey(secret);
  const unchecked = (peer: Uint8Array) => {
    try {
      return x25519.getSharedSecret(secret, peer);
    } catch {
      return new Uint8Array(keyBytes);
    }
  };
  return { publicKey, agree: (peer) => agree(peer).catch(() => unchecked(peer)) };
}

function byChannel(a: PublicKeys, b: PublicKeys): number {
  return compareBytes(a.channel, b.channel);
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g)!, (pair) => Number.parseInt(pair, 16));
}
