// What scores with a published model, made when something is first ranked by it: much work, and much code, that a first list needs nothing of.
import { itemCore } from '#shared/core/items-wasm.ts';
import type { CoreModule } from '#shared/core/module.ts';
import { scorerOf } from '#shared/learners/load.ts';
import { ReconstructionScorer } from '#shared/learners/reconstruction/scorer.ts';
import type { Scorer } from '#shared/learners/scorer.ts';
import type { ItemTable } from '#shared/model/model.ts';
import { materialise } from '#shared/model/table.ts';
import type { Published } from './published.ts';

export interface ScoredModel extends Published {
  /** Of `reconstruction`; null for a model that has no item table. */
  readonly table: ItemTable | null;
  readonly scorer: Scorer;
}

type LoadCore = () => Promise<CoreModule | null>;

const made = new WeakMap<Published, Promise<ScoredModel>>();

/** Once for each published model. @param core gets what scores; it gives null for plain loops. Rejects where the learner's code cannot be loaded; the next call asks again. */
export function scored(published: Published, core: LoadCore): Promise<ScoredModel> {
  let model = made.get(published);
  if (model === undefined) {
    model = makeScored(published, core);
    made.set(published, model);
    model.catch(() => made.delete(published));
  }
  return model;
}

async function makeScored(published: Published, loadCore: LoadCore): Promise<ScoredModel> {
  const { model, features } = published;
  if (model.learner !== 'reconstruction') return { ...published, table: null, scorer: await scorerOf(model, features) };
  const core = await loadCore();
  const table = materialise(model, features, core === null ? null : itemCore(core));
  return { ...published, table, scorer: new ReconstructionScorer(table) };
}
