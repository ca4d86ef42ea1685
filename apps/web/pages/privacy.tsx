// Privacy: the heading. The page below it comes when it is opened: most visits never need its words, pictures and tables.
import { words } from '../language.ts';
import { privacyBody } from '../later.ts';

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
