#include "bench/peers/peer_setting.h"

#include <algorithm>

namespace biasbench::bench::peers {

double LearningRate(const schedule::Shape& shape) {
  const auto inputs = static_cast<double>(shape.inputs);
  const auto batch = static_cast<double>(shape.batch);
  return 0.1 * std::min(1.0, 6 * batch / inputs);
}

nlohmann::json ToJson(const PeerSetting& setting) {
  return {{"peer", setting.peer},           {"inputs", setting.shape.inputs},
          {"hidden", setting.shape.hidden}, {"outputs", setting.shape.outputs},
          {"batch", setting.shape.batch},   {"seed", setting.seed},
          {"omp_threads", setting.threads}};
}

PeerSetting FromJson(const nlohmann::json& json) {
  return {.peer = json.at("peer"),
          .shape = {.inputs = json.at("inputs"),
                    .hidden = json.at("hidden"),
                    .outputs = json.at("outputs"),
                    .batch = json.at("batch")},
          .seed = json.at("seed"),
          .threads = json.at("omp_threads")};
}

}  // namespace biasbench::bench::peers
