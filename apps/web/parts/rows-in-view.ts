// Which rows of a long list are near the window: only those are in the page.
import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** Rows kept above and below the window, so that Tab and a quick scroll find something. */
const SPARE_ROWS = 3;

export interface RowRange {
  readonly first: number;
  /** Not included. */
  readonly end: number;
}

/**
 * Follows scrolling and the size of the window. The list's element begins with its first row.
 * @param rowHeight px. @param atFirst rows until the list was measured. @param list another list is looked at anew.
 */
export function useRowsInView(
  element: RefObject<HTMLElement | null>,
  rowHeight: number,
  rowCount: number,
  atFirst: number,
  list: unknown,
): RowRange {
  const [rows, setRows] = useState<RowRange>({ first: 0, end: atFirst });
  // The rows to draw depend on the number of items too
  useEffect(() => {
    let frame = 0;
    const place = (): void => {
      frame = 0;
      // Null once the list has left the page.
      const top = element.current?.getBoundingClientRect().top;
      if (top === undefined) {
        return;
      }
      const first = Math.max(0, Math.floor(-top / rowHeight) - SPARE_ROWS);
      const end = Math.min(rowCount, Math.ceil((innerHeight - top) / rowHeight) + SPARE_ROWS);
      setRows((before) => (before.first === first && before.end === end ? before : { first, end }));
    };
    const later = (): void => {
      frame ||= requestAnimationFrame(place);
    };
    place();
    addEventListener('scroll', later, { passive: true });
    addEventListener('resize', later);
    return () => {
      cancelAnimationFrame(frame);
      removeEventListener('scroll', later);
      removeEventListener('resize', later);
    };
  }, [rowHeight, rowCount, list]);
  const first = Math.min(rows.first, Math.max(0, rowCount - 1));
  return { first, end: Math.max(first, Math.min(rows.end, rowCount)) };
}
