// A Zendesk in small: tickets that agents change, webhooks of which some get lost, and the incremental export by cursor
// with its documented behaviour and faults: it trails, it answers 429, 500 and half pages, it forgets cursors. It is
// the truth that a node's tickets are compared with.
#pragma once

#include <CivetServer.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>

namespace cxstream::integration {

struct zendesk_ticket {
  std::string status = "new";
  std::string priority = "normal";
  std::string tag = "first";
  std::int64_t changed_us = 0;
};

class zendesk_vendor : private CivetHandler {
public:
  // The export shows what is older than the trail.
  explicit zendesk_vendor(std::uint64_t seed, std::chrono::seconds trail);
  ~zendesk_vendor() override;

  std::string url() const;
  // Changes a ticket; the body of the webhook that says so.
  std::string change(int ticket);
  std::map<int, zendesk_ticket> tickets() const;
  std::uint64_t exports() const;
  std::uint64_t faults() const;

private:
  bool handleGet(CivetServer*, mg_connection* connection) override;
  std::string page(const std::string& query);

  const std::chrono::seconds trail_;
  mutable std::mutex mutex_;
  std::mt19937_64 random_;
  std::map<int, zendesk_ticket> tickets_;
  std::uint64_t events_ = 0;
  std::uint64_t exports_ = 0;
  std::uint64_t faults_ = 0;
  std::unique_ptr<CivetServer> server_;
};

} // namespace cxstream::integration
