// A whole participation of one device: fit, encode, masks for 64 partners, all that it says, at D = 131,072. Processor time of the browser, all of its
// threads and processes, is the proxy for energy; what stands in for the partners is in it, and not in `own`.
import type { Bench, Case } from '../case.ts';
import { counted, type Measurement, measured } from '../result.ts';
import type { Venue } from '../venue.ts';

const task = { kind: 'participate', length: 131_072, partners: 64 } as const;
/** The proxy for energy. */
export const processorMeasure = 'processor time (proxy for energy)';
const stages = ['fit', 'encode', 'advertise', 'shares', 'masked', 'confirm', 'unmask', 'own'];

/** Processor time around runs, ms a run. */
async function processorMsOf(venue: Venue, times: number, run: () => Promise<unknown>): Promise<number> {
  const before = await venue.processorMs();
  await run();
  return ((await venue.processorMs()) - before) / times;
}

export const participation: Case = {
  name: 'participation',
  about: 'a whole participation at D = 131,072 with 64 partners, and the processor time that it takes',
  async run({ browser, node, isQuick, say }: Bench) {
    const found: Measurement[] = [];
    for (const venue of [await browser(), node]) {
      say(`participation: in ${venue.place}`);
      const where = {
        case: 'participation',
        place: venue.place,
        size: `D = ${task.length}, ${task.partners} partners`,
      };
      const ready = await venue.enter('participation', task);
      const own = new Map<string, number[]>(stages.map((stage) => [stage, []]));
      const processor: number[] = [];
      let upBytes = 0;
      try {
        await ready.run(2);
        const times = isQuick ? 2 : 4;
        for (let turn = 0; turn < (isQuick ? 3 : 9); turn++) {
          processor.push(await processorMsOf(venue, times, () => ready.run(times)));
          const facts = await ready.facts();
          for (const [stage, samples] of own) samples.push(facts[stage] ?? Number.NaN);
          upBytes = facts.upBytes ?? Number.NaN;
        }
      } finally {
        await ready.close();
      }
      const code = 'participation';
      for (const [measure, samples] of own) found.push(measured({ ...where, code, measure, unit: 'ms' }, samples));
      found.push(measured({ ...where, code, measure: processorMeasure, unit: 'ms' }, processor));
      found.push(counted({ ...where, code, measure: 'bytes up', unit: 'B' }, upBytes));
    }
    return found;
  },
};
