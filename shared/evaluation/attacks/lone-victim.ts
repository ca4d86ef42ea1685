// Dropping everyone but a victim: a sum of one is the victim's update. The server says that all others have left, before the uploads or after.
// What stops it: nMin and the threshold, which are compiled into the client.
import { maskParametersOf } from '../../protocol/round-config.ts';
import type { MaskParameters } from '../../secagg/parameters.ts';
import { uncheckedMaskParameters } from '../../secagg/testing/run.ts';
import { type Attack, type AttackSetting, judged } from './attack.ts';
import { HostileServer } from './hostile-server.ts';
import { madeUpRound } from './people.ts';

const cohort = 20;
/** How many the server leaves in the set, the victim included: nobody else, or one fewer than nMin. */
const survivors = [1, 19];
const moments = ['inbox', 'unmask_req'] as const;

export const loneVictim: Attack = {
  name: 'drop-everyone-but-a-victim',
  summary: 'the server declares that all other clients have dropped out',
  async run(setting) {
    const rounds = setting.trials ?? (setting.isSmall ? 1 : 4);
    let read = 0;
    let controlRead = 0;
    for (let trial = 0; trial < rounds; trial++) {
      read += await readings(setting, trial, null);
      controlRead += await readings(setting, trial, withoutFloors);
    }
    const tries = rounds * survivors.length * moments.length;
    return [
      judged({
        attack: loneVictim.name,
        adversary: 'active server',
        measure: 'success rate',
        control: controlRead / tries,
        controlAtLeast: 1,
        protected: read / tries,
        chance: 0,
        bound: 0,
        trials: tries,
        note:
          `Sets of ${survivors.join(' and ')} of ${cohort}, at the inbox and at the unmask request. A try succeeds when the server reads the ` +
          'sum of that set exactly. Control: the same clients without the floors of nMin and of the threshold.',
      }),
    ];
  },
};

/** A client's numbers without floors. */
function withoutFloors(checked: MaskParameters): MaskParameters {
  return uncheckedMaskParameters({ ...checked, minCohort: 1, thresholdPermille: 1 });
}

/** Of the tries in one round, how many read the sum. */
async function readings(
  setting: AttackSetting,
  trial: number,
  weaken: ((checked: MaskParameters) => MaskParameters) | null,
): Promise<number> {
  const round = madeUpRound(setting, `lone victim ${trial}`, cohort);
  const checked = maskParametersOf(round.config);
  const server = await HostileServer.gather({ ...round, parameters: weaken === null ? checked : weaken(checked) });
  await server.deal();
  const restore = server.snapshot();
  let read = 0;
  for (const left of survivors) {
    for (const moment of moments) {
      restore();
      if (await isRead(server, trial, left, moment)) read++;
    }
  }
  return read;
}

async function isRead(
  server: HostileServer,
  trial: number,
  left: number,
  moment: (typeof moments)[number],
): Promise<boolean> {
  // Any place in the roster: indices are as random as the keys.
  const victims = server.setOf(Array.from({ length: left }, (_, i) => (trial + i) % cohort));
  const u2 = moment === 'inbox' ? victims : server.everyone;
  await server.collect(() => u2);
  if (victims.members.some((index) => !server.payloads.has(index))) return false;
  const told = (index: number) => (victims.has(index) ? victims : null);
  await server.request(told);
  const shares = await server.release(told);
  return server.isSumOf(await server.read(u2, victims, shares), victims.members);
}
