// Both shares of one client: the server asks twice, once with the victim among the survivors and once without. With t shares of each secret its
// upload opens. What stops it: one unmask request a round, ever, and a client forgets the other kind of share as it answers.
import { type Attack, judged } from './attack.ts';
import { HostileServer, type Shares } from './hostile-server.ts';
import { madeUpRound } from './people.ts';
import { opens } from './split-survivors.ts';

const cohort = 22;
/** When the second request comes: before the confirmations of the first, or after the shares were given. */
const moments = ['at once', 'after the shares'] as const;

export const bothShares: Attack = {
  name: 'both-shares-of-one-client',
  summary: 'two unmask requests in one round, with and without the victim',
  async run(setting) {
    const rounds = setting.trials ?? (setting.isSmall ? 1 : 4);
    let read = 0;
    let control = 0;
    for (let trial = 0; trial < rounds; trial++) {
      const server = await HostileServer.gather(madeUpRound(setting, `both shares ${trial}`, cohort));
      await server.deal();
      await server.collect();
      const restore = server.snapshot();
      for (const moment of moments) {
        restore();
        if (await isRead(server, trial, moment, null)) read++;
        restore();
        if (await isRead(server, trial, moment, restore)) control++;
      }
    }
    const tries = rounds * moments.length;
    return [
      judged({
        attack: bothShares.name,
        adversary: 'active server',
        measure: 'success rate',
        control: control / tries,
        controlAtLeast: 1,
        protected: read / tries,
        chance: 0,
        bound: 0,
        trials: tries,
        note:
          'The second request comes at once, or after the shares were given. A try succeeds when the server opens the victim’s upload. ' +
          'Control: clients that answer both from the same state, as if they had been restored from a copy.',
      }),
    ];
  },
};

/** @param forget puts every client back to before the first request; null for real clients. */
async function isRead(
  server: HostileServer,
  trial: number,
  moment: (typeof moments)[number],
  forget: (() => void) | null,
): Promise<boolean> {
  const victim = trial % cohort;
  const withVictim = () => server.everyone;
  const withoutVictim = (index: number) => (index === victim ? null : server.without(victim));
  let first: ReadonlyMap<number, Shares> = new Map();
  await server.request(withVictim);
  if (moment === 'after the shares' || forget !== null) first = await server.release(withVictim);
  forget?.();
  await server.request(withoutVictim);
  const second = await server.release(withoutVictim);
  const of = (shares: ReadonlyMap<number, Shares>) =>
    new Map(
      [...shares].flatMap(([holder, given]) => (given.has(victim) ? [[holder, given.get(victim)!] as const] : [])),
    );
  // Shares that came after the first request may be of either kind; the client says which by the request that it answered.
  return opens(server, victim, of(first), of(second));
}
