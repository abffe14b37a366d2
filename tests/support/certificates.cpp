#include "support/certificates.hpp"

#include <cstdio>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace cxstream::support {

struct certificate_authority::identity {
  std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key{nullptr, &EVP_PKEY_free};
  std::unique_ptr<X509, void (*)(X509*)> certificate{nullptr, &X509_free};

  // Signed by `issuer`, or by itself as an authority when there is none.
  identity(const std::string& name, const identity* issuer);
};

namespace {

void extend(X509* certificate, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

} // namespace

certificate_authority::identity::identity(const std::string& name, const identity* issuer) {
  static long serial = 0;
  key.reset(EVP_EC_gen("P-256"));
  certificate.reset(X509_new());
  X509* made = certificate.get();
  X509_set_version(made, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(made), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(made), -3'600);
  X509_gmtime_adj(X509_getm_notAfter(made), 3'600);
  X509_set_pubkey(made, key.get());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(made), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(made, X509_get_subject_name(issuer != nullptr ? issuer->certificate.get() : made));
  extend(made, NID_basic_constraints, issuer != nullptr ? "critical,CA:FALSE" : "critical,CA:TRUE");
  if (issuer != nullptr)
    extend(made, NID_subject_alt_name, "IP:127.0.0.1");
  X509_sign(made, issuer != nullptr ? issuer->key.get() : key.get(), EVP_sha256());
}

certificate_authority::certificate_authority(std::string folder, const std::string& name)
    : folder_(std::move(folder)), identity_(std::make_unique<identity>(name, nullptr)), own_(write(name, *identity_)) {
}

certificate_authority::~certificate_authority() = default;

pem_files certificate_authority::issue(const std::string& name) const {
  return write(name, identity(name, identity_.get()));
}

pem_files certificate_authority::write(const std::string& name, const identity& of) const {
  const pem_files files{folder_ + "/" + name + ".crt", folder_ + "/" + name + ".key"};
  std::FILE* file = std::fopen(files.certificate.c_str(), "w");
  PEM_write_X509(file, of.certificate.get());
  std::fclose(file);
  file = std::fopen(files.key.c_str(), "w");
  PEM_write_PrivateKey(file, of.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(file);
  return files;
}

} // namespace cxstream::support
