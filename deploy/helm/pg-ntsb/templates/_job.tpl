{{/* The pod of a job: (dict "root" $ "component" name "container" yaml "mounts" yaml "volumes" yaml). */}}
{{- define "ntsb.jobPod" -}}
metadata:
  labels: {{- include "ntsb.labels" (dict "root" .root "component" .component) | nindent 4 }}
spec:
  restartPolicy: Never
  serviceAccountName: {{ include "ntsb.fullname" .root }}-jobs
  automountServiceAccountToken: false
  enableServiceLinks: false
  securityContext: {{- include "ntsb.podSecurityContext" .root.Values.jobs.runAsUser | nindent 4 }}
  {{- with .root.Values.imagePullSecrets }}
  imagePullSecrets: {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - name: {{ .component }}
      {{- .container | nindent 6 }}
      securityContext: {{- include "ntsb.containerSecurityContext" .root | nindent 8 }}
      resources: {{- toYaml .root.Values.jobs.resources | nindent 8 }}
      volumeMounts:
        - {name: tmp, mountPath: /tmp}
        {{- include "ntsb.database.caMount" .root | nindent 8 }}
        {{- with .mounts }}
        {{- . | nindent 8 }}
        {{- end }}
  volumes:
    - name: tmp
      emptyDir: {sizeLimit: 6Gi}
    {{- include "ntsb.database.caVolume" .root | nindent 4 }}
    {{- with .volumes }}
    {{- . | nindent 4 }}
    {{- end }}
{{- end -}}

{{- define "ntsb.cliContainer" -}}
image: {{ include "ntsb.image" (dict "root" .root "image" .root.Values.jobs.image.repository "tag" .root.Values.jobs.image.tag) }}
imagePullPolicy: {{ .root.Values.jobs.image.pullPolicy }}
args: {{ .args | toJson }}
env:
  - {name: HOME, value: /tmp}
  {{- include "ntsb.database.ownerEnv" .root | nindent 2 }}
{{- end -}}

{{- define "ntsb.psqlContainer" -}}
image: {{ include "ntsb.psqlImage" .root }}
command: [psql, -XqAt, -v, ON_ERROR_STOP=1, -f, /etc/ntsb/jobs/{{ .script }}]
env:
  {{- include "ntsb.database.ownerEnv" .root | nindent 2 }}
{{- end -}}
