"""Starts and stops a cxstream node and its receiver as processes, and asks them things by the command line."""
import json
import os
import pathlib
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request


UNREACHABLE = 3  # exit status of a command that got no answer


class Failed(Exception):
    """What is wrong, where, and what to do; for people."""


def free_port(wanted):
    """The wanted port of the loopback, or another one when it is taken."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return probe.getsockname()[1]
    raise Failed("no free port on 127.0.0.1")


class Process:
    """A child process with its output in a file; stopped by its own pid."""

    def __init__(self, name, command, log, environment=None):
        self.name, self.log = name, pathlib.Path(log)
        self.started_at = time.monotonic()
        with open(self.log, "w") as out:
            self.child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                                          env={**os.environ, **(environment or {})}, start_new_session=True)

    def check_alive(self):
        if self.child.poll() is not None:
            lines = self.log.read_text(errors="replace").splitlines()[-15:]
            raise Failed(f"{self.name} ended with status {self.child.returncode}. Its last words ({self.log}):\n"
                         + "\n".join("  " + line for line in lines))

    def wait_until(self, ready, seconds, what):
        deadline = time.monotonic() + seconds
        while True:
            self.check_alive()
            if answer := ready():
                return answer
            if time.monotonic() > deadline:
                raise Failed(f"{self.name}: {what} did not happen within {seconds} s; see {self.log}")
            time.sleep(0.1)

    def stop(self, seconds=30):
        """SIGTERM, then patience. Returns the exit status."""
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
        try:
            return self.child.wait(seconds)
        except subprocess.TimeoutExpired:
            self.child.kill()
            return self.child.wait()


class Receiver(Process):
    """A webhook receiver that fails now and then, as real ones do."""

    def __init__(self, binary, log, options):
        super().__init__("the receiver", [binary, "receiver", "--port", "0", *options], log)
        self.address = self.wait_until(self.listening, 10, "listening")

    def listening(self):
        for line in self.log.read_text(errors="replace").splitlines():
            if line.startswith("listening on "):
                return line.removeprefix("listening on ").strip()
        return None


class Node(Process):
    """A node with a configuration whose ${…} are filled from `environment`."""

    def __init__(self, binary, config, log, environment, grpc_port=7400, http_port=7401, intake_port=7403):
        self.binary, self.wanted = binary, (grpc_port, http_port, intake_port)
        self.grpc, self.http, self.intake = (f"127.0.0.1:{free_port(port)}" for port in self.wanted)
        addresses = {"CXSTREAM_GRPC_LISTEN": self.grpc, "CXSTREAM_HTTP_LISTEN": self.http,
                     "CXSTREAM_INTAKE_LISTEN": self.intake}
        super().__init__("the node", [binary, "serve", "--config", str(config)], log, {**environment, **addresses})
        self.wait_until(self.is_ready, 60, "getting ready")

    @property
    def moved(self):
        return (self.grpc, self.http, self.intake) != tuple(f"127.0.0.1:{port}" for port in self.wanted)

    def get(self, path):
        with urllib.request.urlopen(f"http://{self.http}{path}", timeout=5) as answer:
            return answer.read().decode()

    def is_ready(self):
        try:
            self.get("/readyz")
            return True
        except (urllib.error.URLError, OSError):
            return False

    def ask(self, *command, allowed=(0,)):
        """The JSON that a command prints, None when it printed none; its progress and complaints go to the terminal."""
        done = subprocess.run([self.binary, *command, "--server", self.grpc, "--json"], stdout=subprocess.PIPE, text=True)
        if done.returncode not in allowed:
            raise Failed(f"cxstream {' '.join(command)} ended with status {done.returncode}; the node's log is {self.log}")
        if not done.stdout:
            return None
        try:
            return json.loads(done.stdout)
        except ValueError as error:
            raise Failed(f"cxstream {' '.join(command)} --json printed no JSON: {error}") from error

    def sinks(self):
        for _ in range(3):
            answer = self.ask("sink", "list", allowed=(0, UNREACHABLE))
            if answer is not None:
                return answer["sinks"]
            self.check_alive()  # a machine under full load may be slow to take a connection
            time.sleep(1)
        raise Failed(f"the node does not answer at {self.grpc}; its log is {self.log}")

    def wait_for_sinks(self, seconds, on_progress=lambda open_events: None):
        """Until every sink has decided every event; what still waits for a retry counts as open."""
        deadline = time.monotonic() + seconds
        while True:
            self.check_alive()
            sinks = self.sinks()
            still_open = {s["name"]: int(s["counts"]["pending"]) + int(s["counts"]["waiting"]) for s in sinks}
            on_progress(still_open)
            if not any(still_open.values()) or time.monotonic() > deadline:
                return sinks
            time.sleep(0.3)

    def usage(self):
        """CPU seconds, bytes written to disk, and resident bytes of the process so far."""
        proc = pathlib.Path("/proc") / str(self.child.pid)
        fields = (proc / "stat").read_text().rsplit(")", 1)[1].split()
        io = dict(line.split(": ") for line in (proc / "io").read_text().splitlines())
        return {
            "cpu_s": (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"),
            "written_bytes": int(io["write_bytes"]),
            "resident_bytes": int(fields[21]) * os.sysconf("SC_PAGE_SIZE"),
        }
