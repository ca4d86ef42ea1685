// Who takes part in which round of an experiment: seeded passes over the people, so that everybody takes part once before anybody does twice.
import type { RandomSource } from '../maths/random.ts';

export class CohortDraw {
  readonly #people: Uint32Array;
  readonly #size: number;
  readonly #random: RandomSource;
  #next: number;

  /** @param people how many there are. @param size of a cohort; at most all of them. */
  constructor(people: number, size: number, random: RandomSource) {
    this.#people = Uint32Array.from({ length: people }, (_, index) => index);
    this.#size = Math.min(size, people);
    this.#random = random;
    this.#next = people;
  }

  get size(): number {
    return this.#size;
  }

  /** Distinct people, 0 to people - 1. */
  next(): number[] {
    const cohort: number[] = [];
    while (cohort.length < this.#size) {
      if (this.#next >= this.#people.length) this.#beginPass(new Set(cohort));
      cohort.push(this.#people[this.#next++]!);
    }
    return cohort;
  }

  /** Fisher and Yates; those who already are in the cohort that is being drawn come last, so they keep their turn of the new pass. */
  #beginPass(present: ReadonlySet<number>): void {
    const word = new Uint32Array(1);
    for (let at = this.#people.length - 1; at > 0; at--) {
      this.#random.fillUint32(word);
      const other = word[0]! % (at + 1);
      const person = this.#people[at]!;
      this.#people[at] = this.#people[other]!;
      this.#people[other] = person;
    }
    if (present.size > 0) {
      const order = [...this.#people];
      this.#people.set([...order.filter((p) => !present.has(p)), ...order.filter((p) => present.has(p))]);
    }
    this.#next = 0;
  }
}

/** The most often that one of `people` takes part in `rounds` cohorts of `size`. */
export function mostParticipations(people: number, size: number, rounds: number): number {
  return Math.ceil((rounds * Math.min(size, people)) / people);
}
