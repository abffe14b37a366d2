#include "connectors/nats/nats_session.hpp"

#include <charconv>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <nats/nats.h>
#include <vector>

namespace cxstream::connectors {

namespace {

struct options_free {
  void operator()(natsOptions* o) const {
    natsOptions_Destroy(o);
  }
};
struct connection_free {
  void operator()(natsConnection* c) const {
    natsConnection_Destroy(c);
  }
};
struct subscription_free {
  void operator()(natsSubscription* s) const {
    natsSubscription_Destroy(s);
  }
};
struct message_free {
  void operator()(natsMsg* m) const {
    natsMsg_Destroy(m);
  }
};

// Where the library's threads leave what they hear. Lives as long as any of them may come.
struct post_box {
  std::mutex mutex;
  std::condition_variable came;
  std::deque<publish_reply> replies;
  bool closed = false;
};
using shared_box = std::shared_ptr<post_box>;

void on_reply(natsConnection*, natsSubscription*, natsMsg* raw, void* closure) {
  const std::unique_ptr<natsMsg, message_free> message(raw);
  const std::string_view subject(natsMsg_GetSubject(raw));
  publish_reply reply;
  const auto number = subject.substr(subject.rfind('.') + 1);
  std::from_chars(number.data(), number.data() + number.size(), reply.number);
  reply.nobody_listens = natsMsg_IsNoResponders(raw);
  reply.body.assign(natsMsg_GetData(raw), static_cast<std::size_t>(natsMsg_GetDataLength(raw)));
  auto& box = **static_cast<shared_box*>(closure);
  const std::lock_guard lock(box.mutex);
  box.replies.push_back(std::move(reply));
  box.came.notify_one();
}

void on_closed(natsConnection*, void* closure) {
  const std::unique_ptr<shared_box> box(static_cast<shared_box*>(closure));
  const std::lock_guard lock((*box)->mutex);
  (*box)->closed = true;
  (*box)->came.notify_all();
}

void drop_box(void* closure) {
  delete static_cast<shared_box*>(closure);
}

// Complaints are read where they matter, by complaint().
void on_error(natsConnection*, natsSubscription*, natsStatus, void*) {
}

base::error unavailable(natsStatus status) {
  const char* said = nats_GetLastError(nullptr);
  std::string text = natsStatus_GetText(status);
  if (said != nullptr && *said != '\0')
    text.append(": ").append(said);
  return {base::error_code::unavailable, "NATS: " + text};
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at <= text.size();) {
    const auto comma = std::min(text.find(',', at), text.size());
    if (comma > at)
      out.push_back(text.substr(at, comma - at));
    at = comma + 1;
  }
  return out;
}

natsStatus set_identity(natsOptions* o, const nats_settings& s) {
  auto status = NATS_OK;
  if (!s.user.empty())
    status = natsOptions_SetUserInfo(o, s.user.c_str(), s.password.c_str());
  if (status == NATS_OK && !s.token.empty())
    status = natsOptions_SetToken(o, s.token.c_str());
  if (status == NATS_OK && !s.credentials_file.empty())
    status = natsOptions_SetUserCredentialsFromFiles(o, s.credentials_file.c_str(), nullptr);
  if (status == NATS_OK && !s.nkey.empty())
    status = natsOptions_SetNKeyFromSeed(o, s.nkey.c_str(), s.nkey_seed_file.c_str());
  return status;
}

natsStatus set_tls(natsOptions* o, const nats_settings& s) {
  if (!s.tls)
    return NATS_OK;
  auto status = natsOptions_SetSecure(o, true);
  if (status == NATS_OK && !s.ca_file.empty())
    status = natsOptions_LoadCATrustedCertificates(o, s.ca_file.c_str());
  if (status == NATS_OK && !s.certificate_file.empty())
    status = natsOptions_LoadCertificatesChain(o, s.certificate_file.c_str(), s.key_file.c_str());
  return status;
}

natsStatus set_all(natsOptions* o, const nats_settings& s) {
  const auto urls = split(s.servers);
  std::vector<const char*> list;
  for (const auto& url : urls)
    list.push_back(url.c_str());
  auto status = natsOptions_SetServers(o, list.data(), static_cast<int>(list.size()));
  if (status == NATS_OK)
    status = natsOptions_SetTimeout(o, s.connect_timeout.count());
  if (status == NATS_OK)
    status = natsOptions_SetAllowReconnect(o, false);
  if (status == NATS_OK)
    status = natsOptions_SetNoEcho(o, true);
  if (status == NATS_OK)
    status = natsOptions_SetName(o, "cxstream");
  // A server that does not read must not hold a thread for ever.
  if (status == NATS_OK)
    status = natsOptions_SetWriteDeadline(o, s.connect_timeout.count());
  if (status == NATS_OK)
    status = natsOptions_SetErrorHandler(o, on_error, nullptr);
  if (status == NATS_OK)
    status = set_identity(o, s);
  return status == NATS_OK ? set_tls(o, s) : status;
}

} // namespace

struct nats_session::handles {
  shared_box box = std::make_shared<post_box>();
  std::unique_ptr<natsConnection, connection_free> connection; // destroyed after the subscription
  std::unique_ptr<natsSubscription, subscription_free> subscription;
  std::string inbox;
};

nats_session::nats_session(std::unique_ptr<handles> all) : all_(std::move(all)) {
}

nats_session::~nats_session() = default;

base::result<std::unique_ptr<nats_session>> nats_session::connect(const nats_settings& settings) {
  natsOptions* raw_options = nullptr;
  if (const auto status = natsOptions_Create(&raw_options); status != NATS_OK)
    return unavailable(status);
  const std::unique_ptr<natsOptions, options_free> options(raw_options);
  auto all = std::make_unique<handles>();
  auto status = set_all(raw_options, settings);
  natsConnection* connection = nullptr;
  if (status == NATS_OK) {
    // A connection that was made is told of its end once; one that was not, never.
    auto for_close = std::make_unique<shared_box>(all->box);
    status = natsOptions_SetClosedCB(raw_options, on_closed, for_close.get());
    if (status == NATS_OK)
      status = natsConnection_Connect(&connection, raw_options);
    if (status == NATS_OK)
      (void)for_close.release();
  }
  if (status != NATS_OK)
    return unavailable(status);
  all->connection.reset(connection);
  natsInbox* inbox = nullptr;
  status = natsInbox_Create(&inbox);
  if (status != NATS_OK)
    return unavailable(status);
  all->inbox = std::string(inbox) + ".";
  natsInbox_Destroy(inbox);
  auto for_replies = std::make_unique<shared_box>(all->box);
  natsSubscription* subscription = nullptr;
  status = natsConnection_Subscribe(&subscription, connection, (all->inbox + "*").c_str(), on_reply, for_replies.get());
  if (status != NATS_OK)
    return unavailable(status);
  all->subscription.reset(subscription);
  auto* closure = for_replies.release();
  if (natsSubscription_SetOnCompleteCB(subscription, drop_box, closure) != NATS_OK)
    return unavailable(NATS_ERR); // the box stays: the library may still write to it
  (void)natsSubscription_SetPendingLimits(subscription, -1, -1);
  return std::unique_ptr<nats_session>(new nats_session(std::move(all)));
}

publish_error nats_session::publish(const std::string& subject, std::uint64_t number, std::span<const header> headers,
                                    std::string_view body) {
  natsMsg* raw = nullptr;
  const auto reply_to = all_->inbox + std::to_string(number);
  auto status = natsMsg_Create(&raw, subject.c_str(), reply_to.c_str(), body.data(), static_cast<int>(body.size()));
  const std::unique_ptr<natsMsg, message_free> message(raw);
  for (const auto& h : headers)
    if (status == NATS_OK)
      status = natsMsgHeader_Set(raw, std::string(h.name).c_str(), h.value.c_str());
  if (status == NATS_OK)
    status = natsConnection_PublishMsg(all_->connection.get(), raw);
  if (status == NATS_OK)
    return publish_error::none;
  return status == NATS_MAX_PAYLOAD ? publish_error::too_large : publish_error::not_connected;
}

std::optional<publish_reply> nats_session::next(std::chrono::steady_clock::time_point deadline) {
  auto& box = *all_->box;
  std::unique_lock lock(box.mutex);
  box.came.wait_until(lock, deadline, [&] { return box.closed || !box.replies.empty(); });
  if (box.replies.empty())
    return std::nullopt;
  auto out = std::move(box.replies.front());
  box.replies.pop_front();
  return out;
}

bool nats_session::is_open() const {
  const std::lock_guard lock(all_->box->mutex);
  return !all_->box->closed;
}

std::string nats_session::complaint() const {
  const char* text = nullptr;
  if (natsConnection_GetLastError(all_->connection.get(), &text) == NATS_OK || text == nullptr)
    return {};
  return text;
}

} // namespace cxstream::connectors
