# shellcheck shell=sh
# Sourced by the programs beside it, with their directory, links resolved, in $bin.
#
# A program runs in one of two places. A distribution has its jars in lib/, and starting writes nothing into it. A checkout has a
# pom.xml, and is built before the first start and whenever a source is newer than the build. The caller's directory is never left,
# so relative paths in arguments mean what the caller meant, and the JVM takes the place of the shell, so signals reach it.
#
# Environment: BLIPMQ_JAVA_HOME (before JAVA_HOME, before java on the PATH), BLIPMQ_JAVA_OPTS and BLIPMQ_CLI_JAVA_OPTS (for the JVM of
# the daemon and of the command line). What they and the JVM's own variables choose replaces what would be chosen here.

# The first files that a JVM opens would take the place of a standard stream that is closed.
{ true 9<&0; } 2>/dev/null || exec </dev/null
{ true 9>&1; } 2>/dev/null || exec >/dev/null
{ true 9>&2; } || exec 2>/dev/null

# shellcheck disable=SC2154
home=$(CDPATH='' cd -- "$bin/.." && pwd -P) || exit 1
if [ -f "$home/pom.xml" ]; then
    dist=$home/blipmqd/target/dist
else
    dist=$home
fi

say() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
}

fail() {
    say "$*"
    exit 1
}

launch() {
    program=$1
    shift
    find_java
    if [ "$dist" != "$home" ]; then
        built || build || exit 1
    fi
    jvm_options "$program"
    archive=$(archive_of "$program")
    [ -f "$archive" ] || archive=
    use_utf8
    class_path=$(class_path) || exit 1
    # Messages and keys are nobody else's business: the log's files are not for others to read.
    [ "$program" != blipmqd ] || umask g-w,o-rwx
    # Options are words without spaces or patterns to expand.
    set -f
    # shellcheck disable=SC2086
    exec "$java" $options ${archive:+"-XX:SharedArchiveFile=$archive"} $own_options \
        -cp "$class_path" "$(main_class "$program")" "$@"
}

main_class() {
    case $1 in
        blipmqd) echo io.blipmq.daemon.Main ;;
        blipmq) echo io.blipmq.cli.Main ;;
    esac
}

# Sets $options, and $own_options, which go behind them. JVM messages go to stderr, for stdout belongs to the program; an archive
# that does not fit is not worth a message.
jvm_options() {
    given_options "$1"
    options="-Xshare:auto -XX:-UsePerfData -XX:+DisplayVMOutputToStderr
        -Dfile.encoding=UTF-8 -Dstdout.encoding=UTF-8 -Dstderr.encoding=UTF-8"
    choose ' -Xlog' "-Xlog:disable -Xlog:all=warning:stderr -Xlog:cds*=off:stderr"
    case $1 in
        blipmqd)
            memory_mib
            options="$options -XX:+ExitOnOutOfMemoryError"
            heap 16 "$heap_mib"
            choose HeapFreeRatio "-XX:MinHeapFreeRatio=5 -XX:MaxHeapFreeRatio=20"
            choose MaxDirectMemorySize "-XX:MaxDirectMemorySize=${direct_mib}m"
            choose maxCachedBufferSize "-Djdk.nio.maxCachedBufferSize=262144"
            if [ "$limit_mib" -ge 512 ]; then
                collector UseG1GC
            else
                # G1 and the second compiler take more beside the heap than a small container has.
                collector UseSerialGC
                if [ "$limit_mib" -lt 256 ]; then
                    choose TieredStopAtLevel "-XX:TieredStopAtLevel=1"
                    # The archive of classes stays pages of its file, at a fixed address: moved elsewhere, it takes 18 MiB for itself.
                    choose ArchiveRelocationMode "-XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0"
                    # Buffers that are freed go back to the system, instead of staying as holes in an arena.
                    export MALLOC_MMAP_THRESHOLD_="${MALLOC_MMAP_THRESHOLD_-65536}"
                fi
                export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX-2}"
            fi
            ;;
        blipmq)
            # It says itself that memory is short: the JVM would say so on standard output, which is for messages.
            heap 8 256
            collector UseSerialGC
            choose TieredStopAtLevel "-XX:TieredStopAtLevel=1"
            ;;
    esac
}

# Sets $own_options to those of the program's variable, and $given to these and those that the JVM reads by itself. A debugger's or
# JMX port can be taken only once: a command line beside a daemon goes without them.
given_options() {
    case $1 in
        blipmqd) own_options=${BLIPMQ_JAVA_OPTS-} ;;
        blipmq)
            own_options=${BLIPMQ_CLI_JAVA_OPTS-}
            case ${JAVA_TOOL_OPTIONS-} in *jdwp* | *jmxremote*) unset JAVA_TOOL_OPTIONS ;; esac
            case ${JDK_JAVA_OPTIONS-} in *jdwp* | *jmxremote*) unset JDK_JAVA_OPTIONS ;; esac
            case ${_JAVA_OPTIONS-} in *jdwp* | *jmxremote*) unset _JAVA_OPTIONS ;; esac
            ;;
    esac
    given=" ${JAVA_TOOL_OPTIONS-} ${JDK_JAVA_OPTIONS-} $own_options ${_JAVA_OPTIONS-} "
}

# choose NAME OPTION...: options of the launcher, unless one that is given has this in its name.
choose() {
    case $given in
        *"$1"*) ;;
        *) options="$options $2" ;;
    esac
}

# The JVM refuses two collectors.
collector() {
    case $given in
        *-XX:+Use*GC*) ;;
        *) options="$options -XX:+$1" ;;
    esac
}

# heap FIRST MAX, in MiB: neither where the given options decide, and none that contradicts them.
heap() {
    first_mib=$(given_mib Xms InitialHeapSize)
    max_mib=$(given_mib Xmx MaxHeapSize)
    case $given in
        *RAMPercentage*) ;;
        *)
            if [ -z "$max_mib" ]; then
                max_mib=$2
                [ "${first_mib:-0}" -le "$2" ] || max_mib=$first_mib
                options="$options -Xmx${max_mib}m"
            fi
            [ -n "$first_mib" ] || [ "$max_mib" -lt "$1" ] || options="$options -Xms${1}m"
            ;;
    esac
}

# given_mib X-OPTION FLAG: the size, rounded up to MiB, that the given options have for it, the last one first; nothing when none has.
given_mib() (
    size=
    set -f
    for option in $given; do
        case $option in
            "-$1"[0-9]*) size=${option#"-$1"} ;;
            "-XX:$2="[0-9]*) size=${option#*=} ;;
        esac
    done
    number=${size%[kKmMgGtT]}
    case $size in
        '') ;;
        *[kK]) echo $(((number + 1023) / 1024)) ;;
        *[mM]) echo "$number" ;;
        *[gG]) echo $((number * 1024)) ;;
        *[tT]) echo $((number * 1048576)) ;;
        *) echo $(((number + 1048575) / 1048576)) ;;
    esac
)

# Sets $heap_mib and $direct_mib: what a broker needs, or what a smaller container leaves beside the JVM's own memory, which is a
# quarter (a fifth from 512 MiB on) and at least 36 MiB. The daemon knows this number too, and says when the sum is more than there is.
memory_mib() {
    memory_limit_mib
    heap_mib=512
    direct_mib=256
    [ "$limit_mib" -lt 1024 ] || return 0
    if [ "$limit_mib" -ge 512 ]; then
        own_mib=$((limit_mib / 5))
    else
        own_mib=$((limit_mib / 4))
    fi
    own_mib=$(at_least 36 "$own_mib")
    direct_mib=$(at_least 13 $(((limit_mib - own_mib) / 3)))
    heap_mib=$(at_least 15 $((limit_mib - own_mib - direct_mib)))
    [ "$direct_mib" -lt 256 ] || direct_mib=256
    [ "$heap_mib" -lt 512 ] || heap_mib=512
}

at_least() {
    if [ "$2" -ge "$1" ]; then echo "$2"; else echo "$1"; fi
}

# Sets $limit_mib: the memory of this machine, or of the container or service that this process is in; a limit further out counts too.
memory_limit_mib() {
    limit_mib=1048576
    if [ -r /proc/meminfo ]; then
        while read -r field kib _; do
            [ "$field" != MemTotal: ] || limit_at_most "$((kib * 1024))"
        done </proc/meminfo
    fi
    [ -r /proc/self/cgroup ] || return 0
    while IFS=: read -r _ controllers group; do
        case ,$controllers, in
            ,,) limits_above /sys/fs/cgroup "$group" memory.max ;;
            *,memory,*) limits_above /sys/fs/cgroup/memory "$group" memory.limit_in_bytes ;;
        esac
    done </proc/self/cgroup
}

# limits_above ROOT GROUP FILE
limits_above() {
    group=$2
    while :; do
        if [ -r "$1$group/$3" ] && read -r limit <"$1$group/$3"; then
            limit_at_most "$limit"
        fi
        [ -n "${group#/}" ] || break
        group=${group%/*}
    done
}

limit_at_most() {
    case $1 in
        '' | *[!0-9]*) ;;
        *) [ "$(($1 / 1048576))" -ge "$limit_mib" ] || limit_mib=$(($1 / 1048576)) ;;
    esac
}

# In a fixed order, whatever the locale: a class-data archive is only valid for the class path that it was made with.
class_path() (
    # shellcheck disable=SC2030
    LC_ALL=C
    jars=
    for jar in "$dist"/lib/*.jar; do
        [ -f "$jar" ] || fail "there are no jars in $dist/lib"
        jars=$jars:$jar
    done
    printf '%s' "${jars#:}"
)

# The archive of preloaded classes belongs to one program and one JVM; make-cds makes it.
archive_of() {
    printf '%s/lib/cds/%s-%s.jsa' "$dist" "$1" "$java_build"
}

# The JVM decodes arguments and file names by the locale. In one without UTF-8 (a container, a service) it would damage them.
use_utf8() {
    # shellcheck disable=SC2031
    case ${LC_ALL:-${LC_CTYPE:-${LANG-}}} in
        *[Uu][Tt][Ff]8* | *[Uu][Tt][Ff]-8*) ;;
        *)
            LC_ALL=C.UTF-8
            export LC_ALL
            ;;
    esac
}

# --- Java ---

# Sets $java and $java_build, or ends with what to do.
find_java() {
    if [ -n "${BLIPMQ_JAVA_HOME-}" ]; then
        java_from_home BLIPMQ_JAVA_HOME "$BLIPMQ_JAVA_HOME"
    elif [ -n "${JAVA_HOME-}" ]; then
        java_from_home JAVA_HOME "$JAVA_HOME"
    else
        java=$(command -v java) \
            || fail "no Java found: install Java 17 or newer (Debian, Ubuntu: apt-get install openjdk-17-jre-headless) or set BLIPMQ_JAVA_HOME"
        [ ! -L "$java" ] || java=$(readlink -f "$java")
    fi
    read_java_release
    major=${java_version%%[!0-9]*}
    [ "${major:-0}" -ge 17 ] \
        || fail "$java is Java ${java_version:-of an unknown version}; BlipMQ needs 17 or newer: set BLIPMQ_JAVA_HOME to one"
}

java_from_home() {
    java=$2/bin/java
    [ -x "$java" ] || fail "$1 is $2, but there is no program bin/java in it"
}

# The file "release" of a Java home tells its version without starting a JVM; a java that has none beside it is asked.
read_java_release() {
    java_version=
    java_build=
    if [ -r "${java%/bin/java}/release" ]; then
        while IFS='=' read -r name value; do
            value=${value#\"}
            value=${value%\"}
            case $name in
                JAVA_RUNTIME_VERSION) java_build=$value ;;
                JAVA_VERSION)
                    java_version=$value
                    break
                    ;;
            esac
        done <"${java%/bin/java}/release"
    fi
    [ -n "$java_version" ] || java_version=$("$java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.version = //p')
    java_build=${java_build:-$java_version}
}

# --- a checkout ---

built() {
    [ -f "$(archive_of blipmqd)" ] && compiled
}

# A removed or renamed source shows as a newer directory.
compiled() {
    [ -d "$dist" ] || return 1
    newer=$(find "$home/pom.xml" "$home"/*/pom.xml "$home"/*/src/main -newer "$dist" -print 2>/dev/null | head -n 1)
    [ -z "$newer" ]
}

# Several programs started at once build once: the first holds the lock, the others wait and find the work done. Where there is no
# flock program they are not kept apart.
build() (
    lock=$home/target/build.lock
    if ! { mkdir -p "$home/target" && : >>"$lock"; } 2>/dev/null; then
        fail "$home is not built and cannot be written to; build it with: mvn -DskipTests package"
    fi
    exec 9>"$lock"
    if command -v flock >/dev/null && ! flock -n 9; then
        say "waiting for another start that is building"
        flock 9
    fi
    compiled || compile || exit 1
    archive=$(archive_of blipmqd)
    if [ ! -f "$archive" ] && ! "$home/bin/make-cds" >"$home/target/make-cds.log" 2>&1 9>&-; then
        # Starting works without one; an empty file keeps the next start from trying again.
        mkdir -p "${archive%/*}" && : >"$archive"
    fi
    exit 0
)

compile() {
    command -v mvn >/dev/null || fail "Maven 3.8.6 or newer builds BlipMQ: install it (Debian, Ubuntu: apt-get install maven) or use a distribution archive"
    say "building (on first use and after changes) ..."
    log=$home/target/build.log
    started=$home/target/build.started
    : >"$started"
    if ! maven --offline >"$log" 2>&1; then
        # Only what is missing is worth asking the network for.
        ! grep -q -e 'offline mode' -e 'has not been downloaded' "$log" || maven >"$log" 2>&1 || build_failed
        grep -q 'BUILD SUCCESS' "$log" || build_failed
    fi
    # What changed during the build is newer than it.
    touch -r "$started" "$dist"
}

maven() (
    cd "$home" || exit 1
    if [ -n "${BLIPMQ_JAVA_HOME-}" ] && [ -x "$BLIPMQ_JAVA_HOME/bin/javac" ]; then
        JAVA_HOME=$BLIPMQ_JAVA_HOME
        export JAVA_HOME
    fi
    exec mvn --batch-mode "$@" -DskipTests -Dspotless.check.skip=true package </dev/null 9>&-
)

build_failed() {
    cat "$log" >&2
    fail "the build failed; its output stands above and in $log"
}
