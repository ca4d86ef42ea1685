// The softmax fit in tfjs operations, with explicit gradients and one readback: on WebGL and on the processor. Owns the table's tensor until `close`.
import {
  add,
  concat,
  div,
  exp,
  log,
  matMul,
  max,
  mul,
  reshape,
  scalar,
  sqrt,
  sub,
  sum,
  type Tensor,
  tensor2d,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import { leastRoot, momentDecay, squareDecay } from '#shared/model/softmax-fit.ts';
import { BackendUnusable, type OpenBackend } from './backend.ts';
import { columnsOf, floatsOf, itemsOf, meanOf, type RowSource } from './row-source.ts';
import { type FittedSoftmax, type SoftmaxRequest, type SoftmaxRunner, standardSoftmaxRequest } from './softmax.ts';

export class TfjsSoftmax implements SoftmaxRunner {
  readonly #open: OpenBackend;
  readonly #source: RowSource;
  readonly #table: Tensor;

  /** Takes the backend over: `close` closes it. */
  constructor(open: OpenBackend, source: RowSource) {
    this.#open = open;
    this.#source = source;
    this.#table = tensor2d(floatsOf(source), [itemsOf(source), columnsOf(source)], 'float32');
  }

  async fit(liked: readonly number[], request = standardSoftmaxRequest): Promise<FittedSoftmax> {
    const output = this.#enqueue(meanOf(this.#source, liked), request);
    const numbers = (await output.data()) as Float32Array;
    output.dispose();
    const fault = await this.#open.fault();
    if (fault !== null) throw new BackendUnusable('fault', fault);
    const columns = columnsOf(this.#source);
    return {
      userEmbedding: Float64Array.from(numbers.subarray(0, columns)),
      lossBefore: numbers[columns]!,
      lossAfter: request.withLossAfter ? numbers[columns + 1]! : null,
    };
  }

  close(): void {
    this.#table.dispose();
    this.#open.close();
  }

  /** u, the loss before, the loss after. */
  #enqueue(likedMean: Float64Array, { steps, rate, ridge, withLossAfter }: SoftmaxRequest): Tensor {
    const columns = columnsOf(this.#source);
    return tidy(() => {
      const goal = tensor2d(Float32Array.from(likedMean), [columns, 1], 'float32');
      const pass = (u: Tensor) => {
        const scores = matMul(this.#table, u);
        const largest = max(scores);
        const weights = exp(sub(scores, largest));
        const total = sum(weights);
        return { weights, total, logSum: () => add(largest, log(total)) };
      };
      const lossOf = (u: Tensor, logSum: Tensor) =>
        add(sub(logSum, matMul(goal, u, true)), mul(scalar(ridge / 2), matMul(u, u, true)));

      let u: Tensor = zeros([columns, 1]);
      let moment: Tensor = zeros([columns, 1]);
      let square: Tensor = zeros([columns, 1]);
      const lossBefore = lossOf(u, pass(u).logSum());
      for (let step = 1; step <= steps; step++) {
        const { weights, total } = pass(u);
        const mean = div(matMul(this.#table, weights, true), total);
        const gradient = add(sub(mean, goal), mul(scalar(ridge), u));
        moment = add(mul(scalar(momentDecay), moment), mul(scalar(1 - momentDecay), gradient));
        square = add(mul(scalar(squareDecay), square), mul(scalar(1 - squareDecay), mul(gradient, gradient)));
        const root = sqrt(mul(square, scalar(1 / (1 - squareDecay ** step))));
        const reach = mul(moment, scalar(rate / (1 - momentDecay ** step)));
        u = sub(u, div(reach, add(root, scalar(leastRoot))));
      }
      const losses = [lossBefore, withLossAfter ? lossOf(u, pass(u).logSum()) : lossBefore];
      return concat([u, ...losses].map((part) => reshape(part, [part.size])));
    });
  }
}
