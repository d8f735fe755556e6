{{- /*
The init container that checks out the commit of the run in $WORKSPACE/source, and the volumes that it mounts. If the commit is already
there, as in a second stage of the run, nothing is fetched.

    initContainers:
      {{- include "clone" . | nindent 6 }}
    volumes:
      {{- include "clone.volumes" . | nindent 6 }}
*/ -}}
{{- define "clone" -}}
- name: clone
  image: {{ .Tools.Git | quote }}
  imagePullPolicy: IfNotPresent
  command:
    - sh
    - -ceu
    - |
      cd "$WORKSPACE"
      if [ "$(git -C source rev-parse --verify --quiet HEAD 2>/dev/null)" = "$COMMIT_SHA" ]; then
        echo "the source is there already, at $COMMIT_SHA"
        exit 0
      fi
      rm -rf source
      if [ ${#COMMIT_SHA} -eq 64 ]; then format=sha256; else format=sha1; fi
      git init --quiet --object-format=$format source
      cd source
      for wait in 2 5 end; do
        if git fetch --quiet --depth 1 --no-tags -- "$GIT_URL" "$COMMIT_SHA"; then break; fi
        if [ $wait = end ]; then echo "cannot fetch $COMMIT_SHA of $GIT_URL"; exit 1; fi
        echo "trying again in $wait s"
        sleep $wait
      done
      git -c advice.detachedHead=false checkout --quiet --detach "$COMMIT_SHA"
      echo "cloned at $COMMIT_SHA"
  env:
    - {name: WORKSPACE, value: /workspace}
    - {name: COMMIT_SHA, value: {{ .Run.Commit | quote }}}
    - {name: GIT_URL, value: {{ .Git.URL | quote }}}
    - {name: GIT_TERMINAL_PROMPT, value: "0"}
    - {name: GIT_ALLOW_PROTOCOL, value: "file:http:https:ssh"}
    - {name: GIT_CEILING_DIRECTORIES, value: $(WORKSPACE)}
    - {name: GIT_CONFIG_COUNT, value: {{ if .Git.Secret }}"2"{{ else }}"1"{{ end }}}
    - {name: GIT_CONFIG_KEY_0, value: safe.directory}
    - {name: GIT_CONFIG_VALUE_0, value: "*"}
    {{- if .Git.Secret }}
    - {name: GIT_CONFIG_KEY_1, value: {{ printf "credential.%s.helper" .Git.URL | quote }}}
    - name: GIT_CONFIG_VALUE_1
      value: '!f() { if [ "$1" = get ]; then printf "username=%s\npassword=%s\n" "$GIT_USERNAME" "$GIT_PASSWORD"; fi; }; f'
    - {name: GIT_USERNAME, valueFrom: {secretKeyRef: {name: {{ .Git.Secret }}, key: username}}}
    - {name: GIT_PASSWORD, valueFrom: {secretKeyRef: {name: {{ .Git.Secret }}, key: password}}}
    {{- end }}
    {{- if .Git.KeySecret }}
    - {name: GIT_KEYS, value: /git-keys}
    - name: GIT_SSH_COMMAND
      value: >-
        ssh -F /dev/null -i "$GIT_KEYS/ssh-privatekey" -o IdentitiesOnly=yes -o BatchMode=yes -o StrictHostKeyChecking=yes
        -o UserKnownHostsFile="$GIT_KEYS/known_hosts" -o GlobalKnownHostsFile=/dev/null -o ConnectTimeout=15
    {{- end }}
  volumeMounts:
    - {name: workspace, mountPath: /workspace}
    {{- if .Git.KeySecret }}
    - {name: git-keys, mountPath: /git-keys, readOnly: true}
    {{- end }}
{{- end }}
{{- define "clone.volumes" -}}
- {name: workspace, persistentVolumeClaim: {claimName: {{ .Workspace.Claim }}}}
{{- if .Git.KeySecret }}
- {name: git-keys, secret: {secretName: {{ .Git.KeySecret }}, items: [{key: ssh-privatekey, path: ssh-privatekey, mode: 256}, {key: known_hosts, path: known_hosts}]}}
{{- end }}
{{- end }}
