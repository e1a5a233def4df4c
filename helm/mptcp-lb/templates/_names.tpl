{{/* Names are the release's; a release called mptcp-lb is called so once. */}}
{{- define "mptcp-lb.name" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* What is the release's own in a cluster, where several may be. */}}
{{- define "mptcp-lb.clusterName" -}}
{{- printf "%s-%s" .Release.Namespace (include "mptcp-lb.name" .) | trimPrefix "-" | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{- define "mptcp-lb.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "mptcp-lb.labels" -}}
{{ include "mptcp-lb.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{/* image: by (list root name) */}}
{{- define "mptcp-lb.image" -}}
{{- $root := index . 0 -}}
{{- with $root.Values.global.imageRegistry }}{{ . }}/{{ end -}}
{{ index . 1 }}:{{ $root.Values.image.tag | default $root.Chart.AppVersion }}
{{- end -}}

{{/* The rights of every container: none but those added. */}}
{{- define "mptcp-lb.securityContext" -}}
privileged: false
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- with . }}
  add: {{ toJson . }}
{{- end }}
{{- end -}}

{{- define "mptcp-lb.nicCapabilities" -}}
{{- if eq .Values.dataplane.nic.mode "af-xdp" -}}
["NET_RAW", "NET_ADMIN", "BPF", "IPC_LOCK"]
{{- else -}}
["NET_RAW"]
{{- end -}}
{{- end -}}

{{/* Which pod, where, for whom. */}}
{{- define "mptcp-lb.identity" -}}
- name: POD_NAME
  valueFrom: {fieldRef: {fieldPath: metadata.name}}
- name: POD_NAMESPACE
  valueFrom: {fieldRef: {fieldPath: metadata.namespace}}
- name: NODE_NAME
  valueFrom: {fieldRef: {fieldPath: spec.nodeName}}
{{- end -}}

{{/* The API server's token for one container alone: what touches packets has none. */}}
{{- define "mptcp-lb.token" -}}
projected:
  defaultMode: 0440
  sources:
    - serviceAccountToken: {path: token, expirationSeconds: 3607}
    - configMap: {name: kube-root-ca.crt, items: [{key: ca.crt, path: ca.crt}]}
    - downwardAPI: {items: [{path: namespace, fieldRef: {fieldPath: metadata.namespace}}]}
{{- end -}}
