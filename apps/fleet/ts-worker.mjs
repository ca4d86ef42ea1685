// Starts a worker thread from a TypeScript file, for tests: a worker thread has no loader of its own.
import { workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
await import(workerData.entry);
