// Which of two backends is faster here: measured, once for each adapter, driver, browser and size, on what a round asks for. Below the crossover
// nothing is measured: what starts a graphics processor takes longer than the whole fit takes on the processor. Above it the processor goes first, and
// where it is done in the time of a readback, no graphics processor is started either.
import type { ItemTable } from '#shared/model/model.ts';
import type { BackendReason } from '../api.ts';
import type { Timing } from '../timing-store.ts';
import type { BackendFit } from './backend.ts';
import { goldenInteractions } from './golden.ts';

/** Items times dimension. */
export const crossoverWork = 500_000;

export function workOf({ model }: ItemTable): number {
  return model.header.items * model.header.dimension;
}

/** Works within a factor of two are of one size. */
export function sizeClass(work: number): number {
  return Math.floor(Math.log2(work));
}

/** @param identity of the adapter. @param processor what computes there: 'wasm' or 'reference'. */
export function timingKey(identity: string, processor: string, work: number): string {
  return `${identity}|${processor}|2^${sizeClass(work)}`;
}

/** Reading one result back from a graphics processor takes about as long, ms: what the processor does in that time is not worth measuring there. */
export const readbackMs = 2;

/** WebGPU is only taken where it wins. */
export function timedReason(
  { webgpuMs, processorMs }: Timing,
  remembered: boolean,
): Extract<BackendReason, { code: 'timed' }> {
  const faster = webgpuMs < processorMs ? 'webgpu' : 'processor';
  return { code: 'timed', faster, webgpuMs, processorMs, remembered };
}

/** Runs that took longer together are enough. */
const budgetMs = 20;
const mostRuns = 5;

/**
 * The shortest time of a round's training: a new model is taken in, then one fit on a made-up history. Measured on the table that is to be trained on,
 * after one run that warms up.
 * @param ticksMs a clock that only goes forward. @returns ms
 */
export async function roundMs(
  fit: Pick<BackendFit, 'load' | 'train'>,
  table: ItemTable,
  ticksMs: () => number,
): Promise<number> {
  const start = ticksMs();
  let shortest = Number.POSITIVE_INFINITY;
  for (let run = 0; run < mostRuns; run++) {
    const before = ticksMs();
    await fit.load(table);
    await fit.train(goldenInteractions);
    if (run > 0) shortest = Math.min(shortest, ticksMs() - before);
    if (run > 0 && ticksMs() - start > budgetMs) break;
  }
  return shortest;
}
