#include "servers/harness/postgres_server.hpp"

#include "integration/harness/files.hpp"
#include "integration/harness/patience.hpp"
#include "servers/harness/free_port.hpp"

#include <libpq-fe.h>
#include <pwd.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <stdexcept>

namespace cxstream::servers {

using namespace std::chrono_literals;
using integration::eventually;
using integration::run_command;

namespace {

constexpr const char* server_user = "postgres"; // the package makes it

std::string programs() {
  const std::filesystem::path root = "/usr/lib/postgresql";
  if (std::filesystem::is_directory(root))
    for (const auto& version : std::filesystem::directory_iterator(root))
      if (std::filesystem::exists(version.path() / "bin/postgres"))
        return version.path() / "bin";
  return {};
}

// PostgreSQL refuses to run as root.
std::vector<std::string> as_server(std::vector<std::string> command) {
  if (::geteuid() != 0)
    return command;
  std::vector<std::string> out{"/usr/bin/setpriv", "--reuid",       server_user,   "--regid",
                               server_user,        "--init-groups", "--pdeathsig", "SIGQUIT"};
  out.insert(out.end(), command.begin(), command.end());
  return out;
}

} // namespace

bool postgres_is_here() {
  return !programs().empty() && (::geteuid() != 0 || ::getpwnam(server_user) != nullptr);
}

postgres_server::postgres_server(const std::vector<std::string>& settings) : port_(free_port()), settings_(settings) {
  auto pattern = (std::filesystem::temp_directory_path() / "cxstream-postgres-XXXXXX").string();
  folder_ = ::mkdtemp(pattern.data());
  give(folder_);
  const auto made = run_command(as_server({programs() + "/initdb", "-D", folder_ + "/data", "-U", "cx", "--auth=trust",
                                           "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"}),
                                120s);
  if (made.exit_code != 0)
    throw std::runtime_error("initdb: " + made.err);
  start();
}

postgres_server::~postgres_server() {
  kill9();
  std::filesystem::remove_all(folder_);
}

void postgres_server::give(const std::string& path) const {
  if (::geteuid() != 0)
    return;
  const auto* user = ::getpwnam(server_user);
  if (::chown(path.c_str(), user->pw_uid, user->pw_gid) != 0)
    throw std::runtime_error("cannot give " + path + " to " + server_user);
}

void postgres_server::start() {
  std::vector<std::string> command{programs() + "/postgres", "-D", folder_ + "/data", "-p", port_, "-k", folder_};
  for (const auto* setting : {"listen_addresses=127.0.0.1", "shared_buffers=64MB", "max_connections=20", "fsync=off"})
    command.insert(command.end(), {"-c", setting});
  for (const auto& setting : settings_)
    command.insert(command.end(), {"-c", setting});
  // After a kill the last of the old processes may hold on to the memory for a moment: then the new one refuses.
  const bool up = eventually(60s, [&] {
    if (!process_ || !process_->is_running())
      process_ = std::make_unique<integration::child_process>(as_server(command), folder_ + "/log", folder_ + "/log");
    try {
      rows("SELECT 1");
      return true;
    } catch (const std::exception&) {
      return false;
    }
  });
  if (!up)
    throw std::runtime_error("PostgreSQL does not start: " + log());
}

void postgres_server::stop() {
  process_->signal(SIGINT);
  process_->wait(60s);
}

void postgres_server::kill9() {
  if (!process_)
    return;
  for (const auto pid : processes())
    ::kill(pid, SIGKILL);
  process_->wait(10s);
}

void postgres_server::freeze() const {
  for (const auto pid : processes())
    ::kill(pid, SIGSTOP);
}

void postgres_server::thaw() const {
  for (const auto pid : processes())
    ::kill(pid, SIGCONT);
}

std::vector<pid_t> postgres_server::processes() const {
  std::vector<pid_t> out{process_->pid()};
  const auto pid = std::to_string(process_->pid());
  std::ifstream in("/proc/" + pid + "/task/" + pid + "/children");
  for (pid_t child = 0; in >> child;)
    out.push_back(child);
  return out;
}

std::vector<std::string> postgres_server::rows(const std::string& sql) const {
  const std::string login = "host=127.0.0.1 dbname=postgres user=cx connect_timeout=10 port=" + port_ +
                            " options='-c timezone=UTC -c client_min_messages=warning'";
  const std::unique_ptr<PGconn, void (*)(PGconn*)> connection(PQconnectdb(login.c_str()), PQfinish);
  const std::unique_ptr<PGresult, void (*)(PGresult*)> result(PQexec(connection.get(), sql.c_str()), PQclear);
  const auto status = PQresultStatus(result.get());
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
    throw std::runtime_error(sql + ": " + PQerrorMessage(connection.get()));
  std::vector<std::string> out;
  for (int row = 0; row < PQntuples(result.get()); ++row) {
    auto& text = out.emplace_back();
    for (int column = 0; column < PQnfields(result.get()); ++column)
      text.append(column > 0 ? "|" : "").append(PQgetvalue(result.get(), row, column));
  }
  return out;
}

std::string postgres_server::log() const {
  return integration::read_file(folder_ + "/log");
}

} // namespace cxstream::servers
