// The page of the browser tests: hands a test's call to the worker and its answer back.
import type { LabAnswer, LabCall } from './calls.ts';

const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
const waiting = new Map<number, (answer: LabAnswer) => void>();
let lastId = 0;

worker.addEventListener('message', (event: MessageEvent<LabAnswer>) => {
  waiting.get(event.data.id)?.(event.data);
  waiting.delete(event.data.id);
});

function callLab(call: LabCall): Promise<unknown> {
  const id = ++lastId;
  return new Promise((resolve, reject) => {
    waiting.set(id, (answer) => (answer.error === null ? resolve(answer.value) : reject(new Error(answer.error))));
    worker.postMessage({ id, call });
  });
}

Object.assign(globalThis, { callLab });
