// tfjs by someone who knows it: the gradient written out, everything in one tidy, and one readback at the end.
import type * as Tfjs from '@tensorflow/tfjs';

export async function fitCarefully(tf: typeof Tfjs, items: Tfjs.Tensor2D, liked: Tfjs.Tensor1D, steps: number) {
  const result = tf.tidy(() => {
    const goal = tf.mean(tf.gather(items, liked), 0).reshape([-1, 1]);
    let user: Tfjs.Tensor = tf.zerosLike(goal);
    let moment = tf.zerosLike(goal);
    let square = tf.zerosLike(goal);
    for (let step = 1; step <= steps; step++) {
      const scores = tf.matMul(items, user as Tfjs.Tensor2D);
      const weights = tf.exp(tf.sub(scores, tf.max(scores)));
      const mean = tf.div(tf.matMul(items, weights as Tfjs.Tensor2D, true), tf.sum(weights));
      const gradient = tf.add(tf.sub(mean, goal), tf.mul(0.01, user));
      moment = tf.add(tf.mul(0.9, moment), tf.mul(0.1, gradient));
      square = tf.add(tf.mul(0.999, square), tf.mul(0.001, tf.square(gradient)));
      const root = tf.sqrt(tf.mul(square, 1 / (1 - 0.999 ** step)));
      user = tf.sub(user, tf.div(tf.mul(moment, 0.05 / (1 - 0.9 ** step)), tf.add(root, 1e-3)));
    }
    return user;
  });
  const fitted = await result.data();
  result.dispose();
  return { fitted };
}
