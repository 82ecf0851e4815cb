#!/usr/bin/env python3
"""Measures BlipMQ beside its peers: the same work, the same generator, the same machine, interleaved rounds, a fresh broker for each run.

    bench/suite.py [--rounds 5] [--seconds 2.5] [--only PATTERN] [--out DIR]     all workloads whose name matches; tables and plots to DIR
    bench/suite.py --install                                                     the same, after bench/install-peers.sh
    bench/suite.py --smoke                                                       a short run of BlipMQ alone: does the suite still work?
    bench/suite.py --report DIR                                                  the tables and plots again, from DIR/runs.jsonl

Needs gcc and the peers. Everything listens on loopback and lives in a temporary directory that is removed.
"""
import argparse
import json
import mmap
import os
import re
import shlex
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import figures
from workloads import BROKERS, WORKLOADS

HOME = Path(__file__).resolve().parent.parent
JVM_WARMUP_SECONDS = 3.0  # a JVM is measured warm, as it runs in service


class Bench:
    """The generator and one broker at a time."""

    def __init__(self, work, seconds, warmup):
        self.work, self.seconds, self.warmup = Path(work), seconds, warmup
        self.generator = self.work / "mqbench"
        subprocess.run(["gcc", "-O2", "-o", self.generator, HOME / "bench/mqbench.c", "-lpthread", "-lm"], check=True)

    def run(self, broker, arguments, before=(), beside=(), memory=0):
        """
        One run: starts the broker, does the work, ends the broker; what the generator printed, as a dictionary.

        before: runs that come first and are not measured; beside: runs that go on during it; memory: what to touch after those.
        """
        if "probe" in broker:
            return self.probe(broker["probe"])
        data = self.work / "data"
        shutil.rmtree(data, ignore_errors=True)
        data.mkdir()
        started = time.time_ns()
        process = self.start(broker, data)
        others = []
        try:
            result = self.generate(broker, process, ["--mode", "wait", "--t0", str(started)])
            result["idle_rss_kb"] = resident_kb(process.pid)
            for earlier in before:
                self.generate(broker, process, earlier)
            if arguments != ["wait"]:
                others = [self.spawn(broker, process, other) for other in beside]
                if others:
                    time.sleep(2.0)
                touch(memory)
                result.update(self.generate(broker, process, arguments))
            return result
        finally:
            for other in [*others, process]:
                end(other)

    def probe(self, source):
        """What the machine itself does at the same work, without a broker."""
        program = self.work / Path(source).stem
        subprocess.run(["gcc", "-O2", "-o", program, HOME / "bench" / source], check=True)
        return self.result_of([program, self.work, "--duration", self.seconds])

    def start(self, broker, data):
        command = [part.format(home=HOME, data=data) for part in broker["command"]]
        for name, text in broker.get("files", {}).items():
            (data / name).write_text(text.format(data=data))
        environment = {name: value.format(data=data) for name, value in broker.get("environment", {}).items()}
        with open(self.work / "broker.log", "wb") as log:
            return subprocess.Popen(command, env={**os.environ, **environment}, stdout=log, stderr=log)

    def command(self, broker, process, arguments):
        warmup = self.warmup + (JVM_WARMUP_SECONDS if broker.get("jvm") and self.warmup else 0)
        given = [self.generator, *shlex.split(broker["adapter"]), "--pid", process.pid, "--duration", self.seconds, "--warmup", warmup, *arguments]
        return [str(part) for part in given]

    def generate(self, broker, process, arguments):
        return self.result_of(self.command(broker, process, arguments))

    def result_of(self, command):
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=900)
        line = done.stdout.strip().splitlines()[-1:] or [""]
        result = {}
        for pair in line[0].split():
            key, _, value = pair.partition("=")
            result[key] = number(value)
        if done.returncode or not result:
            result["failed"] = (done.stderr.strip() or f"status {done.returncode}")[-300:]
        return result

    def spawn(self, broker, process, arguments):
        return subprocess.Popen(self.command(broker, process, arguments), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def touch(size):
    """
    Makes the machine have so much memory that is really there, as one has that has run for a while. A virtual machine gives what was
    free for seconds back to its host, and each page that it takes again then costs several times what writing it does.
    """
    size = min(size, available_bytes() // 2)
    if size:
        with mmap.mmap(-1, size) as memory:
            for page in range(0, size, mmap.PAGESIZE):
                memory[page] = 1


def available_bytes():
    return 1024 * int(re.search(r"MemAvailable:\s+(\d+)", Path("/proc/meminfo").read_text()).group(1))


def number(value):
    try:
        return float(value)
    except ValueError:
        return value


def resident_kb(pid):
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status).group(1))


def end(process):
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def measure(workloads, rounds, seconds, warmup, out):
    """Runs everything, round by round, and appends each run to runs.jsonl."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR"), prefix="blipmq-bench-") as work, open(out / "runs.jsonl", "a") as runs:
        bench = Bench(work, seconds, warmup)
        for round_number in range(rounds):
            for workload in workloads:
                for contender in workload["contenders"]:
                    result = bench.run(
                        BROKERS[contender["broker"]], contender["arguments"], contender.get("before", ()), contender.get("beside", ()), contender.get("memory", 0))
                    json.dump({"workload": workload["name"], "contender": contender["label"], "round": round_number, **result}, runs)
                    runs.write("\n")
                    runs.flush()
                    say(workload, contender, result)


def say(workload, contender, result):
    figure = result.get(workload["field"])
    trouble = result.get("failed") or " ".join(
        f"{key}={result[key]:.0f}" for key in ("lost", "dup", "out_of_order", "errors", "stalls") if result.get(key))
    print(f"{workload['name']:24} {contender['label']:24} {workload['field']}={figure}  {trouble}", flush=True)


def unsound(run):
    """Whether a run of BlipMQ broke a promise: then its figures mean nothing."""
    return run.get("failed") or any(run.get(key) for key in ("lost", "dup", "out_of_order", "errors"))


def report(out):
    runs = [json.loads(line) for line in open(out / "runs.jsonl")]
    figures.write(out, WORKLOADS, runs)
    bad = [run for run in runs if run["contender"].startswith("BlipMQ") and unsound(run)]
    for run in bad:
        print("UNSOUND", {key: run.get(key) for key in ("workload", "contender", "failed", "lost", "dup", "out_of_order", "errors")})
    print(f"{out / 'report.md'}: {len(runs)} runs, {len(bad)} unsound")
    return 1 if bad else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.5)
    parser.add_argument("--warmup", type=float, default=1.0)
    parser.add_argument("--only", default="", metavar="PATTERN")
    parser.add_argument("--out", type=Path, default=HOME / "target/bench")
    parser.add_argument("--install", action="store_true")
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--report", type=Path, metavar="DIR")
    options = parser.parse_args()
    if options.report:
        return report(options.report)
    if options.install:
        subprocess.run([HOME / "bench/install-peers.sh"], check=True)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "runs.jsonl").write_text("")
    workloads = [workload for workload in WORKLOADS if re.search(options.only, workload["name"]) and "shares" not in workload]
    if options.smoke:
        options.rounds, options.seconds, options.warmup = 1, 0.3, 0
        workloads = [
            {**workload, "contenders": [one for one in workload["contenders"] if BROKERS[one["broker"]].get("jvm")][:1]}
            for workload in workloads if workload.get("smoke")]
    measure(workloads, options.rounds, options.seconds, options.warmup, options.out)
    return report(options.out)


if __name__ == "__main__":
    sys.exit(main())
