export interface ReloadScriptSettings {
    /** Writable directory that the daemon's container and the sidecar share. */
    readonly directory: string;
    /** Files whose content decides: certificates, keys, trust bundle, configuration. Absolute, sorted by the renderer. */
    readonly files: readonly string[];
    /** Commands of the daemon, each one line of sh. */
    readonly daemon: DaemonCommands;
    /** Time between two looks at the files. A change is acted on at the second look that finds it, so that half a change never is. */
    readonly intervalSeconds: number;
    /** Time between the end of a pod's readiness and the end of its daemon: routers have to notice. */
    readonly drainSeconds: number;
    /** Longest that the daemon may take to finish before it is ended, whole seconds from 1: a connection may live much longer. */
    readonly finishSeconds: number;
}

export interface DaemonCommands {
    /** Files that a killed daemon leaves behind and that would keep the next one from starting. */
    readonly leftovers: readonly string[];
    readonly run: string;
    /** Fails, and changes nothing, where the files cannot be served. */
    readonly test: string;
    /** Makes the running daemon read its files again. */
    readonly reload: string;
    /** Lets requests finish, then ends the daemon. Takes as long as they do. */
    readonly finish: string;
    /** Ends the daemon at once, with what has not finished in time. */
    readonly end: string;
    /** File that exists while the daemon runs. */
    readonly pidFile: string;
}

/**
 * Renders the script that runs a daemon (`start`), reloads it in place when a mounted file changes (`watch`) and lets it finish,
 * but not for ever (`stop`: at most `drainSeconds` and `finishSeconds`).
 *
 * What cannot be served is refused by the daemon's own test, once counted and tried again at each look: the old certificate stays
 * served. `served` holds the hash of what the daemon has read and survives a restart of the sidecar.
 *
 * @throws an error that names the setting, if a path could be read as something else or `finishSeconds` is no whole number from 1
 */
export function renderReloadScript(settings: ReloadScriptSettings): string {
    [settings.directory, ...settings.files].forEach(checkPath);
    checkFinish(settings.finishSeconds);
    return [
        preamble(settings),
        start(settings),
        report,
        apply(settings),
        watch(settings),
        stop(settings),
        choose,
    ].join("\n");
}

const preamble = ({ directory, files }: ReloadScriptSettings) => `#!/bin/sh
# start: runs the daemon. watch: reloads it when a mounted file changes. stop: lets it finish.
set -u
directory=${directory}
files="${[...files].sort().join(" ")}"

fingerprint() {
    sha256sum $files 2>&1 | sha256sum | cut -c 1-64
}

log() {
    printf '{"time":"%s","event":"%s","sha256":"%s"}\\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$1" "$2"
}
`;

const start = ({ daemon }: ReloadScriptSettings) => `start() {
    rm -f ${daemon.leftovers.join(" ")}
    fingerprint >"$directory/served"
    exec ${daemon.run}
}
`;

const report = `report() {
    cat >"$directory/metrics.new" <<END
# HELP tls_reloads_total Changes of certificates, trust or configuration that are served.
# TYPE tls_reloads_total counter
tls_reloads_total $reloads
# HELP tls_reload_failures_total Changes that could not be served; the old certificate stays.
# TYPE tls_reload_failures_total counter
tls_reload_failures_total $failures
END
    mv "$directory/metrics.new" "$directory/metrics"
}
`;

const apply = ({ daemon }: ReloadScriptSettings) => `apply() {
    if output=$(${daemon.test} 2>&1) && ${daemon.reload}; then
        echo "$1" >"$directory/served"
        reloads=$((reloads + 1))
        refused=
        log tls_reloaded "$1"
    elif [ "$1" != "$refused" ]; then
        refused=$1
        failures=$((failures + 1))
        log tls_reload_failed "$1"
        echo "$output" >&2
    fi
    report
}
`;

const watch = ({ daemon, intervalSeconds }: ReloadScriptSettings) => `watch() {
    reloads=0 failures=0 refused= seen=
    report
    while sleep ${intervalSeconds}; do
        now=$(fingerprint)
        before=$seen
        seen=$now
        [ -s ${daemon.pidFile} ] || continue
        [ "$now" = "$before" ] || continue
        [ "$now" != "$(cat "$directory/served")" ] || { refused=; continue; }
        apply "$now"
    done
}
`;

const stop = ({ daemon, drainSeconds, finishSeconds }: ReloadScriptSettings) => `stop() {
    sleep ${drainSeconds}
    left=${finishSeconds}
    ${daemon.finish}
    while [ -e ${daemon.pidFile} ]; do
        [ "$left" -gt 0 ] || { ${daemon.end}; return; }
        sleep 1
        left=$((left - 1))
    done
}
`;

const choose = `case "\${1-}" in
start | watch | stop) "$1" ;;
*) echo "usage: $0 start|watch|stop" >&2 && exit 2 ;;
esac
`;

function checkPath(path: string): void {
    if (/^(?:\/[A-Za-z0-9._-]+)+$/.test(path)) return;
    throw new Error(
        `[files] has ${JSON.stringify(path)}; allowed an absolute path of letters, digits, ".", "_" and "-"`,
    );
}

function checkFinish(seconds: number): void {
    if (Number.isInteger(seconds) && seconds >= 1) return;
    throw new Error(`[finishSeconds] is ${seconds}; allowed a whole number from 1`);
}
