// A cross-check of a process's three memory accounts: formula, ledger and kernel.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "schedule/memory_sum.h"
#include "setting/setting.h"

namespace biasbench::bench {

// The bytes that the row's network is predicted to need: in some steps, or in a training.
schedule::Footprint PredictedFootprint(const setting::Setting& configuration);

// The bound on what training may allocate outside the ledger. Only textbook's Eigen products
// allocate much: each thread packs a panel of its hidden nodes, and up to all of the batch's side
// of the product (inputs or δ). The bound grants kPanelBytes to panels, and the size of the batch's
// side.
//
// Measured on a processor with 48 KiB, 2 MiB and 300 MiB of cache, in MiB for each thread, bound in
// brackets: 0.6 (2.2) for 784 inputs and batch 64; 3.5 (5.1) for batch 1024; 12.6 (14.3) for batch
// 4096; 11.4 (34) for 4096 inputs and batch 2048. The same for 1, 2 and 4 threads and whatever the
// hidden nodes. The other schedules allocate some 10 KiB; the orders of samples that training keeps
// are at most 1 MiB (fashion_mnist): kOrderBytes. The reader's own data may have more samples.
std::int64_t UntrackedBoundBytes(const setting::Setting& configuration);

struct MemoryFigures {
  nlohmann::json keys;                      // of the result row
  std::optional<std::string> disagreement;  // in words, if there is one
};

// `report` is the process's answer to {"report"}; `floor_bytes` the resident size of a process
// without a network (nullopt: the kernel's figure is left out).
MemoryFigures CheckMemory(const setting::Setting& configuration, const nlohmann::json& report,
                          std::optional<std::int64_t> floor_bytes);

// The resident bytes of a report that are neither network nor data. Throws std::runtime_error if
// the kernel did not tell.
std::int64_t FloorBytes(const nlohmann::json& report);

}  // namespace biasbench::bench
