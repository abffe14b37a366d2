#include "connectors/nats/subject.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace cxstream::connectors {

namespace {

base::error wrong(std::string_view text, const std::string& what) {
  return {base::error_code::invalid_argument, "\"" + std::string(text) + "\" " + what};
}

} // namespace

std::string subject_token(std::string_view value) {
  static constexpr char digits[] = "0123456789ABCDEF";
  if (value.empty())
    return "_";
  std::string out;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80 && (std::isalnum(byte) != 0 || c == '-' || c == '_'))
      out += c;
    else
      out.append("%").append(1, digits[byte >> 4u]).append(1, digits[byte & 0xfu]);
  }
  return out;
}

base::result<subject_template> subject_template::of(std::string_view text) {
  struct name {
    std::string_view text;
    slot what;
  };
  static constexpr std::array<name, 6> names{{{"account", slot::account},
                                              {"ticket", slot::ticket},
                                              {"event_type", slot::event_type},
                                              {"source", slot::source},
                                              {"tag", slot::tag},
                                              {"driver", slot::driver}}};
  subject_template out;
  if (text.empty() || text.front() == '.' || text.back() == '.' || text.find("..") != std::string_view::npos)
    return wrong(text, "is no subject: its tokens are separated by single dots");
  if (text.find_first_of("*> \t\r\n") != std::string_view::npos)
    return wrong(text, "has a wildcard or a space; events are published to one subject each");
  for (std::size_t at = 0; at < text.size();) {
    const auto open = std::min(text.find('{', at), text.size());
    if (open > at)
      out.parts_.push_back({slot::text, std::string(text.substr(at, open - at))});
    if (open == text.size())
      break;
    const auto close = text.find('}', open);
    if (close == std::string_view::npos)
      return wrong(text, "has a { without a }");
    const auto asked = text.substr(open + 1, close - open - 1);
    const auto found = std::ranges::find(names, asked, &name::text);
    if (found == names.end())
      return wrong(text, "has the placeholder {" + std::string(asked) +
                             "}; known are {account} {ticket} {event_type} {source} {tag} {driver}");
    out.parts_.push_back({found->what, {}});
    at = close + 1;
  }
  return out;
}

const std::string& subject_template::value(slot what, const v1::CanonicalEvent& event) {
  switch (what) {
    case slot::account:
      return event.account_id();
    case slot::event_type:
      return event.event_type();
    case slot::source:
      return event.source_system();
    case slot::tag:
      return event.canonical_tag();
    case slot::driver:
      return event.driver();
    default:
      return event.ticket_id();
  }
}

std::string subject_template::of(const v1::CanonicalEvent& event) const {
  std::string out;
  for (const auto& p : parts_)
    out += p.what == slot::text ? p.text : subject_token(value(p.what, event));
  return out;
}

} // namespace cxstream::connectors
