#include "connectors/postgres/warehouse.hpp"

#include "connectors/postgres/schema.hpp"

namespace cxstream::connectors::postgres {

namespace {

constexpr int tries_max = 4; // of a transaction that another one was in the way of

login login_of(const postgres_settings& settings, const std::string& password) {
  auto out = settings.login;
  if (!password.empty())
    out.emplace_back("password", password);
  return out;
}

} // namespace

warehouse::warehouse(const postgres_settings& settings, const std::string& password)
    : db_(login_of(settings, password), settings.connect_timeout,
          settings.statement_timeout + settings.connect_timeout),
      months_(db_) {
  prepare(settings);
  load_ = std::make_unique<loader>(db_, settings.disorder_max);
}

void warehouse::prepare(const postgres_settings& settings) {
  const auto timeout = std::to_string(settings.statement_timeout.count());
  db_.run("SET statement_timeout = " + timeout + "; SET lock_timeout = " + timeout +
          "; SET idle_in_transaction_session_timeout = " + timeout + "; SET client_min_messages = warning;" +
          " SET timezone = 'UTC'; SET datestyle = 'ISO'; SET client_encoding = 'UTF8'");
  // Delivered means durable, whatever the role or the database have set.
  if (db_.query("SELECT current_setting('synchronous_commit')").text(0, 0) == "off")
    db_.run("SET synchronous_commit = on");
  migrate(db_, settings.schema, warehouse_schema());
  if (!settings.reader.empty())
    let_read(db_, settings.schema, settings.reader);
  db_.query("DELETE FROM load_audit WHERE loaded_at < now() - make_interval(days => $1::int)",
            {std::to_string(settings.audit_kept.count())});
}

bool warehouse::undo() {
  load_->undo();
  return db_.rollback();
}

void warehouse::have_months(const prepared_events& events) {
  for (const auto* e : events)
    months_.have(e->occurred_at());
}

template <class Transaction>
auto warehouse::with_patience(Transaction&& transaction) {
  for (int tries = 1;; ++tries) {
    try {
      return transaction();
    } catch (const overtaken& why) {
      if (!undo() || tries == tries_max)
        throw failure("40001", why.what());
    } catch (const failure& why) {
      if (why.what_kind() != fault::collision || tries == tries_max || !undo())
        throw;
    }
  }
}

bool warehouse::rewrite(const prepared_events& events, base::ticket_sequence seen, base::timestamp now) {
  have_months(events);
  return with_patience([&] { return load_->rewrite(events, seen, now); });
}

void warehouse::erase(const std::string& ticket_id) {
  with_patience([&] { load_->erase(ticket_id); });
}

// Halves what the server refuses until what it refuses is alone. In order, so that an event of a ticket is not written
// when an earlier one was refused.
void warehouse::write(const prepared_events& events, outcomes& out, std::span<const ports::delivery> all,
                      base::timestamp now) {
  const auto index = [&](const prepared_event& e) { return static_cast<std::size_t>(e.place - all.data()); };
  prepared_events tried;
  for (const auto* e : events)
    if (!out.skips(index(*e)))
      tried.push_back(e);
  if (tried.empty())
    return;
  try {
    have_months(tried);
    with_patience([&] { load_->write(tried, now); });
    return;
  } catch (const strange_events& why) {
    undo();
    for (const auto* e : tried)
      if (why.keys().contains(e->key()))
        out.set(index(*e), failed(ports::delivery_result::permanent, why.what()));
    std::erase_if(tried, [&](const auto* e) { return why.keys().contains(e->key()); });
    return write(tried, out, all, now);
  } catch (const failure& why) {
    if (why.what_kind() != fault::row)
      throw;
    undo();
    if (tried.size() == 1) {
      load_->note_refused(*tried.front(), why.what(), now);
      out.set(index(*tried.front()), failed(ports::delivery_result::permanent, why.what()));
      return;
    }
  }
  const auto middle = tried.begin() + static_cast<std::ptrdiff_t>(tried.size() / 2);
  write({tried.begin(), middle}, out, all, now);
  write({middle, tried.end()}, out, all, now);
}

} // namespace cxstream::connectors::postgres
