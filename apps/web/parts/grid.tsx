// A grid of cards of any length: only the rows near the window are in the page, so that 60,000 items cost as much as 60.
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { CatalogueItem } from '#shared/catalogue/schema.ts';
import { Card } from './card.tsx';

/** Rows kept above and below the window, so that Tab and a quick scroll find something. */
const SPARE_ROWS = 3;
const SPARE_ROWS_FIRST = 6;
const WIDE_CARD = 148;
const NARROW_CARD = 104;
const WIDE_GAP = 20;
const NARROW_GAP = 12;
/** Below this width the cards are narrow ones. */
const NARROW_GRID = 640;
/** A card's height besides its poster, until the first card was measured. */
const FIRST_TEXT_HEIGHT = 92;

interface Shape {
  readonly columns: number;
  readonly gap: number;
  /** Height of a row with its gap, px. */
  readonly rowHeight: number;
}

interface Rows {
  readonly first: number;
  /** Not included. */
  readonly end: number;
}

export function Grid({ items, label }: { readonly items: readonly CatalogueItem[]; readonly label: string }) {
  const list = useRef<HTMLUListElement>(null);
  const [shape, setShape] = useState<Shape>(() => shapeOf(0, null));
  const rowCount = Math.ceil(items.length / shape.columns);
  const [rows, setRows] = useState<Rows>({ first: 0, end: SPARE_ROWS_FIRST });

  useLayoutEffect(() => {
    const element = list.current!;
    const measure = (): void => {
      const next = shapeOf(element.clientWidth, element.firstElementChild);
      setShape((before) =>
        before.columns === next.columns && before.gap === next.gap && Math.abs(before.rowHeight - next.rowHeight) < 0.5
          ? before
          : next,
      );
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  // The rows to draw depend on the number of items too
  useEffect(() => {
    let frame = 0;
    const place = (): void => {
      frame = 0;
      // Null once the grid has left the page.
      const top = list.current?.getBoundingClientRect().top;
      if (top === undefined) {
        return;
      }
      const first = Math.max(0, Math.floor(-top / shape.rowHeight) - SPARE_ROWS);
      const end = Math.min(rowCount, Math.ceil((innerHeight - top) / shape.rowHeight) + SPARE_ROWS);
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
  }, [shape, rowCount, items]);

  const first = Math.min(rows.first, Math.max(0, rowCount - 1));
  const end = Math.max(first, Math.min(rows.end, rowCount));
  const from = first * shape.columns;
  return (
    <ul
      ref={list}
      class="grid"
      aria-label={label}
      style={{
        '--columns': String(shape.columns),
        '--gap': `${shape.gap}px`,
        paddingTop: `${first * shape.rowHeight}px`,
        paddingBottom: `${(rowCount - end) * shape.rowHeight}px`,
      }}
    >
      {items.slice(from, end * shape.columns).map((item, index) => (
        <Card key={item.id} item={item} testId="item-card" position={from + index + 1} setSize={items.length} />
      ))}
    </ul>
  );
}

function shapeOf(width: number, firstCard: Element | null): Shape {
  const usable = width > 0 ? width : 1200;
  const narrow = usable < NARROW_GRID;
  const gap = narrow ? NARROW_GAP : WIDE_GAP;
  const columns = Math.max(2, Math.floor((usable + gap) / ((narrow ? NARROW_CARD : WIDE_CARD) + gap)));
  const cardWidth = (usable - gap * (columns - 1)) / columns;
  const poster = firstCard?.querySelector('.poster')?.getBoundingClientRect();
  const card = firstCard?.getBoundingClientRect();
  const textHeight =
    card !== undefined && poster !== undefined && card.height > 0 ? card.height - poster.height : FIRST_TEXT_HEIGHT;
  return { columns, gap, rowHeight: cardWidth * 1.5 + textHeight + gap };
}
