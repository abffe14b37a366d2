#include "connectors/postgres/dimensions.hpp"

#include "base/rfc3339.hpp"
#include "model/revision.hpp"

#include <vector>

namespace cxstream::connectors::postgres {

text_dimension::text_dimension(const std::string& name, const std::string& member)
    : find_("SELECT " + name + "_key, " + member + " FROM dim_" + name + " WHERE " + member + " = ANY ($1::text[])"),
      insert_("INSERT INTO dim_" + name + " (" + member +
              ") SELECT unnest($1::text[]) ON CONFLICT DO NOTHING RETURNING " + name + "_key, " + member) {
}

void text_dimension::want(std::string_view member) {
  if (!keys_.contains(member))
    wanted_.insert(member);
}

void text_dimension::trim() {
  if (keys_.size() > cached_max)
    forget();
}

void text_dimension::load(connection& db) {
  if (wanted_.empty())
    return;
  const auto missing = [this] {
    std::vector<std::string_view> out;
    for (const auto member : wanted_)
      if (!keys_.contains(member))
        out.push_back(member);
    return out;
  };
  take(db.query(find_, {array_of(missing())}));
  // Twice at most: what another writer made in between is not told by the insert, and then found.
  if (const auto unknown = missing(); !unknown.empty())
    take(db.query(insert_, {array_of(unknown)}));
  if (const auto unknown = missing(); !unknown.empty())
    take(db.query(find_, {array_of(unknown)}));
  wanted_.clear();
}

void text_dimension::take(const rows& found) {
  for (std::size_t i = 0; i < found.size(); ++i)
    keys_.emplace(found.text(i, 1), found.integer(i, 0));
}

dimensions::dimensions()
    : source_system("source_system", "source_system"), account("account", "account_id"), agent("agent", "agent_id"),
      customer("customer", "customer_id"), tag("tag", "canonical_tag"), driver("driver", "driver"),
      raw_tag("raw_tag", "raw_tag") {
}

void dimensions::want(const v1::CanonicalEvent& e) {
  source_system.want(e.source_system());
  if (e.has_account_id())
    account.want(e.account_id());
  if (e.has_agent_id())
    agent.want(e.agent_id());
  if (e.has_customer_id())
    customer.want(e.customer_id());
  if (e.has_canonical_tag())
    tag.want(e.canonical_tag());
  if (e.has_driver())
    driver.want(e.driver());
  for (const auto& text : e.raw_tags())
    raw_tag.want(text);
  const auto day = std::chrono::floor<std::chrono::days>(base::from_us(model::to_us(e.occurred_at())));
  if (const std::int64_t days = day.time_since_epoch().count(); !days_.contains(days))
    wanted_days_.insert(days);
}

void dimensions::load(connection& db) {
  for (auto* d : {&source_system, &account, &agent, &customer, &tag, &driver, &raw_tag})
    d->load(db);
  if (wanted_days_.empty())
    return;
  const std::vector<std::int64_t> days(wanted_days_.begin(), wanted_days_.end());
  db.query("INSERT INTO dim_date SELECT to_char(d, 'YYYYMMDD')::int, d, extract(year FROM d), extract(quarter FROM d),"
           " extract(month FROM d), extract(day FROM d), extract(isodow FROM d)"
           " FROM (SELECT date '1970-01-01' + unnest($1::int[]) AS d) days ON CONFLICT DO NOTHING",
           {array_of(days)});
  days_.insert(days.begin(), days.end());
  wanted_days_.clear();
}

void dimensions::trim() {
  for (auto* d : {&source_system, &account, &agent, &customer, &tag, &driver, &raw_tag})
    d->trim();
}

void dimensions::forget() {
  for (auto* d : {&source_system, &account, &agent, &customer, &tag, &driver, &raw_tag})
    d->forget();
  wanted_days_.clear();
  days_.clear();
}

std::int32_t date_key(base::timestamp t) {
  const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(t));
  return static_cast<int>(day.year()) * 10'000 + static_cast<std::int32_t>(static_cast<unsigned>(day.month())) * 100 +
         static_cast<std::int32_t>(static_cast<unsigned>(day.day()));
}

} // namespace cxstream::connectors::postgres
