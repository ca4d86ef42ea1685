// Those who use tfjs, at each task.
import { noiseVariance } from '../encoding.ts';
import { fitCarefully } from '../rivals/careful-tfjs.ts';
import { fitLayersModel } from '../rivals/layers-model.ts';
import { fitUserAndItems } from '../rivals/minimize-joint.ts';
import { fitUser } from '../rivals/minimize-user.ts';
import { meanOfTensors } from '../rivals/tensor-mean.ts';
import { clipAndNoise } from '../rivals/tensor-noise.ts';
import { type RivalBackend, tfjsOn } from '../rivals/tfjs.ts';
import { bestByTopk } from '../rivals/tfjs-topk.ts';
import { bestData, type Enter, encodeData, fitData } from '../task.ts';
import { floatUploads } from '../uploads.ts';

export const fitByMinimize =
  (what: 'user' | 'joint', backend: RivalBackend): Enter<'fit'> =>
  async (task, surroundings) => {
    const tf = await tfjsOn(backend, surroundings);
    const { rows, liked, items, dimension, steps } = fitData(task);
    const table = tf.tensor2d(rows, [items, dimension]);
    const history = tf.tensor1d([...liked], 'int32');
    const fit = what === 'user' ? fitUser : fitUserAndItems;
    return { run: () => fit(tf, table, history, steps), enqueue: 'in-minimize' };
  };

export const fitByLayers =
  (backend: RivalBackend): Enter<'fit'> =>
  async (task, surroundings) => {
    const tf = await tfjsOn(backend, surroundings);
    const { rows, liked, items, dimension, steps } = fitData(task);
    const table = tf.tensor2d(rows, [items, dimension]);
    return { run: () => fitLayersModel(tf, table, liked, steps) };
  };

export const fitByCare =
  (backend: RivalBackend): Enter<'fit'> =>
  async (task, surroundings) => {
    const tf = await tfjsOn(backend, surroundings);
    const { rows, liked, items, dimension, steps } = fitData(task);
    const table = tf.tensor2d(rows, [items, dimension]);
    const history = tf.tensor1d([...liked], 'int32');
    return { run: () => fitCarefully(tf, table, history, steps), enqueue: 'until-it-waits' };
  };

export const bestByTfjs =
  (backend: RivalBackend): Enter<'best'> =>
  async (task, surroundings) => {
    const tf = await tfjsOn(backend, surroundings);
    const { rows, u, items, dimension, count } = bestData(task);
    const table = tf.tensor2d(rows, [items, dimension]);
    const user = tf.tensor2d(u, [dimension, 1]);
    return { run: () => bestByTopk(tf, table, user, count) };
  };

export const noiseOnTensors =
  (backend: RivalBackend): Enter<'encode'> =>
  async (task, surroundings) => {
    const tf = await tfjsOn(backend, surroundings);
    const update = tf.tensor1d(Float32Array.from(encodeData(task).update));
    return { run: () => clipAndNoise(tf, update, 1.5, Math.sqrt(noiseVariance) / 1024) };
  };

export const meanOnTensors =
  (backend: RivalBackend): Enter<'aggregate'> =>
  async (task, surroundings) => {
    const tf = await tfjsOn(backend, surroundings);
    const uploads = floatUploads(task);
    return { run: () => meanOfTensors(tf, uploads) };
  };
