// A round that is asked for twice: the same roundId again, whatever became of the first, and from two tabs at once. The real ledger of a device over
// its memory store lets each round in once.
import { type Attack, judged, randomOf } from '#shared/evaluation/attacks/attack.ts';
import { attackNowMs, configOf, demoPolicy } from '#shared/evaluation/attacks/people.ts';
import { packedBytes } from '#shared/protocol/codec.ts';
import { rhoOfConfig } from '#shared/protocol/round-config.ts';
import { emptyLedger } from './drained-budget.ts';

/** What became of the round before it was asked for again. */
const fates = [
  'entered',
  'charged',
  'aborted before the charge',
  'aborted after it',
  'published',
  'in another tab',
] as const;

export const replayedRound: Attack = {
  name: 'replayed-rounds',
  summary: 'the same roundId a second time',
  async run(setting) {
    const policy = demoPolicy();
    const random = randomOf(setting, 'replayed round');
    let taken = 0;
    let control = 0;
    for (const fate of fates) {
      const config = configOf(policy, random);
      const { roundId, policyHash, mode } = config;
      const rho = rhoOfConfig(config);
      const ledger = await emptyLedger();
      const enter = (at: number) => ledger.enter({ roundId, policyHash, mode, at, place: null }, rho, policy);
      const charge = (at: number) =>
        ledger.charge({ roundId, rho, at, uploadBytes: packedBytes(config.length, config.bits) }, policy);
      const entered = [await enter(attackNowMs)];
      const charged: string[] = [];
      if (fate === 'in another tab') entered.push(...(await Promise.all([enter(attackNowMs), enter(attackNowMs)])));
      if (fate === 'charged' || fate === 'aborted after it' || fate === 'published')
        charged.push(await charge(attackNowMs));
      const cohort = fate === 'published' ? policy.minCohort : null;
      const status = fate === 'published' ? 'published' : 'aborted';
      if (fate.startsWith('aborted') || fate === 'published')
        await ledger.settle(roundId, { status, cohort, modelVersion: cohort });
      // Within the day that a config may live.
      for (const later of [1, 1000, 86_400_000]) {
        entered.push(await enter(attackNowMs + later));
        // Of a round that was charged or given up, no second charge either.
        if (fate !== 'entered' && fate !== 'in another tab') charged.push(await charge(attackNowMs + later));
      }
      const times = entered.filter((outcome) => outcome === 'entered').length;
      const charges = charged.filter((outcome) => outcome === 'charged').length;
      if (times !== 1 || charges > 1) taken++;
      const forgetful = await emptyLedger();
      const again = await forgetful.enter({ roundId, policyHash, mode, at: attackNowMs + 1, place: null }, rho, policy);
      if (again === 'entered') control++;
    }
    return [
      judged({
        attack: replayedRound.name,
        adversary: 'active server',
        measure: 'success rate',
        control: control / fates.length,
        controlAtLeast: 1,
        protected: taken / fates.length,
        chance: 0,
        bound: 0,
        trials: fates.length,
        note:
          'Again at once, after a second and after a day, for each thing that can have become of the first. A try succeeds when the round is entered ' +
          'or charged twice. Control: a device whose ledger is empty again.',
      }),
    ];
  },
};
