// Those who use nothing but the language, at each task.
import { encodingConfig, noiseVariance } from '../encoding.ts';
import { encodeExactly } from '../rivals/exact-rejection.ts';
import { bestBySorting } from '../rivals/map-and-sort.ts';
import { bestData, type Enter, encodeData } from '../task.ts';

export const bestByMapAndSort: Enter<'best'> = async (task) => {
  const { rows, u, dimension, count } = bestData(task);
  return { run: () => bestBySorting(rows, dimension, u, count) };
};

export const encodeByRejection: Enter<'encode'> = async (task) => {
  const { update } = encodeData(task);
  const { scale } = encodingConfig(task.length);
  return { run: () => encodeExactly(update, 1.5, scale, noiseVariance) };
};
