// Autodiff on the user embedding: a variable, a loss, and an optimiser that minimises it.
import type * as Tfjs from '@tensorflow/tfjs';

export async function fitUser(tf: typeof Tfjs, items: Tfjs.Tensor2D, liked: Tfjs.Tensor1D, steps: number) {
  const [count, dimension] = items.shape;
  const user = tf.variable(tf.zeros([dimension, 1]));
  const optimizer = tf.train.adam(0.05);
  const loss = () =>
    tf.tidy(() => {
      const scores = tf.matMul(items, user).reshape([count]);
      const logits = tf.sub(scores, tf.logSumExp(scores));
      const penalty = tf.mul(0.005, tf.sum(tf.square(user)));
      return tf.sub(penalty, tf.mean(tf.gather(logits, liked))) as Tfjs.Scalar;
    });
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const cost = optimizer.minimize(loss, true, [user]);
    if (cost === null) continue;
    losses.push((await cost.data())[0] ?? Number.NaN);
    cost.dispose();
  }
  const fitted = await user.data();
  user.dispose();
  optimizer.dispose();
  return { fitted, losses };
}
