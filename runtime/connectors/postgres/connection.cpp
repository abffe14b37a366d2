#include "connectors/postgres/connection.hpp"

#include <algorithm>
#include <endian.h>
#include <libpq-fe.h>
#include <poll.h>

#include <charconv>
#include <cstring>

namespace cxstream::connectors::postgres {

namespace {

// One line, without the line break libpq ends its messages with.
std::string line_of(const char* message) {
  std::string out(message != nullptr ? message : "");
  while (!out.empty() && (out.back() == '\n' || out.back() == ' '))
    out.pop_back();
  std::replace(out.begin(), out.end(), '\n', ' ');
  return out;
}

// The connection is gone, or was never there.
[[noreturn]] void fail_away(const std::string& message) {
  throw failure("", "PostgreSQL: " + message);
}

[[noreturn]] void fail_with(const pg_result* result, const pg_conn* connection) {
  const char* sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char* message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  std::string text = line_of(message != nullptr ? message : PQerrorMessage(connection));
  if (const char* detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL))
    text += ": " + line_of(detail);
  if (sqlstate != nullptr)
    text.append(" (").append(sqlstate).append(")");
  throw failure(sqlstate != nullptr ? sqlstate : "", "PostgreSQL: " + text);
}

} // namespace

void rows::clear::operator()(pg_result* r) const {
  PQclear(r);
}

std::size_t rows::size() const {
  return static_cast<std::size_t>(PQntuples(result_.get()));
}

bool rows::is_null(std::size_t row, int column) const {
  return PQgetisnull(result_.get(), static_cast<int>(row), column) != 0;
}

std::int64_t rows::integer(std::size_t row, int column) const {
  const auto bytes = text(row, column);
  if (bytes.size() == sizeof(std::int32_t)) {
    std::uint32_t value = 0;
    std::memcpy(&value, bytes.data(), sizeof value);
    return static_cast<std::int32_t>(be32toh(value));
  }
  std::uint64_t value = 0;
  std::memcpy(&value, bytes.data(), std::min(bytes.size(), sizeof value));
  return static_cast<std::int64_t>(be64toh(value));
}

std::string_view rows::text(std::size_t row, int column) const {
  const auto r = static_cast<int>(row);
  return {PQgetvalue(result_.get(), r, column), static_cast<std::size_t>(PQgetlength(result_.get(), r, column))};
}

std::uint64_t rows::changed() const {
  const std::string_view text = PQcmdTuples(result_.get());
  std::uint64_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

std::string array_of(std::span<const std::string_view> texts) {
  std::string out = "{";
  for (const auto text : texts) {
    out += out.size() > 1 ? ",\"" : "\"";
    for (const char c : text) {
      if (c == '"' || c == '\\')
        out += '\\';
      out += c;
    }
    out += '"';
  }
  return out + "}";
}

std::string array_of(std::span<const std::int64_t> numbers) {
  std::string out = "{";
  for (const auto number : numbers)
    out.append(out.size() > 1 ? "," : "").append(std::to_string(number));
  return out + "}";
}

connection::connection(const login& parameters, std::chrono::milliseconds connect_timeout,
                       std::chrono::milliseconds timeout)
    : timeout_(timeout) {
  connect(parameters, clock::now() + connect_timeout);
  PQsetnonblocking(handle_.get(), 1);
  PQsetNoticeProcessor(
      handle_.get(), [](void*, const char*) {}, nullptr);
}

void connection::finish::operator()(pg_conn* c) const {
  PQfinish(c);
}

void connection::connect(const login& parameters, clock::time_point deadline) {
  std::vector<const char*> names;
  std::vector<const char*> values;
  for (const auto& [name, value] : parameters) {
    names.push_back(name.c_str());
    values.push_back(value.c_str());
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  handle_.reset(PQconnectStartParams(names.data(), values.data(), 0));
  if (!handle_)
    fail_away("no memory for a connection");
  auto state = PGRES_POLLING_WRITING;
  while (PQstatus(handle_.get()) != CONNECTION_BAD && state != PGRES_POLLING_OK && state != PGRES_POLLING_FAILED) {
    wait(state == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline);
    state = PQconnectPoll(handle_.get());
  }
  if (PQstatus(handle_.get()) != CONNECTION_OK)
    fail_away(line_of(PQerrorMessage(handle_.get())));
}

void connection::run(const std::string& sql) {
  const auto until = deadline();
  if (PQsendQuery(handle_.get(), sql.c_str()) == 0)
    fail();
  flush(until);
  finish_all(until);
}

rows connection::query(const std::string& sql, const std::vector<parameter>& parameters) {
  const auto until = deadline();
  std::vector<const char*> values;
  for (const auto& p : parameters)
    values.push_back(p ? p->c_str() : nullptr);
  constexpr int binary = 1;
  if (PQsendQueryParams(handle_.get(), sql.c_str(), static_cast<int>(values.size()), nullptr, values.data(), nullptr,
                        nullptr, binary) == 0)
    fail();
  flush(until);
  return finish_all(until);
}

void connection::copy(const std::string& sql, std::string_view data) {
  constexpr std::size_t piece_max = 1U << 18U;
  const auto until = deadline();
  if (PQsendQuery(handle_.get(), sql.c_str()) == 0)
    fail();
  flush(until);
  const auto begun = next(until);
  if (!begun)
    fail();
  if (PQresultStatus(begun->raw()) != PGRES_COPY_IN) {
    while (next(until)) {
    }
    fail_with(begun->raw(), handle_.get());
  }
  // Where nothing more is taken, the server has refused what came before: finish_all() knows why.
  int taken = 1;
  while (!data.empty() && taken >= 0) {
    const auto piece = std::min(data.size(), piece_max);
    taken = PQputCopyData(handle_.get(), data.data(), static_cast<int>(piece));
    if (taken > 0)
      data.remove_prefix(piece);
    flush(until); // also when nothing was taken: it waits for room
  }
  while (taken >= 0 && PQputCopyEnd(handle_.get(), nullptr) == 0)
    flush(until);
  flush(until);
  finish_all(until);
}

bool connection::rollback() noexcept {
  try {
    if (PQstatus(handle_.get()) != CONNECTION_OK)
      return false;
    if (PQtransactionStatus(handle_.get()) == PQTRANS_IDLE)
      return true;
    run("ROLLBACK");
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

std::string connection::quoted(std::string_view identifier) const {
  char* text = PQescapeIdentifier(handle_.get(), identifier.data(), identifier.size());
  if (text == nullptr)
    fail();
  std::string out(text);
  PQfreemem(text);
  return out;
}

void connection::wait(short events, clock::time_point deadline) {
  pollfd socket{PQsocket(handle_.get()), events, 0};
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::now());
    if (left.count() <= 0)
      fail_away("no answer within the timeout");
    const auto ready = ::poll(&socket, 1, static_cast<int>(left.count()));
    if (ready > 0)
      return;
    if (ready < 0 && errno != EINTR)
      fail_away(std::string("poll: ") + std::strerror(errno));
  }
}

// Until everything is sent. The server may want to be read from before it reads on.
void connection::flush(clock::time_point deadline) {
  for (;;) {
    const auto left = PQflush(handle_.get());
    if (left < 0)
      fail();
    if (left == 0)
      return;
    wait(POLLIN | POLLOUT, deadline);
    if (PQconsumeInput(handle_.get()) == 0)
      fail();
  }
}

// The next result; none after the last.
std::optional<rows> connection::next(clock::time_point deadline) {
  while (PQisBusy(handle_.get()) != 0) {
    wait(POLLIN, deadline);
    if (PQconsumeInput(handle_.get()) == 0)
      fail();
  }
  pg_result* out = PQgetResult(handle_.get());
  return out == nullptr ? std::nullopt : std::optional<rows>(out);
}

// Takes every result, so that the connection can be used again; gives the last good one. Throws what the first bad one
// says.
rows connection::finish_all(clock::time_point deadline) {
  std::optional<rows> last;
  std::optional<rows> bad;
  while (auto r = next(deadline)) {
    const auto status = PQresultStatus(r->raw());
    if (status == PGRES_COPY_IN)
      PQputCopyEnd(handle_.get(), "not wanted"); // a COPY among statements of run()
    auto& slot = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_COPY_IN ? last : bad;
    if (&slot != &bad || !bad)
      slot = std::move(r);
  }
  if (bad)
    fail_with(bad->raw(), handle_.get());
  if (!last)
    fail();
  return std::move(*last);
}

void connection::fail() const {
  fail_away(line_of(PQerrorMessage(handle_.get())));
}

} // namespace cxstream::connectors::postgres
