#compdef frontdesk
# zsh completion of frontdesk: frontdesk completion zsh > ~/.zfunc/_frontdesk, with
# ~/.zfunc in fpath before compinit; or source <(frontdesk completion zsh) after it.
_frontdesk() {
	local kind word about paths
	local -a names
	while IFS=$'\t' read -r kind word about; do
		case $kind in
		word) names+=("${word//:/\\:}:$about") ;;
		*) paths=$kind ;;
		esac
	done < <("${(Q)words[1]/#\~/$HOME}" completion next "${(@Q)words[2,CURRENT]}" 2>/dev/null)
	if [[ -n $paths ]]; then
		compset -P '--*='
		if [[ $paths == folders ]]; then
			_files -/
		else
			_files
		fi
		return
	fi
	_describe -V frontdesk names
}

if [[ $funcstack[1] == _frontdesk ]]; then
	_frontdesk "$@"
else
	compdef _frontdesk frontdesk
fi
