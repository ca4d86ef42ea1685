// A worker thread of the simulator: one scenario after the other, each from its last checkpoint on. What comes of a scenario is in its checkpoints.
import { parentPort, workerData } from 'node:worker_threads';
import { checkpointPath, readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import type { FromSimulator, SimulationTask, ToSimulator } from './messages.ts';
import { People } from './people.ts';
import { firstState, type Progress, runStretch, setStage } from './scenario.ts';
import type { Scenario } from './spec.ts';

if (parentPort === null) throw new TypeError('apps/simulate/worker.ts: expected to run in a worker thread');
const port = parentPort;
const { task } = workerData as { readonly task: SimulationTask };
const say = (message: FromSimulator) => port.postMessage(message);

const people = new People(task.people);
/** Between two words on how far it is, ms of this machine: nothing else here goes by it. */
const progressEveryMs = 200;

async function run(scenario: Scenario): Promise<void> {
  const path = checkpointPath(task.folder, scenario.id);
  const stage = await setStage(scenario, people);
  let state = readCheckpoint(path, task.run) ?? firstState(stage);
  let toldAtMs = 0;
  const onProgress = (progress: Progress): void => {
    if (performance.now() - toldAtMs < progressEveryMs) return;
    toldAtMs = performance.now();
    say({ kind: 'progress', ...progress });
  };
  while (state.ended === null) {
    state = await runStretch(stage, state, onProgress);
    writeCheckpoint(path, task.run, state);
  }
  say({ kind: 'done', scenario: scenario.id });
}

port.on('message', (message: ToSimulator) => {
  if (message.kind === 'close') {
    port.close();
    return;
  }
  const { scenario } = message;
  run(scenario).catch((error: unknown) => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    say({ kind: 'failed', scenario: scenario.id, message: text });
  });
});
