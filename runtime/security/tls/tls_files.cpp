#include "security/tls/tls_files.hpp"

#include <array>
#include <ctime>
#include <memory>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace cxstream::security {

namespace {

using bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using private_key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

bio reader_of(const std::string& text) {
  return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free};
}

base::result<plain_file> read_named(const std::string& path, std::string_view what) {
  if (path.empty())
    return base::error{base::error_code::invalid_argument, "TLS needs a " + std::string(what) + ": name its file"};
  auto read = read_file(path);
  if (!read)
    return base::error{read.err().code, "TLS " + std::string(what) + ": " + read.err().message};
  return read;
}

// All certificates of a file, the first in front. Errors: corrupt.
base::result<std::vector<certificate>> certificates_in(const std::string& pem, const std::string& path) {
  const auto reader = reader_of(pem);
  std::vector<certificate> out;
  while (auto* one = PEM_read_bio_X509(reader.get(), nullptr, nullptr, nullptr))
    out.emplace_back(one, &X509_free);
  // The end of the file is an error like another, of its own kind.
  const auto ended_well = out.empty() || ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (out.empty() || !ended_well)
    return base::error{base::error_code::corrupt,
                       path + (out.empty() ? " holds no certificate" : " holds a certificate that is damaged") +
                           "; it must be PEM, with \"-----BEGIN CERTIFICATE-----\""};
  return out;
}

// An encrypted key would ask for a password at a terminal that is not there.
int no_password(char*, int, int, void* was_asked) {
  *static_cast<bool*>(was_asked) = true;
  return -1;
}

base::result<void> check_key(const std::string& pem, const std::string& path, X509& owner,
                             const std::string& owner_path) {
  auto was_asked = false;
  const auto reader = reader_of(pem);
  const private_key key(PEM_read_bio_PrivateKey(reader.get(), nullptr, &no_password, &was_asked), &EVP_PKEY_free);
  ERR_clear_error();
  if (was_asked)
    return base::error{base::error_code::failed_precondition,
                       path + " is encrypted; a node cannot ask for its password, so store it without one"};
  if (!key)
    return base::error{base::error_code::corrupt, path + " holds no private key; it must be PEM, with \"-----BEGIN "
                                                         "PRIVATE KEY-----\" or the like"};
  const auto fits = X509_check_private_key(&owner, key.get()) == 1;
  ERR_clear_error();
  if (!fits)
    return base::error{base::error_code::failed_precondition,
                       path + " is not the key of the certificate in " + owner_path + "; were both renewed?"};
  return {};
}

std::optional<base::timestamp> time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1)
    return std::nullopt;
  return base::timestamp{std::chrono::seconds{timegm(&parts)}};
}

std::string subject_of(X509& of) {
  const bio out(BIO_new(BIO_s_mem()), &BIO_free);
  X509_NAME_print_ex(out.get(), X509_get_subject_name(&of), 0, XN_FLAG_RFC2253);
  char* text = nullptr;
  const auto size = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

} // namespace

base::result<tls_material> load_tls(const tls_settings& from, base::timestamp now) {
  auto chain = read_named(from.certificate, "certificate");
  if (!chain)
    return chain.err();
  auto key = read_named(from.key, "key");
  if (!key)
    return key.err();
  const auto certificates = certificates_in(chain->bytes, from.certificate);
  if (!certificates)
    return certificates.err();
  auto& own = *certificates->front();
  if (const auto good = check_key(key->bytes, from.key, own, from.certificate); !good)
    return good.err();
  const auto begins = time_of(X509_get0_notBefore(&own));
  const auto ends = time_of(X509_get0_notAfter(&own));
  if (!begins || !ends)
    return base::error{base::error_code::corrupt, from.certificate + " says in no readable way how long it is valid"};
  if (now < *begins || now > *ends)
    return base::error{base::error_code::failed_precondition,
                       from.certificate + (now < *begins ? " is not valid yet: is the clock right?"
                                                         : " has expired: put a renewed one there")};
  tls_material out{std::move(chain->bytes), std::move(key->bytes), {}, subject_of(own), *ends};
  if (!from.client_ca.empty()) {
    auto authorities = read_named(from.client_ca, "client_ca");
    if (!authorities)
      return authorities.err();
    if (const auto good = certificates_in(authorities->bytes, from.client_ca); !good)
      return good.err();
    out.client_ca_pem = std::move(authorities->bytes);
  }
  return out;
}

tls_watch::tls_watch(tls_settings files, base::timestamp now)
    : files_(std::move(files)), seen_(stamps()), looked_at_(now) {
}

base::result<std::optional<tls_material>> tls_watch::look(base::timestamp now) {
  if (now >= looked_at_ && now - looked_at_ < look_every)
    return std::optional<tls_material>();
  looked_at_ = now;
  auto found = stamps();
  if (found == seen_)
    return std::optional<tls_material>();
  seen_ = std::move(found);
  auto loaded = load_tls(files_, now);
  if (!loaded)
    return loaded.err();
  return std::optional(std::move(*loaded));
}

std::vector<std::optional<file_stamp>> tls_watch::stamps() const {
  std::vector<std::optional<file_stamp>> out;
  for (const auto& path : {files_.certificate, files_.key, files_.client_ca}) {
    const auto stamp = stamp_of(path);
    out.push_back(stamp ? std::optional(*stamp) : std::nullopt);
  }
  return out;
}

} // namespace cxstream::security
