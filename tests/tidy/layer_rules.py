"""The layer rule: a folder includes only the layers below it (as CMakeLists.txt names them) and only its own libraries."""
import re

# Who may include a library's headers. Folders; tests/ and bench/ may include everything.
LIBRARIES = {
    "caf/": ("actors/", "cli/"),
    "rocksdb/": ("runtime/storage/",),
    "grpcpp/": ("runtime/transport/", "cli/"),
    "curl/": ("runtime/connectors/", "runtime/pollers/", "runtime/transport/", "cli/"),
    "nats/": ("runtime/connectors/",),
    "librdkafka/": ("runtime/connectors/",),
    "sqlite3.h": ("runtime/connectors/", "cli/"),
    "openssl/": ("runtime/connectors/", "runtime/security/", "runtime/transport/", "cli/"),
    "boost/": ("runtime/transport/",),
    "jq.h": ("runtime/sources/",),
    "jv.h": ("runtime/sources/",),
    "pugixml.hpp": ("runtime/sources/",),
    "libxml/": ("runtime/sources/",),
    "zstd.h": ("runtime/sources/", "runtime/connectors/lake/"),
    "libpq-fe.h": ("runtime/connectors/postgres/",),
    "valijson/": ("runtime/sources/",),
    "civetweb.h": ("runtime/telemetry/", "cli/"),
    "CivetServer.h": ("runtime/telemetry/", "cli/"),
    "prometheus/": ("runtime/telemetry/", "cli/"),
    "spdlog/": ("runtime/telemetry/", "cli/"),
    "yaml-cpp/": ("runtime/config/", "runtime/sources/", "runtime/model/"),
    "rapidjson/": ("runtime/connectors/", "runtime/pollers/", "runtime/sources/", "runtime/telemetry/", "runtime/transport/", "cli/"),
    "nlohmann/": ("runtime/telemetry/", "runtime/security/", "cli/", "tools/"),
    "kainjow/": ("runtime/connectors/",),
    "csv.h": ("runtime/connectors/", "runtime/sources/"),
    "CLI/": ("cli/",),
}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def layers_of(cmake_text):
    """name → (folder, everything that it may include), out of the cxstream_layer(...) lines."""
    layers = {}
    for name, folder, rest in re.findall(r"^cxstream_layer\((\w+) (\S+)([^)]*)\)", cmake_text, re.MULTILINE):
        words = rest.split()
        direct = []
        if "DEPS" in words:
            for word in words[words.index("DEPS") + 1:]:
                if word.isupper():
                    break
                direct.append(word)
        below = {name}
        for layer in direct:
            below |= layers[layer][1] if layer in layers else {layer}
        layers[name] = (folder + "/", below)
    return layers


def rules(cmake_file):
    layers = layers_of(cmake_file.read_text(encoding="utf-8"))

    def layer_rule(file):
        own = next((name for name, (folder, _) in layers.items() if file.path.startswith(folder)), None)
        if not file.is_cxx or own is None:
            return
        for number, line in enumerate(file.lines, start=1):
            found = INCLUDE.match(line)
            layer = found.group(2).split("/")[0] if found else None
            if layer in layers and layer not in layers[own][1]:
                yield number, f"{own} may not include {layer}: arrows point down only (CMakeLists.txt names what it may)"

    def library_rule(file):
        if not file.is_cxx or file.is_test:
            return
        for number, line in enumerate(file.lines, start=1):
            found = INCLUDE.match(line)
            for library, folders in LIBRARIES.items():
                if found and found.group(2).startswith(library) and not file.path.startswith(folders):
                    yield number, f"{library} belongs to {', '.join(folders)}: an adapter includes exactly its own library"

    return [layer_rule, library_rule]
