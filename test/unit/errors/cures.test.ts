import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';

/* Every error and every problem says what to do about it; what says nothing is listed here, with the reason. */

const root = join(import.meta.dirname, '../../..');

const WITHOUT: Readonly<Record<string, string>> = {
  'packages/cli/src/discovery/follow.ts INTERRUPTED': 'ends a watch of services, and is shown to nobody',
  'packages/core/src/watch/hosts.ts INTERRUPTED': 'ends a connection that is being made, and is shown to nobody',
  'packages/core/src/import/left-out.ts LEFT_OUT': 'its reason says how to have it',
  'packages/core/src/plan/attachment-checks.ts MAC_IGNORED': 'a warning: somebody has said --accept-loss mac',
  'packages/core/src/plan/move-checks.ts MAC_LOST': 'a warning: somebody has said --accept-loss mac',
};

interface Raised {
  readonly where: string;
  readonly what: string;
  readonly cured: boolean;
}

/** `new NetctlError(code, message, { hint })`, or with problems, which have hints of their own. */
function errorIn(node: ts.Node): Omit<Raised, 'where'> | undefined {
  if (!ts.isNewExpression(node) || node.expression.getText() !== 'NetctlError') return undefined;
  const [code, , details] = node.arguments ?? [];
  const named = details !== undefined && ts.isObjectLiteralExpression(details) ? details.properties : [];
  const cured = named.some(
    (one) => /^(hint|problems)\b/.test(one.name?.getText() ?? '') || /\bhint\b/.test(one.getText()),
  );
  // What is made elsewhere, and passed on.
  const passed = details !== undefined && !ts.isObjectLiteralExpression(details);
  return { what: wordOf(code), cured: cured || passed };
}

/** `problem(severity, code, path, message, hint)`; a note asks nobody for anything. */
function problemIn(node: ts.Node): Omit<Raised, 'where'> | undefined {
  if (!ts.isCallExpression(node) || node.expression.getText() !== 'problem') return undefined;
  const [severity, code] = node.arguments;
  return { what: wordOf(code), cured: node.arguments.length >= 5 || wordOf(severity) === 'note' };
}

function wordOf(node: ts.Node | undefined): string {
  return node !== undefined && ts.isStringLiteral(node) ? node.text : (node?.getText() ?? '');
}

function raisedIn(path: string, text = readFileSync(path, 'utf8')): readonly Raised[] {
  const found: Raised[] = [];
  const visit = (node: ts.Node): void => {
    const one = errorIn(node) ?? problemIn(node);
    if (one !== undefined) found.push({ where: relative(root, path), ...one });
    node.forEachChild(visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  return found;
}

const sources = readdirSync(join(root, 'packages')).flatMap((name) => {
  const folder = join(root, 'packages', name, 'src');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files.filter((file) => file.endsWith('.ts')).map((file) => join(folder, file));
});
const raised = sources.flatMap((path) => raisedIn(path));

test('every error and every problem says what to do', () => {
  expect(raised.length).toBeGreaterThan(250);
  const without = raised.filter(({ cured }) => !cured).map(({ where, what }) => `${where} ${what}`);
  expect([...new Set(without)].sort()).toEqual(Object.keys(WITHOUT).sort());
});

test('one that says nothing is found', () => {
  const text = `throw new NetctlError('USAGE', 'It is wrong');
    problem('warning', 'LEFT_OUT', '', 'It is left out');
    throw new NetctlError('USAGE', 'It is wrong', { cause, hint: 'Mend it.' });
    problem('note', 'LEFT_OUT', '', 'It is so');`;
  expect(raisedIn(join(root, 'x.ts'), text).map(({ what, cured }) => [what, cured])).toEqual([
    ['USAGE', false],
    ['LEFT_OUT', false],
    ['USAGE', true],
    ['LEFT_OUT', true],
  ]);
});
