#include "estimate/rank_estimate.h"

#include <fmt/format.h>

#include "network/step_exchange.h"
#include "text/quantity.h"

namespace biasbench::tools {
namespace {

double ExchangeSeconds(const schedule::Messages& in_turn, const RankNetwork& network) {
  return static_cast<double>(in_turn.count) * network.message_seconds +
         static_cast<double>(in_turn.bytes) / network.bytes_per_second;
}

}  // namespace

nlohmann::json RankEstimate(const schedule::Configuration& configuration,
                            const RankNetwork& network) {
  const schedule::Messages sent = network::SentInStep(configuration);
  const schedule::Messages in_turn = network::InTurnInStep(configuration);
  const double exchange_seconds = ExchangeSeconds(in_turn, network);
  nlohmann::json estimate = {
      {"ranks", configuration.place.ranks},  {"rank_hidden", configuration.own_hidden()},
      {"sent_messages", sent.count},         {"sent_bytes", sent.bytes},
      {"messages_in_turn", in_turn.count},   {"bytes_in_turn", in_turn.bytes},
      {"exchange_seconds", exchange_seconds}};
  if (network.rank_step_seconds) {
    const double step_seconds = *network.rank_step_seconds + exchange_seconds;
    estimate["step_seconds"] = step_seconds;
    estimate["exchange_share"] = exchange_seconds / step_seconds;
  }
  return estimate;
}

std::string RankSentences(const schedule::Configuration& configuration,
                          const RankNetwork& network) {
  const nlohmann::json estimate = RankEstimate(configuration, network);
  std::string text = fmt::format(
      "{} ranks: bytes are those of the largest, {} nodes. In a step of batch {} it sends {} "
      "messages,\n{}; {} follow one another, {}: {} at {} a message and {}/s.\n",
      configuration.place.ranks, configuration.own_hidden(), configuration.shape.batch,
      estimate["sent_messages"].get<std::int64_t>(), text::Bytes(estimate["sent_bytes"]),
      estimate["messages_in_turn"].get<std::int64_t>(), text::Bytes(estimate["bytes_in_turn"]),
      text::Seconds(estimate["exchange_seconds"]), text::Seconds(network.message_seconds),
      text::Bytes(network.bytes_per_second));
  if (network.rank_step_seconds) {
    text += fmt::format("A step takes {}, {} of it in exchange.\n",
                        text::Seconds(estimate["step_seconds"]),
                        text::Percent(estimate["exchange_share"]));
  }
  return text;
}

}  // namespace biasbench::tools
