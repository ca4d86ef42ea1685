// Is it better for you: three rankings over the person's own hidden likes, with n and an interval, also when it is worse.
import { useEffect, useState } from 'preact/hooks';
import type { SelfEvaluation } from '../../engine/api.ts';
import { privacyWords } from '../dictionary/privacy.ts';
import { useSession } from '../session.ts';

type Result = NonNullable<SelfEvaluation['results']>[number];

export function Comparison() {
  const session = useSession();
  const words = privacyWords.value;
  const [evaluation, setEvaluation] = useState<SelfEvaluation | 'failed' | null>(null);
  const [run, setRun] = useState(0);
  // Run again when asked
  useEffect(() => {
    let current = true;
    setEvaluation(null);
    session.engine.evaluateSelf().then(
      (answer) => current && setEvaluation(answer),
      () => current && setEvaluation('failed'),
    );
    return () => {
      current = false;
    };
  }, [session, run]);
  return (
    <section class="panel" aria-labelledby="better-heading" aria-busy={evaluation === null} data-testid="comparison">
      <h2 id="better-heading">{words.better}</h2>
      <p class="muted">{words.betterLead}</p>
      {evaluation === null && <p class="muted">{words.betterRunning}</p>}
      {evaluation === 'failed' && <p>{words.betterFailed}</p>}
      {evaluation !== null && evaluation !== 'failed' && evaluation.choice !== null && (
        <div class="callout" data-testid="choice" data-used={evaluation.choice.used} data-why={evaluation.choice.why}>
          <p>{words.betterChoice(evaluation.choice, (session.state.value.model?.version ?? 1) > 1)}</p>
          <p class="small muted">{words.betterChoiceWhen}</p>
        </div>
      )}
      {evaluation !== null && evaluation !== 'failed' && evaluation.results === null && (
        <p>{words.betterFew(evaluation.likes)}</p>
      )}
      {evaluation !== null && evaluation !== 'failed' && evaluation.results !== null && (
        <Results results={evaluation.results} likes={evaluation.likes} />
      )}
      {(evaluation === 'failed' || (evaluation !== null && evaluation.results !== null)) && (
        <button type="button" class="button" onClick={() => setRun(run + 1)}>
          {words.betterAgain}
        </button>
      )}
    </section>
  );
}

function Results({ results, likes }: { readonly results: readonly Result[]; readonly likes: number }) {
  const words = privacyWords.value;
  return (
    <>
      {results.some(({ ranking }) => ranking === 'shared') && (
        <p class="verdict">{words.betterVerdict[verdictOf(results)]}</p>
      )}
      <ul class="comparison">
        {results.map(({ ranking, ndcg10, halfWidth95 }) => (
          <li key={ranking} data-ranking={ranking}>
            <span class="comparison-name">{words.betterRankings[ranking]}</span>
            <Whisker value={ndcg10} halfWidth={halfWidth95} />
            <span class="comparison-score">{words.betterScore(ndcg10.toFixed(2), halfWidth95.toFixed(2))}</span>
          </li>
        ))}
      </ul>
      <p class="small muted">{words.betterN(likes)}</p>
    </>
  );
}

/** The mean as a dot on 0 to 1, its interval as a line. */
function Whisker({ value, halfWidth }: { readonly value: number; readonly halfWidth: number }) {
  const place = (at: number): string => (4 + 192 * Math.max(0, Math.min(1, at))).toFixed(1);
  return (
    <svg class="whisker" viewBox="0 0 200 16" preserveAspectRatio="none" aria-hidden="true">
      <path class="whisker-axis" d="M4 8H196" />
      <path class="whisker-line" d={`M${place(value - halfWidth)} 8H${place(value + halfWidth)}`} />
      <path class="whisker-dot" d={`M${place(value)} 2V14`} />
    </svg>
  );
}

/** 'unclear' while the intervals of shared and alone overlap. */
export function verdictOf(results: readonly Result[]): 'better' | 'worse' | 'unclear' {
  const shared = results.find(({ ranking }) => ranking === 'shared');
  const alone = results.find(({ ranking }) => ranking === 'alone');
  if (
    shared === undefined ||
    alone === undefined ||
    Math.abs(shared.ndcg10 - alone.ndcg10) <= shared.halfWidth95 + alone.halfWidth95
  ) {
    return 'unclear';
  }
  return shared.ndcg10 > alone.ndcg10 ? 'better' : 'worse';
}
