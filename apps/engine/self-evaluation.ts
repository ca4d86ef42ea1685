// 'Is it better?': the person's own likes, hidden and looked for by the shared model, by this device alone and by popularity. Shown as it is, also
// when the shared model is worse.
import { meanOf, standardErrorOf } from '#shared/maths/statistics.ts';
import { interactionsFrom } from '#shared/model/recency.ts';
import { foldsOf, heldOutPlaces } from '#shared/ranking/held-out.ts';
import type { HistoryRow, SelfEvaluation } from './api.ts';
import { datedRowsOf } from './interactions.ts';
import { scorersOf } from './scorers.ts';
import type { ScoredModel } from './scoring.ts';

const evaluationDepth = 10;
const minEvaluatedLikes = 5;
/** The newest say most about today. */
const maxEvaluatedLikes = 100;
/** Each like is hidden by itself up to here, and in groups beyond: what it costs is a scoring a group. */
const maxFolds = 20;

/**
 * Mean NDCG@10 over hidden likes, each ranked among all items outside of the history. `shared`: the published model. `alone`: public content
 * beside it (what ranks where it serves this person better). `popular`: the same for everyone.
 */
export function evaluateFrom(published: ScoredModel, rows: readonly HistoryRow[]): SelfEvaluation {
  const scorers = scorersOf(published);
  const { shared, content, popularity, keyOf } = scorers;
  const history = datedRowsOf(published, rows);
  const choice = scorers.choice(history);
  const interactions = interactionsFrom(history);
  const likes = interactions.liked.length;
  if (likes < minEvaluatedLikes) return { likes, choice, results: null };
  const newest = history
    .filter(({ kind }) => kind === 'liked')
    .sort((a, b) => b.at - a.at || keyOf(a.row) - keyOf(b.row));
  const hidden = newest.slice(0, maxEvaluatedLikes).map(({ row }) => row);
  const folds = foldsOf(hidden, maxFolds, keyOf);
  const popular = Float64Array.from(popularity);
  const rankings = [
    ...(choice.why === 'unusable' ? [] : [['shared', shared] as const]),
    ['alone', content] as const,
    ['popular', { scores: () => popular }] as const,
  ];
  const results = rankings.map(([ranking, scorer]) => {
    const places = heldOutPlaces(scorer, interactions, folds, popularity);
    // NDCG with one target.
    const values = places.map((place) => (place < evaluationDepth ? 1 / Math.log2(place + 2) : 0));
    return { ranking, ...meanAndInterval(values) };
  });
  return { likes: hidden.length, choice, results };
}

/**
 * Mean of values in [0, 1] and the half width of its 95 % interval: 1.96 standard errors. Values that are all alike do not make it certain:
 * then the rule of three, as up to 3 / n of what was not tried may come out otherwise (Hanley and Lippman-Hand 1983).
 */
export function meanAndInterval(values: readonly number[]): { readonly ndcg10: number; readonly halfWidth95: number } {
  const spread = 1.96 * standardErrorOf(values);
  return { ndcg10: meanOf(values), halfWidth95: spread > 0 ? spread : Math.min(1, 3 / values.length) };
}
