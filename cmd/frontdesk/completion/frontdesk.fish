# fish completion of frontdesk: frontdesk completion fish > ~/.config/fish/completions/frontdesk.fish
function __frontdesk_next
    set -l before (commandline -opc)
    set -l cur (commandline -ct)
    set -l program (string replace -r '^~' $HOME -- $before[1])
    set -e before[1]
    for line in ($program completion next $before "$cur" 2>/dev/null)
        set -l part (string split \t -- $line)
        switch $part[1]
            case word
                printf '%s\t%s\n' $part[2] "$part[3]"
            case files
                __fish_complete_path "$cur"
            case folders
                __fish_complete_directories "$cur"
        end
    end
end

complete -c frontdesk -f -a '(__frontdesk_next)'
