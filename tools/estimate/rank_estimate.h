// The exchange between ranks in a step, and the time it takes, by formula.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "schedule/configuration.h"

namespace biasbench::tools {

// The network between ranks, and the time of a step's own work.
struct RankNetwork {
  double message_seconds = 25e-6;    // from one rank to another, whatever its size; as of plain TCP
  double bytes_per_second = 1.25e9;  // 10 Gbit/s
  // Of a rank with its share of the nodes, as throughput measures it for that many.
  std::optional<double> rank_step_seconds = {};
};

// For a configuration at rank 0, which has the most nodes: {"ranks", "rank_hidden",
// "sent_messages", "sent_bytes" (rank 0's), "messages_in_turn", "bytes_in_turn",
// "exchange_seconds"}, and with rank_step_seconds {"step_seconds", "exchange_share"}.
nlohmann::json RankEstimate(const schedule::Configuration& configuration,
                            const RankNetwork& network);

// The same in sentences.
std::string RankSentences(const schedule::Configuration& configuration, const RankNetwork& network);

}  // namespace biasbench::tools
