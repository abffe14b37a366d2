"""Servers for the benchmarks, each in a folder of its own on a free loopback port, with their CPU."""
import glob
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

TICKS = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return str(s.getsockname()[1])


class Server:
    """A process that is ended by its pid; its folder goes with it."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="cxstream-bench-")
        self.port = free_port()
        self.process = None

    def wait_until_up(self, name):
        for _ in range(300):
            if self.is_up():
                return
            time.sleep(0.1)
        raise SystemExit(f"bench: {name} does not start")

    def cpu(self):
        """Of the server, its ended children included."""
        pid = self.process.pid
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        total = 0
        for process in [str(pid)] + children:
            try:
                fields = pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            total += sum(int(f) for f in fields[11:15 if process == str(pid) else 13])
        return total / TICKS

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(60)
        shutil.rmtree(self.folder, ignore_errors=True)


class Postgres(Server):
    """Run by a user that is not root."""

    def __init__(self):
        super().__init__()
        programs = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        if not programs:
            raise SystemExit("bench: PostgreSQL is not installed; ./dev setup does that")
        self.programs = programs[-1]
        become = []
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            become = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--init-groups"]
        subprocess.run(become + [f"{self.programs}/initdb", "-D", f"{self.folder}/data", "-U", "cx", "--auth=trust",
                                 "--encoding=UTF8", "--locale=C.UTF-8"], check=True, stdout=subprocess.DEVNULL)
        self.process = subprocess.Popen(
            become + [f"{self.programs}/postgres", "-D", f"{self.folder}/data", "-p", self.port, "-k", self.folder,
                      "-c", "listen_addresses=127.0.0.1", "-c", "shared_buffers=512MB", "-c", "max_wal_size=4GB"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.wait_until_up("PostgreSQL")

    def is_up(self):
        return self.psql("SELECT 1", check=False).returncode == 0

    def psql(self, sql, check=True):
        return subprocess.run([f"{self.programs}/psql", "-h", "127.0.0.1", "-p", self.port, "-U", "cx", "-d", "postgres", "-qAtc", sql],
                              check=check, capture_output=True, text=True)


class Clickhouse(Server):
    PROGRAM = "/usr/sbin/clickhouse-server"

    def __init__(self):
        super().__init__()
        folder = pathlib.Path(self.folder)
        (folder / "tmp").mkdir()
        (folder / "config.xml").write_text(
            f"<yandex><logger><level>none</level></logger><http_port>{self.port}</http_port><tcp_port>{free_port()}</tcp_port>"
            f"<listen_host>127.0.0.1</listen_host><path>{folder}/data/</path><tmp_path>{folder}/tmp/</tmp_path>"
            f"<users_config>{folder}/users.xml</users_config><default_profile>default</default_profile>"
            "<default_database>default</default_database><mark_cache_size>67108864</mark_cache_size></yandex>")
        (folder / "users.xml").write_text(
            "<yandex><profiles><default></default></profiles><quotas><default></default></quotas><users><default><password></password>"
            "<networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default></users></yandex>")
        self.process = subprocess.Popen([self.PROGRAM, f"--config-file={folder}/config.xml"], cwd=folder,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.wait_until_up("ClickHouse")

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/"

    def is_up(self):
        try:
            return self.ask("SELECT 1") == "1\n"
        except (urllib.error.URLError, ConnectionError):
            return False

    def ask(self, sql):
        with urllib.request.urlopen(self.url, data=sql.encode(), timeout=60) as answer:
            return answer.read().decode()
