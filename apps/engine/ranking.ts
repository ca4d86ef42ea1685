// What ranks by a history and says why: loaded when there is one, or once the first list was shown.
export { explain, placesWithout } from './reasons.ts';
export { listChange, recommendFrom, similarTo } from './recommender.ts';
export { scored } from './scoring.ts';
