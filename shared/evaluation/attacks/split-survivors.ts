// Split views of who survived: some clients are told that the victim is among the survivors and give shares of its self mask, others that it
// dropped out and give shares of its pairwise masks. With both, its upload opens. What stops it: the threshold is above half of the
// neighbourhood, so two disjoint groups of honest clients cannot both reach it, and each client gives one kind of share alone.
// `confirm` is not what stops it: see shrunken-cohort.ts for what `confirm` is for.
import { maskParametersOf } from '../../protocol/round-config.ts';
import { bytesFromElement, elementFromBytes } from '../../secagg/field.ts';
import { maskSecret, pairMaskKey } from '../../secagg/keys.ts';
import { Interpolation } from '../../secagg/shamir.ts';
import { masksOfUpload, shareOfB, shareOfR } from '../../secagg/sharing.ts';
import { uncheckedMaskParameters } from '../../secagg/testing/run.ts';
import { type Attack, type AttackSetting, judged } from './attack.ts';
import { copyOf, HostileServer, type Shares } from './hostile-server.ts';
import { madeUpRound } from './people.ts';

const cohort = 24;
/** 0.1 nMax: what the policy allows for. */
const expectedCorrupt = 2;
/** t = 9 of 24: two groups can reach it. */
const lowThresholdPermille = 350;

export const splitSurvivors: Attack = {
  name: 'split-views-of-survivors',
  summary: 'some clients are asked for one share of the victim and others for the other share',
  async run(setting) {
    const rounds = setting.trials ?? (setting.isSmall ? 1 : 4);
    // 2 t - k - 1 corrupt neighbours hold enough shares of their own: the limit of the design, shown so that nobody thinks it higher.
    const needed = 2 * 15 - cohort;
    const counts = { control: 0, withConfirm: 0, withoutConfirm: 0, below: 0, enough: 0 };
    for (let trial = 0; trial < rounds; trial++) {
      const low = await uploaded(setting, trial, true);
      if (await isRead(low, trial, 0, false)) counts.control++;
      const server = await uploaded(setting, trial, false);
      const restore = server.snapshot();
      for (const [name, corrupt, hasConfirm] of [
        ['withConfirm', expectedCorrupt, true],
        ['withoutConfirm', expectedCorrupt, false],
        ['below', needed - 1, true],
        ['enough', needed, true],
      ] as const) {
        restore();
        if (await isRead(server, trial, corrupt, hasConfirm)) counts[name]++;
      }
    }
    return [
      judged({
        attack: splitSurvivors.name,
        adversary: 'server and 10 %',
        measure: 'success rate',
        control: counts.control / rounds,
        controlAtLeast: 1,
        protected: Math.max(counts.withConfirm, counts.withoutConfirm) / rounds,
        chance: 0,
        bound: 0,
        trials: rounds,
        note:
          `n = ${cohort}, t = 15, ${expectedCorrupt} colluding clients give the server both shares that they hold. Control: a threshold below half ` +
          '(0.35) and no confirm, with no colluding client. Our threshold alone stops it, with confirm or without; ' +
          `${needed} colluding clients of ${cohort} would succeed, and nothing here is promised against them.`,
        details: {
          withoutConfirm: counts.withoutConfirm / rounds,
          [`with${needed - 1}Colluding`]: counts.below / rounds,
          [`with${needed}Colluding`]: counts.enough / rounds,
        },
      }),
    ];
  },
};

/** A round in which everyone has uploaded. */
async function uploaded(setting: AttackSetting, trial: number, isLow: boolean): Promise<HostileServer> {
  const round = madeUpRound(setting, `split survivors ${trial}`, cohort);
  const checked = maskParametersOf(round.config);
  const parameters = isLow ? uncheckedMaskParameters({ ...checked, thresholdPermille: lowThresholdPermille }) : checked;
  const server = await HostileServer.gather({ ...round, parameters });
  await server.deal();
  await server.collect();
  return server;
}

async function isRead(
  server: HostileServer,
  trial: number,
  corruptCount: number,
  hasConfirm: boolean,
): Promise<boolean> {
  const victim = trial % cohort;
  const others = [...server.clients.keys()].filter((index) => index !== victim);
  const corrupt = others.slice(0, corruptCount);
  const honest = others.slice(corruptCount);
  // The corrupt ones keep what they hold, and confirm whatever is wanted of them: one copy of them for each view.
  const held = corrupt.map((index) => {
    const { state } = server.clients[index]!;
    if (state.kind !== 'masked') throw new RangeError(`split survivors: expected ${index} to have uploaded`);
    return { index, state: copyOf(state), pair: state.pairs.get(victim)!.slice() };
  });
  // The victim is asked with those who count it in. t shares of each kind, the colluding ones counted twice.
  const half = Math.ceil((honest.length + 1) / 2) - 1;
  const countIn = new Set([...honest.slice(0, half), victim]);
  const countOut = new Set(honest.slice(half));
  const without = server.without(victim);
  const ofB = new Map<number, Uint8Array>(held.map(({ index, pair }) => [index, shareOfB(pair)]));
  const ofR = new Map<number, Uint8Array>(held.map(({ index, pair }) => [index, shareOfR(pair)]));
  for (const [group, u3, shares] of [
    [countIn, server.everyone, ofB],
    [countOut, without, ofR],
  ] as const) {
    for (const { index, state } of held) server.clients[index]!.state = copyOf(state);
    const isTold = (index: number) => (group.has(index) || corrupt.includes(index) ? u3 : null);
    await server.request(isTold);
    const released = hasConfirm
      ? await server.release(isTold)
      : new Map<number, Shares>([...group].map((index) => [index, server.sharesBeforeConfirm(index)]));
    for (const [index, given] of released) if (group.has(index)) shares.set(index, given.get(victim)!);
  }
  return opens(server, victim, ofB, ofR);
}

/** Opens one upload with t shares of each of its owner's secrets: the self mask and, through the mask key, every pairwise mask. */
export async function opens(
  server: HostileServer,
  victim: number,
  ofB: ReadonlyMap<number, Uint8Array>,
  ofR: ReadonlyMap<number, Uint8Array>,
): Promise<boolean> {
  const { threshold, rosterHash, crypto } = server;
  if (ofB.size < threshold || ofR.size < threshold) return false;
  const combined = (shares: ReadonlyMap<number, Uint8Array>) => {
    const some = [...shares].sort(([a], [b]) => a - b).slice(0, threshold);
    const points = some.map(([holder]) => holder + 1);
    return bytesFromElement(
      new Interpolation().combine(
        points,
        some.map(([, share]) => elementFromBytes(share)),
      ),
    );
  };
  const neighbours = server.graph[victim]!;
  const key = await crypto.agreementKey(maskSecret(combined(ofR), server.configHash));
  const pairMasks = new Map<number, Uint8Array>();
  for (const v of neighbours) {
    const agreed = await key.agree(server.clients[v]!.keys.mask);
    pairMasks.set(v, pairMaskKey(agreed, rosterHash, victim, v));
  }
  const place = { rosterHash, size: server.size, index: victim, neighbours, threshold };
  const masks = masksOfUpload(place, combined(ofB), pairMasks, neighbours);
  const taken = masks.map(({ key: mask, sign }) => ({ key: mask, sign: sign === 1 ? (-1 as const) : (1 as const) }));
  return server.isSumOf(await server.unmasked(server.setOf([victim]), taken), [victim]);
}
