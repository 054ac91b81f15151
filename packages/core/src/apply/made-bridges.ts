import type { EngineBackend } from '../docker/backend.js';
import { about, toError } from '../errors.js';
import type { FoundNetwork, Ref, Step, StepOf } from '../model.js';

type Create = StepOf<'network.create'>;

/** The bridge networks of a stage, which are to go when their routes cut the host off. */
export interface MadeBridges {
  /** Removes those that are there, whatever fails, and gives what failed. */
  remove(): Promise<readonly Error[]>;
}

/** What was done by the time that they are to go. */
export interface Progress {
  /** The ids of networks that were made. */
  readonly made: ReadonlyMap<Ref, string>;
  /** Steps that were begun, of all stages. */
  readonly begun: ReadonlySet<Step>;
}

export function madeBridges(
  engine: EngineBackend,
  stack: string,
  bridges: readonly Create[],
  { made, begun }: Progress,
): MadeBridges {
  /** One whose request got no answer may have been made. */
  const find = async (lost: readonly Create[]): Promise<ReadonlyMap<Ref, string>> => {
    if (lost.length === 0) return made;
    const { networks } = await engine.observe();
    const found = lost.flatMap((step): [Ref, string][] => {
      const own = networks.find((one) => isIt(one, step, stack));
      return own === undefined ? [] : [[step.ref, own.id]];
    });
    return new Map([...made, ...found]);
  };
  return {
    remove: async () => {
      const failed: Error[] = [];
      const lost = bridges.filter((step) => begun.has(step) && !made.has(step.ref));
      const ids = await find(lost).catch((error: unknown) => {
        failed.push(toError(about('Whether all networks are gone that were begun could not be seen', error)));
        return made;
      });
      for (const { ref, name } of bridges) {
        const id = ids.get(ref);
        if (id === undefined) continue;
        await engine.removeNetwork({ id, name, scope: 'local' }).catch((error: unknown) => {
          failed.push(toError(about(`The network ${name} could not be removed`, error)));
        });
      }
      return failed;
    },
  };
}

/** netctl's mark tells it from somebody else's of that name; one made from a configuration has that for a mark. */
function isIt({ name, owner, props }: FoundNetwork, step: Create, stack: string): boolean {
  const { configFrom } = step.props;
  if (name !== step.name) return false;
  return configFrom === undefined ? owner?.stack === stack && owner.ref === step.ref : props.configFrom === configFrom;
}
