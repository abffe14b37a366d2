#include "security/verify/signature_check.hpp"

#include "security/verify/rule_reader.hpp"

#include <algorithm>

namespace cxstream::security {

namespace {

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' '))
    text.remove_prefix(1);
  while (text.ends_with(' '))
    text.remove_suffix(1);
  return text;
}

std::string joined(const std::vector<std::string_view>& parts) {
  std::string out;
  for (const auto part : parts)
    out.append(part);
  return out;
}

} // namespace

base::result<std::shared_ptr<const signature_check>> signature_check::make(signature_layout layout,
                                                                           signature_keys keys) {
  auto text = signed_text::make(layout.signed_text);
  if (!text)
    return text.err();
  if (text->uses_timestamp() && layout.timestamp_header.empty())
    return invalid("the signed text holds {timestamp}; say in timestamp_header where it is");
  if (!text->uses_timestamp() && !layout.timestamp_header.empty())
    return invalid("timestamp_header is given but the signed text does not hold {timestamp}: a time that is not signed "
                   "can be changed by anybody, so add it to `signed` or leave timestamp_header out");
  if (text->uses_id() != !layout.id_header.empty())
    return invalid("{id} in the signed text and id_header belong together; give both or none");
  return std::shared_ptr<const signature_check>(
      new signature_check(std::move(layout), std::move(keys), std::move(*text)));
}

base::result<void> signature_check::check(const ports::payload& of, base::timestamp now) const {
  const auto header = only_header(of, layout_.header);
  if (!header)
    return header.err();
  const auto values = signed_values(of, now);
  if (!values)
    return values.err();
  const auto found = candidates(*header);
  if (!found)
    return found.err();
  if (any_matches(*found, text_.filled(*values)))
    return {};
  const auto count = keys_.secrets.size() + keys_.public_keys.size();
  return invalid("header " + layout_.header + " does not fit these bytes under " +
                 (count == 1 ? "the secret" : "any of the " + std::to_string(count) + " secrets") +
                 " of this source: the sender uses another secret, or the request was changed on its way");
}

base::result<signed_text::values> signature_check::signed_values(const ports::payload& of, base::timestamp now) const {
  signed_text::values out{{}, {}, of.body, of.target};
  if (text_.uses_id()) {
    const auto id = only_header(of, layout_.id_header);
    if (!id)
      return id.err();
    if (text_.is_ambiguous(*id))
      return invalid("header " + layout_.id_header + " holds the separator of the signed text, which no id may");
    out.id = *id;
  }
  if (text_.uses_timestamp()) {
    const auto timestamp = only_header(of, layout_.timestamp_header);
    if (!timestamp)
      return timestamp.err();
    if (const auto near =
            check_sent_time(layout_.timestamp_header, *timestamp, layout_.timestamp_format, layout_.tolerance, now);
        !near)
      return near.err();
    out.timestamp = *timestamp;
  }
  return out;
}

// Those of the header's signatures that look like one of ours; others are of versions that we do not know.
base::result<std::vector<std::string_view>> signature_check::candidates(std::string_view header_value) const {
  std::vector<std::string_view> out;
  std::size_t seen = 0;
  auto rest = header_value;
  while (!rest.empty()) {
    const auto end = layout_.separator.empty() ? std::string_view::npos : rest.find(layout_.separator);
    const auto one = layout_.separator.empty() ? rest : trimmed(rest.substr(0, end));
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + layout_.separator.size());
    if (++seen > signatures_max)
      return invalid("header " + layout_.header + " holds more than " + std::to_string(signatures_max) + " signatures");
    if (has_form(one))
      out.push_back(one);
  }
  if (!out.empty())
    return out;
  const auto size = encoded_size(layout_.encoding, digest_size(layout_.algorithm));
  return invalid("header " + layout_.header + " holds no signature of the form \"" + layout_.prefix + "\" and " +
                 std::to_string(size) + " characters of " +
                 (layout_.encoding == text_encoding::hex         ? "lower-case hex"
                  : layout_.encoding == text_encoding::hex_upper ? "upper-case hex"
                                                                 : "base64"));
}

bool signature_check::has_form(std::string_view candidate) const {
  const auto hmac_size = layout_.prefix.size() + encoded_size(layout_.encoding, digest_size(layout_.algorithm));
  const auto is_hmac = candidate.starts_with(layout_.prefix) && candidate.size() == hmac_size;
  return is_hmac || (!layout_.public_key_prefix.empty() && candidate.starts_with(layout_.public_key_prefix));
}

// Goes through all of both lists, so that time does not tell which secret it was.
bool signature_check::any_matches(const std::vector<std::string_view>& candidates,
                                  const std::vector<std::string_view>& parts) const {
  auto matches = false;
  for (const auto& key : keys_.secrets) {
    const auto expected = layout_.prefix + encode(layout_.encoding, key.sign(parts));
    for (const auto candidate : candidates)
      matches = same_bytes(candidate, expected) || matches;
  }
  if (keys_.public_keys.empty())
    return matches;
  const auto message = joined(parts);
  for (const auto candidate : candidates) {
    if (!candidate.starts_with(layout_.public_key_prefix))
      continue;
    const auto signature = decode(layout_.encoding, candidate.substr(layout_.public_key_prefix.size()));
    for (const auto& key : keys_.public_keys)
      matches = (signature && key.verifies(message, *signature)) || matches;
  }
  return matches;
}

} // namespace cxstream::security
