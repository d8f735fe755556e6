{{- /*
What holds for each pod of a run: it runs once, its limit counts from its start on a node, nothing of the cluster is handed to it, and its images are
pulled with the logins of the bot.

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
