// Bytes that a thread keeps: what is left on its heap and in its buffers after a collection.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

export async function retained(): Promise<{ readonly heapBytes: number; readonly bufferBytes: number }> {
  // Buffers are given back some turns after their collection.
  for (let turn = 0; turn < 3; turn++) {
    collect();
    await new Promise((next) => setImmediate(next));
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return { heapBytes: heapUsed, bufferBytes: arrayBuffers };
}
