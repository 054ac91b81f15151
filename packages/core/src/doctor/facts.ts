import type { EngineView } from '../docker/examine.js';
import type { ErrorCode } from '../errors.js';
import type { KernelKind, LinkFacts } from '../links.js';

/** Something that was looked at, or why it could not be. */
export type Looked<T> = { readonly seen: T } | Unseen;

/** Why something could not be looked at, and what would help. */
export interface Unseen {
  readonly why: string;
  readonly cure?: string;
  readonly code?: ErrorCode;
}

/** What was seen, undefined where nothing could be. */
export function seenOf<T>(looked: Looked<T>): T | undefined {
  return 'seen' in looked ? looked.seen : undefined;
}

/** The file in which an engine keeps its local networks (moby, libnetwork's local-kv.db, a bbolt database). */
export interface StoreFacts {
  readonly path: string;
  /** Free bytes and inodes of its file system; undefined where nobody could tell. */
  readonly freeBytes?: number;
  readonly freeInodes?: number;
  readonly readOnly: boolean;
  /** The first words of both its meta pages, in hexadecimal; undefined where the file may not be read or is not there. */
  readonly metas?: readonly string[];
}

/** What files and programs of the host tell, as they have it; the checks read it. */
export interface HostFacts {
  /** `6.1.0-18-amd64` */
  readonly kernelRelease: string;
  /** The kernels of which there are modules. */
  readonly modulesOf: readonly string[];
  /** Texts of configuration and of the kernel's own files, by path; what is not there or not readable has none. */
  readonly files: ReadonlyMap<string, string>;
  /** Of the paths that were looked for. */
  readonly present: ReadonlySet<string>;
  /** What `iptables-save` prints, and `iptables-legacy-save` where that is another one and has tables. */
  readonly rules: Looked<string>;
  readonly legacyRules: string;
  /** The log of the engine since it started last. */
  readonly log: readonly string[];
  readonly store: Looked<StoreFacts>;
}

/** All that the doctor looks at; nothing of it was changed for it. */
export interface DoctorFacts {
  readonly engine: Looked<EngineView>;
  readonly links: Looked<LinkFacts>;
  /** Names of links that came or went while the engine was looked at: whether a network has its link is not known of them. */
  readonly passing: ReadonlySet<string>;
  readonly host: Looked<HostFacts>;
  readonly kernel: Readonly<Partial<Record<KernelKind, 'yes' | 'no' | 'unknown'>>>;
  /** Names of links that a spec makes, and of the parents that it needs. */
  readonly wanted: { readonly links: readonly string[]; readonly parents: readonly WantedParent[] };
}

export interface WantedParent {
  readonly link: string;
  /** Where in the spec. */
  readonly path: string;
}
