// A model of layers: two embeddings, their dot product, softmax over all items; trained by one call of fitDataset for each batch, so that there is
// something to tell after each, as browser frameworks for federated learning do.
import type * as Tfjs from '@tensorflow/tfjs';

export async function fitLayersModel(tf: typeof Tfjs, table: Tfjs.Tensor2D, liked: readonly number[], steps: number) {
  const [count, dimension] = table.shape;
  const user = tf.input({ shape: [1], dtype: 'int32', name: 'user' });
  const items = tf.input({ shape: [count], dtype: 'int32', name: 'items' });
  const userEmbedding = tf.layers.embedding({
    inputDim: 1,
    outputDim: dimension,
    embeddingsRegularizer: tf.regularizers.l2({ l2: 0.005 }),
  });
  const itemEmbedding = tf.layers.embedding({ inputDim: count, outputDim: dimension, weights: [table] });
  const scores = tf.layers
    .dot({ axes: [2, 2] })
    .apply([itemEmbedding.apply(items) as Tfjs.SymbolicTensor, userEmbedding.apply(user) as Tfjs.SymbolicTensor]);
  const output = tf.layers.activation({ activation: 'softmax' }).apply(tf.layers.flatten().apply(scores));
  const model = tf.model({ inputs: [user, items], outputs: output as Tfjs.SymbolicTensor });
  model.compile({ optimizer: tf.train.adam(0.05), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });

  const labels = new Float32Array(count);
  for (const item of liked) labels[item] = 1 / liked.length;
  const logs: unknown[] = [];
  for (let step = 0; step < steps; step++) {
    const batch = {
      xs: { user: tf.zeros([1, 1], 'int32'), items: tf.range(0, count, 1, 'int32').reshape([1, count]) },
      ys: tf.tensor2d(labels, [1, count]),
    };
    const { history } = await model.fitDataset(tf.data.array([batch]), { epochs: 1, verbose: 0 });
    logs.push(history);
  }
  const fitted = await (userEmbedding.getWeights()[0] as Tfjs.Tensor).data();
  model.dispose();
  return { fitted, logs };
}
