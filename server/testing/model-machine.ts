// What the reducer needs of a round machine, without keys: stages that end when all who are left have answered, or at their deadline.
// The real ones are driven by the coordinator's tests and over sockets.
import type { AnswerStage, MachineEvent, MachineOutcome, MachineStep } from '../round-machine.ts';

export const maskedStages: readonly AnswerStage[] = ['advertise', 'shares', 'masked', 'confirm', 'unmask'];
export const localStages: readonly AnswerStage[] = ['collect'];

const none = new Uint8Array(0);
const toldIn = {
  advertise: 'config',
  shares: 'roster',
  masked: 'inbox',
  confirm: 'unmask_req',
  unmask: 'confirmations',
  collect: 'config',
} as const;

export class ModelMachine {
  readonly #minCohort: number;
  readonly #stages: readonly AnswerStage[];
  #at = 0;
  #asked: readonly number[];
  readonly #answers = new Set<number>();
  readonly #dropped = new Set<number>();
  #counted: readonly number[] = [];
  #outcome: MachineOutcome | null = null;

  constructor(seats: readonly number[], minCohort: number, stages: readonly AnswerStage[] = maskedStages) {
    this.#asked = seats;
    this.#minCohort = minCohort;
    this.#stages = stages;
  }

  get first(): MachineStep {
    return { ...this.#step(), send: this.#tell() };
  }

  handle(event: MachineEvent): MachineStep {
    if (this.#outcome !== null) return this.#step();
    if (event.kind === 'deadline') return event.stage === this.#stage ? this.#next() : this.#step();
    const { seat, kind } = event;
    if (kind === 'dropped') {
      this.#dropped.add(seat);
      return this.#waited();
    }
    if (kind === 'resumed') return { ...this.#step(), send: this.#tell().filter((send) => send.seat === seat) };
    const refused = (code: string) => ({ ...this.#step(), refused: [{ seat, code, message: `${kind}: ${code}` }] });
    if (!this.#asked.includes(seat) || this.#dropped.has(seat)) return refused('late');
    if (kind !== (this.#stage === 'collect' ? 'local' : this.#stage)) return refused('out-of-order');
    if (this.#answers.has(seat)) return refused('duplicate');
    this.#answers.add(seat);
    return this.#waited();
  }

  get #stage(): AnswerStage {
    return this.#stages[this.#at] as AnswerStage;
  }

  #waited(): MachineStep {
    const isComplete = this.#asked.every((seat) => this.#answers.has(seat) || this.#dropped.has(seat));
    return isComplete ? this.#next() : this.#step();
  }

  #next(): MachineStep {
    const isUpload = this.#stage === 'masked' || this.#stage === 'collect';
    const out = this.#asked.filter((seat) => !this.#answers.has(seat) && !this.#dropped.has(seat));
    const isCounted = this.#counted.length > 0;
    this.#asked = this.#asked.filter((seat) => this.#answers.has(seat));
    for (const seat of out) this.#dropped.add(seat);
    if (isUpload) this.#counted = this.#asked;
    if (this.#asked.length < this.#minCohort) this.#outcome = { kind: 'aborted', code: 'too-few' };
    else if (this.#at === this.#stages.length - 1) this.#outcome = { kind: 'done', seats: this.#counted };
    else this.#at += 1;
    this.#answers.clear();
    const send = this.#outcome === null ? this.#tell() : [];
    return { ...this.#step(), send, out: isCounted ? [] : out };
  }

  #tell(): MachineStep['send'] {
    return this.#asked
      .filter((seat) => !this.#dropped.has(seat))
      .map((seat) => ({ seat, kind: toldIn[this.#stage], bytes: none }));
  }

  #step(): MachineStep {
    const left = this.#asked.filter((seat) => this.#answers.has(seat) || !this.#dropped.has(seat));
    return {
      stage: this.#stage,
      send: [],
      refused: [],
      out: [],
      answered: this.#answers.size,
      asked: left.length,
      outcome: this.#outcome,
    };
  }
}
