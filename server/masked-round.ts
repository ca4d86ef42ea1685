// The round machine of mode 1: the mask machine of shared/secagg, one event at a time.
import { Machine } from '#shared/secagg/machine.ts';
import {
  answersOf,
  type ServerEvent,
  type ServerStage,
  type ServerStart,
  type ServerState,
  type ServerStep,
  type ServerTools,
  startServer,
  stepServer,
} from '#shared/secagg/server.ts';
import type { MachineEvent, MachineOutcome, MachineStep, RoundMachine } from './round-machine.ts';

export class MaskedRound implements RoundMachine {
  readonly first: MachineStep;
  readonly #machine: Machine<ServerState, ServerEvent, ServerStep>;
  #stage: ServerStage = 'advertise';

  /** Throws RangeError for a start that no round can have. */
  constructor(start: ServerStart, tools: ServerTools) {
    const step = startServer(start);
    this.first = this.#step(step);
    this.#machine = new Machine(step.state, (state, event) => stepServer(state, event, tools));
  }

  /** Upload and deadline of mode 4 are not for this machine: RangeError. */
  async handle(event: MachineEvent): Promise<MachineStep> {
    if (event.kind === 'local' || (event.kind === 'deadline' && event.stage === 'collect')) {
      throw new RangeError(`MaskedRound: expected an event of mode 1, got ${event.kind}`);
    }
    // The stage is narrowed above; the compiler does not carry that into the union.
    return this.#step(await this.#machine.handle(event as ServerEvent));
  }

  get sum(): Uint32Array | null {
    const { state } = this.#machine;
    return state.kind === 'done' ? state.sum : null;
  }

  #step({ state, send, refused, out }: ServerStep): MachineStep {
    if (state.kind !== 'done' && state.kind !== 'aborted') this.#stage = state.kind;
    return { stage: this.#stage, send, refused, out, ...answersOf(state), outcome: outcomeOf(state) };
  }
}

function outcomeOf(state: ServerState): MachineOutcome | null {
  if (state.kind === 'done') return { kind: 'done', seats: state.seats };
  return state.kind === 'aborted' ? { kind: 'aborted', code: state.code } : null;
}
