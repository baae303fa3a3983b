namespace PulseRun.Core.Jobs;

/// <summary>Contains the scripts that run a job on an instance. They need a plain sh and the usual small programs.</summary>
internal static class JobScripts
{
    /// <summary>
    /// Runs the command apart from any connection. Writes its output, its process, a heartbeat every 5 seconds, and at last its exit code. The file for the exit code is
    /// written before, so that a disk that the command filled has room for it. Arguments: the state folder, the id of the job, the number of the restart.
    /// </summary>
    public const string Wrapper = """
        s=$1
        PULSERUN_JOB_ID=$2 PULSERUN_RESTART=$3; export PULSERUN_JOB_ID PULSERUN_RESTART
        printf '%16s\n' '' >"$s/code"
        : >"$s/out"; : >"$s/err"
        beat() { while :; do date +%s >"$s/beat.new" && mv "$s/beat.new" "$s/beat"; sleep 5; done; }
        date +%s >"$s/beat"
        shell=${SHELL:-/bin/sh}; [ -x "$shell" ] || shell=/bin/sh
        "$shell" "$s/command" >"$s/out" 2>"$s/err" </dev/null &
        c=$!
        trap 'kill -TERM "$c" 2>/dev/null' TERM INT HUP
        beat </dev/null >/dev/null 2>&1 & b=$!
        echo "$$ $c" >"$s/pid.new" && mv "$s/pid.new" "$s/pid"
        while :; do
            wait "$c"; code=$?
            kill -0 "$c" 2>/dev/null || break
        done
        printf '%s\n' "$code" 1<>"$s/code"
        mv "$s/code" "$s/exit"
        kill "$b" 2>/dev/null
        exit 0
        """;

    /// <summary>
    /// Starts the wrapper, once: a second call for the same job does nothing. Reads the command from standard input, of which it knows the length, because a connection that breaks must not
    /// start half a command. Arguments: the folder of the job, the id of the job, the number of the restart, the length of the command in bytes, the wrapper.
    /// </summary>
    public const string Start = """
        set -u
        d=$1; case $d in /*) ;; *) d=$HOME/$d;; esac
        s=$d/state
        mkdir -p "$d/work" "$s" || exit 71
        cat >"$s/command.$$" || exit 71
        size=$(wc -c <"$s/command.$$"); [ "$((size))" -eq "$4" ] || exit 72
        if mkdir "$s/started" 2>/dev/null; then
            mv "$s/command.$$" "$s/command"
            printf '%s\n' "$5" >"$s/run" || exit 71
            cd "$d/work" || exit 71
            if command -v setsid >/dev/null 2>&1; then setsid sh "$s/run" "$s" "$2" "$3" </dev/null >/dev/null 2>&1 &
            else nohup sh "$s/run" "$s" "$2" "$3" </dev/null >/dev/null 2>&1 & fi
        else
            rm -f "$s/command.$$"
        fi
        i=0
        while [ ! -f "$s/pid" ] && [ ! -f "$s/exit" ] && [ "$i" -lt 300 ]; do i=$((i + 1)); sleep 0.1 2>/dev/null || sleep 1; done
        [ -f "$s/pid" ] || [ -f "$s/exit" ] || exit 73
        exit 0
        """;

    /// <summary>
    /// Writes what is new of the output, in frames: "O offset length" or "E offset length" and that many bytes; "X code" at the end of the job, "L" when it ended without a code, "R" when it runs and
    /// was not to be followed, "H" at times, so that a broken connection ends this script. Arguments: the folder of the job, the two offsets, 1 to follow.
    /// </summary>
    public const string Follow = """
        d=$1; case $d in /*) ;; *) d=$HOME/$d;; esac
        s=$d/state; o=$2; e=$3
        [ -d "$s/started" ] || { printf 'N\n'; exit 0; }
        measure() { size=$(wc -c <"$1" 2>/dev/null); size=$((size + 0)); }
        emit() {
            off=$3
            [ "$4" -gt "$3" ] || return 0
            len=$(($4 - $3)); [ "$len" -le 1000000 ] || len=1000000
            printf '%s %s %s\n' "$1" "$3" "$len"
            tail -c "+$(($3 + 1))" "$2" | head -c "$len"
            off=$(($3 + len)); new=1
        }
        alive() {
            read -r wrapper child <"$s/pid" 2>/dev/null || { [ "$grace" -gt 0 ]; return; }
            kill -0 "$wrapper" 2>/dev/null || return 1
            read -r last <"$s/beat" 2>/dev/null || return 0
            [ $(($(date +%s) - last)) -lt 120 ]
        }
        grace=50; beats=0
        while :; do
            over=; [ -f "$s/exit" ] && over=1
            new=
            # Measured before the output, so that no error overtakes output that was written before it.
            measure "$s/err"; errors=$size
            measure "$s/out"
            emit O "$s/out" "$o" "$size"; o=$off
            emit E "$s/err" "$e" "$errors"; e=$off
            [ -z "$new" ] || continue
            if [ -n "$over" ]; then read -r code <"$s/exit"; printf 'X %s\n' $code; exit 0; fi
            if ! alive; then
                sleep 1
                [ -f "$s/exit" ] && continue
                printf 'L\n'; exit 0
            fi
            [ "$4" = 1 ] || { printf 'R\n'; exit 0; }
            beats=$((beats + 1)); grace=$((grace - 1))
            [ $((beats % 10)) -ne 0 ] || printf 'H\n' || exit 0
            sleep 0.2 2>/dev/null || sleep 1
        done
        """;

    /// <summary>Ends the command: first politely, and after some seconds for certain, with all processes that it started. Arguments: the folder of the job, the seconds.</summary>
    public const string Stop = """
        d=$1; case $d in /*) ;; *) d=$HOME/$d;; esac
        s=$d/state
        [ -f "$s/exit" ] && exit 0
        read -r wrapper child <"$s/pid" 2>/dev/null || exit 0
        kill -TERM "$child" 2>/dev/null
        i=0
        while [ ! -f "$s/exit" ] && kill -0 "$wrapper" 2>/dev/null && [ "$i" -lt "$(($2 * 5))" ]; do i=$((i + 1)); sleep 0.2 2>/dev/null || sleep 1; done
        [ -f "$s/exit" ] || kill -KILL "$child" 2>/dev/null
        i=0
        while [ ! -f "$s/exit" ] && kill -0 "$wrapper" 2>/dev/null && [ "$i" -lt 50 ]; do i=$((i + 1)); sleep 0.1 2>/dev/null || sleep 1; done
        kill -KILL "-$wrapper" 2>/dev/null
        exit 0
        """;
}
