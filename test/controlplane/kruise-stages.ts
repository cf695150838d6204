import { absent, type KwokStage, oneOf, present, type StageDelay, type StageOptions, stage } from './kwok-stage.ts';

/** What kruise-daemon does on every node, as far as its objects show it: restarts of containers and pulls of images. */

const imageTags = (of: string, value: string) => `[$n.${of} // {} | to_entries[] | .key as $i | .value.tags[]? | ${value}] | sort`;
const pulled = '"\\($i):\\(.tag):\\(.version // 0)"';
const wantsPull = `. as $n | (${imageTags('spec.images', pulled)}) as $want | (${imageTags('status.imageStatuses', pulled)}) as $have | select($want != $have) | $n.metadata.name`;

const recreating = `
phase: Recreating
containerRecreateStates:
{{ range .spec.containers }}
- { name: {{ .name | Quote }}, phase: Recreating, isKilled: true }
{{ end }}
`;

const recreated = `
phase: Completed
completionTime: {{ Now | Quote }}
containerRecreateStates:
{{ range .spec.containers }}
- { name: {{ .name | Quote }}, phase: Succeeded, isKilled: true }
{{ end }}
`;

const isMissing = 'regexMatch "^(.*-)?missing$" .tag';

const imagesPulled = `
{{ $now := Now }}{{ $desired := 0 }}{{ $failed := 0 }}
{{ range $name, $image := .spec.images }}{{ range $image.tags }}{{ $desired = add $desired 1 }}{{ if ${isMissing} }}{{ $failed = add $failed 1 }}{{ end }}{{ end }}{{ end }}
desired: {{ $desired }}
succeeded: {{ sub $desired $failed }}
failed: {{ $failed }}
pulling: 0
imageStatuses:
{{ range $name, $image := .spec.images }}
  {{ $name | Quote }}:
    tags:
    {{ range $image.tags }}
    - tag: {{ .tag | Quote }}
      version: {{ int64 ( or .version 0 ) }}
      phase: {{ if ${isMissing} }}Failed{{ else }}Succeeded{{ end }}
      progress: 100
      startTime: {{ $now | Quote }}
      completionTime: {{ $now | Quote }}
      imageID: {{ printf "sha256:%s" ( sha256sum ( printf "%s:%s" $name .tag ) ) | Quote }}
    {{ end }}
{{ else }} {}
{{ end }}
`;

interface KruiseStage {
  readonly name: string;
  readonly kind: string;
  readonly when: StageOptions['when'];
  readonly status: string;
  readonly delay?: StageDelay;
}

const kruise = ({ status, ...rest }: KruiseStage): KwokStage =>
  stage({
    ...rest,
    apiGroup: 'apps.kruise.io/v1alpha1',
    next: { patches: [{ subresource: 'status', root: 'status', type: 'merge', template: status }] },
  });

/** KWOK exits at start when a stage's kind does not exist: OpenKruise's CRDs must be there before it. */
export const kruiseStages: readonly KwokStage[] = [
  kruise({
    name: 'container-recreating',
    kind: 'ContainerRecreateRequest',
    when: [present('.metadata.labels["crr.apps.kruise.io/pod-uid"]'), absent('.status.phase')],
    status: recreating,
  }),
  kruise({
    name: 'container-recreated',
    kind: 'ContainerRecreateRequest',
    when: [oneOf('.status.phase', 'Recreating')],
    status: recreated,
    delay: { durationMilliseconds: 500 },
  }),
  kruise({
    name: 'node-image-pulled',
    kind: 'NodeImage',
    when: [present(wantsPull)],
    status: imagesPulled,
    delay: { durationMilliseconds: 200 },
  }),
];
