"""The shells' part of completion; see ``completion`` for what passes between the two.

Lines reach the program by way of its environment. ``env``, which others use, would have them among
its arguments, where every user of the machine could read a key that is being typed. Standard input
is closed to the program: what is typed next is for the shell.
"""

from __future__ import annotations

from typing import Final

BASH: Final = """\
%(complete_func)s() {
    local kind value help
    COMPREPLY=()
    while IFS=$'\\t' read -r value help; do
        if [[ -z $kind ]]; then
            kind=$value
        else
            COMPREPLY+=("$value")
        fi
    done < <(_KALLITHEA_API_LINE="${COMP_LINE:0:COMP_POINT}" \\
        _KALLITHEA_API_BREAKS="$COMP_WORDBREAKS" %(complete_var)s=bash_complete \\
        "$1" 2>/dev/null </dev/null)
    if [[ $kind == file ]]; then
        local word="${COMP_WORDS[COMP_CWORD]}"
        [[ $word == [:=] ]] && word=
        compopt -o filenames +o nospace
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
    fi
}
complete -o nospace -o nosort -F %(complete_func)s %(prog_name)s
"""

ZSH: Final = """\
#compdef %(prog_name)s
%(complete_func)s() {
    local -a lines values shown
    local line value help
    lines=("${(@f)$(_KALLITHEA_API_LINE="${(j: :)words[1,CURRENT-1]} $PREFIX" \\
        %(complete_var)s=zsh_complete $words[1] 2>/dev/null </dev/null)}")
    if [[ $lines[1] == file* ]]; then
        local start="${lines[1]#*$'\\t'}"
        compset -P "${(q)start}"
        _files
        return
    fi
    for line in "${(@)lines[2,-1]}"; do
        value="${line%%%%$'\\t'*}" help="${line#*$'\\t'}"
        values+=("$value")
        shown+=("${value%% }${help:+  -- $help}")
    done
    (( $#values )) && compadd -Q -S '' -l -d shown -V methods -a values
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    %(complete_func)s "$@"
else
    compdef %(complete_func)s %(prog_name)s
fi
"""

FISH: Final = """\
function %(complete_func)s
    set -lx _KALLITHEA_API_LINE (commandline -cp)
    set -lx %(complete_var)s fish_complete
    set -l lines (%(prog_name)s 2>/dev/null </dev/null)
    set -l first (string split \\t -- $lines[1])
    if test "$first[1]" = file
        set -l rest (string sub -s (math (string length -- "$first[2]") + 1) -- (commandline -ct))
        for path in (__fish_complete_path $rest)
            echo -- $first[2]$path
        end
    else
        string join \\n -- $lines[2..]
    end
end
complete --no-files --command %(prog_name)s --arguments "(%(complete_func)s)"
"""
