export { apply } from './apply/apply.js';
export { applyLinks, planLinks } from './apply/apply-links.js';
export type { LinksOptions } from './apply/apply-links.js';
export type { ApplyOptions, Report } from './apply/options.js';
export type { Hosts, Targets } from './apply/hosts.js';
export type { AskedSegment } from './apply/ask.js';
export type { ApplyEvent } from './apply/events.js';
export { importHost } from './apply/import.js';
export type { Backends } from './apply/observe.js';
export type { MovedEndpoint } from './apply/run-step.js';
export { formatOwners, formatUse } from './addresses/use.js';
export type { AddressOwner, SubnetUse } from './addresses/use.js';
export type { NetworkUse } from './apply/addresses.js';
export { plan, planAddressed, status } from './apply/plan.js';
export type { AddressedPlan, Status } from './apply/plan.js';
export type { ItemState, StatusItem } from './apply/status.js';
export { LINTS } from './codes.js';
export type { Lint, LintCode, ProblemCode } from './codes.js';
export { composeText } from './compose/text.js';
export { composeUse } from './compose/use.js';
export type { ComposePlace, ComposeUse } from './compose/use.js';
export { DEFAULT_SOCKET, formatAddress, isLoopback, parseAddress } from './docker/address.js';
export type { ContextName, EngineAddress, SshAddress, TcpAddress, TlsMaterial, UnixAddress } from './docker/address.js';
export { connectDocker } from './docker/backend.js';
export type { EngineBackend, EngineObservation } from './docker/backend.js';
export type { Via } from './docker/client.js';
export type { EngineEvent } from './docker/events.js';
export { machineFiles } from './docker/config-files.js';
export type { ConfigFiles } from './docker/config-files.js';
export { readConfig } from './docker/contexts.js';
export { examineEngine } from './docker/examine.js';
export type { EngineView } from './docker/examine.js';
export type { ConnectOptions } from './docker/connect.js';
export { findEngine, spelledOut } from './docker/find-engine.js';
export type { EngineChoice, EngineSpelledOut } from './docker/find-engine.js';
export { examine } from './doctor/examine.js';
export type { Instruments } from './doctor/examine.js';
export { explainDocker } from './doctor/explain.js';
export type { Unseen } from './doctor/facts.js';
export type { Finding } from './doctor/finding.js';
export { formatFinding } from './doctor/format.js';
export type { HostReader, Printout } from './doctor/host-reader.js';
export type { Endpoint, EndpointConfig, EndpointState } from './endpoints.js';
export { ERROR_CODES, NetctlError } from './errors.js';
export type { ErrorCode, NetctlErrorDetails } from './errors.js';
export { findCompose } from './find-compose.js';
export type { FoundCompose } from './find-compose.js';
export { importComposeFile } from './import-compose.js';
export type { Imported } from './import/import.js';
export { leftOutProblem } from './import/left-out.js';
export type { LeftOut, SelectOptions } from './import/select.js';
export { LINK_GROUP } from './links.js';
export type {
  KernelKind,
  LinkAddress,
  LinkBackend,
  LinkChange,
  LinkEvent,
  LinkFact,
  LinkFacts,
  LinkKind,
  LinkProps,
  MachineFacts,
  RouteFact,
  Segment,
  WireAnswers,
} from './links.js';
export { loadSpec, loadSpecText } from './load-spec.js';
export type { LoadOptions } from './load-spec.js';
export type {
  EngineFacts,
  FoundNetwork,
  Holder,
  HostFacts,
  HostName,
  NetworkProps,
  Observed,
  Owner,
  Plan,
  Step,
} from './model.js';
export { describeHolders } from './plan/describe.js';
export { countSteps, formatPlan, formatProblem, stepLine, stepTitle } from './plan/format.js';
export type { StepLine } from './plan/format.js';
export { makePlan, stepsOf } from './plan/plan.js';
export type { PlanOptions } from './plan/plan.js';
export { markLine, stackOfFile } from './persist/files.js';
export type { PersistFile } from './persist/files.js';
export { ifupdownFiles } from './persist/ifupdown.js';
export { networkManagerFiles } from './persist/network-manager.js';
export { networkdFiles } from './persist/networkd.js';
export { persistedLinks } from './persist/persisted-links.js';
export type { PersistedLink, PersistedLinks } from './persist/persisted-links.js';
export { shellFiles } from './persist/shell.js';
export { storedSpecPath, systemdFiles, unitName } from './persist/systemd.js';
export type { SystemdOptions } from './persist/systemd.js';
export { printable } from './printable.js';
export type { Problem, Severity } from './problem.js';
export type { Workload, WorkloadPlace, WorkloadPort } from './workloads.js';
export { discoveredNetworks, discoveringHosts } from './spec/discovery.js';
export { namesHosts } from './spec/hosts.js';
export type { LoadedSpec } from './spec/load.js';
export type { NetworkSpec, Spec, VlanSpec } from './spec/schema.js';
export type { SwarmFacts, SwarmNode } from './swarm-facts.js';
export type { RoundResult, WakeReason, WatchEvent } from './watch/events.js';
export { makeLoop } from './watch/loop.js';
export type { Loop, LoopOptions, RoundEnd, Woken } from './watch/loop.js';
export type { OpenBackends, WatchOptions, WatchReport } from './watch/options.js';
export type { Timing } from './watch/timing.js';
export { watch } from './watch/watch.js';
export type { Watch } from './watch/watch.js';
