#include "model/vocabulary.hpp"

#include "model/fold_text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <unordered_map>

namespace cxstream::model {

namespace {

// A canonical word and, separated by "|", what others write for it, in lower case with single spaces.
struct entry {
  std::string_view word;
  std::string_view synonyms;
};

constexpr entry sentiment_words[] = {
    {"very_negative", "very bad|terrible|awful|furious|outraged|hostile|very angry|very unhappy|very dissatisfied|"
                      "extremely negative|extremely dissatisfied|strongly negative|very poor|worst|1|1/5|1 star"},
    {"negative",
     "neg|bad|sad|angry|upset|annoyed|frustrated|unhappy|dissatisfied|unsatisfied|disappointed|detractor|poor|"
     "somewhat negative|somewhat dissatisfied|2|2/5|2 stars"},
    {"neutral", "neu|ok|okay|indifferent|objective|passive|average|fair|neither|"
                "neither satisfied nor dissatisfied|3|3/5|3 stars"},
    {"positive",
     "pos|good|happy|glad|pleased|satisfied|content|promoter|somewhat positive|somewhat satisfied|thankful|4|"
     "4/5|4 stars"},
    {"very_positive", "very good|great|excellent|delighted|thrilled|amazing|awesome|love|very happy|very satisfied|"
                      "extremely positive|extremely satisfied|strongly positive|best|5|5/5|5 stars"},
    {"mixed", "mix|conflicted|ambivalent|both"},
};
constexpr entry churn_risk_words[] = {
    {"low", "l|no|none|false|minimal|minor|very low|lowest|safe|healthy|green|loyal|unlikely|very unlikely|not at risk|"
            "no risk|low risk"},
    {"medium", "m|med|mid|moderate|normal|average|yellow|amber|possible|some risk|medium risk"},
    {"high", "h|yes|true|elevated|red|likely|at risk|major|high risk|risky"},
    {"very_high", "vh|critical|severe|extreme|highest|very likely|imminent|churning|certain|urgent|very high risk"},
};
constexpr entry effort_words[] = {
    {"low", "l|none|minimal|minor|very low|lowest|easy|very easy|extremely easy|simple|effortless|little|low effort"},
    {"medium", "m|med|mid|moderate|normal|average|neutral|some|neither easy nor difficult|medium effort"},
    {"high", "h|hard|difficult|major|much|a lot|high effort"},
    {"very_high", "vh|very hard|very difficult|extremely hard|extremely difficult|extreme|severe|critical|highest|"
                  "exhausting|very high effort"},
};
constexpr entry status_words[] = {
    {"new", "created|submitted|unassigned|untriaged|received|logged|to do|todo|backlog|selected for development"},
    {"open",
     "active|opened|reopened|re opened|reopen|in progress|inprogress|work in progress|wip|started|assigned|"
     "accepted|acknowledged|queued|in review|under review|under investigation|investigating|waiting for support|"
     "waiting on us|waiting for agent|waiting on agent|customer responded|customer replied|escalated|triage|"
     "triaged|being processed|processing"},
    {"pending",
     "awaiting user info|awaiting user information|awaiting caller|awaiting vendor|awaiting problem|"
     "awaiting evidence|awaiting change|awaiting customer|awaiting customer response|awaiting response|"
     "awaiting reply|awaiting info|awaiting information|awaiting approval|pending customer response|"
     "pending customer|pending user|pending vendor|pending third party|pending approval|waiting|"
     "waiting for customer|waiting on customer|waiting on contact|waiting on client|waiting for client|"
     "waiting on third party|waiting for third party|waiting for approval|waiting for information|snoozed|wait"},
    {"on_hold", "hold|onhold|held|paused|suspended|deferred|postponed|blocked|parked"},
    {"solved", "resolved|done|fixed|completed|complete|resolve"},
    {"closed", "close|cancelled|canceled|archived|finished|declined|rejected|spam|deleted|merged|closed complete|"
               "closed incomplete|closed skipped|won't do|won't fix|wont fix"},
};
constexpr entry priority_words[] = {
    {"low", "lowest|minor|trivial|very low|4 low|5 planning|5 very low|planning|p4|p5|not priority|low priority|l"},
    {"normal", "medium|moderate|regular|standard|default|average|3 moderate|3 medium|3 normal|p3|medium priority|"
               "normal priority|m"},
    {"high", "major|2 high|important|p2|priority|high priority|h"},
    {"urgent", "critical|highest|blocker|emergency|immediate|severe|very high|1 critical|1 urgent|p0|p1|showstopper|"
               "top priority|urgent priority"},
};
constexpr entry channel_words[] = {
    {"email", "e mail|mail|emails|inbound email|outbound email"},
    {"chat", "live chat|livechat|messenger|messaging|web chat|webchat|native messaging|chat message|in app|in app chat|"
             "bot|chatbot|conversation"},
    {"phone", "call|voice|telephone|phone call|phone inbound|phone outbound|phone call inbound|phone call outbound|"
              "voicemail|ivr|tel|inbound call|outbound call"},
    {"web",
     "website|web form|webform|form|portal|customer portal|help center|helpcenter|web widget|widget|self service|"
     "feedback widget|web service|online"},
    {"social", "social media|social messaging|twitter|x|facebook|instagram|facebook post|twitter dm|linkedin"},
    {"api", "rest|rest api|integration|webhook|any channel"},
};

constexpr std::array<std::span<const entry>, 6> all_words = {sentiment_words, churn_risk_words, effort_words,
                                                             status_words,    priority_words,   channel_words};
constexpr std::array<std::string_view, 6> listed = {
    "very_negative, negative, neutral, positive, very_positive, mixed",
    "low, medium, high, very_high",
    "low, medium, high, very_high",
    "new, open, pending, on_hold, solved, closed",
    "low, normal, high, urgent",
    "email, chat, phone, web, social, api",
};

struct text_hash : std::hash<std::string_view> {
  using is_transparent = void;
};
// Folded word or synonym → canonical word.
using lookup = std::unordered_map<std::string, std::string_view, text_hash, std::equal_to<>>;

folded key_of(std::string_view text) noexcept {
  return {text, folded::words::separated};
}

std::array<lookup, 6> build() {
  std::array<lookup, 6> tables;
  for (std::size_t i = 0; i < tables.size(); ++i)
    for (const auto& [word, synonyms] : all_words[i]) {
      tables[i].emplace(key_of(word).view(), word);
      for (auto rest = synonyms; !rest.empty();) {
        const auto synonym = rest.substr(0, rest.find('|'));
        tables[i].emplace(key_of(synonym).view(), word);
        rest.remove_prefix(std::min(rest.size(), synonym.size() + 1));
      }
    }
  return tables;
}

} // namespace

std::string_view canonical_word(vocabulary words, std::string_view text) noexcept {
  for (const auto& [word, synonyms] : all_words[static_cast<std::size_t>(words)])
    if (word == text)
      return word; // as nearly always
  static const auto tables = build();
  const auto& table = tables[static_cast<std::size_t>(words)];
  const auto found = table.find(key_of(text).view());
  return found == table.end() ? std::string_view{} : found->second;
}

bool is_canonical_word(vocabulary words, std::string_view text) noexcept {
  for (const auto& [word, synonyms] : all_words[static_cast<std::size_t>(words)])
    if (word == text)
      return true;
  return false;
}

std::string_view canonical_words(vocabulary words) noexcept {
  return listed[static_cast<std::size_t>(words)];
}

} // namespace cxstream::model
