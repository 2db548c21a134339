#!/bin/sh
# scaffold-hook @version@ @digest@
# Written by `scaffold hook install`; `scaffold hook uninstall` takes it away again. What it checks stands in
# pyproject.toml under [tool.scaffold.stages]. A hook that was here before lies beside this one and runs first.
stage='@stage@'
program=@program@
first=$program

# Nothing but what the shell itself can do: the PATH of a graphical program may hold next to nothing.
case $0 in
*/*) here=${0%/*} ;;
*) here=. ;;
esac
kept=$here/$stage.before-scaffold

# Not by `command -v`: where PATH has an empty part, that finds what lies in the work tree.
rest=${PATH-}:
until [ -f "$program" ] && [ -x "$program" ]; do
    if [ -z "$rest" ]; then
        printf '%s\n' "scaffold ($stage hook): no program at $first, and none on PATH: install scaffold again, or remove this hook: rm $0" >&2
        exit 1
    fi
    folder=${rest%%:*}
    rest=${rest#*:}
    case $folder in
    /*) program=$folder/scaffold ;;
    esac
done

if [ ! -f "$kept" ] || [ ! -x "$kept" ]; then
    exec "$program" hook run "$stage" -- "$@"
fi

if [ "$stage" != pre-push ]; then
    "$kept" "$@" || exit
    exec "$program" hook run "$stage" -- "$@"
fi

# What is pushed comes on standard input, and both want to read it.
refs=$(
    while IFS= read -r line || [ -n "$line" ]; do printf '%s\n' "$line"; done
    printf .
)
refs=${refs%.}
printf '%s' "$refs" 2>/dev/null | "$kept" "$@" || exit
printf '%s' "$refs" 2>/dev/null | "$program" hook run "$stage" -- "$@"
