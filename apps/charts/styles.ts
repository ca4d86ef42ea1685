// The look of charts, wherever they stand. Colours are the page's (apps/web/styles/tokens.css); those of series have a contrast of 3:1 or more on
// their ground, `--raised`.

/** Custom properties that `chartStyles` asks for, on a light ground. */
export const lightColours = `--raised: #fff; --ink: #1b1a18; --muted: #615d56; --line: #e2ddd4; --axis: #8d877d;
  --s0: #0b6b58; --s1: #b84a00; --s2: #1f5fae; --s3: #8a3d86; --s4: #8a6a00; --s5: #b0263c; --reference: #6d6860;`;

/** The same on a dark ground. */
export const darkColours = `--raised: #1c1e21; --ink: #edebe6; --muted: #a8a49b; --line: #2d3034; --axis: #7b7f85;
    --s0: #5fd0b1; --s1: #ff9b5e; --s2: #7db8ff; --s3: #e39bdf; --s4: #e0c25a; --s5: #ff8b98; --reference: #a8a49b;`;

export const chartStyles = `.grid { stroke: var(--line); }
.base { stroke: var(--axis); }
.tick { fill: var(--muted); font-size: 11px; }
.axis { fill: var(--muted); font-size: 11.5px; }
.line { fill: none; stroke: currentColor; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
.error { stroke: currentColor; stroke-width: 1.5; }
.band { fill: currentColor; stroke: none; opacity: 0.14; }
.dot { fill: currentColor; stroke: none; }
.bar { fill: currentColor; stroke: none; }
.series-0 { color: var(--s0); } .series-1 { color: var(--s1); } .series-2 { color: var(--s2); }
.series-3 { color: var(--s3); } .series-4 { color: var(--s4); } .series-5 { color: var(--s5); }
.reference { color: var(--reference); stroke-dasharray: 5 4; }
.dash-1 { stroke-dasharray: 7 3; } .dash-2 { stroke-dasharray: 2 3; } .dash-3 { stroke-dasharray: 8 3 2 3; }
.reference.dash-1 { stroke-dasharray: 2 3; } .reference.dash-2 { stroke-dasharray: 12 3; }
.dot.reference { r: 0; }
`;
