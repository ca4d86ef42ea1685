// Differential privacy as it is mostly written in a browser: clip a tensor to a norm, add Gaussian floats. The noise is no cryptographic one and its
// floats give away what they were added to (Mironov 2012), so this is fast and not private.
import type * as Tfjs from '@tensorflow/tfjs';

export async function clipAndNoise(tf: typeof Tfjs, update: Tfjs.Tensor1D, bound: number, noiseStd: number) {
  const noised = tf.tidy(() => {
    const factor = tf.minimum(1, tf.div(bound, tf.norm(update)));
    return tf.add(tf.mul(update, factor), tf.randomNormal(update.shape, 0, noiseStd));
  });
  const sent = await noised.data();
  noised.dispose();
  return sent;
}
