// Key pairs and self-signed certificates for tests, made when they run: nothing that could be mistaken for a real one
// lies in the repository.
#pragma once

#include "base/time.hpp"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace cxstream::security {

struct test_identity {
  std::string certificate_pem;
  std::string key_pem;
  std::string encrypted_key_pem; // password "password"
};

inline std::string taken_from(BIO* bio) {
  char* text = nullptr;
  const auto size = BIO_get_mem_data(bio, &text);
  std::string out(text, static_cast<std::size_t>(size));
  BIO_free(bio);
  return out;
}

inline test_identity identity_of(const std::string& name, base::timestamp from, base::timestamp until) {
  const std::shared_ptr<EVP_PKEY> key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  const std::shared_ptr<X509> made(X509_new(), &X509_free);
  const auto s_of = [](base::timestamp t) {
    return std::chrono::floor<std::chrono::seconds>(t).time_since_epoch().count();
  };
  X509_set_version(made.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
  ASN1_TIME_set(X509_getm_notBefore(made.get()), s_of(from));
  ASN1_TIME_set(X509_getm_notAfter(made.get()), s_of(until));
  auto* subject = X509_get_subject_name(made.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1,
                             0);
  X509_set_issuer_name(made.get(), subject);
  X509_set_pubkey(made.get(), key.get());
  X509_sign(made.get(), key.get(), EVP_sha256());

  test_identity out;
  auto* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(bio, made.get());
  out.certificate_pem = taken_from(bio);
  bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  out.key_pem = taken_from(bio);
  bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(bio, key.get(), EVP_aes_128_cbc(), reinterpret_cast<const unsigned char*>("password"), 8,
                           nullptr, nullptr);
  out.encrypted_key_pem = taken_from(bio);
  return out;
}

} // namespace cxstream::security
