// The question about taking part: asked in context, once, with two answers of equal weight.
import { pagesWords } from '../language.ts';
import { navigate } from '../router.ts';
import { useSession } from '../session.ts';

export function Ask() {
  const session = useSession();
  if (!session.mayAsk) {
    return null;
  }
  const { ask } = pagesWords.value;
  return (
    <section class="ask" aria-labelledby="ask-heading" data-testid="ask">
      <div>
        <h2 id="ask-heading">{ask.heading}</h2>
        <p>{ask.body}</p>
      </div>
      <div class="equal-buttons">
        <button
          type="button"
          class="button"
          data-testid="ask-yes"
          onClick={() => {
            session.answeredAsk();
            navigate({ page: 'part' });
          }}
        >
          {ask.yes}
        </button>
        <button type="button" class="button" data-testid="ask-no" onClick={() => session.answeredAsk()}>
          {ask.no}
        </button>
      </div>
    </section>
  );
}
