// A thread of the adviser: it is told the people when it starts and then one measurement after another.
import type { CrowdSource } from '#shared/adviser/crowd.ts';
import { type Job, type Measured, Measurer } from '#shared/adviser/measure.ts';
import { roundCore } from '#shared/core/rounds-wasm.ts';
import { readCore } from '../../server/core-file.ts';
import { answerParts } from './threads.ts';

let measurer: Measurer | null = null;

answerParts((source: CrowdSource, job: Job, begin: (notice: null) => void): Measured => {
  begin(null);
  measurer ??= new Measurer(source, roundCore(readCore((reason) => process.stderr.write(`${reason}\n`))));
  return measurer.measure(job);
});
