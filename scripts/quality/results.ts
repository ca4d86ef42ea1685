// All results by data set and row, with what tables, plots and goals ask of them. A row that is not measured is null everywhere.
import { experiments, type Row } from './grid.ts';
import { type Difference, differenceOf, type Measured } from './measured.ts';

export interface DatasetFacts {
  /** As the document calls it. */
  readonly name: string;
  readonly users: number;
  readonly items: number;
  readonly interactions: number;
}

export class Results {
  readonly datasets: readonly DatasetFacts[];
  readonly #measured = new Map<string, Measured>();

  constructor(datasets: readonly DatasetFacts[]) {
    this.datasets = datasets;
  }

  add(dataset: number, id: string, measured: Measured): void {
    this.#measured.set(`${dataset} ${id}`, measured);
  }

  /** null where it is not measured, for whatever reason. */
  measuredOf(id: string, dataset = 0): Measured | null {
    return this.#measured.get(`${dataset} ${id}`) ?? null;
  }

  /** a against b; null unless both are measured on the same people. */
  difference(a: string, b: string, dataset = 0): Difference | null {
    const [one, other] = [this.measuredOf(a, dataset), this.measuredOf(b, dataset)];
    return one === null || other === null || one.users !== other.users ? null : differenceOf(one, other);
  }
}

/** The rows of an experiment. @throws RangeError for a name that the grid does not have */
export function rowsOf(name: string): readonly Row[] {
  const found = experiments.find((experiment) => experiment.name === name);
  if (found === undefined) throw new RangeError(`no experiment is called ${name}`);
  return found.rows;
}
