#include "bench/instance/rank_messages.h"

#include <cstdint>
#include <span>
#include <string>

namespace biasbench::bench {
namespace {

using nlohmann::json;

std::span<std::byte> BytesOf(std::int64_t& number) {
  return std::as_writable_bytes(std::span(&number, 1));
}
std::span<std::byte> BytesOf(std::string& text) { return std::as_writable_bytes(std::span(text)); }

std::string TextOf(const json& object) {
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

json ShareJson(const json& object, ranks::Exchange& exchange) {
  std::string text = exchange.rank() == 0 ? TextOf(object) : std::string();
  auto size = static_cast<std::int64_t>(text.size());
  exchange.Broadcast(BytesOf(size));
  text.resize(static_cast<std::size_t>(size));
  exchange.Broadcast(BytesOf(text));
  return json::parse(text);
}

std::vector<json> GatherJson(const json& object, ranks::Exchange& exchange) {
  if (exchange.rank() != 0) {
    std::string text = TextOf(object);
    auto size = static_cast<std::int64_t>(text.size());
    exchange.Send(0, BytesOf(size));
    exchange.Send(0, BytesOf(text));
    return {};
  }
  std::vector<json> all = {object};
  for (int rank = 1; rank < exchange.ranks(); ++rank) {
    std::int64_t size = 0;
    exchange.Receive(rank, BytesOf(size));
    std::string text(static_cast<std::size_t>(size), '\0');
    exchange.Receive(rank, BytesOf(text));
    all.push_back(json::parse(text));
  }
  return all;
}

}  // namespace biasbench::bench
