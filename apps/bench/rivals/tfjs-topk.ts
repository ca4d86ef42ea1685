// The best items by tfjs: a product and topk.
import type * as Tfjs from '@tensorflow/tfjs';

export async function bestByTopk(tf: typeof Tfjs, items: Tfjs.Tensor2D, user: Tfjs.Tensor2D, count: number) {
  const { values, indices } = tf.tidy(() => tf.topk(tf.matMul(items, user).reshape([-1]), count));
  const rows = await indices.data();
  const scores = await values.data();
  values.dispose();
  indices.dispose();
  return { rows, scores };
}
