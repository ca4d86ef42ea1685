// The server's sum of a cohort's uploads against decoding to tensors and averaging: processor time for one upload, and what is held as more come.
import { once } from 'node:events';
import { join } from 'node:path';
import { repositoryRoot } from '../../e2e/harness.ts';
import type { Case } from '../case.ts';
import { contest } from '../contest.ts';
import { counted, type Measurement, measured } from '../result.ts';
import { withChild } from '../server/child.ts';
import type { Held, Holder } from '../server/holding.ts';

const length = 131_072;
const clients = 24;
const cohorts = [16, 256];

/** Bytes that the process holds more for each further upload. */
const heldMeasure = 'held';

export const aggregate: Case = {
  name: 'aggregate',
  about: 'the server’s sum of uploads: time, and memory by cohort',
  async run({ node, effort, say }) {
    const task = { kind: 'aggregate', length, clients } as const;
    const standings = await contest(node, ['sum-wasm', 'sum-plain', 'tensor-mean'], task, effort);
    const where = { case: 'aggregate', place: 'node', size: `D = ${length}` } as const;
    const found: Measurement[] = standings.map(({ contender, wallMs }) =>
      measured(
        { ...where, code: contender, measure: 'wall an upload', unit: 'ms' },
        wallMs.map((ms) => ms / clients),
      ),
    );
    for (const holder of ['sum-wasm', 'tensor-mean'] as const) {
      for (const cohort of cohorts) {
        say(`aggregate: memory of ${holder} for ${cohort} uploads`);
        const { bytes, uploadBytes } = await heldBy(holder, cohort);
        const size = `${cohort} uploads of ${uploadBytes} B`;
        found.push(counted({ ...where, size, code: holder, measure: heldMeasure, unit: 'B' }, bytes));
      }
    }
    return found;
  },
};

/** In a process of its own, so that nothing else is weighed. */
function heldBy(holder: Holder, cohort: number): Promise<Held> {
  const entry = join(repositoryRoot, 'apps', 'bench', 'server', 'holding.ts');
  const args = [holder, String(cohort), String(length)];
  return withChild(entry, { args, execArgv: ['--expose-gc', '--import', 'tsx'] }, async (child) => {
    const [held] = (await once(child, 'message')) as [Held];
    return held;
  });
}
