// What a fit asks of the graphics processor, counted: dispatches, submits, readbacks, pipelines, and how long it keeps the page's processor until it
// has asked. Counts are the same on every machine.
import { type Case, wallOf } from '../case.ts';
import type { ContenderName } from '../contenders.ts';
import { contest } from '../contest.ts';
import { counted, measured, sizeOf } from '../result.ts';

export const countedSize = { items: 4096, dimension: 32, steps: 20 };
/** The counts of a step are the same: what is computed on the processor, because it is small, is still that. */
const quickSize = { items: 2048, dimension: 16, steps: 5 };

const onWebgpu: readonly ContenderName[] = [
  'fit-webgpu',
  'careful-webgpu',
  'user-webgpu',
  'joint-webgpu',
  'layers-webgpu',
];

export const counts: Case = {
  name: 'counts',
  about: 'dispatches, submits, readbacks, pipelines and enqueueing of a fit on WebGPU, and its time',
  async run({ browser, effort, isQuick, say }) {
    const venue = await browser();
    if (venue.adapter === null) {
      say('counts: left out, this browser has no graphics adapter');
      return [];
    }
    const task = { kind: 'fit', ...(isQuick ? quickSize : countedSize) } as const;
    const standings = await contest(venue, onWebgpu, task, effort);
    const where = { case: 'counts', place: venue.place, size: sizeOf(task.items, task.dimension) };
    return [
      ...wallOf(where, standings),
      ...standings.flatMap(({ contender, first, counts, enqueueMs }) => {
        const count = (measure: string, value: number) =>
          counted({ ...where, code: contender, measure, unit: '' }, value);
        return [
          count('dispatches', counts.dispatches),
          count('submits', counts.submits),
          count('readbacks', counts.readbacks),
          count('pipelines cold', first.counts.pipelines),
          count('buffers added a fit', counts.buffers),
          ...(enqueueMs.length === 0
            ? []
            : [measured({ ...where, code: contender, measure: 'enqueue', unit: 'ms' }, enqueueMs)]),
        ];
      }),
    ];
  },
};
