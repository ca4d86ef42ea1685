// Shares that are changed on their way: a bit flipped, two senders exchanged, those of another round replayed. A client that takes them holds wrong
// shares under somebody's name. What stops it: each ciphertext is authenticated, with roster, sender and receiver in the associated data.
import type { MaskCrypto } from '../../secagg/crypto.ts';
import { sharePairBytes } from '../../secagg/wire.ts';
import { type Attack, type AttackSetting, judged } from './attack.ts';
import { copyOf, HostileServer } from './hostile-server.ts';
import { madeUpRound } from './people.ts';

const cohort = 20;
const victim = 5;
const entryBytes = 82;

export const tamperedShares: Attack = {
  name: 'tampered-shares',
  summary: 'ciphertexts of shares are flipped, exchanged or replayed',
  async run(setting) {
    const changes = ['one bit', 'exchanged', 'replayed'] as const;
    let tries = 0;
    let taken = 0;
    let control = 0;
    const server = await dealt(setting, 'tampered shares');
    const earlier = await dealt(setting, 'tampered shares of another round');
    for (const change of changes) {
      tries += server.graph[victim]!.length;
      taken += await takenBy(server, earlier, change, setting.crypto);
      control += await takenBy(server, earlier, change, withoutTag(setting.crypto));
    }
    return [
      judged({
        attack: tamperedShares.name,
        adversary: 'active server',
        measure: 'success rate',
        control: control / tries,
        controlAtLeast: 0.3,
        protected: taken / tries,
        chance: 0,
        bound: 0,
        trials: tries,
        note:
          'A try succeeds when the receiver holds a changed pair of shares. Control: the same cipher without its tag. What does not decrypt to ' +
          'numbers of the field is refused there too, so its rate is about one half.',
      }),
    ];
  },
};

/** How many changed pairs of shares the victim holds after its inbox. */
async function takenBy(
  server: HostileServer,
  earlier: HostileServer,
  change: 'one bit' | 'exchanged' | 'replayed',
  crypto: MaskCrypto,
): Promise<number> {
  const neighbours = server.graph[victim]!;
  const inbox = server.inbox(victim, server.everyone);
  const replay = earlier.inbox(victim, earlier.everyone);
  const bitmap = inbox.length - neighbours.length * entryBytes;
  const start = (at: number) => bitmap + at * entryBytes + 2;
  const before = server.clients[victim]!.state;
  let taken = 0;
  for (const [at, sender] of neighbours.entries()) {
    const bytes = inbox.slice();
    const other = (at + 1) % neighbours.length;
    if (change === 'one bit') bytes[start(at) + ((7 * at) % sharePairBytes)]! ^= 1 << (at % 8);
    if (change === 'exchanged') bytes.set(inbox.subarray(start(other), start(other) + entryBytes - 2), start(at));
    if (change === 'replayed') bytes.set(replay.subarray(start(at), start(at) + entryBytes - 2), start(at));
    server.clients[victim]!.state = copyOf(before);
    await server.tell(victim, { kind: 'inbox', bytes }, crypto);
    const { state } = server.clients[victim]!;
    if (state.kind === 'charging' && state.pairs.has(sender)) taken++;
  }
  server.clients[victim]!.state = before;
  return taken;
}

async function dealt(setting: AttackSetting, name: string): Promise<HostileServer> {
  const server = await HostileServer.gather(madeUpRound(setting, name, cohort));
  await server.deal();
  return server;
}

/** AES-GCM without looking at the tag: counter mode, whose blocks 0 and 1 go into the tag and the first of the message is block 2. */
function withoutTag(crypto: MaskCrypto): MaskCrypto {
  return {
    ...crypto,
    async open(key, ciphertext) {
      const stream = await crypto.keystream(key, new Uint8Array(32 + sharePairBytes));
      return ciphertext.slice(0, sharePairBytes).map((byte, i) => byte ^ stream[32 + i]!);
    },
  };
}
