#include "security/verify/rule_reader.hpp"
#include "security/verify/schemes.hpp"
#include "security/verify/signature_check.hpp"

#include <array>

namespace cxstream::security {

namespace {

constexpr std::chrono::seconds usual_tolerance{300};

// Of the options that are names: the value that the table has for it.
template <class T, std::size_t N>
base::result<T> one_of(const verify_rule& rule, std::string_view name, T otherwise,
                       const std::array<std::pair<std::string_view, T>, N>& known) {
  if (rule.options.count(std::string(name)) == 0)
    return otherwise;
  std::string all;
  for (const auto& [word, value] : known) {
    if (word == option(rule, name))
      return value;
    all.append(all.empty() ? "" : ", ").append(word);
  }
  return invalid("option " + std::string(name) + " of scheme " + rule.scheme + " is \"" +
                 std::string(option(rule, name)) + "\"; it can be: " + all);
}

constexpr std::array<std::pair<std::string_view, hash_algorithm>, 3> algorithms{
    {{"sha1", hash_algorithm::sha1}, {"sha256", hash_algorithm::sha256}, {"sha512", hash_algorithm::sha512}}};
constexpr std::array<std::pair<std::string_view, text_encoding>, 4> encodings{
    {{"hex", text_encoding::hex},
     {"hex_upper", text_encoding::hex_upper},
     {"base64", text_encoding::base64},
     {"base64url", text_encoding::base64url}}};
constexpr std::array<std::pair<std::string_view, time_format>, 4> time_formats{
    {{"unix", time_format::unix_s},
     {"unix_ms", time_format::unix_ms},
     {"rfc3339", time_format::rfc3339},
     {"unix_or_rfc3339", time_format::unix_or_rfc3339}}};

made_check widened(base::result<std::shared_ptr<const signature_check>> made) {
  if (!made)
    return made.err();
  return std::shared_ptr<const payload_check>(std::move(*made));
}

made_check signed_by_secrets(const verify_rule& rule, signature_layout layout) {
  if (const auto good = check_secrets(rule, secret_size_min); !good)
    return good.err();
  signature_keys keys;
  for (const auto& secret : rule.secrets)
    keys.secrets.emplace_back(layout.algorithm, secret);
  return widened(signature_check::make(std::move(layout), std::move(keys)));
}

// A vendor's layout is fixed, but for how old a payload may be where a time is signed.
made_check of_vendor(const verify_rule& rule, signature_layout layout) {
  const auto is_timed = !layout.timestamp_header.empty();
  if (const auto good = is_timed ? check_options(rule, {"tolerance"}) : check_options(rule, {}); !good)
    return good.err();
  const auto tolerance = tolerance_option(rule, usual_tolerance);
  if (!tolerance)
    return tolerance.err();
  layout.tolerance = *tolerance;
  return signed_by_secrets(rule, std::move(layout));
}

// "whsec_<base64>" or "whpk_<base64>", with or without the padding; else the text itself is the secret.
base::result<void> add_standard_key(const verify_rule& rule, std::size_t index, signature_keys& to) {
  constexpr std::string_view secret_prefix = "whsec_";
  constexpr std::string_view public_prefix = "whpk_";
  const std::string_view text = rule.secrets[index];
  if (text.starts_with("whsk_"))
    return invalid(place_of(rule, index) + " is the sender's private key (whsk_); put its public key (whpk_) here");
  if (!text.starts_with(secret_prefix) && !text.starts_with(public_prefix)) {
    to.secrets.emplace_back(hash_algorithm::sha256, text);
    return {};
  }
  auto encoded = std::string(text.substr(text.find('_') + 1));
  if (encoded.find('=') == std::string::npos)
    encoded.append((4 - encoded.size() % 4) % 4, '=');
  const auto raw = decode(text_encoding::base64, encoded);
  if (!raw)
    return invalid(place_of(rule, index) + ": what follows its prefix is no base64; copy it again");
  if (text.starts_with(public_prefix)) {
    const auto key = ed25519_key::of(*raw);
    if (!key)
      return invalid(place_of(rule, index) + " is no Ed25519 public key: it has " + std::to_string(raw->size()) +
                     " bytes, not " + std::to_string(ed25519_key::key_size));
    to.public_keys.push_back(*key);
    return {};
  }
  if (raw->size() < secret_size_min)
    return invalid(place_of(rule, index) + " has " + std::to_string(raw->size()) + " bytes; fewer than " +
                   std::to_string(secret_size_min) + " can be guessed, so take a longer one");
  to.secrets.emplace_back(hash_algorithm::sha256, *raw);
  return {};
}

// Standard Webhooks 1.0.0, by its own headers or by those it had as Svix.
class standard_webhooks_check final : public payload_check {
public:
  standard_webhooks_check(std::shared_ptr<const signature_check> own, std::shared_ptr<const signature_check> legacy)
      : own_(std::move(own)), legacy_(std::move(legacy)) {
  }

  base::result<void> check(const ports::payload& of, base::timestamp now) const override {
    const auto is_legacy =
        ports::header_value(of, "webhook-signature").empty() && !ports::header_value(of, "svix-signature").empty();
    return (is_legacy ? legacy_ : own_)->check(of, now);
  }
  std::vector<std::string> secret_headers() const override {
    return {"webhook-signature", "svix-signature"};
  }

private:
  std::shared_ptr<const signature_check> own_;
  std::shared_ptr<const signature_check> legacy_;
};

} // namespace

made_check make_zendesk(const verify_rule& rule) {
  return of_vendor(rule, {.encoding = text_encoding::base64,
                          .header = "x-zendesk-webhook-signature",
                          .signed_text = "{timestamp}{body}",
                          .timestamp_header = "x-zendesk-webhook-signature-timestamp",
                          .timestamp_format = time_format::unix_or_rfc3339});
}

made_check make_intercom(const verify_rule& rule) {
  return of_vendor(rule, {.algorithm = hash_algorithm::sha1, .header = "x-hub-signature", .prefix = "sha1="});
}

made_check make_github(const verify_rule& rule) {
  return of_vendor(rule, {.header = "x-hub-signature-256", .prefix = "sha256="});
}

made_check make_slack(const verify_rule& rule) {
  return of_vendor(rule, {.header = "x-slack-signature",
                          .prefix = "v0=",
                          .signed_text = "v0:{timestamp}:{body}",
                          .timestamp_header = "x-slack-request-timestamp"});
}

made_check make_pagerduty(const verify_rule& rule) {
  return of_vendor(rule, {.header = "x-pagerduty-signature", .prefix = "v1=", .separator = ","});
}

made_check make_segment(const verify_rule& rule) {
  return of_vendor(rule, {.algorithm = hash_algorithm::sha1, .header = "x-signature"});
}

made_check make_generic_hmac(const verify_rule& rule) {
  if (const auto good = check_options(rule, {"header", "algorithm", "encoding", "prefix", "separator", "signed",
                                             "id_header", "timestamp_header", "timestamp_format", "tolerance"});
      !good)
    return good.err();
  const auto header = header_option(rule, "header");
  const auto id_header = header_option(rule, "id_header");
  const auto timestamp_header = header_option(rule, "timestamp_header");
  for (const auto* name : {&header, &id_header, &timestamp_header})
    if (!*name)
      return name->err();
  if (header->empty())
    return invalid("scheme hmac needs the option header: the name of the header that holds the signature");
  const auto algorithm = one_of(rule, "algorithm", hash_algorithm::sha256, algorithms);
  if (!algorithm)
    return algorithm.err();
  const auto encoding = one_of(rule, "encoding", text_encoding::hex, encodings);
  if (!encoding)
    return encoding.err();
  const auto format = one_of(rule, "timestamp_format", time_format::unix_or_rfc3339, time_formats);
  if (!format)
    return format.err();
  const auto tolerance = tolerance_option(rule, usual_tolerance);
  if (!tolerance)
    return tolerance.err();
  for (const auto* name : {"tolerance", "timestamp_format"})
    if (timestamp_header->empty() && rule.options.count(name) > 0)
      return invalid("option " + std::string(name) +
                     " of scheme hmac needs timestamp_header: the header with the time");
  const auto text = option(rule, "signed");
  return signed_by_secrets(rule, {.algorithm = *algorithm,
                                  .encoding = *encoding,
                                  .header = *header,
                                  .prefix = std::string(option(rule, "prefix")),
                                  .separator = std::string(option(rule, "separator")),
                                  .signed_text = text.empty() ? "{body}" : std::string(text),
                                  .id_header = *id_header,
                                  .timestamp_header = *timestamp_header,
                                  .timestamp_format = *format,
                                  .tolerance = *tolerance});
}

made_check make_standard_webhooks(const verify_rule& rule) {
  if (const auto good = check_options(rule, {"tolerance"}); !good)
    return good.err();
  const auto tolerance = tolerance_option(rule, usual_tolerance);
  if (!tolerance)
    return tolerance.err();
  if (const auto good = check_secrets(rule, secret_size_min); !good)
    return good.err();
  signature_keys keys;
  for (std::size_t i = 0; i < rule.secrets.size(); ++i)
    if (const auto added = add_standard_key(rule, i, keys); !added)
      return added.err();
  const auto of_headers = [&](const std::string& family) {
    return signature_check::make({.encoding = text_encoding::base64,
                                  .header = family + "-signature",
                                  .prefix = "v1,",
                                  .public_key_prefix = "v1a,",
                                  .separator = " ",
                                  .signed_text = "{id}.{timestamp}.{body}",
                                  .id_header = family + "-id",
                                  .timestamp_header = family + "-timestamp",
                                  .timestamp_format = time_format::unix_s,
                                  .tolerance = *tolerance},
                                 keys);
  };
  const auto own = of_headers("webhook");
  const auto legacy = of_headers("svix");
  if (!own || !legacy)
    return own ? legacy.err() : own.err();
  return std::shared_ptr<const payload_check>(std::make_shared<standard_webhooks_check>(*own, *legacy));
}

} // namespace cxstream::security
