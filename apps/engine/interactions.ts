// The history by model row, as training and ranking take it.
import type { Interactions } from '#shared/model/model.ts';
import { type DatedRow, interactionsFrom } from '#shared/model/recency.ts';
import type { Action, HistoryRow } from './api.ts';
import type { Published } from './published.ts';

const kindOfAction = { like: 'liked', dislike: 'disliked', seen: 'seen' } as const satisfies Record<
  Action,
  DatedRow['kind']
>;

/** Items that the catalogue does not have any more are left out. */
export function datedRowsOf({ rowOf }: Pick<Published, 'rowOf'>, rows: readonly HistoryRow[]): DatedRow[] {
  return rows.flatMap(({ itemId, action, at }) => {
    const row = rowOf.get(itemId);
    return row === undefined ? [] : [{ row, kind: kindOfAction[action], at }];
  });
}

/** The history by kind, with what each row counts by its age. */
export function interactionsOf(published: Pick<Published, 'rowOf'>, rows: readonly HistoryRow[]): Interactions {
  return interactionsFrom(datedRowsOf(published, rows));
}
