// The setting that a peer trains: the same for every peer, whatever its library.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "random/philox.h"
#include "schedule/shape.h"

namespace biasbench::bench::peers {

struct PeerSetting {
  std::string peer;  // a name of peer_list.h
  schedule::Shape shape;
  random::Seed seed = 1;
  int threads = 1;
};

// The rate of every parameter in the mean-field parametrization: the loss of seeded noise moves
// visibly within ten steps and no shape diverges. (A step moves f(x) by some rate · inputs / 6 ·
// δ, of which each sample of a batch has its share.)
double LearningRate(const schedule::Shape& shape);

// The setting as keys of a result row; the peer's process gets the same object.
nlohmann::json ToJson(const PeerSetting& setting);
PeerSetting FromJson(const nlohmann::json& json);

}  // namespace biasbench::bench::peers
