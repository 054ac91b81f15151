import { writeFileSync } from 'node:fs';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

/**
 * Writes the skipped tests with their reasons, and the one line of totals that ends `scripts/test`, to the file that
 * NETCTL_TEST_RESULTS names. A test that is skipped without a reason counts as failed, and so does a file that does not
 * load.
 */
export default class Totals implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const skipped = tests.filter((test) => test.result().state === 'skipped');
    const unexplained = skipped.filter((test) => noteOf(test) === undefined);
    const passed = tests.filter((test) => test.result().state === 'passed').length;
    const broken = modules.filter((module) => module.state() === 'failed' && module.errors().length > 0).length;
    const failed =
      tests.filter((test) => test.result().state === 'failed').length + broken + unexplained.length + unhandled.length;
    if (unexplained.length > 0) process.exitCode = 1;
    const lines = [
      ...skipped.map((test) => `skipped: ${test.fullName}: ${noteOf(test) ?? 'NO REASON GIVEN'}`),
      `${passed} passed, ${failed} failed, ${skipped.length - unexplained.length} skipped`,
    ];
    const file = process.env['NETCTL_TEST_RESULTS'];
    if (file !== undefined) writeFileSync(file, `${lines.join('\n')}\n`);
  }
}

function noteOf(test: TestCase): string | undefined {
  const result = test.result();
  return result.state === 'skipped' ? result.note : undefined;
}
