// Object storage with S3's API as object_store: one signed PUT an object, path-style. Owned by one thread.
#pragma once

#include "base/time.hpp"
#include "connectors/http/http_client.hpp"
#include "connectors/lake/object_store.hpp"
#include "security/secrets/secret.hpp"

#include <functional>
#include <memory>
#include <string>

namespace cxstream::connectors {

struct s3_settings {
  std::string endpoint; // https://s3.eu-central-1.amazonaws.com
  std::string bucket;
  std::string prefix; // of every object's name, without slashes at its ends; may be empty
  std::string region = "us-east-1";
  security::secret access_key;
  security::secret secret_key;
  security::secret session_token;
  http_settings http;
  std::function<base::timestamp()> now; // signatures name the time
};

class s3_store final : public object_store {
public:
  explicit s3_store(s3_settings settings);

  base::result<void> put(const std::string& name, std::string_view bytes, std::string_view content_type) override;

private:
  s3_settings settings_;
  std::unique_ptr<http_client> http_;
};

} // namespace cxstream::connectors
