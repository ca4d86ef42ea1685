// Privacy: the heading. The page below it comes when it is opened: most visits never need its words, pictures and tables.
import { words } from '../language.ts';
import { lazyPart } from '../parts/lazy.tsx';

export const privacyBody = lazyPart(async () => (await import('../privacy/body.tsx')).PrivacyBody);

export function Privacy() {
  const { privacy } = words.value;
  return (
    <>
      <header class="page-head">
        <h1 tabIndex={-1}>{privacy.heading}</h1>
        <p class="lead">{privacy.lead}</p>
      </header>
      <privacyBody.Part />
    </>
  );
}
