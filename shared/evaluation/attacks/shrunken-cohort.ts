// Split views that shrink the cohort: 28 honest clients, nMin = 20, and yet the server reads the exact sum of 15 of them. Each client sees sets
// of 20 and more, but each sees others: for every client that the server wants out of the sum it collects t shares of the pairwise masks from
// those whose view has no place for it. No client is fake. The sum then holds 15 noise shares where 18 were promised. What stops it is
// `confirm`: shares leave a client only when t of its neighbourhood saw the same two sets.

import type { IndexSet } from '../../secagg/index-set.ts';
import { type Attack, judged } from './attack.ts';
import { HostileServer, type Shares } from './hostile-server.ts';
import { madeUpRound } from './people.ts';

const cohort = 28;
const wanted = 15;
/** Left out of the wanted ones' U2 as well, so that no pairwise mask with them is in the sum. */
const leftOutEarly = 4;

export const shrunkenCohort: Attack = {
  name: 'split-views-shrink-the-cohort',
  summary: 'each client sees another set of survivors, large enough by itself, and the sum is over fewer than nMin',
  async run(setting) {
    const rounds = setting.trials ?? (setting.isSmall ? 1 : 4);
    let control = 0;
    let read = 0;
    let gaveUp = 0;
    for (let trial = 0; trial < rounds; trial++) {
      const server = await HostileServer.gather(madeUpRound(setting, `shrunken cohort ${trial}`, cohort));
      await server.deal();
      const restore = server.snapshot();
      const before = await shrunken(server, false);
      restore();
      const after = await shrunken(server, true);
      if (before.isRead) control++;
      if (after.isRead) read++;
      gaveUp += after.aborted / cohort / rounds;
    }
    return [
      judged({
        attack: shrunkenCohort.name,
        adversary: 'active server',
        measure: 'success rate',
        control: control / rounds,
        controlAtLeast: 1,
        protected: read / rounds,
        chance: 0,
        bound: 0,
        trials: rounds,
        note:
          `n = ${cohort}, nMin = 20, no fake client. A try succeeds when the server reads the exact sum of ${wanted} honest clients. ` +
          'Control: clients that release their shares at the unmask request, without confirm.',
        details: { clientsThatGaveUp: gaveUp },
      }),
    ];
  },
};

async function shrunken(
  server: HostileServer,
  hasConfirm: boolean,
): Promise<{ readonly isRead: boolean; readonly aborted: number }> {
  const { minCohort } = server.parameters;
  const all = [...server.clients.keys()];
  const inSum = new Set(all.slice(0, wanted));
  // Early: no wanted client ever hears of them. Late: their pairwise masks are in the wanted uploads and have to be bought with shares.
  const early = all.slice(wanted, wanted + leftOutEarly);
  const late = all.slice(wanted + leftOutEarly);
  const u2Of = (index: number) => (inSum.has(index) ? server.without(...early) : server.everyone);
  await server.collect(u2Of);
  if (server.payloads.size < cohort) return { isRead: false, aborted: server.aborted };

  // Whom each client is told to be gone: as many as nMin allows, those first of whom the most shares are still missing.
  const missing = new Map(late.map((index) => [index, server.threshold]));
  const views = all.map((index): IndexSet => {
    const u2 = u2Of(index);
    const gone = late
      .filter((v) => v !== index)
      .sort((a, b) => missing.get(b)! - missing.get(a)! || a - b)
      .slice(0, u2.size - minCohort);
    for (const v of gone) missing.set(v, missing.get(v)! - 1);
    return server.setOf(u2.members.filter((v) => !gone.includes(v)));
  });
  const viewOf = (index: number) => views[index]!;
  await server.request(viewOf);
  const released = hasConfirm
    ? await server.release(viewOf)
    : new Map<number, Shares>(all.map((index) => [index, server.sharesBeforeConfirm(index)]));

  // Of a wanted client the shares of its self mask, of the late ones those of their pairwise masks: whatever else came is left out.
  const useful = new Map<number, Shares>(
    [...released].map(([holder, shares]) => [
      holder,
      new Map([...shares].filter(([v]) => (viewOf(holder).has(v) ? inSum.has(v) : late.includes(v)))),
    ]),
  );
  const read = await server.read(server.without(...early), server.setOf(inSum), useful);
  return { isRead: server.isSumOf(read, [...inSum]), aborted: server.aborted };
}
