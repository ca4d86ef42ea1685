// Autodiff on the user embedding and the item embeddings together, as a matrix factorisation is trained: the gradient is as large as the table.
import type * as Tfjs from '@tensorflow/tfjs';

export async function fitUserAndItems(tf: typeof Tfjs, table: Tfjs.Tensor2D, liked: Tfjs.Tensor1D, steps: number) {
  const [count, dimension] = table.shape;
  const user = tf.variable(tf.zeros([dimension, 1]));
  const items = tf.variable(table);
  const optimizer = tf.train.adam(0.05);
  const loss = () =>
    tf.tidy(() => {
      const scores = tf.matMul(items as Tfjs.Tensor2D, user).reshape([count]);
      const logits = tf.sub(scores, tf.logSumExp(scores));
      const penalty = tf.mul(0.005, tf.sum(tf.square(user)));
      return tf.sub(penalty, tf.mean(tf.gather(logits, liked))) as Tfjs.Scalar;
    });
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const cost = optimizer.minimize(loss, true, [user, items]);
    if (cost === null) continue;
    losses.push((await cost.data())[0] ?? Number.NaN);
    cost.dispose();
  }
  const fitted = await user.data();
  const update = await items.data();
  for (const variable of [user, items]) variable.dispose();
  optimizer.dispose();
  return { fitted, update, losses };
}
