import type { LinkChange } from './links.js';

/** How the host reaches an address now (`ip route get`). */
export interface PathFact {
  readonly address: string;
  /** The link that it leaves by; undefined where there is no way. */
  readonly link?: string;
  /** The router that it goes by first. */
  readonly via?: string;
  /** Whether it has answered a ping; false where it was not asked. */
  readonly answers: boolean;
}

/** One way of the host that is to be looked at. */
export interface PathQuestion {
  readonly address: string;
  /** The link that an address is on which says nothing without one (`fe80::1`). */
  readonly link?: string;
  /** For how many seconds to ping it until it answers, a whole number; 0 asks for the way alone. */
  readonly patience: number;
}

/** What `add`, `set` or `remove` of a LinkBackend is about to be told. */
export type LinkPlan =
  | { readonly op: 'add'; readonly name: string }
  | { readonly op: 'set'; readonly name: string; readonly change: LinkChange }
  | { readonly op: 'remove'; readonly name: string };

/** Whose a guard is, as it says of itself on the host. */
export interface GuardNote {
  readonly stack: string;
  /** When it was set, in ISO 8601. */
  readonly since: string;
  /** When it undoes what nobody has confirmed; absent while the apply is at work. */
  readonly until?: string;
}

/**
 * A process of its own on the host that undoes changes of links: when its time is up, and at once when it hears the end
 * of whoever set it, however that came. Only `keep` disarms it.
 */
export interface LinkGuard {
  /** Its time begins anew. False where it has undone them by now. */
  renew(ms: number): Promise<boolean>;
  /** The changes are to stay. False where it has undone them by now. @throws NetctlError LINK_FAILED where that cannot be seen */
  keep(): Promise<boolean>;
  /** Has them undone now; resolves when that is done. False where it did not do it now: it had before, or was killed. */
  undo(): Promise<boolean>;
  /** From now on it hears of nobody's end: it undoes them after this time, unless somebody confirms. */
  leave(ms: number): Promise<boolean>;
}

/** A guard that was found on the host. */
export interface FoundGuard {
  readonly id: string;
  readonly note: GuardNote;
  /** `undone`: it has undone what it was for, and nobody was told yet. */
  readonly state: 'armed' | 'undone';
}

/** What keeps a host within reach while its links are changed. */
export interface LinkSafety {
  /** How the host reaches these addresses, in their order. */
  paths(questions: readonly PathQuestion[]): Promise<readonly PathFact[]>;
  /**
   * Sets a guard, which is at work when this resolves. What it would do is taken from how the links are now, and added
   * to what `before` would do. When it has undone something it speaks to the `peers`, so that they learn where the host is.
   */
  guard(
    plans: readonly LinkPlan[],
    ms: number,
    note: GuardNote,
    peers: readonly string[],
    before?: LinkGuard,
  ): Promise<LinkGuard>;
  /** The guards of this user on the host; those of which nothing is left to tell are cleared away. */
  guards(): Promise<readonly FoundGuard[]>;
  /** Resolves when the guard has ended, or after this time. */
  ended(id: string, ms: number): Promise<void>;
  /** Keeps what an armed one guards: false where it has undone that by now. One that has undone it is forgotten. */
  settle(id: string): Promise<boolean>;
}
