// The round machine of a simulation without masks: the stages, answers, deadlines and thresholds of the mask machine (shared/secagg/server.ts),
// and an upload that is added to the sum as it is. The server could read each one, so only simulations may use it: `startServer` knows the
// machines of mode 1 and mode 4 alone. The devices' side is plain-masks.ts.
import type { RoundCore } from '#shared/core/rounds.ts';
import { RingSum } from '#shared/privacy/aggregate.ts';
import { ProtocolError } from '#shared/protocol/errors.ts';
import { actualNeighbours, type MaskParameters, thresholdOf } from '#shared/secagg/parameters.ts';
import { leastRoster, type ServerRefusal, type ServerSend, type ServerStage } from '#shared/secagg/server.ts';
import { advertiseBytes } from '#shared/secagg/wire.ts';
import type { MachineEvent, MachineOutcome, MachineStep, RoundMachine } from '../../server/round-machine.ts';
import {
  bytesWithCount,
  confirmBytes,
  inboxBytes,
  type Neighbourhood,
  rosterBytes,
  sharesBytes,
  unmaskBytes,
  unmaskRequestBytes,
} from './plain-bytes.ts';

export interface PlainStart {
  /** The 184 bytes that everyone gets. */
  readonly config: Uint8Array;
  readonly parameters: MaskParameters;
  readonly seats: readonly number[];
}

const stageOrder: readonly ServerStage[] = ['advertise', 'shares', 'masked', 'confirm', 'unmask'];
/** What a stage's answers are to. */
const toldIn = {
  advertise: 'config',
  shares: 'roster',
  masked: 'inbox',
  confirm: 'unmask_req',
  unmask: 'confirmations',
} as const satisfies Record<ServerStage, ServerSend['kind']>;

export class PlainRound implements RoundMachine {
  readonly first: MachineStep;
  readonly #parameters: MaskParameters;
  readonly #sum: RingSum;
  readonly #dropped = new Set<number>();
  readonly #leastRoster: number;
  #stage: ServerStage = 'advertise';
  #asked: readonly number[];
  readonly #answers = new Set<number>();
  #told: Uint8Array;
  /** Clients in the roster, in U2 and in U3; 0 before. */
  #roster = 0;
  #dealt = 0;
  #summed: readonly number[] = [];
  #outcome: MachineOutcome | null = null;

  /** @param rounds what adds; plain JavaScript unless said otherwise. */
  constructor({ config, parameters, seats }: PlainStart, rounds?: RoundCore) {
    this.#parameters = parameters;
    this.#sum = new RingSum(parameters.length, parameters.bits, rounds);
    this.#leastRoster = leastRoster(parameters.minCohort, seats.length);
    this.#asked = seats;
    this.#told = config;
    this.first = { ...this.#step(), send: this.#tell() };
  }

  async handle(event: MachineEvent): Promise<MachineStep> {
    if (event.kind === 'deadline') {
      const isDue = this.#outcome === null && event.stage === this.#stage;
      return isDue ? this.#advanced({ ...this.#step() }, true) : this.#step();
    }
    const { seat, kind } = event;
    if (this.#outcome !== null) {
      return kind === 'dropped' ? this.#step() : this.#refused(seat, 'late', `${kind}: the round is over`);
    }
    if (kind === 'dropped') {
      this.#dropped.add(seat);
      return this.#advanced(this.#step(), this.#isHopeless());
    }
    if (this.#dropped.has(seat) || !this.#asked.includes(seat)) {
      return this.#refused(seat, 'late', `${kind}: too late for this round; leave it and join again`);
    }
    if (kind === 'resumed') {
      return { ...this.#step(), send: [{ seat, kind: toldIn[this.#stage], bytes: this.#told }] };
    }
    if (kind === 'local') throw new RangeError('PlainRound: expected an event of mode 1, got local');
    if (kind !== this.#stage) {
      const isKnown = stageOrder.indexOf(kind) < stageOrder.indexOf(this.#stage);
      return this.#refused(seat, isKnown ? 'duplicate' : 'out-of-order', `${kind}: not expected in ${this.#stage}`);
    }
    if (this.#answers.has(seat)) return this.#refused(seat, 'duplicate', `${kind}: already here; nothing changed`);
    try {
      if (kind === 'masked') this.#sum.add(event.payload);
      else this.#checkLength(kind, event.bytes.length);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      return this.#faulty(seat, error);
    }
    this.#answers.add(seat);
    return this.#advanced(this.#step(), false);
  }

  get sum(): Uint32Array | null {
    return this.#outcome?.kind === 'done' ? this.#sum.values() : null;
  }

  #faulty(seat: number, { code, message }: ProtocolError): MachineStep {
    this.#dropped.add(seat);
    const isCounted = this.#stage === 'confirm' || this.#stage === 'unmask';
    const step = { ...this.#refused(seat, code, message), out: isCounted ? [] : [seat] };
    return this.#advanced(step, this.#isHopeless());
  }

  #checkLength(kind: Exclude<ServerStage, 'masked'>, got: number): void {
    const expected = {
      advertise: advertiseBytes,
      shares: sharesBytes(this.#neighbours),
      confirm: confirmBytes(this.#near(this.#summed.length)),
      unmask: unmaskBytes(this.#near(this.#dealt)),
    }[kind];
    if (got !== expected) {
      throw new ProtocolError('bad-message', `${kind}: expected ${expected} bytes, got ${got}`);
    }
  }

  /** Goes on while stages are complete. `step` is what is known so far. */
  #advanced(step: MachineStep, isDue: boolean): MachineStep {
    const send = [...step.send];
    const out = [...step.out];
    let due = isDue;
    while (this.#outcome === null && (due || this.#left().every((seat) => this.#answers.has(seat)))) {
      out.push(...this.#next());
      if (this.#outcome === null) send.push(...this.#tell());
      due = false;
    }
    return { ...this.#step(), send, refused: step.refused, out };
  }

  /** Ends the stage. Returns who is out by it. */
  #next(): readonly number[] {
    const isCounted = this.#stage === 'confirm' || this.#stage === 'unmask';
    // Who has told its keys and then left is in no roster; later on, who answered and then left counts.
    const answered = this.#asked.filter(
      (seat) => this.#answers.has(seat) && !(this.#stage === 'advertise' && this.#dropped.has(seat)),
    );
    const out = isCounted ? [] : this.#left().filter((seat) => !this.#answers.has(seat));
    for (const seat of out) this.#dropped.add(seat);
    const shortfall = this.#shortfall(answered.length);
    if (shortfall !== null) {
      this.#outcome = { kind: 'aborted', code: shortfall };
      return this.#stage === 'advertise' ? [] : out;
    }
    this.#answers.clear();
    switch (this.#stage) {
      case 'advertise':
        this.#roster = answered.length;
        this.#told = bytesWithCount(rosterBytes(this.#roster), this.#roster);
        this.#stage = 'shares';
        break;
      case 'shares':
        this.#dealt = answered.length;
        this.#told = bytesWithCount(inboxBytes(this.#near(this.#dealt)), this.#dealt);
        this.#stage = 'masked';
        break;
      case 'masked':
        this.#summed = answered;
        this.#told = bytesWithCount(unmaskRequestBytes(this.#roster), answered.length);
        this.#stage = 'confirm';
        break;
      case 'confirm':
        this.#told = new Uint8Array(confirmBytes(this.#near(answered.length)));
        this.#stage = 'unmask';
        break;
      case 'unmask':
        this.#outcome = { kind: 'done', seats: this.#summed };
        break;
    }
    this.#asked = answered;
    return out;
  }

  /** Why so many answers of this stage are too few, or null. */
  #shortfall(answered: number): 'too-few' | 'too-few-shares' | null {
    const { minCohort } = this.#parameters;
    switch (this.#stage) {
      case 'advertise':
        return answered < this.#leastRoster ? 'too-few' : null;
      case 'shares':
      case 'masked':
        return answered < minCohort || !this.#reachesThreshold(answered) ? 'too-few' : null;
      case 'confirm':
        return this.#reachesThreshold(answered) ? null : 'too-few';
      case 'unmask':
        return this.#reachesThreshold(answered) ? null : 'too-few-shares';
    }
  }

  /** Whether t of a neighbourhood are left: everybody's on a complete graph, the mean one's on a sparse graph. */
  #reachesThreshold(survivors: number): boolean {
    const near = (survivors * (this.#neighbours + 1)) / this.#roster;
    return near >= thresholdOf(this.#parameters.thresholdPermille, this.#neighbours);
  }

  #isHopeless(): boolean {
    const possible = this.#asked.filter((seat) => this.#answers.has(seat) || !this.#dropped.has(seat));
    const counted = this.#stage === 'advertise' ? this.#left() : possible;
    return this.#shortfall(counted.length) !== null;
  }

  /** Asked, and still there. */
  #left(): readonly number[] {
    return this.#asked.filter((seat) => !this.#dropped.has(seat));
  }

  /** k of the roster, once there is one. */
  get #neighbours(): number {
    return actualNeighbours(this.#parameters, this.#roster);
  }

  #near(survivors: number): Neighbourhood {
    return { roster: this.#roster, neighbours: this.#neighbours, survivors };
  }

  #tell(): ServerSend[] {
    return this.#left().map((seat) => ({ seat, kind: toldIn[this.#stage], bytes: this.#told }));
  }

  #step(): MachineStep {
    const isOver = this.#outcome !== null;
    const there = this.#stage === 'advertise' ? this.#left() : this.#asked;
    const asked = there.filter((seat) => this.#answers.has(seat) || !this.#dropped.has(seat)).length;
    const answered = there.filter((seat) => this.#answers.has(seat)).length;
    return {
      stage: this.#stage,
      send: [],
      refused: [],
      out: [],
      answered: isOver ? 0 : answered,
      asked: isOver ? 0 : asked,
      outcome: this.#outcome,
    };
  }

  #refused(seat: number, code: ServerRefusal['code'], message: string): MachineStep {
    return { ...this.#step(), refused: [{ seat, code, message }] };
  }
}
