// The parts of a pass over the hidden layer: its chunks, each with the workspace of the thread that
// owns it.
#pragma once

#include <cstdint>

#include "memory/ledger.h"
#include "memory/tracked_buffer.h"
#include "schedule/configuration.h"
#include "schedule/memory_sum.h"
#include "schedule/tiling.h"

namespace biasbench::schedule {

struct Part {
  std::int64_t chunk;
  int thread;
  float* workspace;  // the thread's
};

class Parts {
 public:
  // `floats` is the size of a thread's workspace. Does not allocate.
  Parts(const Configuration& configuration, std::int64_t floats)
      : configuration_(configuration), tiling_(configuration.tiling()), floats_(floats) {}
  // The formula of the workspaces' bytes.
  static void AddBytes(const Configuration& configuration, std::int64_t floats, MemorySum& sum) {
    sum.Add(memory::Category::kWorkspace, {kFloatBytes, configuration.threads, floats});
  }

  // Makes the workspaces. Throws memory::OutOfMemory.
  void Allocate(memory::Ledger& ledger) {
    workspaces_ = {ledger, memory::Category::kWorkspace, configuration_.threads * floats_};
  }
  bool is_allocated() const { return !workspaces_.empty(); }

  // Calls body(part) for every chunk.
  template <class Body>
  void ForEach(const Body& body) const {
    tiling_.ForEachChunk(configuration_.threads, [&](std::int64_t chunk, int thread) {
      body(Part{chunk, thread, workspaces_.data() + thread * floats_});
    });
  }

 private:
  const Configuration& configuration_;
  Tiling tiling_;
  std::int64_t floats_;
  memory::TrackedBuffer<float> workspaces_;  // (threads, floats_)
};

}  // namespace biasbench::schedule
