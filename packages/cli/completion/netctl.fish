# Completion of netctl for fish: `netctl completion fish`. netctl itself says what there is; nothing that was typed and no
# name is ever evaluated.

function __netctl_complete
    set -l typed (commandline --current-process --tokenize --cut-at-cursor)
    set -l current (commandline --current-token --cut-at-cursor)
    set -l program $typed[1]
    set -l before $typed[2..-1]
    set -l prefix ''
    # --flag=value is the same as two words.
    if string match --quiet --regex -- '^--[a-z-]+=' $current
        set prefix (string split --max 1 = -- $current)[1]=
        set before $before (string replace --regex '=$' '' -- $prefix)
        set current (string split --max 1 = -- $current)[2]
    end

    set -l answer (command $program __complete $before "$current" 2>/dev/null)
    switch "$answer[1]"
        case specs
            string match --regex -- '.*(?:/|\.ya?ml)$' $prefix(__fish_complete_path "$current" | string replace --regex '\t.*' '')
        case files
            string join \n -- $prefix(__fish_complete_path "$current")
        case folders
            string join \n -- $prefix(__fish_complete_directories "$current")
        case words
            string join \n -- $prefix$answer[2..-1]
    end
end

# fish comes with completions for another program of this name, of Arch Linux.
complete --command netctl --erase
complete --command netctl --no-files --arguments '(__netctl_complete)'
