// What contenders are given to do: the same data for all of them, made from a seed.
import type { CoreModule } from '#shared/core/module.ts';
import { madeUpFloats, madeUpLikes } from '#shared/testing/made-up-rows.ts';
import type { Clock } from '../engine/environment.ts';

export type Task =
  /** The local fit: steps on the user embedding, full softmax over all items, 100 items of history. */
  | { readonly kind: 'fit'; readonly items: number; readonly dimension: number; readonly steps: number }
  /** The best `count` of all items for one user embedding. */
  | { readonly kind: 'best'; readonly items: number; readonly dimension: number; readonly count: number }
  /** From an update to noised integers (or to what a rival sends). */
  | { readonly kind: 'encode'; readonly length: number }
  /** From the uploads of a cohort to their sum (or mean). */
  | { readonly kind: 'aggregate'; readonly length: number; readonly clients: number }
  /** The product's own fit to one history. */
  | { readonly kind: 'train'; readonly items: number; readonly dimension: number; readonly history: number }
  /** A device's whole part in a round: fit, update, encode, masks for its partners, what it says to each. */
  | { readonly kind: 'participate'; readonly length: number; readonly partners: number }
  /** Bytes from one place to another in the memory of the graphics processor. */
  | { readonly kind: 'copy'; readonly bytes: number };

export type TaskKind = Task['kind'];
export type TaskOf<Kind extends TaskKind> = Task & { readonly kind: Kind };

export interface FitData extends TaskOf<'fit'> {
  /** items x dimension, row-major. */
  readonly rows: Float32Array;
  readonly liked: readonly number[];
}

export interface BestData extends TaskOf<'best'> {
  readonly rows: Float32Array;
  /** The user embedding. */
  readonly u: Float32Array;
}

export interface EncodeData extends TaskOf<'encode'> {
  readonly update: Float64Array;
}

const seed = 3;
const liked = 100;

export function fitData(task: TaskOf<'fit'>): FitData {
  const size = { ...task, size: 1, seed };
  return { ...task, rows: madeUpFloats(size), liked: madeUpLikes({ ...size, liked }) };
}

export function bestData(task: TaskOf<'best'>): BestData {
  const rows = madeUpFloats({ ...task, size: 0.25, seed });
  const u = madeUpFloats({ items: 1, dimension: task.dimension, size: 1, seed: seed + 2 });
  return { ...task, rows, u };
}

export function encodeData(task: TaskOf<'encode'>): EncodeData {
  return { ...task, update: Float64Array.from({ length: task.length }, (_, i) => Math.sin(i) / 100) };
}

/** What a contender may use of where it runs. */
export interface Surroundings {
  readonly core: CoreModule | null;
  readonly after: Clock['after'];
  readonly ticksMs: () => number;
  /** Where tfjs finds its own WASM files: a folder, or an address for each file. */
  readonly tfjsWasmPaths: string | Readonly<Record<string, string>>;
}

/** A contender at its task: everything that is done once is done. */
export interface Contestant {
  /** Does the task once. */
  readonly run: () => unknown;
  /** How long it keeps the thread before the graphics processor has all of its work; not given: nobody asks. */
  readonly enqueue?: 'until-it-waits' | 'in-minimize';
  /** Beside the times: what is worth knowing. */
  readonly facts?: () => Readonly<Record<string, number>>;
}

/** Makes a contestant for a task. */
export type Enter<Kind extends TaskKind> = (task: TaskOf<Kind>, surroundings: Surroundings) => Promise<Contestant>;
