{{- /*
Settings common to all pods of a run: each runs once, its deadline counts from its start on a node, it gets no access to the cluster, and
its images are pulled with the bot's logins.

    spec:
      {{- include "pod" . | nindent 6 }}
*/ -}}
{{- define "pod" -}}
restartPolicy: Never
activeDeadlineSeconds: {{ .Stage.TimeoutSeconds }}
terminationGracePeriodSeconds: 5
automountServiceAccountToken: false
enableServiceLinks: false
{{- if .PullSecret }}
imagePullSecrets: [{name: {{ .PullSecret }}}]
{{- end }}
{{- end }}
