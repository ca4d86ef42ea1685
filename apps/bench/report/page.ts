// The report: one HTML file that needs nothing else and runs no script. Goals first, then plots, then each rival's source beside its numbers.
import { figureOf } from '../../charts/chart.ts';
import { reportStyles } from '../../charts/report-styles.ts';
import { escaped, inDigits } from '../../charts/text.ts';
import type { Goal } from '../goals.ts';
import type { Machine, Measurement } from '../result.ts';
import { machineInWords, measuredInWords, metInWords, spreadInWords, titleOf, valueInWords } from '../text.ts';
import { figuresOf } from './figures.ts';
import type { Shown } from './rivals.ts';

export interface Report {
  readonly machine: Machine;
  readonly command: string;
  readonly results: readonly Measurement[];
  readonly goals: readonly Goal[];
  readonly rivals: readonly Shown[];
}

const ownStyles = `
pre { margin: 0; } pre code { white-space: pre; }
td.text { text-align: left; white-space: normal; }
.met-no { font-weight: 700; }
.rival { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 480px), 1fr)); gap: 12px; align-items: start; }
.rival > * { min-width: 0; }
.rival .scroll { max-height: 420px; overflow-y: auto; }
`;

export function reportPage(report: Report): string {
  const title = 'Tacit: measured beside what people use today';
  const sections = [header(report), goals(report), plots(report), rivals(report), everything(report)];
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    // Nothing is fetched, and nothing runs.
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    `<title>${title}</title><style>${reportStyles}${ownStyles}</style></head>`,
    `<body><main>${sections.join('\n')}</main></body></html>`,
    '',
  ].join('\n');
}

function header({ machine, command }: Report): string {
  const software = machine.isSoftwareAdapter
    ? '<p class="lead">The graphics processor here is <strong>software</strong>: its times say nothing about a real one. Counts, and ratios within this run, do.</p>'
    : '';
  return (
    '<header><h1>Measured beside what people use today</h1>' +
    `<p class="lead">The same data in one run, in turns; medians with quartiles. ${escaped(machineInWords(machine))}.</p>${software}` +
    `<div class="scroll" tabindex="0"><code>${escaped(command)}</code></div></header>`
  );
}

function goals({ goals: all }: Report): string {
  const rows = all.map((goal) => {
    const classes = goal.met === false ? 'text met-no' : 'text';
    const cells = [goal.goal, measuredInWords(goal)].map((text) => `<td>${escaped(text)}</td>`).join('');
    return `<tr><th scope="row">${escaped(goal.name)}</th>${cells}<td class="${classes}">${escaped(metInWords(goal))}</td></tr>`;
  });
  return (
    '<section><h2>Goals</h2><p class="note">Ratios within this run unless a unit says otherwise. A goal that is not met says so.</p>' +
    `<div class="scroll" tabindex="0"><table><caption>Goals</caption><thead><tr><th scope="col">what</th><th scope="col">goal</th><th scope="col">measured</th><th scope="col"></th></tr></thead><tbody>${rows.join('')}</tbody></table></div></section>`
  );
}

function plots({ results }: Report): string {
  const charts = figuresOf(results).map(figureOf);
  return charts.length === 0 ? '' : `<section><h2>Plots</h2><div class="charts">${charts.join('')}</div></section>`;
}

function rivals({ rivals: all, results }: Report): string {
  const measured = all
    .map((rival) => ({ rival, own: results.filter(({ code }) => code === rival.code) }))
    .filter(({ own }) => own.length > 0);
  if (measured.length === 0) return '';
  const parts = measured.map(({ rival: { code, against, sources }, own }) => {
    const shown = sources
      .map(
        ({ path, text }) =>
          `<details open><summary>${escaped(path)}</summary><div class="scroll" tabindex="0"><pre><code>${escaped(text)}</code></pre></div></details>`,
      )
      .join('');
    const numbers = besideOurs(own, against, results, titleOf(code));
    return `<section><h3>${escaped(titleOf(code))}</h3><div class="rival"><div>${numbers}</div><div>${shown}</div></div></section>`;
  });
  return `<section><h2>Rivals, and their source</h2><p class="note">As it was run here, beside what it took and what Tacit took for the same.</p>${parts.join('')}</section>`;
}

/** A rival's numbers, ours for the same, and how many times as much the rival's are. */
function besideOurs(
  own: readonly Measurement[],
  against: string,
  all: readonly Measurement[],
  caption: string,
): string {
  const rows = own.map((result) => {
    const ours = all.find(
      (other) =>
        other.code === against &&
        (['case', 'place', 'size', 'measure'] as const).every((name) => other[name] === result[name]),
    );
    const ratio = ours === undefined || ours.value === 0 ? '' : `${inDigits(result.value / ours.value)} x`;
    return [
      `${result.measure}, ${result.place}`,
      result.size,
      valueInWords(result.value, result.unit),
      ours === undefined ? '' : valueInWords(ours.value, ours.unit),
      ratio,
    ];
  });
  const note = `<p class="note">Beside it: ${escaped(titleOf(against))}.</p>`;
  return note + tableFrom(['what', 'size', 'here', 'Tacit', 'times'], rows, caption);
}

function everything({ results }: Report): string {
  return `<section><details><summary><h2>All measurements</h2></summary>${tableOf(results, 'All measurements')}</details></section>`;
}

const columns: readonly (readonly [string, (result: Measurement) => string])[] = [
  ['code', ({ code }) => titleOf(code)],
  ['case', (result) => result.case],
  ['where', ({ place }) => place],
  ['size', ({ size }) => size],
  ['measure', ({ measure }) => measure],
  ['median', ({ value, unit }) => valueInWords(value, unit)],
  ['quartiles', spreadInWords],
  ['runs', ({ runs }) => inDigits(runs)],
];

function tableOf(results: readonly Measurement[], caption: string): string {
  return tableFrom(
    columns.map(([name]) => name),
    results.map((result) => columns.map(([, of]) => of(result))),
    caption,
  );
}

function tableFrom(head: readonly string[], rows: readonly (readonly string[])[], caption: string): string {
  const heads = head.map((name) => `<th scope="col">${escaped(name)}</th>`).join('');
  const body = rows.map(([first = '', ...rest]) => {
    const cells = rest.map((text) => `<td>${escaped(text)}</td>`).join('');
    return `<tr><th scope="row">${escaped(first)}</th>${cells}</tr>`;
  });
  return `<div class="scroll" tabindex="0"><table><caption>${escaped(caption)}</caption><thead><tr>${heads}</tr></thead><tbody>${body.join('')}</tbody></table></div>`;
}
