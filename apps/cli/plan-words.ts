// What `tacit plan` prints: the result with all its numbers, and the same as a table, sentences and commands.
import type { Advice, Crossover } from '#shared/adviser/advise.ts';
import type { Candidate, CrowdDemand } from '#shared/adviser/candidates.ts';
import { type Epoch, epochOf, policyOfCandidate } from '#shared/adviser/epoch.ts';
import type { Gain } from '#shared/adviser/gain.ts';
import { judge } from '#shared/adviser/harm.ts';
import { demoDelta, demoEpsilonCap } from '#shared/model/crowd.ts';
import { noiseMultiplierFor } from '#shared/privacy/accountant.ts';
import { quoted } from './arguments.ts';

export interface PlanResult extends Advice {
  /** What to run: the best candidate's learner where it helps, and otherwise content alone, which needs nobody. */
  readonly advice: Candidate['learner'] | 'content';
  readonly crowd: number;
  readonly delta: number;
  readonly epsilonDemanded: number;
  /** z of all that one person sends, and of one participation. */
  readonly noiseMultiplier: number;
  readonly noiseMultiplierOnce: number;
  readonly items: number;
  readonly catalogue: string;
  /** Whose tastes the crowd has. */
  readonly people:
    | { readonly kind: 'simulated' }
    | { readonly kind: 'dataset'; readonly path: string; readonly users: number };
  readonly seed: number;
  /** Crowds of up to so many were searched. */
  readonly searched: number;
  /** Of the best candidate, as `npm start` runs it with the advised flags. */
  readonly epoch: Epoch;
  /** What comes before `command` where the catalogue is a data set: none but an imported one can be started. Null: nothing. */
  readonly importCommand: string | null;
  /** The command line that applies the advice. */
  readonly command: string;
}

/** What to start with, as the command line has it. */
export interface CatalogueFlags {
  /** For --catalogue: films, a name, or a path. */
  readonly catalogue: string;
  readonly dataDir: string;
  /** A data set that has to be imported under that name first, and as what; `format` null: by no format without further flags. */
  readonly toImport: { readonly path: string; readonly format: string | null } | null;
}

interface About {
  readonly catalogue: string;
  readonly flags: CatalogueFlags;
  readonly featureColumns: number;
  readonly people: PlanResult['people'];
  readonly seed: number;
  readonly searched: number;
}

/** Where `npm start` and `tacit import` look unless told otherwise. */
export const standardDataDir = '.tacit';

export function planResult(advice: Advice, demand: CrowdDemand, about: About): PlanResult {
  const { best, verdict } = advice;
  const { epsilon, delta, people: crowd, items } = demand;
  const { catalogue, flags, featureColumns, people, seed, searched } = about;
  const policy = policyOfCandidate(best, demand, featureColumns);
  const isRefused = judge({ policy, crowd, items }).verdict === 'harmful';
  return {
    advice: verdict === 'helps' ? best.learner : 'content',
    crowd,
    delta,
    epsilonDemanded: epsilon,
    noiseMultiplier: noiseMultiplierFor(1, epsilon, delta),
    noiseMultiplierOnce: noiseMultiplierFor(best.participations, epsilon, delta),
    items,
    catalogue,
    people,
    seed,
    searched,
    epoch: epochOf(policy, best.participations),
    importCommand: importCommandOf(flags),
    command: startCommandOf(advice, demand, flags, isRefused),
    ...advice,
  };
}

function importCommandOf({ catalogue, dataDir, toImport }: CatalogueFlags): string | null {
  if (toImport === null) return null;
  const { path, format } = toImport;
  // Without a format the command needs what only its help tells: which column is what.
  if (format === null) return 'npm run -s tacit -- import --help';
  return `npm run -s tacit -- import ${format} ${quoted(path)} --name ${catalogue}${dataDirFlag(dataDir)}`;
}

/**
 * Everything is said, so that a later change of a default does not change what was advised. For real people: without simulated ones.
 * @param isRefused by the quick law, which knows less than what was measured.
 */
function startCommandOf(
  { best, verdict }: Advice,
  { people, epsilon, delta }: CrowdDemand,
  { catalogue, dataDir }: CatalogueFlags,
  isRefused: boolean,
): string {
  const common = `npm start -- --catalogue ${quoted(catalogue)}${dataDirFlag(dataDir)} --fleet 0`;
  if (verdict !== 'helps') return `${common} --rounds off`;
  const { learner, itemsK, dim, cohort, participations } = best;
  return [
    common,
    `--learner ${learner} --crowd ${people} --cohort ${cohort} --epsilon ${epsilon}`,
    ...(delta === demoDelta ? [] : [`--delta ${delta}`]),
    ...(participations === 1 ? [] : [`--participations ${participations}`]),
    ...(itemsK === null ? [] : [`--items-k ${itemsK}`]),
    ...(dim === null ? [] : [`--dim ${dim}`]),
    ...(isRefused ? ['--despite-advice'] : []),
  ].join(' ');
}

function dataDirFlag(dataDir: string): string {
  return dataDir === standardDataDir ? '' : ` --data-dir ${quoted(dataDir)}`;
}

const headings = ['learner', 'K', 'd', 'cohort', 'rounds', 'times', 'gain', 's.e.'];

/** @returns lines with their newlines. */
export function planInWords(result: PlanResult): string {
  const rows = result.tried.map(({ candidate, gain }) => [
    candidate.learner,
    candidate.itemsK === null ? '-' : `${candidate.itemsK}`,
    candidate.dim === null ? '-' : `${candidate.dim}`,
    `${candidate.cohort}`,
    `${candidate.rounds}`,
    `${candidate.participations}`,
    signed(gain.mean),
    gain.standardError.toFixed(4),
  ]);
  const widths = headings.map((heading, column) => Math.max(heading.length, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]): string =>
    cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('  ');
  return `${[
    line(headings),
    ...rows.map(line),
    'Gain: NDCG@10 of held-out likes over content alone, for the choice below; it was then judged by other people.',
    '',
    ...sentencesOf(result),
    '',
    ...(result.importCommand === null ? [] : [result.importCommand]),
    result.command,
  ].join('\n')}\n`;
}

function sentencesOf(result: PlanResult): string[] {
  const { best, gain, gainOverPublic, ndcg10, crowd, people } = result;
  const whose =
    people.kind === 'simulated'
      ? 'made-up people with tastes over this catalogue, who prove nothing about real ones; their tastes are made of what content tells, so content is hard to beat'
      : `${people.users} people of ${people.path}, drawn from or repeated`;
  const quality =
    `With ${crowd} people at epsilon ${result.epsilonDemanded} (delta ${result.delta}), ${inWords(best)} reaches NDCG@10 ${ndcg10.shared.toFixed(4)}; ` +
    `content alone, knowing how popular every item is, ${ndcg10.content.toFixed(4)}: ${interval(gain)}.`;
  const beforehand = `Content that knows only the catalogue's prominence has ${ndcg10.publicContent.toFixed(4)}; over that the gain is ${interval(gainOverPublic)}.`;
  return [
    verdictInWords(result),
    quality,
    beforehand,
    `One person sends ${bytes(result.uploadBytes)} in all and fetches ${bytes(result.downloadBytes)} for a model; epsilon is then ${result.epsilon.toFixed(2)}.`,
    `Noise multiplier ${result.noiseMultiplierOnce.toFixed(2)} a participation; ${best.cohort} people at a time in a sum, where fewer make the noise of the sum louder.`,
    epochInWords(result),
    crossoverInWords(result.crossover),
    ...(result.importCommand === null
      ? []
      : [
          'A data set has to be imported before it can be started; the first command does that, under its own licence.',
        ]),
    ...(result.command.endsWith(' --despite-advice')
      ? [
          "The server's quick law would refuse this policy for such a crowd; it knows less than what was measured here, so the command says to go on.",
        ]
      : []),
    `Judged by ${gain.people} strangers, nobody of them among those on whom was chosen, in ${gain.runs} runs: ${whose}. Bounds are two standard errors, the larger of those over people and over ${people.kind === 'simulated' ? 'worlds' : 'folds'}; no more is claimed of them.`,
    ...(result.epsilonDemanded < demoEpsilonCap ? [] : ['This is all that a device spends in its life.']),
  ];
}

function verdictInWords({ advice, verdict, best, gain }: PlanResult): string {
  switch (verdict) {
    case 'helps':
      return `Advice: ${advice}. ${gain.lower > 0 ? 'It serves people better than content alone.' : ''}`.trim();
    case 'harmful':
      return `Advice: content alone, and no shared training. ${best.learner}, the best of them, would serve people worse than content that knows how popular items are.`;
    case 'unclear':
      return `Advice: content alone, and no shared training. Whether ${best.learner}, the best of them, would serve people better cannot be told from chance.`;
  }
}

function inWords({ learner, itemsK, dim, rounds, participations }: Candidate): string {
  switch (learner) {
    case 'co-occurrence':
      return `co-occurrence of ${itemsK} items, one session`;
    case 'communities':
      return 'communities, one session';
    case 'reconstruction':
      return `reconstruction in ${dim} dimensions, ${rounds} ${rounds === 1 ? 'round' : 'rounds'}, each person ${participations === 1 ? 'once' : `up to ${participations} times`}`;
  }
}

/** Rounds, how long they last, and what a person does in them. */
function epochInWords({ advice, best, epoch }: PlanResult): string {
  const { phases, rounds, peopleOfRound, roundSeconds, updates, withinEpsilon } = epoch;
  const would = advice === 'content' ? 'would be' : 'is';
  const round = `A round begins when ${peopleOfRound} people are there at once, and takes at most ${roundSeconds} seconds`;
  if (rounds === null) {
    return (
      `The epoch ${would} one phase (${phases.map(({ name }) => name).join(', ')}) without end; measured after ${counted(best.rounds, 'round')}. ${round}. ` +
      `A person trains on what they like and sends ${counted(updates, 'update')} in those rounds; epsilon allows ${withinEpsilon} in all.`
    );
  }
  const each = phases.map((phase) => `${phase.name} ${phase.rounds}`).join(', ');
  const after =
    withinEpsilon > 1
      ? `epsilon allows a person ${withinEpsilon} epochs`
      : 'that is all of epsilon, so a further epoch needs other people';
  return (
    `An epoch ${would} ${counted(rounds, 'round')} (${each}). ${round}; so an epoch lasts until so many people have been there ${rounds} times, ` +
    `and a phase that has had a round ends an hour after its last. ` +
    `A person takes part in one round of each phase and sends ${counted(updates, 'update')}; ${after}.`
  );
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function crossoverInWords({ above, below, unclear, measured }: Crossover): string {
  const [least, most] = [measured[0]!.people, measured.at(-1)!.people];
  const doubt =
    unclear === null
      ? ''
      : ` ${unclear.from === unclear.to ? `At ${unclear.from} people` : `From ${unclear.from} to ${unclear.to} people`} it cannot be told from chance.`;
  const worse =
    above === null
      ? `no crowd of ${least} people or more was measured in which it is clearly worse`
      : `it was clearly worse at ${above} people`;
  if (below === null) {
    return `No crowd was measured from which on, up to ${most} people, the shared model is clearly better than content alone; ${worse}.${doubt}`;
  }
  return `The shared model was clearly better than content alone in every crowd measured from ${below} people on; ${worse}.${doubt}`;
}

function interval({ mean, lower, upper }: Gain): string {
  return `${signed(mean)}, between ${signed(lower)} and ${signed(upper)}`;
}

function signed(value: number): string {
  return `${value < 0 ? '' : '+'}${value.toFixed(4)}`;
}

function bytes(count: number): string {
  return count < 1000
    ? `${count} bytes`
    : count < 1e6
      ? `${(count / 1000).toFixed(1)} kB`
      : `${(count / 1e6).toFixed(1)} MB`;
}
