// The report: one HTML file that needs nothing else, works without scripts, in light and dark, on a phone and on paper. It says first that all of it
// is simulated.

import { figureOf } from '../../charts/chart.ts';
import { reportStyles } from '../../charts/report-styles.ts';
import { escaped, inBytes, inDigits, inPercent, inTime } from '../../charts/text.ts';
import { maliceInWords } from '../malice.ts';
import type { ScenarioResult } from '../result.ts';
import type { Scenario } from '../spec.ts';
import type { RoundRow } from '../tally.ts';
import { comparisons, detailsOf } from './figures.ts';

export interface Report {
  /** Whose tastes: in words. */
  readonly people: string;
  /** Of the code that was run. */
  readonly version: string;
  readonly command: string;
  readonly clock: 'virtual' | 'real';
  readonly results: readonly ScenarioResult[];
  /** Parallel to the results. */
  readonly rounds: readonly (readonly RoundRow[])[];
}

export function reportPage(report: Report): string {
  const { results, rounds } = report;
  const title = 'Tacit: a simulated federation';
  const sections = [
    header(report),
    settings(report),
    overview(results),
    `<section><h2>Compared</h2><div class="charts">${comparisons(results).map(figureOf).join('')}</div></section>`,
    ...results.map((result, index) => detail(result, rounds[index] ?? [], index === 0)),
    footer(report),
  ];
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    // Nothing is fetched, and nothing runs.
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    `<title>${title}</title><style>${reportStyles}</style></head>`,
    `<body><main>${sections.join('\n')}</main></body></html>`,
    '',
  ].join('\n');
}

function header({ clock, results }: Report): string {
  const masked = results[0]!.scenario.masked;
  const how =
    clock === 'virtual'
      ? 'The code of devices and server is the product’s own; clock, network and people are made up.'
      : 'The code of devices and server is the product’s own, over real sockets; the people are made up.';
  const masks = masked
    ? 'Updates were masked, as in a real federation.'
    : 'Updates were <strong>not masked</strong>: a plain sum stands in for the masks, so that many people fit on one machine.';
  return (
    '<header><p class="badge">Simulated</p><h1>A simulated federation</h1>' +
    `<p class="lead">Nobody took part in this. ${how} ${masks} What a simulated crowd gains says nothing certain about a real one.</p></header>`
  );
}

function settings({ people, command, results }: Report): string {
  const { scenario, facts } = results[0]!;
  const rows: readonly (readonly [string, string])[] = [
    ['people', `${inDigits(scenario.clients)}, ${people}`],
    ['learner', scenario.learner],
    ['cohort', `${facts.minCohort} to ${facts.maxCohort}; gathering aims at ${facts.gatheringTarget}`],
    ['privacy', privacyInWords(scenario, facts.sessionsAllowed)],
    ['update', `${inDigits(facts.updateLength)} numbers of ${facts.bits} bits`],
    [
      'there',
      `${inPercent(scenario.present)} at a time, for ${inDigits(scenario.stayMinutes)} min; by time of day ${inDigits(scenario.diurnal)}, by taste ${inDigits(scenario.skew)}`,
    ],
    ['devices', `${inDigits(scenario.speedSpread)} times between the slowest and the fastest`],
    [
      'dropouts',
      `${inPercent(scenario.dropout)} of seats vanish; the fastest device’s connection breaks ${inDigits(scenario.breaksPerHour)} times an hour`,
    ],
    ['churn', `${inPercent(scenario.churn)} of the people a day leave for good, and as many come`],
    ['malicious', maliciousInWords(results.map((result) => result.scenario))],
    ['cooldown', inTime(scenario.cooldownMs / 1000)],
    [
      'quality',
      `NDCG@10 of the held-out likes of ${inDigits(facts.panel)} people, in lists over ${inDigits(facts.items)} items`,
    ],
    ['seeds', [...new Set(results.map((result) => result.scenario.seed))].join(', ')],
  ];
  const list = rows.map(([name, value]) => `<div><dt>${escaped(name)}</dt><dd>${escaped(value)}</dd></div>`);
  const which = results.length > 1 ? '<p class="note">Where scenarios differ, the first one’s.</p>' : '';
  return (
    `<section><h2>What was run</h2>${which}<dl>${list.join('')}</dl>` +
    `<div class="scroll" tabindex="0"><code>${escaped(command)}</code></div></section>`
  );
}

function privacyInWords(scenario: Scenario, participations: number): string {
  return `noise multiplier ${inDigits(scenario.noiseMultiplier)}; epsilon at most ${inDigits(scenario.epsilon)} at delta ${inDigits(scenario.delta)}, which is ${participations} participations`;
}

function maliciousInWords(scenarios: readonly Scenario[]): string {
  const harmful = scenarios.filter(({ malicious }) => malicious > 0);
  if (harmful.length === 0) return 'nobody';
  return [
    ...new Set(harmful.map(({ malicious, malice }) => `${inPercent(malicious)}, who ${maliceInWords[malice]}`)),
  ].join('; ');
}

const columns: readonly (readonly [string, (result: ScenarioResult) => string])[] = [
  ['scenario', ({ scenario }) => scenario.label],
  ['seed', ({ scenario }) => String(scenario.seed)],
  ['rounds', ({ rounds }) => inDigits(rounds.published)],
  ['given up', ({ rounds }) => inDigits(rounds.aborted)],
  ['cohort', ({ rounds }) => (rounds.meanCohort === null ? '' : inDigits(rounds.meanCohort))],
  ['shared', ({ last }) => withError(last?.shared)],
  ['content', ({ last }) => withError(last?.content)],
  ['popular', ({ last }) => withError(last?.popular)],
  ['shared − content', ({ last }) => withError(last?.lift)],
  ['as shown at first', ({ facts }) => withError(facts.shownAtFirst)],
  ['as shown', ({ last }) => withError(last?.shown)],
  ['epsilon, mean', ({ epsilon }) => inDigits(epsilon.mean)],
  ['epsilon, most', ({ epsilon }) => inDigits(epsilon.max)],
  ['up an update', ({ bytes }) => (bytes.upPerUpdate === null ? '' : inBytes(bytes.upPerUpdate))],
  ['virtual time', ({ hours }) => inTime(3600 * hours)],
  ['ended by', ({ ended }) => ended],
];

function withError(value: { readonly mean: number; readonly se: number } | null | undefined): string {
  return value == null ? '' : `${value.mean.toFixed(4)} ± ${value.se.toFixed(4)}`;
}

function overview(results: readonly ScenarioResult[]): string {
  const head = columns.map(([name]) => `<th scope="col">${escaped(name)}</th>`).join('');
  const body = results
    .map((result) => {
      const [first, ...rest] = columns.map(([, of]) => escaped(of(result)));
      return `<tr><th scope="row">${first}</th>${rest.map((text) => `<td>${text}</td>`).join('')}</tr>`;
    })
    .join('');
  return (
    '<section><h2>Results</h2><p class="note">NDCG@10 after the last measured round ± one standard error over the panel. ' +
    'Rounds given up had a cohort and published nothing.</p>' +
    `<div class="scroll" tabindex="0"><table><caption>Results by scenario</caption><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div></section>`
  );
}

function detail(result: ScenarioResult, rounds: readonly RoundRow[], isOpen: boolean): string {
  const { scenario } = result;
  const charts = detailsOf(result, rounds).map(figureOf).join('');
  return `<section><details class="scenario"${isOpen ? ' open' : ''}><summary><h2>${escaped(`${scenario.label}, seed ${scenario.seed}`)}</h2></summary><div class="charts">${charts}</div></details></section>`;
}

function footer({ version, results, clock }: Report): string {
  const marks = results.map(({ scenario, digest, modelHash }) => `${scenario.id}: ${digest} ${modelHash.slice(0, 16)}`);
  return (
    `<footer><p>Tacit ${escaped(version)}. ` +
    `${clock === 'virtual' ? 'The same command on the same machine gives the same file. ' : ''}The raw numbers are beside it: rounds.csv, devices.csv, summary.json.</p>` +
    `<p class="marks">Events and last models: ${escaped(marks.join('; '))}</p></footer>`
  );
}
