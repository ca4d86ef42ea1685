// The body of a table of any length: only the rows near the window are in the page, the others are one empty row above and one below.
import type { ComponentChild } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useRowsInView } from './rows-in-view.ts';

/** A table of so many rows is shown whole: nothing jumps when the first row was measured. */
const WHOLE_UP_TO = 40;
const FIRST_ROW_HEIGHT = 56;

interface LongTableBodyProps<Row> {
  readonly rows: readonly Row[];
  readonly columns: number;
  /** One `tr` with a key. @param position from 2 on: the row of headings is the first; for aria-rowindex. */
  readonly children: (row: Row, position: number) => ComponentChild;
}

/** Belongs into a table with aria-rowcount. */
export function LongTableBody<Row>({ rows, columns, children: render }: LongTableBodyProps<Row>) {
  const body = useRef<HTMLTableSectionElement>(null);
  const [rowHeight, setRowHeight] = useState(FIRST_ROW_HEIGHT);
  const inView = useRowsInView(body, rowHeight, rows.length, WHOLE_UP_TO, rows.length);
  const isWhole = rows.length <= WHOLE_UP_TO;
  const first = isWhole ? 0 : inView.first;
  const end = isWhole ? rows.length : inView.end;
  useLayoutEffect(() => {
    const drawn = [...(body.current?.children ?? [])].filter((row) => !row.hasAttribute('data-empty'));
    const height = drawn.reduce((sum, row) => sum + row.getBoundingClientRect().height, 0) / drawn.length;
    // Rows of one and of two lines: a mean that moves by less is not worth moving the list for.
    if (height > 0 && Math.abs(height - rowHeight) > rowHeight / 10) {
      setRowHeight(height);
    }
  }, [first, end, rowHeight]);
  return (
    <tbody ref={body}>
      {first > 0 && <EmptyRow columns={columns} height={first * rowHeight} />}
      {rows.slice(first, end).map((row, index) => render(row, first + index + 2))}
      {end < rows.length && <EmptyRow columns={columns} height={(rows.length - end) * rowHeight} />}
    </tbody>
  );
}

function EmptyRow({ columns, height }: { readonly columns: number; readonly height: number }) {
  return (
    <tr data-empty>
      <td colSpan={columns} style={{ height: `${height}px`, padding: 0, border: 0 }} />
    </tr>
  );
}
