// `reconstruction` on the device: local steps on the item table (FedAvg, FedProx), and the person's weight where the policy weighs people.
import { LocalTraining } from '../../model/local-steps.ts';
import type { ReconstructionModel } from '../../model/model.ts';
import { materialise } from '../../model/table.ts';
import { checkLayout, dataSizeWeight, weighted } from '../../model/update.ts';
import type { UpdateInput } from '../device.ts';

/**
 * Trains step by step. After each step it looks at the clock: past the policy's limit no further one begins, and what is done counts like all of
 * them: it is a mean over steps. One step is always done.
 */
export async function reconstructionUpdate(model: ReconstructionModel, input: UpdateInput): Promise<Float64Array> {
  const { features, interactions, policy, nowMs, onProgress } = input;
  const { layout, training } = policy;
  checkLayout(layout, model);
  if (training === undefined) throw new RangeError('expected a phase that trains, got one without training');
  const { localSteps, localRate, proxMu, weights, localLimitMs } = training;
  const beganMs = nowMs();
  const trainer = await input.trainer();
  const local = new LocalTraining(input.table ?? materialise(model, features), layout, {
    steps: localSteps,
    rate: localRate,
    proxMu,
  });
  do {
    await trainer.load(local.table);
    const done = local.done;
    local.add(await trainer.train(interactions, (fraction) => onProgress?.((done + fraction) / localSteps)));
  } while (!local.isComplete && nowMs() - beganMs < localLimitMs);
  const update = local.update();
  if (!layout.parts.some((part) => part.name === 'weight')) return update;
  return weighted(update, layout, weights === 'size' ? dataSizeWeight(interactions.liked.length) : 1);
}
