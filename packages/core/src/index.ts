export { apply } from './apply/apply.js';
export { applyLinks, planLinks } from './apply/apply-links.js';
export type { LinksOptions } from './apply/apply-links.js';
export { confirmLinks, unconfirmedUndone, undoneNote } from './apply/guards.js';
export type { Confirmed } from './apply/guards.js';
export type { ApplyOptions, Report } from './apply/options.js';
export type { Hosts, Targets } from './apply/hosts.js';
export type { AskedSegment } from './apply/ask.js';
export type { ApplyEvent } from './apply/events.js';
export { importHost } from './apply/import.js';
export type { Backends } from './apply/observe.js';
export type { MovedEndpoint } from './apply/run-step.js';
export { surveyHost } from './apply/survey.js';
export type { SurveyTarget } from './apply/survey.js';
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
export { contextNames } from './docker/context-names.js';
export { examineEngine } from './docker/examine.js';
export type { EngineView } from './docker/examine.js';
export type { ConnectOptions } from './docker/connect.js';
export { networkNames } from './docker/network-names.js';
export type { NamedNetwork } from './docker/network-names.js';
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
export { ERROR_CODES, messageOf, NetctlError } from './errors.js';
export type { ErrorCode, NetctlErrorDetails } from './errors.js';
export { findCompose } from './find-compose.js';
export type { FoundCompose } from './find-compose.js';
export { importComposeFile } from './import-compose.js';
export type { Imported } from './import/import.js';
export { leftOutProblem } from './import/left-out.js';
export type { LeftOut, SelectOptions } from './import/select.js';
export type { Answers, QuestionId } from './init/answers.js';
export { initSpec, rangeToAsk, withAnswered } from './init/init.js';
export { isKnown, nextQuestion } from './init/questions.js';
export type { Question } from './init/questions.js';
export { readAnswer } from './init/read-answer.js';
export type { Survey } from './init/survey.js';
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
  PersistedFile,
  Privilege,
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
export { formatPlan, formatProblem, stepLine, stepTitle } from './plan/format.js';
export type { StepLine } from './plan/format.js';
export { makePlan, stepsOf } from './plan/plan.js';
export type { PlanOptions } from './plan/plan.js';
export { countSteps, describeDisruption, formatSummary } from './plan/summary.js';
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
export { watchUnit, watchUnitName } from './persist/watch-unit.js';
export type { WatchUnitOptions } from './persist/watch-unit.js';
export { printable, printableLines } from './printable.js';
export type { Problem, Severity } from './problem.js';
export type { FoundGuard, GuardNote, LinkGuard, LinkPlan, LinkSafety, PathFact, PathQuestion } from './safety.js';
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
export { verify } from './verify/verify.js';
export type { VerifyOptions, VerifyTargets } from './verify/verify.js';
export type { VerifyBackends } from './verify/look.js';
export { pingKey } from './verify/prober.js';
export type {
  EspState,
  Listening,
  WireCount,
  Unheard,
  WireQuestion,
  NameAnswer,
  NameQuestion,
  Neighbour,
  Ping,
  PingAnswers,
  ProbeMeans,
  Prober,
  Spot,
  StandIn,
  StandInLink,
} from './verify/prober.js';
export type { CheckKind, CheckResult, CheckState, Party, VerifyResult } from './verify/result.js';
export { watch } from './watch/watch.js';
export type { Watch } from './watch/watch.js';
export { observeTopology } from './apply/topology.js';
export { topologyOf } from './graph/build.js';
export { formatDot } from './graph/dot.js';
export { escapeXml } from './graph/dot-label.js';
export { formatMermaid } from './graph/mermaid.js';
export { GROUND, SHADES, STATE_COLORS } from './graph/palette.js';
export type { Shade } from './graph/palette.js';
export { parseProof } from './graph/proof.js';
export type { Proof } from './graph/proof.js';
export { summaryOf } from './graph/summary.js';
export type { Seen } from './graph/host-view.js';
export { everythingOf, STATE_WORDS, TOPOLOGY_STATES } from './graph/topology.js';
export type {
  Drawn,
  Topology,
  TopologyCheck,
  TopologyHost,
  TopologyIsolation,
  TopologyLink,
  TopologyMember,
  TopologyNetwork,
  TopologyState,
  TopologySubnet,
} from './graph/topology.js';
export type { LookOptions } from './apply/observe.js';
export type { ComposeUseOptions } from './compose/use.js';
export type { NetworkId } from './docker/backend.js';
export type { Claim, ListedEndpoint } from './docker/endpoints-seen.js';
export type { AddressPool } from './docker/examine.js';
export type { EngineJournal } from './docker/journal-network.js';
export type { NetworkName } from './docker/map-endpoint.js';
export type { Parked } from './docker/park.js';
export type { Restored, RestoreOptions } from './docker/restore.js';
export type { SwarmAccess } from './docker/swarm.js';
export type { FoundContainer, ParkedEndpoint, Place } from './endpoints.js';
export type { Environment } from './environment.js';
export type { Added, Adoption, IpamEntry, Op, Ref, StepArgs, StepOf, StepOfHost, SwarmRole } from './model.js';
export type { Reading } from './read-file.js';
export type { Place as SpecPlace } from './spec/text/places.js';
export type { Address, Family } from './addresses/prefix.js';
export type { Reading as AnswerReading } from './init/read-answer.js';
