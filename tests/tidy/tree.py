"""The files that the style checks look at: what git knows, or would know after `git add`."""
import pathlib
import subprocess
from dataclasses import dataclass


@dataclass
class File:
    path: str  # relative to the root, with /
    text: str

    @property
    def lines(self):
        return self.text.split("\n")

    @property
    def is_cxx(self):
        return self.path.endswith((".cpp", ".hpp"))

    @property
    def is_test(self):
        return self.path.startswith(("tests/", "bench/"))

    @property
    def folder(self):
        return self.path.rsplit("/", 1)[0] if "/" in self.path else ""


def root():
    return pathlib.Path(__file__).resolve().parent.parent.parent


def files():
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=root(), check=True, capture_output=True, text=True).stdout.split("\n")
    found = []
    for name in sorted(set(filter(None, names))):
        path = root() / name
        if not path.is_file():
            continue
        try:
            found.append(File(name, path.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            pass  # data, not text
    return found
