// A hostile server that asks for a thousand rounds. The real ledger of a device over its memory store: it charges as often as the cap allows and not
// once more, whatever the server calls its policy, and whether it publishes its rounds or gives them up.
import { type Attack, judged, randomOf } from '#shared/evaluation/attacks/attack.ts';
import { attackNowMs, configOf, demoPolicy } from '#shared/evaluation/attacks/people.ts';
import type { RandomSource } from '#shared/maths/random.ts';
import { epsilonOfRho, participationsAllowed } from '#shared/privacy/accountant.ts';
import { packedBytes } from '#shared/protocol/codec.ts';
import { lifetimeRhoCap } from '#shared/protocol/limits.ts';
import type { RoundPolicy } from '#shared/protocol/policy.ts';
import { rhoOfConfig } from '#shared/protocol/round-config.ts';
import { Account } from '../../engine/account.ts';
import { Ledger } from '../../engine/ledger.ts';
import { MemoryLedgerStore, MemoryLocks } from '../../engine/memory.ts';

const roundsAsked = 1000;
/** Of every way but the first, and of the control, in the short case. */
const fewRounds = 100;

/** What the server does to get another charge out of the device. */
const schemes: Readonly<Record<string, (policy: RoundPolicy, round: number) => RoundPolicy>> = {
  samePolicy: (policy) => policy,
  // Another cooldown, another hash: a policy that the ledger has not seen.
  newPolicyEachRound: (policy, round) => ({ ...policy, cooldownMs: policy.cooldownMs + round }),
  // No device would parse it; the ledger does not count on that.
  policyWithoutCap: (policy) => ({ ...policy, epsilonCap: 1e6 }),
  everyRoundGivenUp: (policy) => policy,
};

export const drainedBudget: Attack = {
  name: 'thousand-rounds',
  summary: 'a server that asks one device for 1,000 rounds',
  async run(setting) {
    const policy = demoPolicy();
    const random = randomOf(setting, 'thousand rounds');
    const allowed = participationsAllowed(policy.noiseMultiplier, policy.epsilonCap, policy.delta);
    const charges: Record<string, number> = {};
    let mostRho = 0;
    let trials = 0;
    const others = setting.isSmall ? fewRounds : roundsAsked;
    for (const [name, changed] of Object.entries(schemes)) {
      const { ledger, account } = await emptyDevice();
      const rounds = name === 'samePolicy' ? roundsAsked : others;
      trials += rounds;
      const outcome = await asked(random, rounds, {
        policyOf: (round) => changed(policy, round),
        ledgerOf: () => ledger,
        givesUp: name === 'everyRoundGivenUp',
      });
      charges[name] = outcome.charged;
      mostRho = Math.max(mostRho, outcome.rho, account.book?.rhoSpent ?? Number.NaN);
    }
    const forgetful = await asked(random, others, { policyOf: () => policy, ledgerOf: emptyLedger, givesUp: false });
    const expected = Object.values(charges).every((charged) => charged === allowed);
    return [
      judged({
        attack: drainedBudget.name,
        adversary: 'active server',
        measure: 'epsilon',
        control: epsilonOfRho(forgetful.rho, policy.delta),
        controlAtLeast: policy.epsilonCap,
        // Fewer charges than the cap allows would be a fault as well: of the ledger, and of what the page says.
        protected: expected ? epsilonOfRho(mostRho, policy.delta) : Number.MAX_VALUE,
        chance: null,
        bound: Math.min(policy.epsilonCap, epsilonOfRho(lifetimeRhoCap, policy.delta)),
        trials,
        note:
          `${trials} rounds asked of one device in ${Object.keys(schemes).length} ways, ${roundsAsked} in the first; each time it is charged ${allowed} times, as the cap allows. ` +
          'Control: a device whose ledger is empty again before each round.',
        details: { ...charges, allowed, controlCharges: forgetful.charged },
      }),
    ];
  },
};

interface Asking {
  readonly policyOf: (round: number) => RoundPolicy;
  readonly ledgerOf: () => Ledger | Promise<Ledger>;
  /** The server gives each round up after the charge. */
  readonly givesUp: boolean;
}

async function asked(
  random: RandomSource,
  rounds: number,
  { policyOf, ledgerOf, givesUp }: Asking,
): Promise<{ readonly charged: number; readonly rho: number }> {
  let charged = 0;
  let spent = 0;
  for (let round = 0; round < rounds; round++) {
    const policy = policyOf(round);
    // Only the numbers of a config matter to the ledger; a policy that no device accepts has none that is checked.
    const config = configOf({ ...policy, epsilonCap: Math.min(8, policy.epsilonCap) }, random);
    const rho = rhoOfConfig(config);
    const ledger = await ledgerOf();
    const { roundId, policyHash, mode } = config;
    const at = attackNowMs + round;
    if ((await ledger.enter({ roundId, policyHash, mode, at, place: null }, rho, policy)) !== 'entered') continue;
    const uploadBytes = packedBytes(config.length, config.bits);
    if ((await ledger.charge({ roundId, rho, at, uploadBytes }, policy)) !== 'charged') continue;
    charged++;
    spent += rho;
    if (givesUp) await ledger.settle(roundId, { status: 'aborted', cohort: null, modelVersion: null });
  }
  return { charged, rho: spent };
}

/** The ledger of a device that has taken part in nothing. */
export async function emptyLedger(): Promise<Ledger> {
  return (await emptyDevice()).ledger;
}

async function emptyDevice() {
  const account = new Account(new MemoryLedgerStore(), new MemoryLocks());
  await account.refresh(attackNowMs);
  return { account, ledger: new Ledger(account) };
}
