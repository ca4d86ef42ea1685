// Aggregation as servers in JavaScript do it: keep what comes, make tensors of it, take the mean.
import type * as Tfjs from '@tensorflow/tfjs';

export async function meanOfTensors(tf: typeof Tfjs, uploads: readonly ArrayBuffer[]) {
  const tensors = uploads.map((upload) => tf.tensor1d(new Float32Array(upload)));
  const mean = tf.tidy(() => tf.mean(tf.stack(tensors), 0));
  const values = await mean.data();
  for (const tensor of [...tensors, mean]) tensor.dispose();
  return values;
}
