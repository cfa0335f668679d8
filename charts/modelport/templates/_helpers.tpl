{{/* The release's own name for its objects: "modelport" for a release of that name. */}}
{{- define "modelport.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "modelport.selectorLabels" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "modelport.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "modelport.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: modelport
{{- end -}}

{{/* The operator's image. A repository that names its own host is not rewritten. */}}
{{- define "modelport.image" -}}
{{- $repository := .Values.image.repository -}}
{{- $first := splitList "/" $repository | first -}}
{{- $hasHost := and (contains "/" $repository) (or (contains "." $first) (contains ":" $first) (eq $first "localhost")) -}}
{{- if and .Values.images.registry (not $hasHost) -}}
{{- $repository = printf "%s/%s" .Values.images.registry $repository -}}
{{- end -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" $repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" $repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{- define "modelport.pullSecrets" -}}
{{- range .Values.images.pullSecrets }}
- name: {{ . }}
{{- end }}
{{- end -}}

{{- define "modelport.certificateSecret" -}}
{{- default (printf "%s-webhook-tls" (include "modelport.fullname" .)) .Values.certificates.secretName -}}
{{- end -}}

{{/* The ClusterRole that owns the webhook configuration and the policies: when
     uninstall deletes it, garbage collection deletes them. */}}
{{- define "modelport.ownerClusterRole" -}}
{{- printf "%s-admission" (include "modelport.fullname" .) -}}
{{- end -}}

{{- define "modelport.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "modelport.containerSecurityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* Mistakes that the schema cannot see, each with what to do. */}}
{{- define "modelport.checkValues" -}}
{{- if and .Values.startupCheck.enabled (eq .Values.startupCheck.namespace .Release.Namespace) -}}
{{- fail (printf "startupCheck.namespace is %q, which is the release's own namespace, and admission leaves that one out. Install into a namespace of its own (--namespace modelport-system --create-namespace), or name another namespace." .Release.Namespace) -}}
{{- end -}}
{{- if and (eq .Values.certificates.mode "secret") (not .Values.certificates.secretName) -}}
{{- fail "certificates.mode is secret, and certificates.secretName is empty: name the Secret with tls.crt, tls.key and ca.crt." -}}
{{- end -}}
{{- if and .Values.certificates.issuerRef (ne .Values.certificates.mode "cert-manager") -}}
{{- fail "certificates.issuerRef is set, and certificates.mode is not cert-manager." -}}
{{- end -}}
{{- if and .Values.certificates.issuerRef (not .Values.certificates.issuerRef.name) -}}
{{- fail "certificates.issuerRef has no name." -}}
{{- end -}}
{{- if eq (int .Values.webhook.port) (int .Values.health.port) -}}
{{- fail "webhook.port and health.port are the same." -}}
{{- end -}}
{{- if and .Values.decisionLog.existingClaim (eq .Values.decisionLog.path "-") -}}
{{- fail "decisionLog.existingClaim is set, and decisionLog.path is \"-\": give the path of the file on that claim." -}}
{{- end -}}
{{- end -}}
