// Like, not for me, seen: three buttons, one of them pressed at most.
import type { CatalogueItem } from '#shared/catalogue/schema.ts';
import type { Action } from '../../engine/api.ts';
import { titleOf, words } from '../language.ts';
import { useSession } from '../session.ts';
import { Icon, type IconName } from './icon.tsx';

export const ACTIONS: readonly Action[] = ['like', 'dislike', 'seen'];

const ACTION_ICONS: { readonly [action in Action]: IconName } = {
  like: 'heart',
  dislike: 'thumbsDown',
  seen: 'eye',
};

/** `labelled` shows the words beside the icons. */
export function Actions({ item, labelled = false }: { readonly item: CatalogueItem; readonly labelled?: boolean }) {
  const session = useSession();
  const { actions, actionOn } = words.value;
  const current = session.actionOf(item.id);
  return (
    <div class={labelled ? 'actions actions-labelled' : 'actions'}>
      {ACTIONS.map((action) => (
        <button
          key={action}
          type="button"
          class={`action action-${action}`}
          data-testid={action}
          aria-pressed={current === action}
          aria-label={actionOn(action, titleOf(item))}
          title={actions[action]}
          onClick={() => void session.act(item.id, action)}
        >
          <Icon name={ACTION_ICONS[action]} />
          {labelled && <span>{actions[action]}</span>}
        </button>
      ))}
    </div>
  );
}
