import type { CommandInput } from '../command.js';
import { counted } from '../counted.js';
import { readSpec } from '../spec-file.js';

/** `netctl validate`: the spec alone; no engine is asked. */
export async function validate({ file, options, output, signal }: CommandInput): Promise<number> {
  const { spec, problems, file: name } = await readSpec(file, options, signal);
  output.document({ version: 1, stack: spec.name, problems });
  output.problems(problems, name);
  const networks = Object.keys(spec.networks).length;
  const vlans = Object.keys(spec.vlans).length;
  output.line(`${name} is valid: stack ${spec.name}, ${counted(networks, 'network')}, ${counted(vlans, 'VLAN link')}`);
  return 0;
}
