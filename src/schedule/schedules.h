// The schedules: how a training step walks through memory. Same mathematics, different footprint.
// Weights are W; R and W count how often they cross the bus in a step, read and written.
//
// | schedule            | keeps of size H besides parameters and optimizer   | W over the bus   |
// | textbook            | activations, deltas, a gradient for every weight   | 3R + 2W a step   |
// | in_place            | activations; gradients live in registers           | 2R + 1W          |
// | recompute           | nothing; 2·B·H·D more FLOPs                        | 2R + 1W          |
// | streaming           | activations                                        | 1R + 1W          |
// | streaming_recompute | nothing; 2·B·H·D more FLOPs                        | 1R + 1W          |
// | blocked             | a column for each sample of a block                | 1R + 1W a block  |
//
// The streaming ones make one pass a step: a tile is updated for this batch and at once computes
// its share of the next batch's outputs. That is exact: all a tile needs of this step is δ. (A bias
// that is one for all tiles is only known after the last; with it they take two passes.) blocked,
// for plain SGD alone, needs the inputs of several steps in advance (blocked_schedule.h).
//
// A schedule is a file that defines its description, and a row here.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "memory/ledger.h"

namespace biasbench::schedule {

struct Configuration;
struct Formats;
enum class Optimizer : std::uint8_t;
struct Parameters;
class MemorySum;
class Schedule;

// Bytes that cross the memory bus.
struct BusBytes {
  double read = 0;
  double written = 0;

  double all() const { return read + written; }
  friend BusBytes operator+(const BusBytes& a, const BusBytes& b) {
    return {a.read + b.read, a.written + b.written};
  }
};

struct ScheduleDescription {
  std::string_view name;
  std::string_view summary;
  bool stores_activations;    // of the whole layer
  bool streams;               // UpdateAndForward is one pass, which needs two batches at a time
  bool takes_blocks = false;  // Forward's batch is the inputs of several steps (schedule.h)
  bool (*takes)(const Formats& formats, Optimizer optimizer);

  // The schedule for the parameters' configuration. Parameters and ledger must outlive it.
  std::unique_ptr<Schedule> (*make)(Parameters& parameters, memory::Ledger& ledger);
  // Adds the buffers that it makes, in their order and phases, and the optimizer's states.
  void (*add_bytes)(const Configuration& configuration, MemorySum& sum);
  // Bytes that a step moves over the bus: parameters, gradients, states and arrays of batch ×
  // hidden, `stored` being what is held of each category at the peak. Batches, outputs and what
  // stays in a cache are not counted.
  BusBytes (*bus_bytes)(const Configuration& configuration, const memory::CategoryBytes& stored);
  // The bound on bytes allocated outside the ledger by a library that it calls (null: none).
  std::int64_t (*library_bytes)(const Configuration& configuration) = nullptr;
};

extern const ScheduleDescription kTextbookSchedule;            // textbook_description.cpp
extern const ScheduleDescription kInPlaceSchedule;             // tiled_description.cpp
extern const ScheduleDescription kRecomputeSchedule;           // "
extern const ScheduleDescription kStreamingSchedule;           // "
extern const ScheduleDescription kStreamingRecomputeSchedule;  // "
extern const ScheduleDescription kBlockedSchedule;             // blocked_description.cpp

enum class ScheduleKind : std::uint8_t {
  kTextbook,
  kInPlace,
  kRecompute,
  kStreaming,
  kStreamingRecompute,
  kBlocked
};
inline constexpr auto kSchedules =
    std::to_array({&kTextbookSchedule, &kInPlaceSchedule, &kRecomputeSchedule, &kStreamingSchedule,
                   &kStreamingRecomputeSchedule, &kBlockedSchedule});

// All schedules, in the table's order.
inline constexpr auto kScheduleKinds = [] {
  std::array<ScheduleKind, kSchedules.size()> kinds{};
  for (std::size_t i = 0; i < kinds.size(); ++i) kinds[i] = static_cast<ScheduleKind>(i);
  return kinds;
}();
static_assert(kScheduleKinds.back() == ScheduleKind::kBlocked,
              "kSchedules has a row for each ScheduleKind, in their order");

inline const ScheduleDescription& Describe(ScheduleKind kind) {
  return *kSchedules[static_cast<std::size_t>(kind)];
}

}  // namespace biasbench::schedule
