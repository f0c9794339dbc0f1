# bash completion of frontdesk: source <(frontdesk completion bash)
_frontdesk() {
	local cur=${COMP_WORDS[COMP_CWORD]} kind word about
	local program=${COMP_WORDS[0]/#\~/$HOME}
	COMPREPLY=()
	[[ $cur == = ]] && cur=
	while IFS=$'\t' read -r kind word about; do
		case $kind in
		word) COMPREPLY+=("$word") ;;
		files) _frontdesk_paths -f "$cur" ;;
		folders) _frontdesk_paths -d "$cur" ;;
		esac
	done < <("$program" completion next "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}

# Paths are shown by their last part and quoted where they have blanks.
_frontdesk_paths() {
	local path
	type compopt >/dev/null 2>&1 && compopt -o filenames 2>/dev/null
	while IFS= read -r path; do
		COMPREPLY+=("$path")
	done < <(compgen "$1" -- "$2")
}

complete -F _frontdesk frontdesk
