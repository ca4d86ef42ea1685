// Who could see which step of an update. PRIVACY.md has the same in words.

/** The steps of an update, in order. */
export const panels = ['raw', 'clipped', 'rotated', 'noised', 'masked'] as const;
export type Panel = (typeof panels)[number];

export const watchers = ['honest', 'active', 'readers', 'network', 'code'] as const;
export type Watcher = (typeof watchers)[number];

export interface Sight {
  readonly watcher: Watcher;
  /** whole: the picture itself. sum: only added to others. models: only what sums did to the models. size: only its length in bytes. */
  readonly sees: 'whole' | 'sum' | 'models' | 'size';
}

const codeAlone: readonly Sight[] = [{ watcher: 'code', sees: 'whole' }];

/** In mode 1 the masked vector leaves, in mode 4 the noised one. */
export function sightsOf(panel: Panel, mode: 1 | 4): readonly Sight[] {
  switch (panel) {
    case 'raw':
    case 'clipped':
    case 'rotated':
      return codeAlone;
    case 'noised':
      return mode === 1
        ? [
            { watcher: 'honest', sees: 'sum' },
            { watcher: 'active', sees: 'whole' },
            { watcher: 'readers', sees: 'models' },
            { watcher: 'code', sees: 'whole' },
          ]
        : [
            { watcher: 'honest', sees: 'whole' },
            { watcher: 'active', sees: 'whole' },
            { watcher: 'readers', sees: 'models' },
            { watcher: 'network', sees: 'size' },
            { watcher: 'code', sees: 'whole' },
          ];
    case 'masked':
      return [
        { watcher: 'honest', sees: 'whole' },
        { watcher: 'active', sees: 'whole' },
        { watcher: 'network', sees: 'size' },
        { watcher: 'code', sees: 'whole' },
      ];
  }
}
