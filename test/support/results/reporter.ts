import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Reporter, TestCase, TestModule, TestSuite } from 'vitest/node';
import type { Failure, Results } from './results.js';
import { slowestOf } from './results.js';

/**
 * Writes what a run came to as JSON (`Results`) to the file that NETCTL_TEST_RESULTS names. A test that is skipped
 * without a reason counts as failed, and so does a file that does not load, and a suite whose hooks fail.
 */
export default class ResultsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const inState = (state: string): TestCase[] => tests.filter((test) => test.result().state === state);
    const skipped = inState('skipped').map((test) => ({ name: nameOf(test), reason: noteOf(test) }));
    const unexplained = skipped.filter(({ reason }) => reason === undefined);
    for (const { name } of unexplained) console.error(`skipped without a reason: ${name}`);
    const suites = modules.flatMap((module) => [module, ...module.children.allSuites()]);
    const broken = suites.filter((suite) => suite.errors().length > 0);
    const results: Results = {
      passed: inState('passed').length,
      failed: inState('failed').length + broken.length + unexplained.length + unhandled.length,
      failures: [
        ...inState('failed').map((test) => failure(nameOf(test), test.result().errors?.[0])),
        ...broken.map((suite) => failure(nameOf(suite), suite.errors()[0])),
        ...unexplained.map(({ name }) => failure(name, 'skipped without a reason')),
        ...unhandled.map((error) => failure('nobody caught', error)),
      ],
      skipped: skipped.flatMap(({ name, reason }) => (reason === undefined ? [] : [{ name, reason }])),
      slowest: slowestOf(
        tests.map((test) => ({ name: nameOf(test), seconds: (test.diagnostic()?.duration ?? 0) / 1000 })),
      ),
      files: modules.map((module) => ({ name: nameOf(module), seconds: secondsOf(module) })),
      cells: inState('passed').flatMap((test) => test.meta().cells ?? []),
    };
    if (results.failed > 0) process.exitCode = 1;
    const file = process.env['NETCTL_TEST_RESULTS'];
    if (file === undefined) return;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(results, undefined, 1)}\n`);
  }
}

function nameOf(entity: TestCase | TestSuite | TestModule): string {
  return `${entity.project.name}: ${'fullName' in entity ? entity.fullName : entity.relativeModuleId}`;
}

/** Of its own code, its tests and their hooks. */
function secondsOf(module: TestModule): number {
  const { setupDuration, collectDuration, duration } = module.diagnostic();
  return (setupDuration + collectDuration + duration) / 1000;
}

function failure(name: string, thrown: unknown): Failure {
  const message = typeof thrown === 'object' && thrown !== null && 'message' in thrown ? thrown.message : thrown;
  return { name, message: String(message).split('\n', 1)[0] ?? '' };
}

function noteOf(test: TestCase): string | undefined {
  const result = test.result();
  return result.state === 'skipped' ? result.note : undefined;
}
