// How near to the limit of its memory the graphics processor fits: the bytes of item rows that a fit reads in a second, over what copying reaches.
import type { Case } from '../case.ts';
import { contest } from '../contest.ts';
import { copiesARun } from '../entrants/copy.ts';
import { measured, sizeOf } from '../result.ts';

const copied = { kind: 'copy', bytes: 128 * 2 ** 20 } as const;
const fitted = { kind: 'fit', items: 100_000, dimension: 64, steps: 20 } as const;

export const bandwidth: Case = {
  name: 'bandwidth',
  about: 'the fused fit against the bandwidth of the graphics processor’s memory',
  async run({ browser, effort, say }) {
    const venue = await browser();
    if (venue.adapter === null) {
      say('bandwidth: left out, this browser has no graphics adapter');
      return [];
    }
    const [copy] = await contest(venue, ['copy'], copied, effort);
    const [fit] = await contest(venue, ['fit-webgpu'], fitted, effort);
    // A copy reads and writes.
    const copying = copy!.wallMs.map((ms) => (2 * copiesARun * copied.bytes) / (1e6 * ms));
    const readBytes = fitted.steps * fitted.items * fitted.dimension * Float32Array.BYTES_PER_ELEMENT;
    const fitting = fit!.wallMs.map((ms) => readBytes / (1e6 * ms));
    const where = { case: 'bandwidth', place: venue.place, unit: 'GB/s', measure: 'bandwidth' } as const;
    const reached = measured({ ...where, code: 'copy', size: `${copied.bytes} B` }, copying);
    const used = measured({ ...where, code: 'fit-webgpu', size: sizeOf(fitted.items, fitted.dimension) }, fitting);
    return [
      reached,
      used,
      measured(
        { ...where, code: 'fit-webgpu', size: used.size, unit: '', measure: 'fraction of the copying bandwidth' },
        fitting.map((value) => value / reached.value),
      ),
    ];
  },
};
