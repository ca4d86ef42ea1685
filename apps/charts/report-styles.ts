// The one style sheet of our reports, of the simulator and of the bench. Colours are the page's (apps/web/styles/tokens.css).
import { chartStyles, darkColours, lightColours } from './styles.ts';

export const reportStyles = `
:root {
  color-scheme: light dark;
  --paper: #faf8f5; --sunken: #f0ede7; --accent: #0b6b58; --badge: #8a5a00; --on-badge: #fff;
  ${lightColours}
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #131416; --sunken: #0c0d0e; --accent: #5fd0b1; --badge: #e6b560; --on-badge: #1b1203;
    ${darkColours}
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 400 16px/24px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
main { max-width: 1180px; margin: 0 auto; padding: 24px 16px 48px; display: grid; gap: 32px; }
main > *, .chart, .scroll { min-width: 0; }
h1, h2, h3, p, dl, dd, figure, ul { margin: 0; padding: 0; }
h1 { font: 600 2rem/40px "Iowan Old Style", "Palatino Linotype", Palatino, Georgia, serif; }
h2 { font-size: 1.25rem; line-height: 28px; font-weight: 650; }
h3 { font-size: 1rem; line-height: 22px; font-weight: 600; }
.badge {
  display: inline-block; margin-bottom: 8px; padding: 2px 12px; border-radius: 999px; background: var(--badge); color: var(--on-badge);
  font-size: 0.8125rem; font-weight: 700; letter-spacing: 0.06em; text-transform: uppercase;
}
.lead { max-width: 72ch; margin-top: 8px; }
.note, figcaption p { color: var(--muted); font-size: 0.875rem; line-height: 20px; max-width: 80ch; }
section { display: grid; gap: 12px; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 320px), 1fr)); gap: 8px 24px; }
dl > div { display: grid; grid-template-columns: 88px 1fr; gap: 8px; padding-top: 8px; border-top: 1px solid var(--line); }
dt { color: var(--muted); font-size: 0.875rem; }
dd { font-size: 0.875rem; line-height: 22px; overflow-wrap: anywhere; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 340px), 1fr)); gap: 16px; }
.chart {
  display: flex; flex-direction: column; gap: 8px; padding: 16px; border: 1px solid var(--line); border-radius: 8px; background: var(--raised);
}
.chart .plot { width: 100%; height: auto; display: block; margin-top: auto; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 14px; list-style: none; font-size: 0.8125rem; line-height: 20px; color: var(--muted); }
.legend li { display: flex; align-items: center; gap: 6px; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; background: var(--raised); }
code { display: block; padding: 8px 12px; font: 0.8125rem/20px ui-monospace, Menlo, Consolas, monospace; white-space: nowrap; }
.chart .scroll { max-height: 280px; margin-top: 8px; }
table { border-collapse: collapse; width: 100%; font-size: 0.8125rem; line-height: 20px; font-variant-numeric: tabular-nums; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
th, td { padding: 6px 10px; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
th:first-child { text-align: left; }
thead th { color: var(--muted); font-weight: 600; }
tbody th { font-weight: 500; }
tbody tr:last-child > * { border-bottom: 0; }
summary { cursor: pointer; color: var(--accent); font-size: 0.875rem; }
summary h2 { display: inline; color: var(--ink); }
.scenario > .charts { margin-top: 12px; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
footer { color: var(--muted); font-size: 0.8125rem; line-height: 20px; border-top: 1px solid var(--line); padding-top: 16px; }
.marks { font-family: ui-monospace, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
${chartStyles}@media print { .scenario:not([open]) { display: none; } .chart { break-inside: avoid; } }
`;
