import type { EngineBackend } from '../docker/backend.js';
import type { LinkFacts } from '../links.js';
import type { Step, StepOf } from '../model.js';
import type { GuardNote, LinkGuard, LinkPlan } from '../safety.js';
import { undoneByGuard } from './cut-off.js';
import { madeBridges } from './made-bridges.js';
import type { Progress } from './made-bridges.js';
import type { Backends } from './observe.js';
import { peerOf, recordPaths } from './paths.js';
import type { KeptPath } from './paths.js';
import { stageGuard } from './stage-guard.js';
import { stageSafety, TERM_MS } from './stage-safety.js';
import type { StageSafety } from './stage-safety.js';

/** Between link stages other things are done, and who is to confirm is not asked yet. */
const WORK_MS = 30_000;

/** Watches over the links of a host while a plan is run there. */
export interface HostSafety {
  /** Before anybody is taken off. @throws NetctlError LINK_FAILED where no guard can be set on this host */
  check(): Promise<void>;
  /** Before a stage: undefined where it changes no link and makes none. */
  before(stage: readonly Step[], progress: Progress): Promise<StageSafety | undefined>;
  /** After the last stage and the last look: with `confirm` the host is left to its guard, which undoes in that time. */
  finish(): Promise<boolean>;
  /** After a failure: what was to be confirmed is undone. Without `confirm` what did not cut the host off stays. */
  release(): Promise<void>;
}

export interface HostSafetyOptions {
  readonly stack: string;
  /** Milliseconds in which somebody has to confirm; without it nobody has to. */
  readonly confirm?: number;
}

type SafetyBackends = Pick<Backends, 'links'> & { readonly engine?: EngineBackend };

/** Undefined where nothing could be cut off. */
export function hostSafety(
  { links: { safety }, engine }: SafetyBackends,
  facts: LinkFacts | undefined,
  { stack, confirm }: HostSafetyOptions,
): HostSafety | undefined {
  if (safety === undefined || facts === undefined) return undefined;
  let paths: readonly KeptPath[] | undefined;
  /** What `confirm` has undone in the end, of all stages so far, and what that is. */
  let standing: LinkGuard | undefined;
  let guarded: readonly Step[] = [];
  let renewing: NodeJS.Timeout | undefined;
  const note = (): GuardNote => ({ stack, since: new Date().toISOString() });
  const rest = (): void => {
    clearInterval(renewing);
    renewing = undefined;
  };
  /** Sets one that has also what the earlier one had, which is let go. */
  const relieve = async (links: readonly Step[], peers: readonly string[]): Promise<LinkGuard> => {
    const earlier = standing;
    const plans = links.flatMap(planOf);
    if (earlier === undefined) return (standing = await safety.guard(plans, TERM_MS, note(), peers));
    // The earlier one may take its time to go.
    const guard = await safety.guard(plans, WORK_MS, note(), peers, earlier);
    standing = guard;
    if ((await earlier.keep()) && (await guard.renew(TERM_MS))) return guard;
    standing = undefined;
    await guard.keep();
    throw undoneByGuard();
  };
  const keep = async (guard: LinkGuard): Promise<boolean> => {
    if (confirm === undefined) {
      const isKept = await guard.keep();
      standing = undefined;
      guarded = [];
      return isKept;
    }
    // What failed once may have passed, and nothing is undone for that.
    const isKept = await guard.renew(WORK_MS).catch(() => guard.renew(WORK_MS));
    if (isKept) renewing = setInterval(() => void guard.renew(WORK_MS).catch(() => undefined), WORK_MS / 3).unref();
    return isKept;
  };
  return {
    check: async () => {
      const guard = await safety.guard([], TERM_MS, note(), []);
      await guard.keep();
    },
    before: async (stage, progress) => {
      const links = stage.filter((step) => planOf(step).length > 0);
      const bridges = engine === undefined ? [] : stage.filter(isBridge);
      const added = engine === undefined ? undefined : madeBridges(engine, stack, bridges, progress);
      const common = { safety, added, begun: progress.begun };
      if (links.length === 0) {
        if (bridges.length === 0) return undefined;
        return stageSafety({ ...common, watched: bridges, paths: await recordPaths(safety, facts, false) });
      }
      rest();
      paths ??= await recordPaths(safety, facts, true);
      const peers = paths.flatMap(peerOf);
      const first = await relieve(links, peers);
      guarded = [...guarded, ...links];
      const succeed = async (guard: LinkGuard): Promise<LinkGuard> =>
        (standing = await safety.guard([], TERM_MS, note(), peers, guard));
      const guard = stageGuard({ first, term: TERM_MS, succeed, keep });
      const undo = async (): Promise<void> => {
        await guard.undo();
        standing = undefined;
      };
      return stageSafety({ ...common, watched: [...guarded, ...bridges], paths, guard: { ...guard, undo } });
    },
    finish: async () => {
      rest();
      if (standing === undefined || confirm === undefined) return false;
      const guard = standing;
      const isLeft = await guard.leave(confirm);
      standing = undefined;
      if (isLeft) return true;
      await guard.keep();
      throw undoneByGuard();
    },
    release: async () => {
      rest();
      const first = standing;
      standing = undefined;
      if (first === undefined) return;
      const succeed = (guard: LinkGuard): Promise<LinkGuard> => safety.guard([], TERM_MS, note(), [], guard);
      await stageGuard({ first, term: TERM_MS, succeed, keep }).undo();
    },
  };
}

function isBridge(step: Step): step is StepOf<'network.create'> {
  if (step.op !== 'network.create' || step.props.driver !== 'bridge') return false;
  return step.props.configOnly !== true && step.props.scope !== 'swarm';
}

function planOf(step: Step): readonly LinkPlan[] {
  if (step.op === 'link.add') return [{ op: 'add', name: step.props.name }];
  if (step.op === 'link.set') return [{ op: 'set', name: step.name, change: step.change }];
  return step.op === 'link.remove' ? [{ op: 'remove', name: step.name }] : [];
}
