import { absent, type KwokStage, type Match, noneOf, oneOf, present, type StageDelay, type StageStep, stage } from './kwok-stage.ts';

/**
 * A kubelet in KWOK stages. It obeys image tags (a tag that is the word or ends with `-word`),
 * container by container: `broken` runs but is never ready, `crash` falls into CrashLoopBackOff
 * again and again, `missing` cannot be pulled, `slow` is ready after 5 s. It also obeys readiness
 * gates, images changed in place, and Jobs, whose pods complete by themselves.
 *
 * KWOK plays a stage on a copy that may be one event old, so a stage can play twice. Whatever is
 * written here therefore depends on the copy alone: a second play of the same copy changes nothing.
 */

/** Delays a pod's start by a Go duration ("3s"). */
const startAfterAnnotation = 'controlplane/start-after';
/** With any value: the pod's containers behave as those of an image `:broken`. */
export const neverReadyAnnotation = 'controlplane/never-ready';

const slowReadyMs = 5_000;
const pullBackOffMs = 1_000;
const imageChangeMs = 200;
const jobCompletionMs = 300;

const tagEnd = '(@.*)?$';
const tagWord = (words: string) => `:([^/:@]*-)?(${words})${tagEnd}`;

const alive = absent('.metadata.deletionTimestamp');
const started = present('.status.containerStatuses[]?.name');
const notStarted = absent('.status.containerStatuses[]?.name');
const unfinished = noneOf('.status.phase', 'Succeeded', 'Failed');
const readyIs = (status: string) => oneOf('.status.conditions[]? | select(.type == "Ready") | .status', status);
const containersReady = oneOf('.status.conditions[]? | select(.type == "ContainersReady") | .status', 'True');
const waitsForGates = oneOf('.status.conditions[]? | select(.type == "Ready") | .reason', 'ReadinessGatesNotReady');
const imageChanged = 'select([.spec.containers[] | {name, image}] != [.status.containerStatuses[]? | {name, image}]) | .metadata.name';
const closedGate =
  '. as $p | .spec.readinessGates[]?.conditionType as $g | select([$p.status.conditions[]? | select(.type == $g and .status == "True")] | length == 0) | $g';
const runToCompletion = oneOf('.metadata.ownerReferences[]?.kind', 'Job', 'BroadcastJob');
const crashImage = `.spec.containers[] | select(.image | test("${tagWord('crash')}")) | .name`;
const waitingFor = (reason: string) => `.status.containerStatuses[]? | select(.state.waiting.reason == "${reason}") | .name`;
const warmingUp = `.status.containerStatuses[]? | select(.ready == false and .state.running != null) | select(.image | test("${tagWord('slow')}")) | .name`;
/** 2 s after the first crash, then double, at most 5 minutes. */
const crashBackOff =
  '[.status.containerStatuses[] | select(.state.waiting.reason == "CrashLoopBackOff") | .restartCount] | max | [pow(2; .), 300] | min | "\\(.)s"';

const prologue = `
{{ $now := Now }}
{{ $pod := . }}
{{ $unready := list }}
{{ $pulling := false }}
`;

/** Of the container `$c`: its tag's word, its former status `$p`, and whether that was of the same image. */
const containerFacts = `
{{ $word := regexFind ${JSON.stringify(tagWord('broken|crash|missing|slow'))} $c.image | regexFind "(broken|crash|missing|slow)${tagEnd}" | regexFind "^[a-z]+" }}
{{ with $pod.metadata.annotations }}{{ if index . "${neverReadyAnnotation}" }}{{ $word = "broken" }}{{ end }}{{ end }}
{{ $p := dict }}
{{ range $pod.status.containerStatuses }}{{ if eq .name $c.name }}{{ $p = . }}{{ end }}{{ end }}
{{ $same := eq ( or $p.image "" ) $c.image }}
{{ $startedAt := $now }}
{{ if $same }}{{ $startedAt = dig "state" "running" "startedAt" $now $p }}{{ end }}
{{ $runs := and $same ( ne "" ( dig "state" "running" "startedAt" "" $p ) ) }}
{{ $restarts := int64 ( or $p.restartCount 0 ) }}
`;

const missingContainer = `
  {{ $pulling = true }}{{ $unready = append $unready $c.name }}
  imageID: ""
  ready: false
  started: false
  restartCount: {{ $restarts }}
  {{ if and $same ( ne "" ( dig "state" "waiting" "reason" "" $p ) ) }}
  state: { waiting: { reason: ImagePullBackOff, message: {{ printf "Back-off pulling image \\"%s\\"" $c.image | Quote }} } }
  {{ else }}
  state: { waiting: { reason: ErrImagePull, message: {{ printf "failed to pull image \\"%s\\": not found" $c.image | Quote }} } }
  {{ end }}
`;

const crashedContainer = `
  {{ $unready = append $unready $c.name }}
  {{ $restarts = add $restarts 1 }}
  imageID: {{ printf "sha256:%s" ( sha256sum $c.image ) | Quote }}
  containerID: {{ printf "containerd://%s" ( sha256sum ( printf "%s/%s/%d" $pod.metadata.uid $c.name $restarts ) ) | Quote }}
  ready: false
  started: false
  restartCount: {{ $restarts }}
  state: { waiting: { reason: CrashLoopBackOff, message: {{ printf "back-off restarting failed container %s" $c.name | Quote }} } }
  lastState: { terminated: { exitCode: 1, reason: Error, startedAt: {{ $now | Quote }}, finishedAt: {{ $now | Quote }} } }
`;

// imageID must change with the image: OpenKruise waits for it in an in-place update.
const runningContainer = `
  {{ if and $p.containerID ( not $same ) }}{{ $restarts = add $restarts 1 }}{{ end }}
  {{ $isReady := not ( or ( eq $word "broken" ) ( and ( eq $word "slow" ) ( not $runs ) ) ) }}
  {{ if not $isReady }}{{ $unready = append $unready $c.name }}{{ end }}
  imageID: {{ printf "sha256:%s" ( sha256sum $c.image ) | Quote }}
  containerID: {{ printf "containerd://%s" ( sha256sum ( printf "%s/%s/%d" $pod.metadata.uid $c.name $restarts ) ) | Quote }}
  ready: {{ $isReady }}
  started: true
  restartCount: {{ $restarts }}
  state: { running: { startedAt: {{ $startedAt | Quote }} } }
`;

const containerStatuses = `
containerStatuses:
{{ range $c := .spec.containers }}
${containerFacts}
- name: {{ $c.name | Quote }}
  image: {{ $c.image | Quote }}
{{ if eq $word "missing" }}
${missingContainer}
{{ else if eq $word "crash" }}
${crashedContainer}
{{ else }}
${runningContainer}
{{ end }}
{{ end }}
`;

/** Init containers succeed at once; those that restart always (sidecars) keep running. */
const initContainerStatuses = `
{{ if .spec.initContainers }}
initContainerStatuses:
{{ range .spec.initContainers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: {{ printf "sha256:%s" ( sha256sum .image ) | Quote }}
  ready: true
  restartCount: 0
  {{ if eq ( or .restartPolicy "" ) "Always" }}
  started: true
  state: { running: { startedAt: {{ $now | Quote }} } }
  {{ else }}
  state: { terminated: { exitCode: 0, reason: Completed, startedAt: {{ $now | Quote }}, finishedAt: {{ $now | Quote }} } }
  {{ end }}
{{ end }}
{{ end }}
`;

/** One condition whose lastTransitionTime moves only with its status. `status` and the rest are template expressions. */
const condition = (type: string, status: string, reason: string, message = '""') => `
{{ $since := $now }}
{{ range $pod.status.conditions }}{{ if and ( eq .type "${type}" ) ( eq .status ( ${status} ) ) }}{{ $since = or .lastTransitionTime $now }}{{ end }}{{ end }}
- type: ${type}
  status: {{ ${status} | Quote }}
  reason: {{ ${reason} | Quote }}
  message: {{ ${message} | Quote }}
  lastTransitionTime: {{ $since | Quote }}
`;

const isReadyCondition = `
{{ $closedGate := "" }}
{{ range .spec.readinessGates }}
{{ $gate := .conditionType }}{{ $open := false }}
{{ range $pod.status.conditions }}{{ if and ( eq .type $gate ) ( eq .status "True" ) }}{{ $open = true }}{{ end }}{{ end }}
{{ if not $open }}{{ $closedGate = $gate }}{{ end }}
{{ end }}
{{ $containers := ternary "False" "True" ( gt ( len $unready ) 0 ) }}
{{ $ready := ternary "True" "False" ( and ( eq $containers "True" ) ( eq $closedGate "" ) ) }}
{{ $why := "" }}{{ $detail := "" }}
{{ if eq $containers "False" }}
{{ $why = "ContainersNotReady" }}{{ $detail = printf "containers with unready status: [%s]" ( join " " $unready ) }}
{{ end }}
`;

const readyConditions =
  condition('ContainersReady', '$containers', '$why', '$detail') +
  '{{ if and ( eq $why "" ) ( ne $closedGate "" ) }}{{ $why = "ReadinessGatesNotReady" }}{{ $detail = printf "the readiness gate %s is not open" $closedGate }}{{ end }}\n' +
  condition('Ready', '$ready', '$why', '$detail');

/** The pod's address comes from its uid, so that a second play cannot add another one. */
const addresses = `
{{ $hostIPs := NodeIPsWith .spec.nodeName }}
{{ with $hostIPs }}
hostIP: {{ index . 0 | Quote }}
hostIPs:
{{ range . }}
- ip: {{ . | Quote }}
{{ end }}
{{ end }}
{{ $h := int64 ( adler32sum ( sha256sum ( or .metadata.uid "" ) ) ) }}
{{ $ip := printf "10.%d.%d.%d" ( mod ( div $h 16777216 ) 256 ) ( mod ( div $h 65536 ) 256 ) ( add 1 ( mod $h 250 ) ) }}
podIP: {{ $ip | Quote }}
podIPs: [ { ip: {{ $ip | Quote }} } ]
`;

const phase = `
{{ if and $pulling ( ne ( or .status.phase "" ) "Running" ) }}
phase: Pending
{{ else }}
phase: Running
{{ end }}
startTime: {{ or .status.startTime $now | Quote }}
`;

/** What the kubelet would report now, given the spec and what it reported before. */
const observed =
  prologue +
  containerStatuses +
  initContainerStatuses +
  isReadyCondition +
  'conditions:\n' +
  condition('PodReadyToStartContainers', '"True"', '""') +
  condition('Initialized', '"True"', '""') +
  readyConditions +
  addresses +
  phase;

/** Only Ready, after a readiness gate has opened or closed. */
const gatesObserved = `${prologue}${isReadyCondition}conditions:\n${readyConditions}`;

const finished = (podPhase: 'Succeeded' | 'Failed', exitCode: number, reason: string) => `
{{ $now := Now }}
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: {{ printf "sha256:%s" ( sha256sum .image ) | Quote }}
  ready: false
  started: false
  restartCount: 0
  state: { terminated: { exitCode: ${exitCode}, reason: ${reason}, startedAt: {{ $now | Quote }}, finishedAt: {{ $now | Quote }} } }
{{ end }}
conditions:
- { type: Ready, status: "False", reason: Pod${podPhase === 'Succeeded' ? 'Completed' : 'Failed'}, lastTransitionTime: {{ $now | Quote }} }
- { type: ContainersReady, status: "False", reason: Pod${podPhase === 'Succeeded' ? 'Completed' : 'Failed'}, lastTransitionTime: {{ $now | Quote }} }
phase: ${podPhase}
`;

const pod = (name: string, when: readonly Match[], next: StageStep, delay?: StageDelay): KwokStage =>
  stage({ name, kind: 'Pod', when: [alive, unfinished, ...when], next, ...(delay ? { delay } : {}) });

export const podStages: readonly KwokStage[] = [
  pod(
    'pod-start',
    [notStarted],
    { event: { type: 'Normal', reason: 'Pulling', message: 'Pulling images' }, statusTemplate: observed },
    {
      durationMilliseconds: 0,
      durationFrom: { expressionFrom: `.metadata.annotations["${startAfterAnnotation}"]` },
    },
  ),
  pod(
    'pod-image-changed',
    [started, present(imageChanged)],
    {
      event: { type: 'Normal', reason: 'Killing', message: 'Container definition changed, will be restarted' },
      statusTemplate: observed,
    },
    { durationMilliseconds: imageChangeMs },
  ),
  pod(
    'pod-slow-ready',
    [absent(imageChanged), present(warmingUp)],
    { event: { type: 'Normal', reason: 'Started', message: 'Started container' }, statusTemplate: observed },
    { durationMilliseconds: slowReadyMs },
  ),
  pod(
    'pod-crash-again',
    [absent(imageChanged), present(waitingFor('CrashLoopBackOff'))],
    {
      event: { type: 'Warning', reason: 'BackOff', message: 'Back-off restarting failed container' },
      statusTemplate: observed,
    },
    { durationFrom: { expressionFrom: crashBackOff } },
  ),
  pod(
    'pod-pull-back-off',
    [absent(imageChanged), present(waitingFor('ErrImagePull'))],
    {
      event: { type: 'Warning', reason: 'Failed', message: 'Error: ImagePullBackOff' },
      statusTemplate: observed,
    },
    { durationMilliseconds: pullBackOffMs },
  ),
  pod('pod-gate-closed', [absent(imageChanged), readyIs('True'), present(closedGate)], {
    statusTemplate: gatesObserved,
  }),
  // Not for any Ready=False: the node lifecycle controller writes it, too, for pods of nodes it has lost.
  pod('pod-gate-open', [absent(imageChanged), containersReady, readyIs('False'), waitsForGates, absent(closedGate)], {
    statusTemplate: gatesObserved,
  }),
  pod(
    'pod-complete',
    [readyIs('True'), runToCompletion],
    { statusTemplate: finished('Succeeded', 0, 'Completed') },
    { durationMilliseconds: jobCompletionMs },
  ),
  pod(
    'pod-fail',
    [started, oneOf('.spec.restartPolicy', 'Never'), present(crashImage)],
    {
      event: { type: 'Warning', reason: 'Failed', message: 'Container exited with code 1' },
      statusTemplate: finished('Failed', 1, 'Error'),
    },
    { durationMilliseconds: jobCompletionMs },
  ),
  stage({
    name: 'pod-delete',
    kind: 'Pod',
    when: [present('.metadata.deletionTimestamp')],
    next: { delete: true },
  }),
];
