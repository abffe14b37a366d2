// Certificates for tests of TLS: an authority made on the spot, and identities that it vouches for, as PEM files.
#pragma once

#include <memory>
#include <string>

namespace cxstream::support {

struct pem_files {
  std::string certificate;
  std::string key;
};

// Valid for an hour around now. Files are written into the folder given.
class certificate_authority {
public:
  certificate_authority(std::string folder, const std::string& name);
  ~certificate_authority();
  certificate_authority(const certificate_authority&) = delete;
  certificate_authority& operator=(const certificate_authority&) = delete;

  // The authority's own certificate.
  const std::string& certificate() const {
    return own_.certificate;
  }
  // For 127.0.0.1, with CN = name; replaces the files of an earlier one of that name.
  pem_files issue(const std::string& name) const;

private:
  struct identity;
  pem_files write(const std::string& name, const identity& of) const;

  std::string folder_;
  std::unique_ptr<identity> identity_;
  pem_files own_;
};

} // namespace cxstream::support
