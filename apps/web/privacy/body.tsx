// The Privacy page below its heading: the budget, what was sent, the ledger, against whom it holds, the rules, and whether it was worth it.
import { privacyWords } from '../dictionary/privacy.ts';
import { useSession } from '../session.ts';
import { Comparison } from './comparison.tsx';
import { Inspector } from './inspector.tsx';
import { Ledger, useLedger } from './ledger.tsx';
import { Meter } from './meter.tsx';
import { Adversaries, Rules } from './rules.tsx';

export function PrivacyBody() {
  const ledger = useLedger();
  return (
    <>
      <div class="columns">
        <div class="column-main">
          <Meter ledger={ledger} />
          <Training />
        </div>
        <div class="column-side">
          <Comparison />
        </div>
      </div>
      <Inspector />
      <Ledger ledger={ledger} />
      <Adversaries />
      <Rules />
    </>
  );
}

function Training() {
  const session = useSession();
  const { backend: words } = privacyWords.value;
  const { backend, backendReasons } = session.state.value;
  return (
    <section class="panel" aria-labelledby="backend-heading" data-testid="training">
      <h2 id="backend-heading">{words.title}</h2>
      <p>{backend === null ? words.none : words.names[backend]}</p>
      {backend === null && <p class="muted">{words.noneText}</p>}
      {backendReasons.length > 0 && (
        <>
          <h3>{words.whyTitle}</h3>
          <ul class="muted" data-testid="backend-reasons">
            {backendReasons.map((reason) => (
              <li key={JSON.stringify(reason)} data-code={reason.code}>
                {words.reason(reason)}
              </li>
            ))}
          </ul>
        </>
      )}
      <p class="muted">{words.rule}</p>
    </section>
  );
}
