{{- define "ntsb.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* 40 characters, so that names with a suffix stay below the 52 of a CronJob and the 63 of a label. */}}
{{- define "ntsb.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains (include "ntsb.name" .) .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "ntsb.name" .) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* The labels that select the pods of a component: (dict "root" $ "component" "service"). */}}
{{- define "ntsb.selector" -}}
app.kubernetes.io/name: {{ include "ntsb.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "ntsb.labels" -}}
{{ include "ntsb.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
app.kubernetes.io/part-of: pg-ntsb
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* (dict "root" $ "image" repository "tag" tag) */}}
{{- define "ntsb.image" -}}
{{- if regexMatch "(:[^/]+|@sha256:[0-9a-f]+)$" .image -}}
{{ .image }}
{{- else -}}
{{ .image }}:{{ .tag | default .root.Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{- define "ntsb.ownerSecret" -}}
{{ .Values.database.ownerSecret | default (printf "%s-owner" (include "ntsb.fullname" .)) }}
{{- end -}}

{{- define "ntsb.serviceSecret" -}}
{{ .Values.database.serviceSecret | default (printf "%s-service-login" (include "ntsb.fullname" .)) }}
{{- end -}}

{{- define "ntsb.jwtSecret" -}}
{{ .Values.service.jwtSecret | default (printf "%s-jwt" (include "ntsb.fullname" .)) }}
{{- end -}}

{{- define "ntsb.database.fullname" -}}
{{ include "ntsb.fullname" . }}-db
{{- end -}}

{{- define "ntsb.database.host" -}}
{{- if eq .Values.database.kind "external" -}}
{{ required "database.external.host is needed with database.kind: external" .Values.database.external.host }}
{{- else if eq .Values.database.kind "cloudnativepg" -}}
{{ include "ntsb.database.fullname" . }}-rw
{{- else -}}
{{ include "ntsb.database.fullname" . }}
{{- end -}}
{{- end -}}

{{- define "ntsb.database.port" -}}
{{- if eq .Values.database.kind "external" }}{{ .Values.database.external.port | int }}{{ else }}5432{{ end -}}
{{- end -}}

{{/* The Secret with the certificate authority of the database. Empty: there is none. */}}
{{- define "ntsb.database.caSecret" -}}
{{- if eq .Values.database.kind "cloudnativepg" -}}
{{ include "ntsb.database.fullname" . }}-ca
{{- else if eq .Values.database.kind "external" -}}
{{ .Values.database.external.caSecret }}
{{- else -}}
{{ .Values.database.statefulset.tlsSecret }}
{{- end -}}
{{- end -}}

{{- define "ntsb.database.sslmode" -}}
{{- if eq .Values.database.kind "cloudnativepg" -}}
verify-full
{{- else if eq .Values.database.kind "external" -}}
{{ .Values.database.external.sslmode }}
{{- else -}}
{{ ternary "verify-full" "prefer" (ne .Values.database.statefulset.tlsSecret "") }}
{{- end -}}
{{- end -}}

{{/* The connection without user and password, as libpq's words. */}}
{{- define "ntsb.database.dsn" -}}
host={{ include "ntsb.database.host" . }} port={{ include "ntsb.database.port" . }} dbname={{ .Values.database.name }} sslmode={{ include "ntsb.database.sslmode" . }}
{{- if include "ntsb.database.caSecret" . }} sslrootcert=/etc/ntsb/ca/ca.crt
{{- else if hasPrefix "verify-" (include "ntsb.database.sslmode" .) }} sslrootcert=system
{{- end -}}
{{- end -}}

{{/* libpq's variables for a job that acts as the owner of the warehouse. */}}
{{- define "ntsb.database.ownerEnv" -}}
- {name: PGHOST, value: {{ include "ntsb.database.host" . | quote }}}
- {name: PGPORT, value: {{ include "ntsb.database.port" . | quote }}}
- {name: PGDATABASE, value: {{ .Values.database.name | quote }}}
- {name: PGSSLMODE, value: {{ include "ntsb.database.sslmode" . }}}
{{- if include "ntsb.database.caSecret" . }}
- {name: PGSSLROOTCERT, value: /etc/ntsb/ca/ca.crt}
{{- else if hasPrefix "verify-" (include "ntsb.database.sslmode" .) }}
- {name: PGSSLROOTCERT, value: system}
{{- end }}
- name: PGUSER
  valueFrom: {secretKeyRef: {name: {{ include "ntsb.ownerSecret" . }}, key: username}}
- name: PGPASSWORD
  valueFrom: {secretKeyRef: {name: {{ include "ntsb.ownerSecret" . }}, key: password}}
{{- end -}}

{{- define "ntsb.database.caVolume" -}}
{{- with include "ntsb.database.caSecret" . }}
- name: database-ca
  secret:
    secretName: {{ . }}
    items: [{key: ca.crt, path: ca.crt}]
{{- end -}}
{{- end -}}

{{- define "ntsb.database.caMount" -}}
{{- if include "ntsb.database.caSecret" . }}
- {name: database-ca, mountPath: /etc/ntsb/ca, readOnly: true}
{{- end -}}
{{- end -}}

{{/* The image with psql for jobs. */}}
{{- define "ntsb.psqlImage" -}}
{{- if .Values.jobs.psqlImage -}}
{{ .Values.jobs.psqlImage }}
{{- else if eq .Values.database.kind "cloudnativepg" -}}
{{ .Values.database.cloudnativepg.imageName }}
{{- else -}}
{{ include "ntsb.image" (dict "root" . "image" .Values.database.statefulset.image "tag" .Values.database.statefulset.tag) }}
{{- end -}}
{{- end -}}

{{- define "ntsb.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: {{ . | int }}
runAsGroup: {{ . | int }}
fsGroup: {{ . | int }}
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "ntsb.containerSecurityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
privileged: false
capabilities: {drop: [ALL]}
{{- end -}}

{{/* Time for a pod to end: preStop, running requests, WebSockets (3 s), and 5 s in reserve. */}}
{{- define "ntsb.gracePeriod" -}}
{{ add (.Values.service.preStopSeconds | int) (.Values.service.settings.shutdown_seconds | int) 8 }}
{{- end -}}

{{/* A password that stays the same on upgrade: (dict "root" $ "name" secret "key" key "length" n) */}}
{{- define "ntsb.keptRandom" -}}
{{- $found := lookup "v1" "Secret" .root.Release.Namespace .name -}}
{{- if and $found (hasKey ($found.data | default dict) .key) -}}
{{ index $found.data .key }}
{{- else -}}
{{ randAlphaNum (.length | int) | b64enc }}
{{- end -}}
{{- end -}}
