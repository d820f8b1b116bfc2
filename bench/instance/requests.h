// The requests to an instance. Where several ranks serve it, rank 0 has the channel and tells the
// others each request, so that all make the same calls; their answers go nowhere.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "bench/instance/line_channel.h"
#include "ranks/mpi_exchange.h"

namespace biasbench::bench {

class Requests {
 public:
  // `exchange` is null where one process serves the instance, `channel` in ranks but rank 0.
  Requests(LineChannel* channel, ranks::MpiExchange* exchange)
      : channel_(channel), exchange_(exchange) {}

  // The next request; nothing once nobody asks any more.
  std::optional<nlohmann::json> Next();
  void Answer(const nlohmann::json& answer);

  ranks::MpiExchange* exchange() const { return exchange_; }

 private:
  LineChannel* channel_;
  ranks::MpiExchange* exchange_;
};

}  // namespace biasbench::bench
