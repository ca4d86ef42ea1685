// A designed nothing: what is empty, missing or broken, said in words, with what can be done.
import type { ComponentChildren } from 'preact';
import { words } from '../language.ts';
import type { FaultKind } from '../published.ts';
import { useSession } from '../session.ts';
import { Icon, type IconName } from './icon.tsx';

interface NoticeProps {
  readonly icon: IconName;
  readonly text: string;
  readonly hint?: string;
  readonly children?: ComponentChildren;
}

export function Notice({ icon, text, hint, children }: NoticeProps) {
  return (
    <div class="notice">
      <Icon name={icon} />
      <p class="notice-text">{text}</p>
      {hint !== undefined && <p class="muted">{hint}</p>}
      {children}
    </div>
  );
}

export function FaultNotice({ kind }: { readonly kind: FaultKind }) {
  const session = useSession();
  const [text, hint] = words.value.faults[kind];
  return (
    <Notice icon={kind === 'unreachable' ? 'wifiOff' : 'circleAlert'} text={text} hint={hint}>
      <button type="button" class="button" onClick={() => void session.refresh()}>
        {words.value.retry}
      </button>
    </Notice>
  );
}
