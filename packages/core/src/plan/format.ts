import type { Plan, Step } from '../model.js';
import type { Problem } from '../problem.js';
import { LOCAL } from '../spec/hosts.js';
import { shownPath } from '../spec/path.js';
import { describeAddresses, describeEndpoint, describeLink, describeNetwork, describeSwarm } from './describe.js';

/** One line of the plan: `+ network lan  macvlan on eth0, …`. */
export interface StepLine {
  readonly sign: '+' | '-' | '~' | '<' | '>' | '=';
  readonly what: string;
  readonly detail: string;
  readonly why: string;
}

/** The parts of the line by which a plan shows a step. */
export function stepLine(step: Step): StepLine {
  const { why } = step;
  switch (step.op) {
    case 'network.create':
      return { sign: '+', what: `network ${step.name}`, detail: describeNetwork(step.props), why };
    case 'network.remove':
      return { sign: '-', what: `network ${step.name}`, detail: '', why };
    case 'network.adopt':
      return { sign: '=', what: `network ${step.name}`, detail: describeNetwork(step.props, step.asked), why };
    case 'network.forget':
      return { sign: '=', what: `network ${step.name}`, detail: '', why };
    case 'endpoint.park':
    case 'endpoint.detach':
      return { sign: '<', what: `container ${step.endpoint.name}`, detail: `off ${describeEndpoint(step)}`, why };
    case 'endpoint.restore':
    case 'endpoint.attach':
      return { sign: '>', what: `container ${step.endpoint.name}`, detail: `on ${describeEndpoint(step)}`, why };
    case 'link.add':
      return { sign: '+', what: `link ${step.props.name}`, detail: describeLink(step.props), why };
    case 'link.set':
      return { sign: step.adopts === true ? '=' : '~', what: `link ${step.name}`, detail: '', why };
    case 'link.remove':
      return { sign: '-', what: `link ${step.name}`, detail: '', why };
    case 'swarm.init':
      return { sign: '+', what: 'swarm', detail: describeSwarm(step), why };
    case 'swarm.join':
      return { sign: '+', what: `${step.role} of the swarm`, detail: `of ${step.by}, ${describeAddresses(step)}`, why };
    case 'swarm.node':
      return { sign: '~', what: `node ${step.node}`, detail: step.role ?? '', why };
    case 'swarm.leave':
      return { sign: '-', what: 'place in the swarm', detail: '', why };
    case 'swarm.forget':
      return { sign: '-', what: `node ${step.node}`, detail: '', why };
  }
}

/** What a step does, in a few words: `make network lan`. */
export function stepTitle(step: Step): string {
  const swarm = swarmTitle(step);
  if (swarm !== undefined) return swarm;
  const { sign, what } = stepLine(step);
  const verb = verbOf(step);
  const where = step.host === LOCAL ? '' : ` on ${step.host}`;
  if ('adopted' in step) return `${verb} ${what}${where} (netctl did not make it)`;
  if (sign === '<' || sign === '>') return `${verb} ${what} ${sign === '<' ? 'off' : 'on'} ${networkOf(step)}${where}`;
  return `${verb} ${what}${where}`;
}

/** What a step does, in a word. */
export function verbOf(step: Step): string {
  if (step.op === 'network.forget') return 'forget';
  return { '+': 'make', '-': 'remove', '~': 'repair', '<': 'take', '>': 'put', '=': 'adopt' }[stepLine(step).sign];
}

function swarmTitle(step: Step): string | undefined {
  const { op } = step;
  const host = step.host === LOCAL ? 'this host' : step.host;
  if (op === 'swarm.init') return `make the swarm on ${host}`;
  if (op === 'swarm.join') return `let ${host} join the swarm as ${step.role}`;
  if (op === 'swarm.leave') return `let ${host} leave the swarm`;
  if (op === 'swarm.forget') return `take ${step.node} off the list of nodes`;
  if (op !== 'swarm.node') return undefined;
  return step.role === undefined ? `label the node ${step.node}` : `make the node ${step.node} a ${step.role}`;
}

function networkOf(step: Step): string {
  return 'network' in step ? `network ${step.network}` : '';
}

/**
 * The steps of a plan as people read them and as tests compare them, host by host where there are several; stages are set
 * apart by nothing but their order.
 */
export function formatPlan(plan: Plan): string {
  const steps = plan.stages.flat();
  const hosts = [...new Set(steps.map(({ host }) => host))];
  return hosts
    .map((host) => {
      const text = formatSteps(
        steps.filter((step) => step.host === host),
        plan,
      );
      return host === LOCAL ? text : `${host}:\n${text}`;
    })
    .join('');
}

/** Some of the steps of a plan. */
export function formatSteps(steps: readonly Step[], plan: Plan): string {
  const lines = steps.map((step) => planLine(step, plan));
  if (lines.length === 0) return '';
  const width = Math.max(...lines.map(({ what }) => what.length));
  return lines
    .map(({ sign, what, detail, why }) => {
      const head = `${sign} ${what.padEnd(width)}`;
      return detail === '' ? `${head}  ${why}\n` : `${head}  ${detail}\n${' '.repeat(width + 4)}${why}\n`;
    })
    .join('');
}

/** What makes a network again, or puts a container back, has its reason where it goes, and need not say it twice. */
function planLine(step: Step, plan: Plan): StepLine {
  const line = stepLine(step);
  const back = step.op === 'endpoint.restore' || step.op === 'endpoint.attach';
  const goes = step.op === 'network.create' ? 'network.remove' : back ? 'endpoint.park' : '';
  const again = plan.stages.flat().some(({ op, host, ref }) => op === goes && host === step.host && ref === step.ref);
  if (!again) return line;
  if (step.op === 'endpoint.attach') return { ...line, why: 'as the spec says' };
  return { ...line, detail: '', why: step.op === 'network.create' ? `made again: ${line.detail}` : 'back as it was' };
}

/** `spec.yaml:7:15: networks.lan.ip_range: message (CODE)` and, below it, the hint. */
export function formatProblem(one: Problem, file: string): string {
  const where = one.line === undefined ? file : `${one.file ?? file}:${one.line}:${one.column ?? 1}`;
  const path = namesPlace(one) ? '' : `${shownPath(one.path)}: `;
  const hint = one.hint === undefined ? '' : `\n    ${one.hint}`;
  const on = one.host === undefined || /^hosts\b/.test(one.path) ? '' : `on ${one.host}: `;
  return `${one.severity}: ${where}: ${path}${on}${one.message} [${one.code}]${hint}`;
}

/** A path that a message begins with; in brackets a key may have spaces. */
const BEGINNING = /^[\w-]+(?:\.[\w-]+|\[(?:\d+|"(?:[^"\\]|\\.)*")\])*(?= )/;

/** Many messages begin with the thing that they are about, or with what it is in. */
function namesPlace({ path, message }: Problem): boolean {
  const subject = BEGINNING.exec(message)?.[0] ?? '';
  return path === subject || path === '' || (/[.[]/.test(subject) && path.startsWith(subject));
}
