// What the doctor's page finds out in a browser.
import type { Backend, BackendReason } from '../../../engine/api.ts';

export interface Size {
  readonly items: number;
  readonly dimension: number;
}

export interface Examination {
  readonly adapter: AdapterFacts;
  readonly sizes: readonly ExaminedSize[];
}

export type AdapterFacts =
  | { readonly found: false; readonly why: string }
  | {
      readonly found: true;
      readonly device: string;
      readonly isSoftware: boolean;
      readonly features: readonly string[];
      readonly limits: Readonly<Record<string, number>>;
    };

export interface ExaminedSize extends Size {
  /** What training would run on, and why. */
  readonly backend: Backend | null;
  readonly reasons: readonly BackendReason[];
  /** The training for one round, ms. null: not measured, because nobody would choose it. */
  readonly round: { readonly processorMs: number; readonly webgpuMs: number | null };
  /** The softmax fit over all items, 20 steps, ms: the heaviest training that could be asked for, and no part of a round. */
  readonly softmax: { readonly backend: Backend; readonly processorMs: number; readonly webgpuMs: number | null };
}
