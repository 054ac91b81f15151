import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes longest, the longest first: begun last, one of these would keep one worker busy and the other one idle. */
export const longest: readonly string[] = [
  'integration/replace-kills',
  'integration/replace-faults',
  'integration/replace-two-at-once',
  'consul/outage',
  'integration/faults-cut-short',
  'integration/examples',
  'integration/drift',
  'integration/replace-foreign',
  'integration/replace-journal',
  'cli/with-engine',
  'unit/crash/crash',
  'integration/traps-swarm',
  'integration/containers',
  'integration/replace-interference',
  'integration/replace-rests',
  'integration/names',
  'integration/lint-room',
  'integration/compose-language',
];

/** The order of files that a machine without a cache of earlier runs, such as CI's, cannot know. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const group = ({ project }: TestSpecification): number => project.config.sequence.groupOrder;
    return sorted.sort((a, b) => group(a) - group(b) || rankOf(a) - rankOf(b));
  }
}

function rankOf({ moduleId }: TestSpecification): number {
  const place = longest.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
  return place < 0 ? longest.length : place;
}
