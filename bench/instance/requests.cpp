#include "bench/instance/requests.h"

#include "bench/instance/rank_messages.h"

namespace biasbench::bench {

using nlohmann::json;

std::optional<json> Requests::Next() {
  std::optional<json> request;
  if (channel_ != nullptr) request = channel_->Receive();
  if (exchange_ == nullptr) return request;
  json shared = ShareJson(request ? *request : json(), *exchange_);  // null: the end
  if (shared.is_null()) return std::nullopt;
  return shared;
}

void Requests::Answer(const json& answer) {
  if (channel_ != nullptr) channel_->Send(answer);
}

}  // namespace biasbench::bench
