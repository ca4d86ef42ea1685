// The learners on the device: what one computes for an upload. Each learner's code is loaded when a model of it is first met.
import type { Features, Interactions, ItemTable, LearnerName, LocalResult, Model } from '../model/model.ts';
import type { RoundPolicy } from '../protocol/policy.ts';

/** What trains a user embedding on an item table: tfjs in a page, plain arrays elsewhere. */
export interface TableTrainer {
  /** Takes a table in place of the one before. Must be called before `train`. */
  load(table: ItemTable): Promise<void>;
  /** @param onProgress called with a fraction 0..1, ascending; 1 at the end. */
  train(interactions: Interactions, onProgress?: (fraction: number) => void): Promise<LocalResult>;
}

/** What an update is computed from and with. */
export interface UpdateInput {
  readonly features: Features;
  /** V and S of this very model, where they are there already. */
  readonly table?: ItemTable | null;
  readonly interactions: Interactions;
  /** Of the model's phase. */
  readonly policy: RoundPolicy;
  /** Asked for only by a learner that trains. */
  readonly trainer: () => Promise<TableTrainer>;
  /** A clock, ms, for the time limit of local steps alone. */
  readonly nowMs: () => number;
  readonly onProgress?: (fraction: number) => void;
}

/**
 * The update of one person for the model's phase: a new Float64Array[D], whatever the history; zeros where there is nothing to say.
 * @throws RangeError when the phase's layout is not one that the learner makes of this model, or a row is outside of it.
 */
export async function updateOf(model: Model, input: UpdateInput): Promise<Float64Array> {
  switch (model.learner) {
    case 'reconstruction':
      return (await load.reconstruction()).reconstructionUpdate(model, input);
    case 'co-occurrence':
      return (await load['co-occurrence']()).coOccurrenceUpdate(model, input);
    case 'communities':
      return (await load.communities()).communitiesUpdate(model, input);
  }
}

/** Loads a learner's code before it is first met: later updates then wait for nothing that is outside of this thread. */
export async function loadUpdates(learner: LearnerName): Promise<void> {
  await load[learner]();
}

const load = {
  reconstruction: () => import('./reconstruction/device.ts'),
  'co-occurrence': () => import('./co-occurrence/device.ts'),
  communities: () => import('./communities/device.ts'),
} as const satisfies Record<LearnerName, () => Promise<unknown>>;
