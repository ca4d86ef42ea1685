// Two hundred rounds, and what there is more of after them: tensors, buffers of the graphics processor, heap.
import type { Case } from '../case.ts';
import type { ContenderName } from '../contenders.ts';
import { counted, type Measurement, sizeOf } from '../result.ts';

const task = { kind: 'train', items: 1_700, dimension: 30, history: 60 } as const;
/** By then every length of history has been met and everything is compiled: what is kept for it is kept from then on. */
const settlingRounds = 1_000;
const settledRounds = 200;
const sizeAfter = (rounds: number) => `${rounds} rounds, ${sizeOf(task.items, task.dimension)}`;
export const roundsSize = sizeAfter(settledRounds);

export const rounds: Case = {
  name: 'rounds',
  about: '200 rounds: growth of tensors, buffers and heap',
  async run({ browser, isQuick, say }) {
    const venue = await browser();
    const found: Measurement[] = [];
    const codes: ContenderName[] = venue.adapter === null ? ['rounds-wasm'] : ['rounds-wasm', 'rounds-webgpu'];
    for (const code of codes) {
      say(`rounds: ${code}`);
      const [settling, more] = isQuick ? [60, 20] : [settlingRounds, settledRounds];
      const ready = await venue.enter(code, task);
      try {
        await ready.run(settling);
        const factsBefore = await ready.facts();
        const heapBefore = await venue.heapBytes();
        const run = await ready.run(more);
        const heapAfter = await venue.heapBytes();
        const factsAfter = await ready.facts();
        const size = sizeAfter(more);
        const add = (measure: string, unit: 'B' | '', value: number) =>
          found.push(counted({ case: 'rounds', place: venue.place, code, size, measure, unit }, value));
        add('tensors added', '', (factsAfter.tensors ?? Number.NaN) - (factsBefore.tensors ?? Number.NaN));
        add(
          'tensor bytes added',
          'B',
          (factsAfter.tensorBytes ?? Number.NaN) - (factsBefore.tensorBytes ?? Number.NaN),
        );
        add('buffers added', '', Math.round(run.counts.buffers * more));
        add('buffer bytes added', 'B', Math.round(run.counts.bufferBytes * more));
        add('heap added', 'B', heapAfter - heapBefore);
      } finally {
        await ready.close();
      }
    }
    return found;
  },
};
