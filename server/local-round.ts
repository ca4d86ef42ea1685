// The round machine of mode 4: no masks, one stage. Each upload is added to the sum as it comes and is not kept; the server could read it.
import type { RoundCore } from '#shared/core/rounds.ts';
import { RingSum } from '#shared/privacy/aggregate.ts';
import { ProtocolError } from '#shared/protocol/errors.ts';
import type { ServerRefusal } from '#shared/secagg/server.ts';
import type { MachineEvent, MachineOutcome, MachineStep, RoundMachine } from './round-machine.ts';

export interface LocalStart {
  /** The 184 bytes that everyone gets. */
  readonly config: Uint8Array;
  readonly length: number;
  readonly bits: number;
  readonly minCohort: number;
  readonly seats: readonly number[];
}

export class LocalRound implements RoundMachine {
  readonly first: MachineStep;
  readonly #start: LocalStart;
  readonly #sum: RingSum;
  /** By seat. */
  readonly #answers: Map<number, 'pending' | 'uploaded' | 'gone'>;
  #outcome: MachineOutcome | null = null;

  /** @param rounds what adds; plain JavaScript unless said otherwise. */
  constructor(start: LocalStart, rounds?: RoundCore) {
    this.#start = start;
    this.#sum = new RingSum(start.length, start.bits, rounds);
    this.#answers = new Map(start.seats.map((seat) => [seat, 'pending']));
    const send = start.seats.map((seat) => ({ seat, kind: 'config', bytes: start.config }) as const);
    this.first = { ...this.#step(), send };
  }

  async handle(event: MachineEvent): Promise<MachineStep> {
    if (event.kind === 'deadline') {
      if (this.#outcome !== null || event.stage !== 'collect') return this.#step();
      const out = this.#seats('pending');
      for (const seat of out) this.#answers.set(seat, 'gone');
      this.#end();
      return { ...this.#step(), out };
    }
    const { seat, kind } = event;
    const answer = this.#answers.get(seat);
    if (kind === 'dropped') {
      if (answer === 'pending') this.#answers.set(seat, 'gone');
      return this.#checked(this.#step());
    }
    if (answer === undefined) return this.#refused(seat, 'not-in-round', `${kind}: this client is not in the round`);
    if (this.#outcome !== null || answer === 'gone') {
      return this.#refused(seat, 'late', `${kind}: too late for this round; join again`);
    }
    if (kind !== 'local') return this.#refused(seat, 'out-of-order', `${kind}: expected an upload without masks`);
    if (answer === 'uploaded') return this.#refused(seat, 'duplicate', `${kind}: already here; nothing changed`);
    try {
      this.#sum.add(event.payload);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#answers.set(seat, 'gone');
      return this.#checked({ ...this.#refused(seat, error.code, error.message), out: [seat] });
    }
    this.#answers.set(seat, 'uploaded');
    return this.#checked(this.#step());
  }

  get sum(): Uint32Array | null {
    return this.#outcome?.kind === 'done' ? this.#sum.values() : null;
  }

  /** Ends the round when nobody is waited for any more, or too few are left; `step` as it is then. */
  #checked(step: MachineStep): MachineStep {
    const possible = this.#seats('pending').length + this.#seats('uploaded').length;
    const isOver = this.#seats('pending').length === 0 || possible < this.#start.minCohort;
    if (this.#outcome === null && isOver) this.#end();
    return { ...this.#step(), refused: step.refused, out: step.out };
  }

  #end(): void {
    const seats = this.#seats('uploaded');
    const isEnough = seats.length >= this.#start.minCohort;
    this.#outcome = isEnough ? { kind: 'done', seats } : { kind: 'aborted', code: 'too-few' };
  }

  #seats(answer: 'pending' | 'uploaded'): number[] {
    return [...this.#answers].flatMap(([seat, given]) => (given === answer ? [seat] : []));
  }

  #step(): MachineStep {
    const answered = this.#seats('uploaded').length;
    const asked = answered + this.#seats('pending').length;
    return { stage: 'collect', send: [], refused: [], out: [], answered, asked, outcome: this.#outcome };
  }

  #refused(seat: number, code: ServerRefusal['code'], message: string): MachineStep {
    return { ...this.#step(), refused: [{ seat, code, message }] };
  }
}
