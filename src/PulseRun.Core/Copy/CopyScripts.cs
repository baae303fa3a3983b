namespace PulseRun.Core.Copy;

/// <summary>
/// Contains the scripts that run on an instance for a copy. They need a plain sh, tar, mktemp, mkfifo, tee, and one of openssl, sha256sum and shasum.
/// Each reports on standard error, in lines that begin with a random word, because tar writes names there that anyone may have chosen.
/// </summary>
internal static class CopyScripts
{
    /// <summary>Arguments: word, path. A path may begin with ~.</summary>
    private const string Start = """
        set -u
        LC_ALL=C; export LC_ALL
        n=$1; d=$2; shift 2
        die() { printf '\n%s fail %s\n' "$n" "$1" >&2; exit 1; }
        case $d in '~') d=$HOME;; '~/'*) d=$HOME/${d#'~/'};; /*) ;; *) d=$PWD/$d;; esac
        need() {
            for one in tar tee mkfifo mktemp; do command -v "$one" >/dev/null 2>&1 || die "missing $one"; done
            if command -v openssl >/dev/null 2>&1; then sum='openssl dgst -sha256 -r'
            elif command -v sha256sum >/dev/null 2>&1; then sum=sha256sum
            elif command -v shasum >/dev/null 2>&1; then sum='shasum -a 256'
            else die 'missing sha256sum'; fi
            gnu=0; tar --version 2>/dev/null | grep -q 'GNU tar' && gnu=1
        }
        temp() {
            t=$(mktemp -d) || die 'temp'
            trap 'rm -rf "$t"' EXIT
            trap 'exit 1' HUP INT TERM PIPE
            mkfifo "$t/f" || die 'temp'
        }

        """;

    /// <summary>Writes what a folder or a file consists of, one record for each entry: type, size, time, name and "//", which no name contains.</summary>
    private const string List = """
        list() {
            if [ -d "$2" ]; then
                ( cd "$2" || exit 1
                find . -type f -exec stat -c "$1 f %s %Y %n//" {} + &&
                find . ! -type f ! -type d -exec sh -c 'p=$1; shift; for f; do printf "%s l 0 0 %s//\n" "$p" "$f"; done' sh "$1" {} + &&
                find . -type d -exec sh -c 'p=$1; shift; for f; do printf "%s d 0 0 %s//\n" "$p" "$f"; done' sh "$1" {} + ) || die 'list'
            elif [ -f "$2" ]; then
                stat -c "$1 f %s %Y .//" "$2" || die 'list'
            fi
        }

        """;

    /// <summary>Resolves the place of an upload. Arguments after those of <see cref="Start"/>: the word of the temporary folder, the mode (new, force or update), the names of the items.</summary>
    private const string Place = """
        part=$1; mode=$2; shift 2
        into=; if [ $# -gt 1 ] || [ -d "$d" ]; then into=1; fi
        case $d in */) into=1; d=${d%/}; [ -n "$d" ] || d=/;; esac
        if [ -n "$into" ]; then parent=$d
        else case $d in */*) parent=${d%/*}; [ -n "$parent" ] || parent=/;; *) parent=.;; esac; fi
        final() { if [ -n "$into" ]; then f=$parent/$1; else f=$d; fi; }
        stage=$parent/.pulserun-$part

        """;

    /// <summary>Lists the source of a download. Arguments: word, path.</summary>
    public const string ListSource = Start + List + """
        [ -e "$d" ] || [ -L "$d" ] || die 'nosource'
        list s "$d"
        printf '\n%s done\n' "$n" >&2
        """;

    /// <summary>Lists what an upload would replace, and what an interrupted one has left.</summary>
    public const string ListTarget = Start + List + Place + """
        i=0
        for name; do
            final "$name"
            list "t$i" "$f"
            list "p$i" "$stage/in/$name"
            i=$((i + 1))
        done
        printf '\n%s done\n' "$n" >&2
        """;

    /// <summary>Writes an archive to standard output. Arguments: word, path, 1 with -Recurse, 1 to read the names to send from standard input, patterns to leave out.</summary>
    public const string Send = Start + """
        recurse=$1; names=$2; shift 2
        [ -e "$d" ] || [ -L "$d" ] || die 'nosource'
        need
        if [ -d "$d" ]; then
            [ "$recurse" = 1 ] || die 'isfolder'
            [ -r "$d" ] && [ -x "$d" ] || die 'unreadable'
            i=$#
            while [ "$i" -gt 0 ]; do
                one=$1; shift; i=$((i - 1))
                [ "$gnu" = 1 ] && set -- "$@" "--exclude=$one"
            done
            if [ "$gnu" = 1 ] && [ "$names" = 1 ]; then set -- -c -f - -C "$d" --no-recursion --null -T -
            else set -- -c -f - -C "$d" "$@" .; fi
        else
            [ -r "$d" ] || die 'unreadable'
            case $d in */*) dir=${d%/*}; base=${d##*/}; [ -n "$dir" ] || dir=/;; *) dir=.; base=$d;; esac
            set -- -c -h -f - -C "$dir" "./$base"
        fi
        temp
        $sum <"$t/f" >"$t/s" & w=$!
        { tar "$@"; echo $? >"$t/c"; } | tee "$t/f"
        wait "$w"
        read -r code <"$t/c"; read -r hash rest <"$t/s"
        printf '\n%s done %s %s %s\n' "$n" "$code" "$hash" "$gnu" >&2
        """;

    /// <summary>Unpacks the archive on standard input beside the target. What arrived completely stays there until <see cref="Commit"/>; in mode update, what arrived before an interruption stays too.</summary>
    public const string Receive = Start + Place + """
        need
        mkdir -p -- "$parent" || die 'nofolder'
        for name; do
            final "$name"
            if [ "$mode" = new ] && { [ -e "$f" ] || [ -L "$f" ]; }; then die 'exists'; fi
        done
        temp
        ok=
        trap 'rm -rf "$t"; [ -n "$ok" ] || [ "$mode" = update ] || rm -rf "$stage"' EXIT
        mkdir -p -- "$stage/in" || die 'nofolder'
        rm -f "$stage/in/.pulserun-end"
        chmod 700 "$stage"
        $sum <"$t/f" >"$t/s" & w=$!
        tee "$t/f" | { tar -x -o -f - -C "$stage/in"; code=$?; cat >/dev/null; exit "$code"; }
        code=$?
        wait "$w"
        read -r hash rest <"$t/s"
        [ "$code" = 0 ] && [ -f "$stage/in/.pulserun-end" ] && ok=1
        [ -n "$ok" ] || { [ "$code" = 0 ] && code=99; }
        printf '\n%s done %s %s %s\n' "$n" "$code" "$hash" "$gnu" >&2
        """;

    /// <summary>Gives the files that <see cref="Receive"/> unpacked their final names. A file replaces a file in one step. Files of a folder that the copy does not contain stay.</summary>
    public const string Commit = Start + Place + """
        [ -f "$stage/in/.pulserun-end" ] || die 'nostage'
        merge() {
            T=$2; export T
            if [ ! -e "$2" ] && [ ! -L "$2" ]; then mv -- "$1" "$2" || die 'rename'; return; fi
            [ "$mode" != new ] || die 'exists'
            if [ -d "$1" ] && [ ! -L "$1" ]; then
                [ -d "$2" ] || die 'isfile'
                ( cd "$1" &&
                find . -type d -exec sh -c 'for f; do if [ ! -d "$T/$f" ]; then [ ! -e "$T/$f" ] && mkdir -p -- "$T/$f" || exit 1; fi; done' sh {} + &&
                find . ! -type d -exec sh -c 'for f; do if [ -L "$T/$f" ]; then rm -f -- "$T/$f"; fi; [ ! -d "$T/$f" ] && mv -f -- "$f" "$T/$f" || exit 1; done' sh {} + ) || die 'rename'
            else
                [ -d "$2" ] && [ ! -L "$2" ] && die 'isfolder'
                if [ -L "$2" ]; then rm -f -- "$2"; fi
                mv -f -- "$1" "$2" || die 'rename'
            fi
        }
        for name; do
            [ -e "$stage/in/$name" ] || [ -L "$stage/in/$name" ] || continue
            final "$name"
            merge "$stage/in/$name" "$f"
        done
        rm -rf "$stage"
        printf '\n%s done\n' "$n" >&2
        """;

    /// <summary>Removes what <see cref="Receive"/> unpacked.</summary>
    public const string Discard = Start + Place + """
        rm -rf "$stage"
        printf '\n%s done\n' "$n" >&2
        """;
}
