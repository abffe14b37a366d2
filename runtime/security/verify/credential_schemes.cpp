#include "security/crypto/digest.hpp"
#include "security/crypto/encoding.hpp"
#include "security/verify/rule_reader.hpp"
#include "security/verify/schemes.hpp"

#include <algorithm>

namespace cxstream::security {

namespace {

class no_check final : public payload_check {
public:
  base::result<void> check(const ports::payload&, base::timestamp) const override {
    return {};
  }
  std::vector<std::string> secret_headers() const override {
    return {};
  }
};

// A header that shows the secret itself. Both sides are hashed first, so that neither the length of a secret nor how
// much of it was right can be measured.
class shown_secret_check final : public payload_check {
public:
  // `auth_scheme`: the word before the secret ("Bearer", in any case of letters); empty: there is none.
  shown_secret_check(std::string header, std::string auth_scheme, const std::vector<std::string>& expected)
      : header_(std::move(header)), auth_scheme_(std::move(auth_scheme)) {
    for (const auto& one : expected)
      hashes_.push_back(sha256(one));
  }

  base::result<void> check(const ports::payload& of, base::timestamp) const override {
    const auto header = only_header(of, header_);
    if (!header)
      return header.err();
    auto shown = *header;
    if (!auth_scheme_.empty()) {
      if (lower_case(shown.substr(0, auth_scheme_.size() + 1)) != lower_case(auth_scheme_) + " ")
        return invalid("header " + header_ + " does not begin with \"" + auth_scheme_ + " \"");
      shown.remove_prefix(std::min(shown.find_first_not_of(' ', auth_scheme_.size()), shown.size()));
    }
    const auto hash = sha256(shown);
    auto matches = false;
    for (const auto& expected : hashes_)
      matches = same_bytes(hash, expected) || matches;
    if (matches)
      return {};
    return invalid("header " + header_ + " holds none of the " + std::to_string(hashes_.size()) +
                   " secrets of this source; compare what is set at the sender");
  }
  std::vector<std::string> secret_headers() const override {
    return {header_};
  }

private:
  std::string header_;
  std::string auth_scheme_;
  std::vector<std::string> hashes_;
};

class subject_check final : public payload_check {
public:
  explicit subject_check(std::vector<std::string> patterns) : patterns_(std::move(patterns)) {
  }

  base::result<void> check(const ports::payload& of, base::timestamp) const override {
    if (of.client_subject.empty())
      return invalid("the connection has no verified client certificate; this source wants one");
    for (const auto& pattern : patterns_)
      if (fits(pattern, of.client_subject))
        return {};
    return invalid("the client certificate's subject \"" + of.client_subject +
                   "\" is none of those that this source "
                   "accepts");
  }
  std::vector<std::string> secret_headers() const override {
    return {};
  }

private:
  static bool fits(std::string_view pattern, std::string_view subject) {
    if (pattern.starts_with('*'))
      return subject.ends_with(pattern.substr(1));
    if (pattern.ends_with('*'))
      return subject.starts_with(pattern.substr(0, pattern.size() - 1));
    return subject == pattern;
  }

  std::vector<std::string> patterns_;
};

} // namespace

made_check make_none(const verify_rule& rule) {
  if (const auto good = check_options(rule, {}); !good)
    return good.err();
  if (!rule.secrets.empty())
    return invalid("scheme none verifies nothing, yet there are secrets; name the scheme that they are for");
  return std::shared_ptr<const payload_check>(std::make_shared<no_check>());
}

made_check make_secret_header(const verify_rule& rule) {
  if (const auto good = check_options(rule, {"name"}); !good)
    return good.err();
  const auto name = header_option(rule, "name");
  if (!name)
    return name.err();
  if (name->empty())
    return invalid("scheme header needs the option name: the header that holds the secret, such as X-Source-Secret");
  if (const auto good = check_secrets(rule, secret_size_min); !good)
    return good.err();
  return std::shared_ptr<const payload_check>(std::make_shared<shown_secret_check>(*name, "", rule.secrets));
}

made_check make_basic(const verify_rule& rule) {
  if (const auto good = check_options(rule, {}); !good)
    return good.err();
  if (const auto good = check_secrets(rule, 1); !good)
    return good.err();
  std::vector<std::string> expected;
  for (std::size_t i = 0; i < rule.secrets.size(); ++i) {
    const std::string_view pair = rule.secrets[i];
    const auto colon = pair.find(':');
    if (colon == std::string_view::npos || colon == 0)
      return invalid(place_of(rule, i) + " is no pair \"user:password\"");
    if (pair.size() - colon - 1 < password_size_min)
      return invalid(place_of(rule, i) + ": a password of fewer than " + std::to_string(password_size_min) +
                     " bytes can be guessed, so take a longer one");
    expected.push_back(encode(text_encoding::base64, pair));
  }
  return std::shared_ptr<const payload_check>(std::make_shared<shown_secret_check>("authorization", "Basic", expected));
}

made_check make_bearer(const verify_rule& rule) {
  if (const auto good = check_options(rule, {}); !good)
    return good.err();
  if (const auto good = check_secrets(rule, secret_size_min); !good)
    return good.err();
  return std::shared_ptr<const payload_check>(
      std::make_shared<shown_secret_check>("authorization", "Bearer", rule.secrets));
}

made_check make_mutual_tls(const verify_rule& rule) {
  if (const auto good = check_options(rule, {}); !good)
    return good.err();
  if (const auto good = check_secrets(rule, 1); !good)
    return good.err();
  for (std::size_t i = 0; i < rule.secrets.size(); ++i) {
    const std::string_view pattern = rule.secrets[i];
    const auto star = pattern.find('*');
    if (star != std::string_view::npos && (pattern.rfind('*') != star || (star != 0 && star + 1 != pattern.size())))
      return invalid(place_of(rule, i) + ": a subject may hold one *, at its beginning or its end");
  }
  return std::shared_ptr<const payload_check>(std::make_shared<subject_check>(rule.secrets));
}

} // namespace cxstream::security
