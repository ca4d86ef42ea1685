// A chart as an SVG file of its own: title, legend, drawing and their look, on a ground of its own, so that it can be read wherever it is shown.
// It follows the reader's light or dark through the style sheet inside.
import { bodyOf, type Chart, classOf, height, markOf, width } from './chart.ts';
import { chartStyles, darkColours, lightColours } from './styles.ts';
import { escaped } from './text.ts';

const margin = 12;
const titleHeight = 24;
const legendLine = 16;
/** Of a character of the legend's letters at most, about; SVG cannot measure text before it is drawn. */
const characterWidth = 6.6;
const markWidth = 24;

/** The file's text. @param chart its note is not part of the picture. */
export function pictureOf(chart: Chart): string {
  const legend = chart.series.length > 1 ? legendOf(chart) : { parts: [], height: 0 };
  const head = titleHeight + legend.height + 4;
  const [whole, tall] = [width + 2 * margin, head + height + margin];
  const words = `${chart.title}. ${chart.y.label} by ${chart.x.label}.`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${whole} ${tall}" width="${2 * whole}" height="${2 * tall}" role="img" aria-label="${escaped(words)}">`,
    `<style>svg { ${lightColours} font-family: system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }`,
    `@media (prefers-color-scheme: dark) { svg { ${darkColours} } }`,
    '.ground { fill: var(--raised); } .title { fill: var(--ink); font-size: 13px; font-weight: 600; } .entry { fill: var(--muted); font-size: 11px; }',
    `${chartStyles}</style>`,
    `<rect class="ground" width="${whole}" height="${tall}" rx="8"/>`,
    `<text class="title" x="${margin}" y="20">${escaped(chart.title)}</text>`,
    ...legend.parts,
    `<g transform="translate(${margin} ${head})">${bodyOf(chart)}</g>`,
    '</svg>',
    '',
  ].join('\n');
}

/** Entries beside each other as far as there is room, and then below. */
function legendOf(chart: Chart): { parts: string[]; height: number } {
  let x = 0;
  let line = 0;
  const parts = chart.series.map(({ name }, index) => {
    const long = markWidth + characterWidth * name.length + 10;
    if (x > 0 && x + long > width) {
      x = 0;
      line += 1;
    }
    const at = `translate(${(margin + x).toFixed(1)} ${titleHeight + 4 + line * legendLine})`;
    x += long;
    return `<g transform="${at}">${markOf(classOf(chart, index), chart.kind)}<text class="entry" x="${markWidth}" y="10">${escaped(name)}</text></g>`;
  });
  return { parts, height: (line + 1) * legendLine };
}
