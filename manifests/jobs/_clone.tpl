{{- /*
The init container that checks out the commit of the run in $WORKSPACE/source, and the volumes that it mounts. If the commit is already
there, as in a second stage of the run, nothing is fetched. A server that gives out no commit by its id is asked for the branch, as deep as
it takes. Kubernetes replaces $(NAME) in values of `env`, and $$ by $: hence the `replace`.

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
      # A file: `git upload-pack` of a local repository gets no settings of the environment. What the image sets for git still holds.
      settings=$(mktemp -d "$WORKSPACE/.clone-XXXXXX")
      trap 'rm -rf "$settings"' EXIT
      said=$settings/said
      for own in "${XDG_CONFIG_HOME:-${HOME:-}/.config}/git/config" "${HOME:-}/.gitconfig"; do
        if [ -f "$own" ]; then git config --file "$settings/gitconfig" --add include.path "$own"; fi
      done
      export GIT_CONFIG_GLOBAL="$settings/gitconfig"
      git config --file "$GIT_CONFIG_GLOBAL" safe.directory '*'
      if [ "$(git -C source rev-parse --verify --quiet HEAD 2>/dev/null)" = "$COMMIT_SHA" ]; then
        echo "the source is there already, at $COMMIT_SHA"
        exit 0
      fi
      if [ -n "${GIT_USERNAME+set}" ]; then
        # Of scheme, host and port alone: git writes paths in its own way, and some servers redirect to another one.
        host=${GIT_URL#*://}
        git config --file "$GIT_CONFIG_GLOBAL" "credential.${GIT_URL%%://*}://${host%%/*}.helper" \
          '!f() { if [ "$1" = get ]; then printf "username=%s\npassword=%s\n" "$GIT_USERNAME" "$GIT_PASSWORD"; fi; }; f'
      fi
      if [ -n "${GIT_AUTHORITIES:-}" ]; then
        # GIT_SSL_CAINFO replaces the authorities that the image trusts.
        for known in "${GIT_SSL_CAINFO:-}" /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt "$GIT_AUTHORITIES/ca.crt"; do
          if [ -f "$known" ]; then cat "$known"; echo; fi
        done >"$settings/authorities.pem"
        export GIT_SSL_CAINFO="$settings/authorities.pem"
      fi
      fetch() { git fetch --quiet --no-tags "$@" 2>"$said"; }
      branch() { fetch "$@" -- "$GIT_URL" "+refs/heads/$BRANCH:refs/coxswain/branch"; }
      has_commit() { git cat-file -e "$COMMIT_SHA^{commit}" 2>/dev/null; }
      by_branch() {
        for depth in 1 50 1000 2147483647; do
          if branch --depth $depth; then :
          elif grep -q shallow "$said" && branch; then :
          elif grep -q "couldn't find remote ref" "$said"; then break
          else return 1; fi
          if has_commit; then return 0; fi
        done
        echo "commit $COMMIT_SHA is not on branch $BRANCH of $GIT_URL any more" >"$said"
        return 1
      }
      rm -rf source
      if [ ${#COMMIT_SHA} -eq 64 ]; then format=sha256; else format=sha1; fi
      git init --quiet --object-format=$format source
      cd source
      for wait in 2 5 end; do
        if fetch --depth 1 -- "$GIT_URL" "$COMMIT_SHA"; then break; fi
        if grep -q -e 'unadvertised object' -e 'not our ref' -e ' not valid' -e shallow "$said"; then
          echo "the server does not give out the commit by its id; looking for it on branch $BRANCH"
          if by_branch; then break; fi
        elif [ $wait = end ]; then
          echo "looking for the commit on branch $BRANCH instead"
          if by_branch; then break; fi
        fi
        cat "$said" >&2
        if [ $wait = end ]; then echo "cannot fetch $COMMIT_SHA of $GIT_URL"; exit 1; fi
        echo "trying again in $wait s"
        sleep $wait
      done
      git -c advice.detachedHead=false checkout --quiet --detach "$COMMIT_SHA"
      if [ "$(git rev-parse HEAD)" != "$COMMIT_SHA" ]; then echo "HEAD is $(git rev-parse HEAD) instead of $COMMIT_SHA"; exit 1; fi
      git update-ref -d refs/coxswain/branch
      echo "cloned at $COMMIT_SHA"
  env:
    - {name: WORKSPACE, value: /workspace}
    - {name: COMMIT_SHA, value: {{ .Run.Commit | quote }}}
    - {name: BRANCH, value: {{ .Run.Branch | replace "$" "$$" | quote }}}
    - {name: GIT_URL, value: {{ .Git.URL | replace "$" "$$" | quote }}}
    - {name: GIT_TERMINAL_PROMPT, value: "0"}
    - {name: GIT_ALLOW_PROTOCOL, value: "file:http:https:ssh"}
    - {name: GIT_CEILING_DIRECTORIES, value: $(WORKSPACE)}
    {{- if .Git.Secret }}
    - {name: GIT_USERNAME, valueFrom: {secretKeyRef: {name: {{ .Git.Secret }}, key: username}}}
    - {name: GIT_PASSWORD, valueFrom: {secretKeyRef: {name: {{ .Git.Secret }}, key: password}}}
    {{- end }}
    {{- if .Git.AuthoritiesSecret }}
    - {name: GIT_AUTHORITIES, value: /git-authorities}
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
    {{- if .Git.AuthoritiesSecret }}
    - {name: git-authorities, mountPath: /git-authorities, readOnly: true}
    {{- end }}
    {{- if .Git.KeySecret }}
    - {name: git-keys, mountPath: /git-keys, readOnly: true}
    {{- end }}
{{- end }}
{{- define "clone.volumes" -}}
- {name: workspace, persistentVolumeClaim: {claimName: {{ .Workspace.Claim }}}}
{{- if .Git.AuthoritiesSecret }}
- {name: git-authorities, secret: {secretName: {{ .Git.AuthoritiesSecret }}, items: [{key: ca.crt, path: ca.crt}]}}
{{- end }}
{{- if .Git.KeySecret }}
- {name: git-keys, secret: {secretName: {{ .Git.KeySecret }}, items: [{key: ssh-privatekey, path: ssh-privatekey, mode: 256}, {key: known_hosts, path: known_hosts}]}}
{{- end }}
{{- end }}
