// A peer: another library's way of training the same network (reference/reference.h), strategy
// `learned`, with softmax cross-entropy and SGD. It starts from the parameters that
// schedule::Parameters draws; its memory is measured, not predicted.
//
// Libraries that are used instead of ours export the same names (cblas_sgemm), so each has an
// executable of its own: a source file that defines the two functions below, linked with
// peer_main.cpp.
#pragma once

#include <memory>
#include <string>

#include "bench/peers/peer_setting.h"
#include "data/dataset.h"
#include "memory/ledger.h"

namespace biasbench::bench::peers {

class Peer {
 public:
  Peer() = default;
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  virtual ~Peer() = default;

  // One step of SGD on the batch, always the same one. Returns its mean loss before the step.
  virtual double Step() = 0;
};

// A peer that is ready for its first step. All samples of `batch` are the batch: values
// (shape.batch, inputs), labels (shape.batch); it and `ledger` outlive the peer. Throws
// std::invalid_argument for a setting that the library cannot handle.
std::unique_ptr<Peer> MakePeer(const PeerSetting& setting, const data::Dataset& batch,
                               memory::Ledger& ledger);

// The library's name and version, and whatever else decides its speed.
std::string LibraryVersion();

}  // namespace biasbench::bench::peers
