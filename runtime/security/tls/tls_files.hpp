// The certificate, key and client authorities of a server, out of PEM files; and when they changed, so that a renewed
// certificate needs no restart. The transports make their contexts of the texts.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "security/files/plain_file.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace cxstream::security {

// Paths, as configured.
struct tls_settings {
  std::string certificate; // the server's, and behind it those that lead to its authority
  std::string key;
  std::string client_ca; // authorities of clients; empty: clients need no certificate
};

struct tls_material {
  std::string certificate_pem;
  std::string key_pem;
  std::string client_ca_pem;
  std::string subject; // of the certificate, "CN=cx.example,O=Acme"
  base::timestamp expires;
};

// Reads and checks that a server could use it. Errors: not_found, io; corrupt, when a file is no PEM of its kind;
// failed_precondition, when the key is another certificate's or is encrypted, or the certificate is not valid now. All
// name the file and say what to do.
base::result<tls_material> load_tls(const tls_settings& from, base::timestamp now);

// Sees changes of the files. Owned by one thread.
class tls_watch {
public:
  static constexpr std::chrono::seconds look_every{1};

  // Made before load_tls is called, so that no change falls between the two.
  tls_watch(tls_settings files, base::timestamp now);

  // New material, once after a change; empty when nothing changed. An error comes once a change too: what was in use
  // goes on, and the next change is tried again. (Two files are never replaced in one instant, so a key that does not
  // fit yet is to be expected.)
  base::result<std::optional<tls_material>> look(base::timestamp now);

private:
  std::vector<std::optional<file_stamp>> stamps() const;

  tls_settings files_;
  std::vector<std::optional<file_stamp>> seen_;
  base::timestamp looked_at_;
};

} // namespace cxstream::security
